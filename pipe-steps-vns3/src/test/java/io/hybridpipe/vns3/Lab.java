// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.Secret;
import io.hybridpipe.StepOptions;
import io.hybridpipe.net.Ip;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.net.Site;
import io.hybridpipe.sim.net.World;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.vns3.api.Credentials;
import io.hybridpipe.vns3.api.TlsTrust;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Controllers in a world whose seconds last five milliseconds, and how the steps reach them. */
final class Lab implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(60);
    /** No test waits for this to pass: what is not meant to be lost is not lost because the machine paused. */
    private static final Duration ANSWERED = Duration.ofSeconds(20);

    static final Duration POLL = Duration.ofMillis(10);
    static final Secret<String> PASSWORD = Secret.of("password-canary-8813");
    static final Secret<String> LICENSE = Secret.of(SimVns3.licenseText("license-canary-4410"));
    static final Secret<String> KEYSET_TOKEN = Secret.of("keyset-canary-7007");

    /** How many of its seconds pass in a second. */
    static final int SPEED = 200;

    private final SimClock clock = SimClock.scaled(SPEED);
    private final World world = World.on(clock);
    private final List<SimVns3> controllers = new ArrayList<>();
    final Vns3Access access;

    Lab() {
        access = newAccess();
    }

    /** Whose controllers are reached over this. */
    Lab(Vns3Access over) {
        access = over.withUris(this::uriOf);
    }

    private URI uriOf(Ip address) {
        return world.uriOf(address.toString());
    }

    /** Another way to the same controllers, with connections of its own. */
    Vns3Access newAccess() {
        return Vns3Access.trusting(TlsTrust.trustAnything())
                .withUris(this::uriOf)
                .withRequestTimeout(ANSWERED);
    }

    /** A way that belongs to a process: once that is dead, nothing more is sent. */
    Vns3Access mortalAccess(AtomicBoolean dead) {
        return newAccess().withUris(address -> {
            if (dead.get()) {
                throw new IllegalStateException("a dead process sends nothing");
            }
            return world.uriOf(address.toString());
        });
    }

    SimVns3.Builder builder(String name, String privateAddress, String publicAddress) {
        world.add(Site.named("site of " + name).host(privateAddress, publicAddress, name));
        return SimVns3.builder().world(world).name(name).machine(name).password(PASSWORD.reveal());
    }

    SimVns3 start(SimVns3.Builder builder) {
        SimVns3 started = builder.start();
        controllers.add(started);
        return started;
    }

    /** A controller that has just been launched and boots. */
    SimVns3 launch(String name, String privateAddress, String publicAddress) {
        return start(builder(name, privateAddress, publicAddress));
    }

    /** A running, licensed controller. */
    SimVns3 licensed(String name, String privateAddress, String publicAddress) {
        SimVns3 controller = start(builder(name, privateAddress, publicAddress).running());
        get(client(publicAddress).uploadLicense(LICENSE));
        return controller;
    }

    /** A controller that has long been in service. */
    SimVns3 inService(String name, String privateAddress, String publicAddress) {
        return start(builder(name, privateAddress, publicAddress).inService());
    }

    Vns3Client client(String address) {
        return access.client(Ip.of(address), Credentials.password(PASSWORD));
    }

    /** For controllers on which a call takes effect at once or never. */
    static StepOptions seenSoon(StepOptions options) {
        return options.withVisibility(Duration.ofMillis(50));
    }

    static <T> T get(Mono<T> mono) {
        return mono.blockOptional(SOON).orElseThrow();
    }

    static void await(Mono<?> mono) {
        StepVerifier.create(mono.then()).expectComplete().verify(SOON);
    }

    static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(SOON.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    /** The failure, which is classified, one line long and without secrets. */
    static StepFailure failure(Mono<?> mono, FailureClass expected) {
        Throwable[] seen = new Throwable[1];
        StepVerifier.create(mono.then())
                .expectErrorSatisfies(failure -> seen[0] = failure)
                .verify(SOON);
        assertThat(seen[0]).isInstanceOf(StepFailure.class);
        StepFailure failure = (StepFailure) seen[0];
        assertThat(failure.failureClass()).as(failure.getMessage()).isEqualTo(expected);
        assertThat(failure.getMessage()).doesNotContain("\n").doesNotContain("canary");
        return failure;
    }

    /** How often each action was asked for that changes something. */
    static Map<String, Long> changes(SimVns3 controller) {
        return controller.calls().changing().stream()
                .collect(Collectors.groupingBy(Call::action, TreeMap::new, Collectors.counting()));
    }

    /**
     * Comes when a fault has reached a licensed controller, and tells whether it has gone down since: it is down for a tenth of a
     * second only, so whoever looks late sees that it has started anew.
     */
    static CompletableFuture<BooleanSupplier> goesDownAfter(Fault fault, SimVns3 controller) {
        return fault.reached().thenApply(struck -> {
            Instant before = startOf(controller);
            // told in whole seconds; a reboot takes longer
            return () -> !controller.isUp() || startOf(controller).isAfter(before.plusSeconds(5));
        });
    }

    private static Instant startOf(SimVns3 controller) {
        JsonNode status = controller.configure("GET", "/status/system", "");
        return Instant.ofEpochSecond(
                status.path("timestamp_i").asLong() - status.path("uptime").asLong());
    }

    /** Waits until something is so. */
    static void until(BooleanSupplier condition) {
        get(Looks.until(
                Mono.fromSupplier(condition::getAsBoolean).filter(now -> now),
                POLL,
                SOON,
                () -> Mono.error(new AssertionError("it never became so"))));
    }

    @Override
    public void close() {
        controllers.forEach(SimVns3::close);
        clock.close();
    }
}
