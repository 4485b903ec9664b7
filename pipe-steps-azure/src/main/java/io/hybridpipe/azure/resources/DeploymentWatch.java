// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.resourcemanager.resources.fluent.models.DeploymentExtendedInner;
import com.azure.resourcemanager.resources.models.DeploymentPropertiesExtended;
import io.hybridpipe.azure.AtRest;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Waiting for a deployment, telling how far it is and what it has made. Not thread-safe: one for each wait. */
final class DeploymentWatch {
    private final DeploymentCalls calls;
    private final Told told;
    private String last = "";

    DeploymentWatch(DeploymentCalls calls, Told told) {
        this.calls = calls;
        this.told = told;
    }

    /** A deployment as it was when looked at, and what it had done by then. */
    record Seen(DeploymentExtendedInner deployment, Doings doings) {
        static String state(DeploymentExtendedInner deployment) {
            DeploymentPropertiesExtended properties = deployment.properties();
            return properties == null ? "" : String.valueOf(properties.provisioningState());
        }

        String state() {
            return state(deployment);
        }

        boolean isOver() {
            return AtRest.isFinal(state());
        }

        NewOnes newOnes() {
            return NewOnes.in(tags(deployment));
        }

        /** The template's outputs by name, each with {@code type} and {@code value}. */
        Map<?, ?> outputs() {
            return deployment.properties() != null && deployment.properties().outputs() instanceof Map<?, ?> outputs
                    ? outputs
                    : Map.of();
        }

        /** What the service says the deployment failed of, beginning at the outermost error, as told by that resource. */
        DeploymentError error() {
            DeploymentError whole = Optional.ofNullable(deployment.properties())
                    .map(DeploymentPropertiesExtended::error)
                    .map(DeploymentError::of)
                    .orElseGet(() -> new DeploymentError("DeploymentFailed", "no reason given", "", List.of()));
            return doings.firstFailure()
                    .flatMap(Doings.Doing::error)
                    .map(own -> whole.holds(own.innermost())
                            ? whole.leadingTo(own.innermost())
                            : whole.withDetails(List.of(own)))
                    .orElse(whole);
        }

        static Map<String, String> tags(DeploymentExtendedInner deployment) {
            return deployment.tags() == null ? Map.of() : deployment.tags();
        }
    }

    /**
     * The deployment as soon as it is over, or empty as soon as its record is gone; signals a permanent failure when neither comes
     * {@code within} that time.
     */
    Mono<Seen> ended(Duration within) {
        return until(
                Seen::isOver,
                within,
                () -> Mono.error(StepFailure.permanent(calls.toString() + ": it is not done within " + within + " ("
                        + calls.account().where() + ")")));
    }

    /**
     * The deployment when nothing is done for it any more, or empty as soon as its record is gone; what is still under way after that
     * time is not waited for.
     */
    Mono<Seen> settled(Duration within) {
        return until(seen -> seen.isOver() && !seen.doings().isUnderWay(), within, this::look);
    }

    private Mono<Seen> until(Predicate<Seen> wanted, Duration within, Supplier<Mono<Optional<Seen>>> late) {
        return Looks.until(
                        Looks.patient(Mono.defer(this::look))
                                .filter(seen -> seen.filter(wanted.negate()).isEmpty()),
                        calls.account().pause(),
                        within,
                        late)
                .flatMap(Mono::justOrEmpty);
    }

    /** The deployment as it is now, nothing if there is none. */
    private Mono<Optional<Seen>> look() {
        return calls.find()
                .flatMap(there -> calls.requestOperations()
                        .defaultIfEmpty(List.of())
                        .map(operations -> new Seen(there, Doings.in(operations))))
                .doOnNext(this::tell)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty());
    }

    private void tell(Seen seen) {
        NewOnes newOnes = seen.newOnes();
        seen.doings().all().stream()
                .filter(doing -> doing.isDone() && newOnes.has(doing.id()))
                .forEach(doing -> told.made(doing.id()));
        int done = (int) seen.doings().done();
        int total = seen.doings().all().size();
        String now = seen.doings().underWay();
        String text = now.isEmpty() ? "resources" : now;
        if (!last.equals(done + "/" + total + text)) {
            last = done + "/" + total + text;
            calls.context().progress(done, total, text);
        }
    }
}
