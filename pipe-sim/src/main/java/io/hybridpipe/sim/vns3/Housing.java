// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.net.Machine;
import io.hybridpipe.sim.net.Port;
import io.hybridpipe.sim.net.World;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The machine that one controller runs on: where it stands in its world, its power, and the lock around its configuration.
 *
 * <p>No cloud waits for that lock, since clouds end machines while they hold locks of their own.
 */
final class Housing implements Box {

    /** Where a machine stands if no interface of its world tells; the prefix length of its subnet is never told. */
    record Location(String machine, IPAddress address, Optional<IPAddress> publicAddress, int prefixLength) {}

    private static final CompletableFuture<Void> ANSWERED = CompletableFuture.completedFuture(null);

    /** The vendor's SDK waits as long before it goes on. */
    private static final Duration API_RESET = Duration.ofSeconds(2);

    private final String name;
    private final String version;
    private final SimClock clock;
    private final Optional<World> world;
    private final Location fallback;
    private final Machine self;
    private final Object lock = new Object();
    private @Nullable Power power;
    /** By the request itself, since two may be equal. */
    private final Map<SimRequest, CompletableFuture<Void>> unanswered =
            Collections.synchronizedMap(new IdentityHashMap<>());

    /** The answer to the call at hand, or to the one that began what is at hand. */
    private CompletableFuture<Void> atHand = ANSWERED;

    private volatile Instant apiBackAt = Instant.MIN;

    Housing(String name, String version, SimClock clock, Optional<World> world, Location fallback, Machine self) {
        this.name = name;
        this.version = version;
        this.clock = clock;
        this.world = world;
        this.fallback = fallback;
        this.self = self;
    }

    /** Connects the power, which can only be made when the controller's server is there. */
    void powered(Power supply) {
        this.power = supply;
    }

    Power power() {
        Power supply = power;
        if (supply == null) {
            throw new IllegalStateException("the power is not connected yet");
        }
        return supply;
    }

    boolean isUp() {
        return power().phase() == Power.Phase.UP;
    }

    <T> T locked(Supplier<T> task) {
        synchronized (lock) {
            return task.get();
        }
    }

    /** Runs a call under the lock; a reboot that it asks for, at once or later, comes after its answer. */
    SimResponse answering(SimRequest request, Supplier<SimResponse> task) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        unanswered.put(request, answer);
        return lockedFor(answer, task);
    }

    void answered(SimRequest request) {
        CompletableFuture<Void> answer = unanswered.remove(request);
        if (answer != null) {
            answer.complete(null);
        }
    }

    private <T> T lockedFor(CompletableFuture<Void> answer, Supplier<T> task) {
        synchronized (lock) {
            atHand = answer;
            try {
                return task.get();
            } finally {
                atHand = ANSWERED;
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public String machine() {
        return fallback.machine();
    }

    @Override
    public SimClock clock() {
        return clock;
    }

    @Override
    public Optional<World> world() {
        return world;
    }

    @Override
    public IPAddress privateAddress() {
        return port().map(Port::privateAddress).orElse(fallback.address());
    }

    @Override
    public Optional<IPAddress> publicAddress() {
        return port().map(Port::publicAddress).orElse(fallback.publicAddress());
    }

    @Override
    public IPAddress subnet() {
        return privateAddress().setPrefixLength(fallback.prefixLength()).toPrefixBlock();
    }

    @Override
    public Instant startedAt() {
        return power().startedAt();
    }

    @Override
    public void reboot() {
        power().goDownSoon(atHand);
    }

    @Override
    public void resetApi() {
        apiBackAt = clock.instant().plus(API_RESET);
    }

    boolean isResettingApi() {
        return clock.instant().isBefore(apiBackAt);
    }

    @Override
    public void later(Duration delay, Runnable task) {
        int boot = power().boots();
        CompletableFuture<Void> answer = atHand;
        clock.after(delay, () -> {
            if (power().boots() == boot && isUp()) {
                lockedFor(answer, () -> {
                    task.run();
                    return answer;
                });
            }
        });
    }

    private Optional<Port> port() {
        return world.flatMap(in -> in.place(self)).map(World.Place::port);
    }
}
