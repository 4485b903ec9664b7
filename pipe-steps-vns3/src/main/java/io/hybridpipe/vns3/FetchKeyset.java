// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.net.Ip;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Vns3Access;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Has a controller fetch the keyset of its topology from another controller, and waits until it is up with it.
 *
 * <p>The controller fetches in the background and then reboots. That fetching failed shows only in that it takes the same
 * request again, as another attempt with another {@code started_at_i}; so it is asked again and again.
 *
 * <p><b>Reads</b> the controller, the source's address and the keyset token, and the source controller if it is to be compared
 * with; <b>writes</b> nothing.
 *
 * <p><b>Idempotent</b> because it looks first: a keyset that is there, or is being fetched, is not asked for; a controller
 * refuses a second request by itself ({@code Keyset setup in progress.}, {@code Keyset already exists.}).
 *
 * <p><b>Retryable</b> is what {@link io.hybridpipe.vns3.api.Vns3Client} calls so; while the controller reboots, silence, 502 and
 * 503 are waited out. Fetching that failed three times ({@link #tries}), a keyset other than the source's, a source without
 * one, and times run out are permanent.
 *
 * <p><b>Undo</b> takes nothing back: a keyset cannot be taken off a controller, and the controller goes with the step that
 * launched it. Before that one's undo it is only looked at, for as long as {@link #readyWithin} and {@link #keysetWithin} at most.
 * If no step of the pipe launched it, say {@link #onStandingController()}: the effect is then irreversible, and a report lists
 * it so.
 *
 * <p><b>Calls</b> {@code GET /config}, {@code GET|PUT /keyset}, {@code GET /status/system}, and {@code GET /keyset} of the source
 * controller if it is given, as the user {@code api}. The controller itself calls TCP 8000 of the source and the source's
 * peers.
 *
 * <p>Immutable; each method returns a copy.
 */
public final class FetchKeyset implements Step {
    // assigned only before the copy that they belong to is handed out
    private final Input<? extends Controller> controller;
    private @Nullable Input<? extends Ip> source;
    private @Nullable Input<? extends Secret<String>> token;
    private Input<Optional<Controller>> sourceController = Input.value(Optional.empty());
    private boolean standing;
    private Vns3Access access = Vns3Access.ofDefaults();
    private Readiness readiness = Readiness.ofDefaults();
    private KeysetFetch.Limits limits = KeysetFetch.Limits.ofDefaults();

    private FetchKeyset(Input<? extends Controller> controller) {
        this.controller = controller;
    }

    private FetchKeyset(FetchKeyset from) {
        controller = from.controller;
        source = from.source;
        token = from.token;
        sourceController = from.sourceController;
        standing = from.standing;
        access = from.access;
        readiness = from.readiness;
        limits = from.limits;
    }

    /** Has this controller fetch the keyset. */
    public static FetchKeyset on(Input<? extends Controller> controller) {
        return new FetchKeyset(controller);
    }

    /** Has this controller fetch the keyset. */
    public static FetchKeyset on(Controller controller) {
        return on(Input.value(controller));
    }

    /** From the controller at this address, which must have it; needed. It is the address as the fetching one reaches it. */
    public FetchKeyset from(Input<? extends Ip> source) {
        FetchKeyset copy = new FetchKeyset(this);
        copy.source = source;
        return copy;
    }

    /** From the controller at this address. */
    public FetchKeyset from(Ip source) {
        return from(Input.value(source));
    }

    /** With the token that the source's keyset was made from; needed. */
    public FetchKeyset token(Input<? extends Secret<String>> token) {
        FetchKeyset copy = new FetchKeyset(this);
        copy.token = token;
        return copy;
    }

    /** Comparing with the keyset of this controller, the source, which is asked too; the default compares nothing. */
    public FetchKeyset sourceController(Input<Controller> source) {
        FetchKeyset copy = new FetchKeyset(this);
        copy.sourceController = source.map(Optional::of);
        return copy;
    }

    /** Over this access; the default is {@link Vns3Access#ofDefaults()}. */
    public FetchKeyset over(Vns3Access access) {
        FetchKeyset copy = new FetchKeyset(this);
        copy.access = access;
        return copy;
    }

    /**
     * For a controller that no step of the pipe launched, so that nothing takes the keyset back. When a run dies in the middle
     * of this step, its resume waits for the end of the fetching and asks again only if it failed.
     */
    public FetchKeyset onStandingController() {
        FetchKeyset copy = new FetchKeyset(this);
        copy.standing = true;
        return copy;
    }

    /** Having it try so often in one attempt of the step; default 3. */
    public FetchKeyset tries(int atMost) {
        FetchKeyset copy = new FetchKeyset(this);
        copy.limits = limits.withTries(atMost);
        return copy;
    }

    /** Giving up a keyset that is not there in this time; default 10 minutes. */
    public FetchKeyset keysetWithin(Duration time) {
        FetchKeyset copy = new FetchKeyset(this);
        copy.limits = limits.withKeyset(time);
        return copy;
    }

    /** Waiting so long for the controller to go down for its reboot before taking it for done; default 20 seconds. */
    public FetchKeyset rebootStartsWithin(Duration time) {
        FetchKeyset copy = new FetchKeyset(this);
        copy.limits = limits.withRebootStarts(time);
        return copy;
    }

    /** With this many good answers in a row for a controller that is up; default 3. */
    public FetchKeyset answers(int inARow) {
        FetchKeyset copy = new FetchKeyset(this);
        copy.readiness = readiness.withAnswers(inARow);
        return copy;
    }

    /** With this time between two looks of every wait; default 1.5 seconds. */
    public FetchKeyset pollEvery(Duration interval) {
        FetchKeyset copy = new FetchKeyset(this);
        copy.readiness = readiness.withEvery(interval);
        return copy;
    }

    /** Giving up a controller that does not come up in this time, each time; default 10 minutes. */
    public FetchKeyset readyWithin(Duration time) {
        FetchKeyset copy = new FetchKeyset(this);
        copy.readiness = readiness.withWithin(time);
        return copy;
    }

    @Override
    public Contract contract() {
        return Contract.of("FetchKeyset")
                .reading(controller, given(source, "from"), given(token, "token"), sourceController)
                .withEffect(standing ? Effect.irreversible("a keyset stays on its controller") : Effect.undoable());
    }

    @Override
    public StepOptions options() {
        Duration once = readiness.within().multipliedBy(2).plus(limits.keyset());
        // it is looked at before it is asked for, and a second request is refused
        return Patience.options()
                .withVisibility(Duration.ZERO)
                .withStepTimeout(once.plusMinutes(10))
                .withReconcileTimeout(once.plusMinutes(1));
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> Mono.when(
                Preflight.of(controller, access, state),
                Mono.justOrEmpty(sourceController.find(state).flatMap(known -> known))
                        .flatMap(known -> Preflight.of(access.client(known)))));
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> fetch(state, context).fetch()).thenReturn(Outputs.none());
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> fetch(state, context).look());
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        // the controller itself is taken back by the step that launched it
        return Mono.empty();
    }

    private KeysetFetch fetch(State state, StepContext context) {
        return new KeysetFetch(
                controller.get(state),
                given(source, "from").get(state),
                given(token, "token").get(state),
                sourceController.get(state).map(access::client),
                access,
                readiness,
                limits,
                context);
    }

    private static <T> T given(@Nullable T value, String method) {
        if (value == null) {
            throw new IllegalStateException("FetchKeyset.on(..) needs ." + method + "(..)");
        }
        return value;
    }
}
