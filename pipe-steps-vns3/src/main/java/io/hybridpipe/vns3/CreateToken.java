// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.ApiToken;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Credentials;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import io.hybridpipe.vns3.api.Vns3Error;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Creates an API token on a controller; the steps that follow, and a resume, use it in place of the password.
 *
 * <p><b>Updates</b> the {@link Controller}, which bears the token from then on. Its lifetime should outlast the run; when it
 * has expired, calls are sent with the password again ({@link Vns3Access#client(Controller)}).
 *
 * <p><b>Idempotent</b> by the run's tags in the token's name. After a lost answer a token of this step's may be there whose
 * value nobody has heard. Where the controller's list shows the value and the API opens to it, it is used; otherwise that
 * token is deleted and a new one made.
 *
 * <p><b>Retryable</b> is what {@link Vns3Client} calls so.
 *
 * <p><b>Undo</b> deletes the tokens that bear this step's mark, expired ones too, and ends when they are gone; the key has its
 * former value.
 *
 * <p><b>Calls</b> {@code GET /access/tokens}, {@code POST /access/token}, {@code DELETE /access/token/ID}, as the user {@code
 * api} by its password, and {@code GET /config} with a token that it found.
 *
 * <p>Immutable; each method returns a copy.
 */
public final class CreateToken implements Step {
    /** The kind of the resource it makes. */
    public static final String KIND = "VNS3::ApiToken";

    private static final Duration SHORTEST = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofSeconds(31_536_000);

    private final Key<Controller> key;
    private final String name;
    private final Duration lifetime;
    private final boolean refreshed;
    private final Vns3Access access;
    private final Duration every;

    private CreateToken(
            Key<Controller> key, String name, Duration lifetime, boolean refreshed, Vns3Access access, Duration every) {
        this.key = key;
        this.name = name;
        this.lifetime = lifetime;
        this.refreshed = refreshed;
        this.access = access;
        this.every = every;
    }

    /** Creates a token on the controller under this key. */
    public static CreateToken on(Key<Controller> controller) {
        return new CreateToken(
                controller, "", Duration.ofHours(1), false, Vns3Access.ofDefaults(), Duration.ofSeconds(1));
    }

    /** With this word for people in the token's name, after the mark of the run; default none. */
    public CreateToken named(String name) {
        return new CreateToken(key, name, lifetime, refreshed, access, every);
    }

    /**
     * With this lifetime, in whole seconds; default one hour.
     *
     * @throws IllegalArgumentException if it is not between 60 and 31,536,000 seconds (one year)
     */
    public CreateToken lifetime(Duration lifetime) {
        if (lifetime.compareTo(SHORTEST) < 0 || lifetime.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("lifetime is " + lifetime + ", it must be between "
                    + SHORTEST.toSeconds() + " and " + LONGEST.toSeconds() + " seconds");
        }
        return new CreateToken(key, name, lifetime, refreshed, access, every);
    }

    /** With a lifetime that begins anew at each use. */
    public CreateToken refreshedByUse() {
        return new CreateToken(key, name, lifetime, true, access, every);
    }

    /** Over this access; the default is {@link Vns3Access#ofDefaults()}. */
    public CreateToken over(Vns3Access access) {
        return new CreateToken(key, name, lifetime, refreshed, access, every);
    }

    /** With this time between two looks when waiting for a token to be gone; default one second. */
    public CreateToken pollEvery(Duration interval) {
        return new CreateToken(key, name, lifetime, refreshed, access, Looks.positive(interval, "pollEvery"));
    }

    @Override
    public Contract contract() {
        return Contract.of("CreateToken").updating(key);
    }

    @Override
    public StepOptions options() {
        return Patience.options();
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Preflight.of(key.map(Controller::withoutToken), access, state);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Attempt attempt = new Attempt(key.get(state), context);
            return attempt.tokens()
                    .flatMap(made -> attempt.usable(made)
                            .switchIfEmpty(Mono.defer(() -> attempt.deleted()).then(attempt.requestToken())))
                    .map(attempt::toOutputs);
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            Attempt attempt = new Attempt(key.get(state), context);
            return attempt.tokens()
                    .flatMap(made -> made.isEmpty()
                            ? Mono.just(Found.absent())
                            : attempt.usable(made)
                                    .map(token -> Found.done(attempt.toOutputs(token)))
                                    .defaultIfEmpty(Found.partly("a token of this step's is on " + attempt.controller
                                            + ", but nobody has heard its value")));
        });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> new Attempt(key.get(state), context).deleted());
    }

    /** The controller of one attempt, spoken to by its password: a token that is to be deleted may have expired. */
    private final class Attempt {
        private final Controller controller;
        private final StepContext context;
        private final Mark mark;
        private final Vns3Client client;

        Attempt(Controller controller, StepContext context) {
            this.controller = controller;
            this.context = context;
            mark = Mark.of(context);
            client = access.client(controller.withoutToken());
        }

        /** The tokens of this step's making; they are also said to be made, since who made them may not have lived to say so. */
        Mono<List<ApiToken>> tokens() {
            return client.tokens()
                    .map(all -> all.stream()
                            .filter(token -> mark.isOn(token.name()))
                            .toList())
                    .doOnNext(made -> made.forEach(token -> context.made(toResource(token))));
        }

        /** The token, if there is one only, whose value is shown, to which the API opens. */
        Mono<ApiToken> usable(List<ApiToken> made) {
            return made.size() != 1 || made.get(0).token().reveal().isBlank()
                    ? Mono.empty()
                    : access.client(
                                    controller.address(),
                                    Credentials.token(made.get(0).token()))
                            .config()
                            .thenReturn(made.get(0))
                            .onErrorResume(Vns3Error::isUnauthorized, refused -> Mono.empty());
        }

        Mono<Void> deleted() {
            Mono<Boolean> look = tokens().flatMap(left -> left.isEmpty()
                    ? Mono.just(true)
                    : requestDelete(left.get(0)).then(Mono.empty()));
            return Removal.untilGone(look, every, "a token", controller);
        }

        Mono<ApiToken> requestToken() {
            String text = (mark.text() + " " + name).strip();
            return context.mutate(Mono.defer(() -> client.createToken(text, lifetime, refreshed))
                            .doOnNext(token -> context.made(toResource(token))))
                    .flatMap(token -> token.token().reveal().isBlank()
                            ? Mono.error(StepFailure.permanent(controller + " made a token without telling its value"))
                            : Mono.just(token));
        }

        private Mono<Void> requestDelete(ApiToken token) {
            return context.mutate(Mono.defer(() -> client.deleteToken(token.id()))
                    .onErrorResume(Vns3Error::isNotFound, gone -> Mono.empty())
                    .doOnSuccess(done -> context.gone(toResource(token))));
        }

        Outputs toOutputs(ApiToken token) {
            return Outputs.of(key, controller.withToken(token.token()));
        }

        private Resource toResource(ApiToken token) {
            return Resource.of(KIND, String.valueOf(token.id()), controller.toString())
                    .withShow(Show.of(controller, "/access/token/" + token.id()));
        }
    }
}
