// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Credentials;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Error;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Changes the API password of a controller; the steps that follow, and a resume, use the new one.
 *
 * <p><b>Reads</b> the new password; <b>updates</b> the {@link Controller}, which bears it from then on.
 *
 * <p><b>Idempotent</b> because it asks first which password is in force: a controller that accepts the new one already is left
 * as it is, and an undo leaves it so too. After a lost answer, reconcile tries the new password and then the former one; a
 * controller that accepts neither for a minute ({@link #settledWithin}) is of unknown state.
 *
 * <p><b>Retryable</b> is what {@link io.hybridpipe.vns3.api.Vns3Client} calls so. An empty password, one that the controller
 * refuses, and a controller that accepts neither are permanent.
 *
 * <p><b>Undo</b> sets the former password again, with the one that is in force, and the key has its former value. If a later
 * change of the same password could not be undone, it refuses: the key would name a password that is not in force, and the
 * undo of earlier steps would be locked out.
 *
 * <p>A controller whose password changes must be under one key. The check refuses a step that reads that key beside this one;
 * a step, or another run, that speaks to the same controller by another key meets 401 from then on, which is permanent.
 *
 * <p><b>Calls</b> {@code GET /config}, {@code PUT /api_password}, as the user {@code api} by its password, also where the
 * controller bears a token.
 *
 * <p>Immutable; each method returns a copy.
 */
public final class ChangePassword implements Step {
    /** The kind of the resource that it says to have made: there is one a controller. */
    public static final String KIND = "VNS3::ApiPassword";

    // assigned only before the copy that they belong to is handed out
    private final Key<Controller> key;
    private @Nullable Input<? extends Secret<String>> password;
    private Vns3Access access = Vns3Access.ofDefaults();
    private Duration every = Duration.ofSeconds(1);
    private Duration settled = Duration.ofMinutes(1);

    private ChangePassword(Key<Controller> key) {
        this.key = key;
    }

    private ChangePassword(ChangePassword from) {
        key = from.key;
        password = from.password;
        access = from.access;
        every = from.every;
        settled = from.settled;
    }

    /** Changes the password of the controller under this key. */
    public static ChangePassword on(Key<Controller> controller) {
        return new ChangePassword(controller);
    }

    /** To this password; needed, and not empty. */
    public ChangePassword to(Input<? extends Secret<String>> password) {
        ChangePassword copy = new ChangePassword(this);
        copy.password = password;
        return copy;
    }

    /** Over this access; the default is {@link Vns3Access#ofDefaults()}. */
    public ChangePassword over(Vns3Access access) {
        ChangePassword copy = new ChangePassword(this);
        copy.access = access;
        return copy;
    }

    /** With this time between two looks of every wait; default one second. */
    public ChangePassword pollEvery(Duration interval) {
        ChangePassword copy = new ChangePassword(this);
        copy.every = Looks.positive(interval, "pollEvery");
        return copy;
    }

    /** Waiting so long for the controller to accept one of both passwords; default one minute. */
    public ChangePassword settledWithin(Duration time) {
        ChangePassword copy = new ChangePassword(this);
        copy.settled = Looks.positive(time, "settledWithin");
        return copy;
    }

    @Override
    public Contract contract() {
        return Contract.of("ChangePassword").reading(password()).updating(key);
    }

    @Override
    public StepOptions options() {
        return Patience.options().withReconcileTimeout(settled.plusMinutes(1));
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> {
            Optional<Secret<String>> wanted = password().find(state).map(known -> known);
            if (wanted.filter(ChangePassword::isEmpty).isPresent()) {
                return Mono.error(empty());
            }
            return Mono.justOrEmpty(key.find(state)).flatMap(known -> preflight(known, known.password())
                    .onErrorResume(
                            failure -> wanted.isPresent() && Vns3Error.isUnauthorized(failure),
                            refused -> preflight(known, wanted.get())));
        });
    }

    private Mono<Void> preflight(Controller controller, Secret<String> password) {
        return Preflight.of(access.client(controller.address(), Credentials.password(password)));
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Controller before = key.get(state);
            Secret<String> wanted = password().get(state);
            if (isEmpty(wanted)) {
                return Mono.error(empty());
            }
            if (before.password().equals(wanted)) {
                return Mono.just(Outputs.of(key, before.withPassword(wanted)));
            }
            Passwords passwords = passwords(before, before.password(), wanted);
            return passwords.inForce(before.password()).flatMap(inForce -> {
                if (inForce.isEmpty()) {
                    return Mono.error(StepFailure.permanent(passwords.neither()));
                }
                if (inForce.get().equals(before.password())) {
                    return set(passwords, before, wanted, context).thenReturn(toOutputs(before, wanted));
                }
                return Mono.just(
                        isOurs(before, context)
                                ? toOutputs(before, wanted)
                                : Outputs.of(key, before.withPassword(wanted)));
            });
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            Controller latest = key.get(state);
            Secret<String> wanted = password().get(state);
            Controller before = toBefore(latest, wanted);
            if (!isOurs(before, context)) {
                return Mono.just(Found.absent());
            }
            Passwords passwords = passwords(before, before.password(), wanted);
            return passwords.inForce(wanted).map(inForce -> {
                if (inForce.isEmpty()) {
                    return Found.unknown(passwords.neither());
                }
                if (!inForce.get().equals(wanted)) {
                    return Found.absent();
                }
                context.made(toResource(before));
                return Found.done(toOutputs(before, wanted));
            });
        });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> {
            Controller latest = key.get(state);
            Secret<String> wanted = password().get(state);
            Optional<Controller> done =
                    found instanceof Found.Done it ? it.outputs().find(key) : Optional.empty();
            if (done.isEmpty()) {
                return isOurs(latest, context)
                        ? setBack(latest, toBefore(latest, wanted).password(), wanted, context)
                        : Mono.empty();
            }
            Controller changed = done.get();
            if (changed.formerPassword().isEmpty()) {
                return Mono.empty();
            }
            return latest.password().equals(changed.password())
                    ? setBack(latest, changed.formerPassword().get(), changed.password(), context)
                    : Mono.error(StepFailure.permanent("the API password of " + latest
                            + " was changed again later, and that change is still in force"));
        });
    }

    private Mono<Void> setBack(
            Controller controller, Secret<String> former, Secret<String> changed, StepContext context) {
        Passwords passwords = passwords(controller, former, changed);
        return passwords.inForce(changed).flatMap(inForce -> {
            if (inForce.isEmpty()) {
                return Mono.error(StepFailure.permanent(passwords.neither()));
            }
            Mono<Void> back = inForce.get().equals(former)
                    ? Mono.empty()
                    : set(passwords, controller.withPassword(changed), former, context);
            return back.then(Mono.fromRunnable(() -> context.gone(toResource(controller))));
        });
    }

    /** Sets a password, with the one that is in force, and ends when it is in force itself. */
    private Mono<Void> set(Passwords passwords, Controller controller, Secret<String> next, StepContext context) {
        return requestChange(controller, next, context)
                .then(Mono.defer(() -> passwords.inForce(next)))
                .flatMap(inForce -> inForce.filter(next::equals).isPresent()
                        ? Mono.empty()
                        : Mono.error(StepFailure.unknownOutcome(
                                controller + " does not accept the API password that it was given")));
    }

    private Mono<Void> requestChange(Controller controller, Secret<String> next, StepContext context) {
        return Mono.defer(() -> {
            // said before the call, whose answer may get lost: nothing on a controller tells who set its password
            context.made(toResource(controller));
            return context.mutate(
                    Mono.defer(() -> access.client(controller.address(), Credentials.password(controller.password()))
                            .changePassword(next)));
        });
    }

    private static boolean isOurs(Controller controller, StepContext context) {
        return Made.before(context).contains(toResource(controller));
    }

    /** The controller as it was before the change; an undo that was cut off left the key with this step's own value. */
    private static Controller toBefore(Controller latest, Secret<String> wanted) {
        return latest.password().equals(wanted)
                ? latest.withPassword(latest.formerPassword().orElse(wanted))
                : latest;
    }

    private Outputs toOutputs(Controller before, Secret<String> wanted) {
        return Outputs.of(key, before.withChangedPassword(wanted));
    }

    private static Resource toResource(Controller controller) {
        return Resource.of(KIND, controller.address().toString(), controller.toString())
                .withShow(Show.of(controller, "/config"));
    }

    private Passwords passwords(Controller controller, Secret<String> former, Secret<String> wanted) {
        return new Passwords(access, controller, former, wanted, every, settled);
    }

    private static boolean isEmpty(Secret<String> password) {
        return password.reveal().isBlank();
    }

    private static StepFailure empty() {
        return StepFailure.permanent("the new API password is empty");
    }

    private Input<? extends Secret<String>> password() {
        if (password == null) {
            throw new IllegalStateException("ChangePassword.on(..) needs .to(..)");
        }
        return password;
    }
}
