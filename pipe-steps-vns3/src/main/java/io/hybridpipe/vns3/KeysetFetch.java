// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.StepContext;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Ip;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Keyset;
import io.hybridpipe.vns3.api.SystemStatus;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import io.hybridpipe.vns3.api.Vns3Error;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** One attempt of {@link FetchKeyset}, on one subscription; its looks follow each other, so its fields need no lock. */
final class KeysetFetch {
    /** A controller that is fetching may not show that it failed, so it is asked again after so many looks. */
    private static final int LOOKS = 5;

    /**
     * How long and how often.
     *
     * @param tries how often the controller may try to fetch
     * @param keyset how long until the keyset is there
     * @param rebootStarts how long until the controller goes down for its reboot
     */
    record Limits(int tries, Duration keyset, Duration rebootStarts) {
        Limits {
            if (tries < 1) {
                throw new IllegalArgumentException("tries is " + tries + ", it must be at least 1");
            }
            Looks.positive(keyset, "keysetWithin");
            Looks.positive(rebootStarts, "rebootStartsWithin");
        }

        static Limits ofDefaults() {
            return new Limits(3, Duration.ofMinutes(10), Duration.ofSeconds(20));
        }

        Limits withTries(int tries) {
            return new Limits(tries, keyset, rebootStarts);
        }

        Limits withKeyset(Duration keyset) {
            return new Limits(tries, keyset, rebootStarts);
        }

        Limits withRebootStarts(Duration rebootStarts) {
            return new Limits(tries, keyset, rebootStarts);
        }
    }

    private final Controller controller;
    private final Ip source;
    private final Secret<String> token;
    private final Optional<Vns3Client> sourceClient;
    private final Vns3Client client;
    private final Readiness readiness;
    private final Limits limits;
    private final StepContext context;

    private volatile boolean told;
    private volatile int tries;
    private volatile int looks;
    private volatile Optional<Long> startedAt = Optional.empty();

    KeysetFetch(
            Controller controller,
            Ip source,
            Secret<String> token,
            Optional<Vns3Client> sourceClient,
            Vns3Access access,
            Readiness readiness,
            Limits limits,
            StepContext context) {
        this.controller = controller;
        this.source = source;
        this.token = token;
        this.sourceClient = sourceClient;
        this.client = access.client(controller);
        this.readiness = readiness;
        this.limits = limits;
        this.context = context;
    }

    /** Ends when the controller is up with the source's keyset. */
    Mono<?> fetch() {
        return readiness
                .await(client, context)
                .then(Mono.defer(this::getChecksum))
                .flatMap(wanted -> keyset().flatMap(keyset ->
                        isAnother(keyset, wanted) ? Mono.error(StepFailure.permanent(another())) : up(keyset)));
    }

    /** Looks, and waits for the end of a fetching that is under way, but never asks for one. */
    Mono<Found> look() {
        return readiness
                .await(client, context)
                .then(Mono.defer(this::getChecksum))
                .flatMap(wanted -> ended().flatMap(keyset -> toFound(keyset, wanted)))
                // a failure would be waited for again, and an undo has better use for the time
                .onErrorResume(
                        failure -> FailureClass.of(failure) == FailureClass.PERMANENT,
                        failure -> Mono.just(Found.unknown(String.valueOf(failure.getMessage()))));
    }

    private Mono<Found> toFound(Keyset keyset, Optional<String> wanted) {
        if (keyset.present()) {
            return isAnother(keyset, wanted)
                    ? Mono.just(Found.unknown(another()))
                    : up(keyset).thenReturn(Found.done(Outputs.none()));
        }
        // only a further request can tell whether a fetching that does not end has failed
        return Mono.just(
                keyset.inProgress()
                        ? Found.partly(controller + " is still fetching a keyset after " + limits.keyset())
                        : Found.absent());
    }

    /** The source's checksum, if the source is to be asked. */
    private Mono<Optional<String>> getChecksum() {
        return sourceClient
                .map(asked -> asked.keyset()
                        .flatMap(keyset -> keyset.present()
                                ? Mono.just(keyset.checksum())
                                : Mono.<Optional<String>>error(StepFailure.of(
                                        keyset.inProgress() ? FailureClass.TRANSIENT : FailureClass.PERMANENT,
                                        "controller " + asked.address() + ", the source, has no keyset"
                                                + (keyset.inProgress() ? " yet" : "")))))
                .orElse(Mono.just(Optional.empty()));
    }

