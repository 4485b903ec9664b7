// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.lab.Gateway;
import io.hybridpipe.sim.lab.IpsecLab;
import io.hybridpipe.sim.lab.Vici;
import io.hybridpipe.sim.lab.ViciMessage;
import io.hybridpipe.sim.vns3.Negotiation.Side;
import io.hybridpipe.sim.vns3.Negotiation.Verdict;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Negotiations by a real gateway of a lab: configuration goes to its charon, and what charon says of its associations is what
 * becomes of the tunnels.
 *
 * <p>One worker thread a controller talks to charon, so that neither the clock nor a request waits; each negotiation, which
 * may last seconds when nobody answers, has a thread of its own.
 */
final class IkeByCharon implements Ike {
    private static final Logger LOG = LoggerFactory.getLogger(IkeByCharon.class);

    private static final String INITIATION_MILLIS = "6000";
    /** Real time, as that of a negotiation is. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Everything of one call to {@link #negotiate}. */
    private record Job(Side here, List<Case> cases, BiConsumer<Case, Verdict> told) {}

    /** The latest negotiation of a tunnel: of what, and what came of it. */
    private record Attempt(Case of, boolean running, String why, long endedAt) {}

    private final String name;
    private final IpsecLab lab;
    private final Supplier<Set<IPAddress>> routed;
    private final CompletableFuture<Gateway> gateway = new CompletableFuture<>();
    private final ExecutorService worker;
    private final ExecutorService negotiations;
    private final AtomicReference<Job> latest = new AtomicReference<>();
    private final Connections connections = new Connections();
    private final Map<Integer, Attempt> attempts = new ConcurrentHashMap<>();

    /** The worker's: what it looks at, none while the machine is down. */
    private @Nullable Job current;

    private volatile boolean closed;

