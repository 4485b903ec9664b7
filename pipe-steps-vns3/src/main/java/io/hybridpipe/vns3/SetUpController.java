// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
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
import io.hybridpipe.net.Ip;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.ControllerConfig;
import io.hybridpipe.vns3.api.Credentials;
import io.hybridpipe.vns3.api.Keyset;
import io.hybridpipe.vns3.api.License;
import io.hybridpipe.vns3.api.LicenseParameters;
import io.hybridpipe.vns3.api.Peering;
import io.hybridpipe.vns3.api.SystemStatus;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import io.hybridpipe.vns3.api.Vns3Error;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Makes a freshly launched controller ready for use: names, license, license parameters and the reboot, keyset, peer id.
 *
 * <p><b>Reads</b> address, password, license, keyset token and names; <b>writes</b> the {@link Controller}.
 *
 * <p><b>Idempotent</b> because each part is looked at before it is done: an attempt that was cut off anywhere goes on where it
 * stopped, and nothing is done twice. Setting the license parameters reboots the controller, which answers first and goes
 * down within seconds; the step waits until the controller says that it has started since, which no lost answer can say in its
 * place, and until it is up and its license finalized.
 *
 * <p><b>Retryable</b> is what {@link Vns3Client} calls so; while the controller starts, silence, 502, 503 and for one minute
 * 401 are waited out. A refused license, another peer id than the wanted one, and times run out are permanent.
 *
 * <p><b>Undo</b> takes nothing back: a license cannot be taken off a controller, and the controller goes with the step that
 * launched it. Before that one's undo it is only looked at, for as long as {@link #readyWithin} at most. If no step of the pipe
 * launched it, say {@link #onStandingController()}: the effect is then irreversible, and a report lists it so.
 *
 * <p><b>Calls</b> {@code GET|PUT /config}, {@code PUT|GET /license}, {@code PUT /license/parameters}, {@code GET /status/system},
 * {@code GET|PUT /keyset}, {@code GET /peering}, {@code PUT /peering/self}, as the user {@code api}.
 *
 * <p>Immutable; each method returns a copy.
 */
public final class SetUpController implements Step {
    private static final String KEYSET_RUNS = "Keyset setup in progress.";
    private static final String KEYSET_EXISTS = "Keyset already exists.";

    /** Both times from which a start is computed are told in whole seconds. */
    private static final Duration ROUNDING = Duration.ofSeconds(2);

    // assigned only before the copy that they belong to is handed out
    private Input<? extends Ip> address;
    private @Nullable Input<? extends Secret<String>> password;
    private @Nullable Input<? extends Secret<String>> license;
    private @Nullable Input<? extends Secret<String>> keysetToken;
    private @Nullable Key<Controller> output;
    private Input<Optional<String>> topology = Input.value(Optional.empty());
    private Input<Optional<String>> name = Input.value(Optional.empty());
    private LicenseParameters parameters = LicenseParameters.ofDefaults();
    private int peerId = 1;
    private boolean makesKeyset = true;
    private boolean standing;
    private Vns3Access access = Vns3Access.ofDefaults();
    private Readiness readiness = Readiness.ofDefaults();
    private Duration rebootStarts = Duration.ofSeconds(20);
    private Duration keysetWithin = Duration.ofMinutes(5);

    private SetUpController(Input<? extends Ip> address) {
        this.address = address;
    }

    private SetUpController(SetUpController from) {
        address = from.address;
        password = from.password;
        license = from.license;
        keysetToken = from.keysetToken;
        makesKeyset = from.makesKeyset;
        output = from.output;
        topology = from.topology;
        name = from.name;
        parameters = from.parameters;
        peerId = from.peerId;
        standing = from.standing;
        access = from.access;
        readiness = from.readiness;
        rebootStarts = from.rebootStarts;
        keysetWithin = from.keysetWithin;
    }

    /** Sets up the controller at this address. */
    public static SetUpController at(Input<? extends Ip> address) {
        return new SetUpController(address);
    }

    /** Sets up the controller at this address. */
    public static SetUpController at(Ip address) {
        return at(Input.value(address));
    }

    /** With the API password; needed. On AWS it is the instance id until it is changed. */
    public SetUpController password(Input<? extends Secret<String>> password) {
        SetUpController copy = new SetUpController(this);
        copy.password = password;
        return copy;
    }

    /** With this license, the PGP-armoured text; needed. */
    public SetUpController license(Input<? extends Secret<String>> license) {
        SetUpController copy = new SetUpController(this);
        copy.license = license;
        return copy;
    }

    /** With a keyset made from this token, as the first controller of its topology; this or {@link #withoutKeyset} is needed. */
    public SetUpController keysetToken(Input<? extends Secret<String>> token) {
        SetUpController copy = new SetUpController(this);
        copy.keysetToken = token;
        copy.makesKeyset = true;
        return copy;
    }

    /** Without a keyset: for a controller that joins a topology, whose keyset {@link FetchKeyset} brings afterwards. */
    public SetUpController withoutKeyset() {
        SetUpController copy = new SetUpController(this);
        copy.keysetToken = null;
        copy.makesKeyset = false;
        return copy;
    }

    /** Writes the controller under this key; needed. */
    public SetUpController into(Key<Controller> key) {
        SetUpController copy = new SetUpController(this);
        copy.output = key;
        return copy;
    }

    /** With these overlay addresses; the default is {@link LicenseParameters#ofDefaults()}. */
    public SetUpController parameters(LicenseParameters parameters) {
        SetUpController copy = new SetUpController(this);
        copy.parameters = parameters;
        return copy;
    }

    /** With this name for the topology; the default leaves it as it is. */
    public SetUpController topology(Input<String> name) {
        SetUpController copy = new SetUpController(this);
        copy.topology = name.map(Optional::of);
        return copy;
    }

    /** With this name for the topology. */
    public SetUpController topology(String name) {
        return topology(Input.value(name));
    }

    /** With this name for the controller; the default is the name it has, or else its address. */
    public SetUpController named(Input<String> name) {
        SetUpController copy = new SetUpController(this);
        copy.name = name.map(Optional::of);
        return copy;
    }

    /** With this name for the controller. */
    public SetUpController named(String name) {
        return named(Input.value(name));
    }

    /** With this id among the controllers of its topology; default 1. */
    public SetUpController peerId(int id) {
        if (id < 1) {
            throw new IllegalArgumentException("peer id is " + id + ", it must be at least 1");
        }
        SetUpController copy = new SetUpController(this);
        copy.peerId = id;
        return copy;
    }

    /** Over this access; the default is {@link Vns3Access#ofDefaults()}. */
    public SetUpController over(Vns3Access access) {
        SetUpController copy = new SetUpController(this);
        copy.access = access;
        return copy;
    }

    /**
     * For a controller that no step of the pipe launched, so that nothing takes the license back. When a run dies in the middle
     * of this step, its resume fails rather than guesses; a new run goes on where the setup stopped.
     */
    public SetUpController onStandingController() {
        SetUpController copy = new SetUpController(this);
        copy.standing = true;
        return copy;
    }

    /** With this many good answers in a row for a controller that is up; default 3. */
    public SetUpController answers(int inARow) {
        SetUpController copy = new SetUpController(this);
        copy.readiness = readiness.withAnswers(inARow);
        return copy;
    }

    /** With this time between two looks of every wait; default 1.5 seconds. */
    public SetUpController pollEvery(Duration interval) {
        SetUpController copy = new SetUpController(this);
        copy.readiness = readiness.withEvery(interval);
        return copy;
    }

    /** Giving up a controller that does not come up in this time, each time; default 10 minutes. */
    public SetUpController readyWithin(Duration time) {
        SetUpController copy = new SetUpController(this);
        copy.readiness = readiness.withWithin(time);
        return copy;
    }

    /** Taking 401 for a sign of starting for so long, from the first one on; default one minute. */
    public SetUpController unauthorizedGrace(Duration time) {
        SetUpController copy = new SetUpController(this);
        copy.readiness = readiness.withUnauthorizedGrace(time);
        return copy;
    }

    /** Waiting so long for any sign of the reboot before taking it for done, too short to be seen; default 20 seconds. */
    public SetUpController rebootStartsWithin(Duration time) {
        SetUpController copy = new SetUpController(this);
        copy.rebootStarts = Looks.positive(time, "rebootStartsWithin");
        return copy;
    }

    /** Giving up a keyset that is not made in this time; default 5 minutes. */
    public SetUpController keysetWithin(Duration time) {
        SetUpController copy = new SetUpController(this);
        copy.keysetWithin = Looks.positive(time, "keysetWithin");
        return copy;
    }

    @Override
    public Contract contract() {
        return Contract.of("SetUpController")
                .reading(
                        address,
                        given(password, "password"),
                        given(license, "license"),
                        makesKeyset ? given(keysetToken, "keysetToken") : Input.value(Optional.empty()),
                        topology,
                        name)
                .writing(given(output, "into"))
                .withEffect(standing ? Effect.irreversible("a license stays on its controller") : Effect.undoable());
    }

    @Override
    public StepOptions options() {
        Duration ready = readiness.within();
        // each part is looked at before it is done, so that a late one changes nothing more
        return Patience.options()
                .withVisibility(Duration.ZERO)
                .withStepTimeout(ready.multipliedBy(3).plus(keysetWithin).plusMinutes(10))
                .withReconcileTimeout(ready.plusMinutes(1));
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> given(license, "license")
                        .find(state)
                        .filter(license -> license.reveal().isBlank())
                        .isPresent()
                ? Mono.error(StepFailure.permanent("the license of the controller is empty"))
                : Mono.empty());
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> new Box(state, context).setUp());
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> new Box(state, context).look());
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        // the controller itself is taken back by the step that launched it
        return Mono.empty();
    }

    /** The controller of one attempt, with the values that hold for it. */
    private final class Box {
        private final State state;
        private final StepContext context;
        private final Ip address;
        private final Secret<String> password;
        private final Optional<String> topology;
        private final Optional<String> name;
        private final Vns3Client client;
        private boolean told;

        Box(State state, StepContext context) {
            this.state = state;
            this.context = context;
            address = SetUpController.this.address.get(state);
            password = given(SetUpController.this.password, "password").get(state);
            topology = SetUpController.this.topology.get(state);
            name = SetUpController.this.name.get(state);
            client = access.client(address, Credentials.password(password));
        }

        Mono<Outputs> setUp() {
            return ready().flatMap(this::named)
                    .flatMap(this::licensed)
                    .then(Mono.defer(this::finalized))
                    .then(Mono.defer(() -> makesKeyset ? keyset() : Mono.<Keyset>empty()))
                    .then(Mono.defer(this::peerId))
                    .then(Mono.defer(client::config))
                    .doOnNext(config -> tellOfEarlierAttempts())
                    .map(this::toOutputs);
        }

        Mono<Found> look() {
            return ready().flatMap(config -> config.licensed()
                            ? Mono.zip(client.license(), client.keyset(), client.peering())
                                    .map(seen -> toFound(config, seen.getT1(), seen.getT2(), seen.getT3()))
                            : Mono.just(Found.absent()))
                    // a failure would be waited for again, and an undo has better use for the time
                    .onErrorResume(
                            failure -> FailureClass.of(failure) == FailureClass.PERMANENT,
                            failure -> Mono.just(Found.unknown(String.valueOf(failure.getMessage()))));
        }

        private Mono<ControllerConfig> ready() {
            return readiness.await(client, context);
        }

        private Mono<ControllerConfig> named(ControllerConfig config) {
            return isNamed(config) ? Mono.just(config) : requestNames();
        }

        private Mono<?> licensed(ControllerConfig config) {
            return config.licensed() ? Mono.just(config) : requestLicense();
        }

        private Mono<?> finalized() {
            return client.license()
                    .flatMap(license -> license.finalized()
                            ? rebootOfAnEarlierAttempt().thenReturn(license)
                            : parametersAndReboot());
        }

        /**
         * Whoever finalized the license may not have lived to see the reboot that follows, which would end a keyset that is
         * begun before.
         */
        private Mono<Void> rebootOfAnEarlierAttempt() {
            boolean maybe = Made.before(context).contains(toResource());
            return !maybe || !makesKeyset
                    ? Mono.empty()
                    : client.keyset()
                            .filter(keyset -> !keyset.present() && !keyset.inProgress())
                            .flatMap(none -> client.systemStatus())
                            .flatMap(before -> rebooted(before).then(Mono.defer(this::ready)))
                            .then();
        }

        private Mono<License> parametersAndReboot() {
            return client.systemStatus()
                    .flatMap(before -> requestParameters().then(rebooted(before)))
                    .then(Mono.defer(this::ready))
                    .then(Mono.defer(client::license))
                    .flatMap(license -> license.finalized()
                            ? Mono.just(license)
                            : Mono.error(StepFailure.of(
                                    FailureClass.TRANSIENT,
                                    "controller " + address + " came up again without a finalized license")));
        }

        private Mono<Void> rebooted(SystemStatus before) {
            return Mono.defer(() -> {
                context.progress(0, 0, "waiting for " + address + " to reboot");
                return Reboot.seen(
                        client,
                        now -> hasStartedSince(before, now),
                        readiness.every(),
                        rebootStarts,
                        readiness.within());
            });
        }

        private Optional<Boolean> hasStartedSince(SystemStatus before, SystemStatus now) {
            return Reboot.start(before)
                    .flatMap(first -> Reboot.start(now).map(start -> start.isAfter(first.plus(ROUNDING))));
        }

        private Mono<Keyset> keyset() {
            Mono<Keyset> look = Looks.patient(client.keyset())
                    .flatMap(keyset -> keyset.present()
                            ? Mono.just(keyset)
                            : keyset.inProgress()
                                    ? Mono.empty()
                                    : requestKeyset().then(Mono.empty()));
            return Looks.until(
                    look,
                    readiness.every(),
                    keysetWithin,
                    () -> Mono.error(
                            StepFailure.permanent("controller " + address + " has no keyset after " + keysetWithin)));
        }

        private Mono<?> peerId() {
            return client.peering().flatMap(peering -> {
                if (peering.id().isEmpty()) {
                    return requestPeerId();
                }
                return peering.id().get() == peerId
                        ? Mono.just(peering)
                        : Mono.error(StepFailure.permanent("controller " + address + " has peer id "
                                + peering.id().get() + " already, wanted is " + peerId));
            });
        }

        private Mono<ControllerConfig> requestNames() {
            return changing(() -> client.rename(topology, name));
        }

        private Mono<License> requestLicense() {
            context.progress(0, 0, "licensing " + address);
            return changing(() -> client.uploadLicense(given(license, "license").get(state)));
        }

        private Mono<License> requestParameters() {
            return changing(() -> client.setLicenseParameters(parameters));
        }

        private Mono<?> requestKeyset() {
            context.progress(0, 0, "making the keyset of " + address);
            return changing(() ->
                            client.makeKeyset(given(keysetToken, "keysetToken").get(state), topology))
                    .onErrorResume(SetUpController::isKeysetThere, there -> Mono.empty());
        }

        private Mono<Peering> requestPeerId() {
            return changing(() -> client.setPeerId(peerId));
        }

        /** The setup is known by its controller, so it can be told before the call, whose answer may get lost. */
        private <T> Mono<T> changing(Supplier<Mono<T>> request) {
            return context.mutate(Mono.defer(() -> {
                tell();
                return request.get();
            }));
        }

        private void tell() {
            if (!told) {
                told = true;
                context.made(toResource());
            }
        }

        private Resource toResource() {
            return Resource.of("VNS3::Setup", address.toString(), name.orElse("controller"))
                    .withShow(Show.of(address, "/config"));
        }

        /** What an earlier attempt asked for may have come when it was taken for missing, and is then nobody else's. */
        private void tellOfEarlierAttempts() {
            if (context.attempt() > 1) {
                tell();
            }
        }

        private boolean isNamed(ControllerConfig config) {
            return topology.map(wanted -> Optional.of(wanted).equals(config.topologyName()))
                            .orElse(true)
                    && name.map(wanted -> Optional.of(wanted).equals(config.controllerName()))
                            .orElse(true);
        }

        private Found toFound(ControllerConfig config, License license, Keyset keyset, Peering peering) {
            boolean isPeer = peering.id().equals(Optional.of(peerId));
            if (isNamed(config) && license.finalized() && (keyset.present() || !makesKeyset) && isPeer) {
                return Found.done(toOutputs(config));
            }
            return Found.partly((isNamed(config) ? "" : "names not set, ") + "license "
                    + (license.finalized() ? "finalized" : "without parameters") + ", keyset "
                    + (keyset.present() ? "present" : "missing") + ", peer id " + (isPeer ? "set" : "not set"));
        }

        private Outputs toOutputs(ControllerConfig config) {
            return Outputs.of(
                    given(output, "into"),
                    new Controller(
                            name.or(config::controllerName).orElse(address.toString()),
                            address,
                            config.privateAddress().map(Ip::of).orElse(address),
                            password));
        }
    }

    /** Both are what a controller says to a second request. */
    static boolean isKeysetThere(Throwable failure) {
        return Vns3Error.in(failure)
                .filter(error ->
                        error.detail().equals(KEYSET_RUNS) || error.detail().equals(KEYSET_EXISTS))
                .isPresent();
    }

    private static <T> T given(@Nullable T value, String method) {
        if (value == null) {
            throw new IllegalStateException("SetUpController.at(..) needs ." + method + "(..)");
        }
        return value;
    }
}