    private Mono<Keyset> keyset() {
        Mono<Keyset> look = getKeyset()
                .flatMap(keyset -> keyset.present()
                        ? Mono.just(keyset)
                        : unlessFetching(keyset).then(Mono.empty()));
        return Looks.until(
                look,
                readiness.every(),
                limits.keyset(),
                () -> Mono.error(StepFailure.permanent(
                        controller + " has no keyset from " + source + " after " + limits.keyset() + check())));
    }

    /** The keyset when no fetching is under way any more, or as it is when the time is up. */
    private Mono<Keyset> ended() {
        return Looks.until(
                getKeyset().filter(keyset -> !keyset.inProgress()),
                readiness.every(),
                limits.keyset(),
                this::getKeyset);
    }

    private Mono<?> unlessFetching(Keyset keyset) {
        looks = looks + 1;
        if (keyset.inProgress() && looks < LOOKS) {
            return Mono.empty();
        }
        if (tries < limits.tries()) {
            looks = 0;
            return requestKeyset();
        }
        return keyset.inProgress()
                ? Mono.empty()
                : Mono.error(StepFailure.permanent(controller + " tried " + tries + " times to fetch the keyset from "
                        + source + " in vain" + check()));
    }

    private Mono<Keyset> getKeyset() {
        return Looks.patient(client.keyset())
                // a controller that reboots with its new keyset
                .onErrorResume(failure -> tries > 0 && Vns3Error.isUnauthorized(failure), starting -> Mono.empty());
    }

    private Mono<?> requestKeyset() {
        return Mono.defer(() -> {
            if (!told) {
                told = true;
                context.made(Resource.of("VNS3::Keyset", controller.address().toString(), controller.toString())
                        .withShow(Show.of(controller, "/keyset")));
            }
            return context.mutate(Mono.defer(() -> client.fetchKeyset(source.toString(), token, Optional.empty()))
                            .doOnNext(this::accepted))
                    .onErrorResume(SetUpController::isKeysetThere, there -> Mono.empty())
                    // a repeated request is refused or harmless, and the next look tells more
                    .onErrorResume(
                            failure -> tries > 0 && FailureClass.of(failure) != FailureClass.PERMANENT,
                            lost -> Mono.empty());
        });
    }

    /** An accepted request is another attempt of the controller's, unless it says that it began when the last one did. */
    private void accepted(Keyset started) {
        if (tries > 0 && started.startedAt().isPresent() && started.startedAt().equals(startedAt)) {
            return;
        }
        startedAt = started.startedAt();
        tries = tries + 1;
        context.progress(
                tries,
                limits.tries(),
                (tries == 1 ? "fetching the keyset from " : "fetching failed; again from ") + source);
    }

    /** Ends when the controller has rebooted, if it still has to, and is up. */
    private Mono<?> up(Keyset keyset) {
        context.progress(0, 0, "waiting for " + controller + " to be up with the keyset");
        return Reboot.seen(
                        client,
                        status -> isSettled(status, keyset.createdAt()),
                        readiness.every(),
                        limits.rebootStarts(),
                        readiness.within())
                .then(Mono.defer(() -> readiness.await(client, context)));
    }

    /** Whether it has started since the keyset came, or the keyset is too old for a reboot still to come. */
    private Optional<Boolean> isSettled(SystemStatus status, Optional<Instant> createdAt) {
        return createdAt.flatMap(created -> Reboot.start(status).flatMap(start -> status.timestamp()
                .map(now -> !start.isBefore(created)
                        || Duration.between(created, now).compareTo(limits.rebootStarts()) > 0)));
    }

    private static boolean isAnother(Keyset keyset, Optional<String> wanted) {
        return wanted.isPresent()
                && keyset.checksum().isPresent()
                && !keyset.checksum().equals(wanted);
    }

    private String another() {
        return controller + " has another keyset than " + source
                + ", and a keyset cannot be replaced: launch the controller anew";
    }

    private String check() {
        return ": check that TCP 8000 is open from " + controller + " to " + source
                + " and its peers, that the source has a keyset, and that the token is the one it was made from";
    }
}