    /** @param routed the blocks that routes lead into tunnels, at each moment */
    IkeByCharon(String name, IpsecLab lab, Supplier<Set<IPAddress>> routed) {
        this.name = name;
        this.lab = lab;
        this.routed = routed;
        worker = Executors.newSingleThreadExecutor(task -> daemon(task, "charon of " + name));
        negotiations = Executors.newCachedThreadPool(task -> daemon(task, "negotiation of " + name));
        worker.execute(this::makeGateway);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private void makeGateway() {
        try {
            gateway.complete(lab.gateway(name));
        } catch (IOException e) {
            gateway.completeExceptionally(e);
        }
    }

    /**
     * The gateway; waits until its namespace is there.
     *
     * @throws IllegalStateException if it could not be made
     */
    Gateway gateway() {
        try {
            return gateway.get(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the gateway of " + name + " was made", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the gateway of " + name + " could not be made", e);
        }
    }

    @Override
    public void negotiate(Side here, List<Case> cases, BiConsumer<Case, Verdict> told) {
        if (latest.getAndSet(new Job(here, cases, told)) == null) {
            execute(this::work);
        }
    }

    @Override
    public void bounce(Endpoint endpoint, Tunnel tunnel) {
        execute(() -> {
            if (current == null) {
                return;
            }
            attempts.remove(tunnel.id());
            try {
                end(gateway(), endpoint, tunnel);
            } catch (IOException | IllegalStateException e) {
                LOG.warn("{} of {} cannot be bounced", Connections.nameOf(tunnel), name, e);
            }
            look();
        });
    }

    private static void end(Gateway on, Endpoint endpoint, Tunnel tunnel) throws IOException {
        Connections.terminate(
                on.vici(),
                ViciMessage.of("ike", Connections.nameOf(endpoint)).with("child", Connections.nameOf(tunnel)));
    }

    @Override
    public void down() {
        execute(() -> {
            current = null;
            atGateway(Gateway::down);
        });
    }

    @Override
    public void close() {
        closed = true;
        execute(() -> {
            current = null;
            atGateway(Gateway::close);
        });
        worker.shutdown();
        negotiations.shutdown();
    }

    @FunctionalInterface
    private interface AtGateway {
        void perform(Gateway gateway) throws IOException;
    }

    private void atGateway(AtGateway task) {
        try {
            task.perform(gateway());
        } catch (IOException | IllegalStateException e) {
            if (!lab.isClosed()) {
                LOG.warn("the gateway of {} could not be put down", name, e);
            }
        }
    }

    private void execute(Runnable task) {
        try {
            worker.execute(task);
        } catch (RejectedExecutionException closed) {
            LOG.debug("{} is closed", name);
        }
    }

    private void work() {
        current = latest.getAndSet(null);
        look();
    }

    private void look() {
        Job job = current;
        if (job == null) {
            return;
        }
        try {
            Gateway on = gateway();
            if (on.up()) {
                connections.forget();
                attempts.clear();
            }
            setNetwork(on, job);
            Map<Integer, IPAddress> seenAs = new HashMap<>();
            job.cases().forEach(each -> seenAs.put(each.endpoint().id(), each.seenAs()));
            Map<Integer, String> refused = connections.load(job.here(), seenAs, on.vici());
            Associations associations = Associations.in(on.vici());
            attempts.keySet()
                    .retainAll(
                            job.cases().stream().map(each -> each.tunnel().id()).toList());
            for (Case each : job.cases()) {
                String refusal = refused.get(each.endpoint().id());
                if (refusal != null) {
                    job.told().accept(each, Verdict.phase1Failed(refusal));
                } else {
                    judge(on, job, each, associations);
                }
            }
        } catch (IOException | IllegalStateException | RejectedExecutionException e) {
            if (closed || lab.isClosed()) {
                return;
            }
            LOG.warn("the gateway of {} does not do what it should", name, e);
            if (job.cases().isEmpty()) {
                // nothing is configured any more, so that the clock does not come back, and something may still be
                // loaded
                CompletableFuture.delayedExecutor(AGAIN_NANOS, TimeUnit.NANOSECONDS)
                        .execute(() -> execute(this::look));
            }
            job.cases().forEach(each -> job.told().accept(each, Verdict.phase1Failed(String.valueOf(e.getMessage()))));
        }
    }

    private void judge(Gateway on, Job job, Case each, Associations associations) throws IOException {
        if (each.obstacle().isPresent()) {
            if (associations.installed(each.tunnel()).isPresent()) {
                end(on, each.endpoint(), each.tunnel());
            }
            attempts.remove(each.tunnel().id());
            job.told().accept(each, Verdict.phase1Failed(each.obstacle().get()));
            return;
        }
        Attempt last = attempts.get(each.tunnel().id());
        if (associations.installed(each.tunnel()).isEmpty() && isDue(last, each)) {
            String known = last != null && last.of().endpoint().equals(each.endpoint()) ? last.why() : "negotiating";
            attempts.put(each.tunnel().id(), new Attempt(each, true, known, 0));
            negotiations.execute(() -> initiate(on, each));
        }
        String why = last == null ? "not negotiated yet" : last.why();
        job.told().accept(each, associations.verdict(each.endpoint(), each.tunnel(), why));
    }

    private static boolean isDue(@Nullable Attempt last, Case each) {
        return last == null
                || !last.running()
                        && (!last.of().endpoint().equals(each.endpoint())
                                || System.nanoTime() - last.endedAt() > AGAIN_NANOS);
    }

    private void initiate(Gateway on, Case each) {
        String why;
        Lock pair =
                lab.between(each.seenAs().toString(), each.endpoint().gateway().toString());
        pair.lock();
        try {
            Vici vici = on.vici();
            why = Associations.in(vici).installed(each.tunnel()).isPresent()
                    ? "both sides agree"
                    : Associations.why(vici.stream(
                            "initiate",
                            "control-log",
                            ViciMessage.of("ike", Connections.nameOf(each.endpoint()))
                                    .with("child", Connections.nameOf(each.tunnel()))
                                    .with("timeout", INITIATION_MILLIS)));
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        } finally {
            pair.unlock();
        }
        attempts.replace(each.tunnel().id(), new Attempt(each, false, why, System.nanoTime()));
        execute(this::look);
    }

    private void setNetwork(Gateway on, Job job) throws IOException {
        Set<String> onWire = new TreeSet<>(Set.of(job.here().address().toString()));
        Set<String> peers = new TreeSet<>();
        for (Case each : job.cases()) {
            onWire.add(each.seenAs().toString());
            peers.add(each.endpoint().gateway().toString());
        }
        Set<String> behind = new TreeSet<>();
        Set<String> intoTunnels = new TreeSet<>();
        for (Endpoint endpoint : job.here().endpoints()) {
            endpoint.tunnelsInOrder().stream()
                    .filter(Tunnel::enabled)
                    .flatMap(tunnel -> endpoint.selectors(tunnel).stream())
                    .forEach(each -> {
                        if (!isAll(each.local())) {
                            behind.add(Addresses.text(each.local()));
                        }
                        if (endpoint.type() == VpnType.POLICY) {
                            addHalves(intoTunnels, each.remote());
                        }
                    });
        }
        routed.get().forEach(block -> addHalves(intoTunnels, block));
        on.network(onWire, peers, behind, intoTunnels);
    }

    /** All addresses are two halves, so that they stand beside the default route. */
    private static void addHalves(Set<String> blocks, IPAddress block) {
        if (isAll(block)) {
            blocks.addAll(Set.of("0.0.0.0/1", "128.0.0.0/1"));
        } else {
            blocks.add(Addresses.text(block));
        }
    }

    private static boolean isAll(IPAddress block) {
        return block.isPrefixed() && block.getPrefixLength() == 0;
    }
}
