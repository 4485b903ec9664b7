// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Runs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.vns3.Inventory;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.vns3.api.Controller;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two runs that peer a spoke each with the same federation controller at the same time, with calls that take turns at random. */
@Timeout(180)
class TwoRunsTest {
    private static final Key<Tunnel> OUT = Key.of("tunnel", Tunnel.class);
    private static final Controller FEDERATION =
            new Controller("fed-1", Ip.of("203.0.113.9"), Ip.of("10.9.0.10"), Lab.PASSWORD);
    private static final Spoke ORDERS = Spoke.of("orders", 1);
    private static final Spoke BILLING = Spoke.of("billing", 2);

    private record Spoke(Controller controller, Cidr subnet) {
        static Spoke of(String name, int number) {
            return new Spoke(
                    new Controller(name, Ip.of("203.0.113." + number), Ip.of("10." + number + ".0.10"), Lab.PASSWORD),
                    Cidr.of("10." + number + ".0.0/16"));
        }

        String address() {
            return controller.address().toString();
        }
    }

    private final Lab lab = new Lab();
    private SimVns3 federation;
    private SimVns3 orders;
    private SimVns3 billing;
    private Inventory before;

    @BeforeEach
    void start() {
        federation = lab.licensed("fed-1", "10.9.0.10", "203.0.113.9");
        orders = lab.licensed("orders", "10.1.0.10", ORDERS.address());
        billing = lab.licensed("billing", "10.2.0.10", BILLING.address());
        before = federation.inventory();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void bothSucceedAndEachIsUndoneWithoutTheOther(long seed) {
        calls(seed);
        MemoryJournal journal = MemoryJournal.empty();
        Run one = start(ORDERS, nothing(), journal);
        Run other = start(BILLING, nothing(), journal);
        assertThat(end(one).outcome()).isEqualTo(Outcome.DONE);
        assertThat(end(other).outcome()).isEqualTo(Outcome.DONE);
        assertPeered(ORDERS, orders);
        assertPeered(BILLING, billing);
        assertThat(federation.inventory().of("endpoint")).hasSize(2);
        assertThat(federation.inventory().of("tunnel")).hasSize(2);

        Map<String, String> billings = endpoints(BILLING);
        undo(ORDERS, one, journal);
        assertThat(federation.inventory().of("endpoint")).isEqualTo(billings);
        assertPeered(BILLING, billing);
        assertThat(orders.inventory().of("endpoint")).isEmpty();

        undo(BILLING, other, journal);
        assertThat(federation.inventory()).isEqualTo(before);
        assertThat(billing.inventory().of("endpoint")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6, 7, 8})
    void oneThatFailsIsUndoneWhileTheOtherGoesOn(long seed) {
        calls(seed);
        MemoryJournal journal = MemoryJournal.empty();
        Run failing = start(
                ORDERS,
                Step.using(OUT, tunnel -> {
                    throw new IllegalStateException("no");
                }),
                journal);
        Run other = start(BILLING, nothing(), journal);
        RunReport failed = end(failing);
        assertThat(failed.outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(failed.leftovers()).isEmpty();
        assertThat(end(other).outcome()).isEqualTo(Outcome.DONE);
        assertThat(federation.inventory().of("endpoint")).hasSize(1).isEqualTo(endpoints(BILLING));
        assertThat(federation.inventory().of("tunnel")).hasSize(1);
        assertPeered(BILLING, billing);
        assertThat(orders.inventory().of("endpoint")).isEmpty();
    }

    /** Every call waits for a while that the seed decides, so that those of two runs come in another order each time. */
    private void calls(long seed) {
        Random random = new Random(seed);
        for (SimVns3 controller : List.of(federation, orders, billing)) {
            for (int nth = 1; nth <= 40; nth++) {
                controller.faults().on((Call call) -> true).nth(nth).delay(Duration.ofMillis(random.nextInt(6000)));
            }
        }
    }

    private Run start(Spoke spoke, Step last, MemoryJournal journal) {
        return pipe(spoke, last).start(State.empty(), options(journal));
    }

    private static RunReport end(Run run) {
        return Lab.get(run.settled());
    }

    private void undo(Spoke spoke, Run run, MemoryJournal journal) {
        RunReport report =
                Lab.get(Runs.of(journal).undo(pipe(spoke, nothing()), run.id(), State.empty(), options(journal)));
        assertThat(report.outcome()).isEqualTo(Outcome.UNDONE);
    }

    private static RunOptions options(MemoryJournal journal) {
        return RunOptions.ofDefaults().journal(journal);
    }

    private Pipe pipe(Spoke spoke, Step last) {
        return Pipe.named("peer-" + spoke.controller().name())
                .step(
                        "tunnel",
                        IpsecPeer.between(Input.value(spoke.controller()), Input.value(FEDERATION))
                                .psk(Input.value(
                                        Secret.of("psk-of-" + spoke.controller().name())))
                                .subnets(spoke.subnet(), Cidr.of("10.0.0.0/16"))
                                .into(OUT)
                                .over(lab.newAccess())
                                .pollEvery(Lab.POLL))
                .step("last", last)
                .build();
    }

    private static Step nothing() {
        return Step.using(OUT, tunnel -> {});
    }

    /** The federation's endpoints for this spoke, by their ids. */
    private Map<String, String> endpoints(Spoke spoke) {
        Map<String, String> all = new TreeMap<>(federation.inventory().of("endpoint"));
        all.values().removeIf(endpoint -> !endpoint.contains("\"ipaddress\":\"" + spoke.address() + "\""));
        return all;
    }

    private void assertPeered(Spoke spoke, SimVns3 controller) {
        assertThat(endpoints(spoke)).hasSize(1);
        assertThat(controller.inventory().of("endpoint")).hasSize(1);
        assertThat(Lab.get(lab.client(spoke.address()).tunnelStatus()))
                .singleElement()
                .satisfies(tunnel -> assertThat(tunnel.connected()).isTrue());
    }
}
