// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport.ElementReport;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job, once from its beginning to its end. */
class DoneRunTest {
    private static final String OUTER = "fednet/vpc-api-access";
    private static final String INNER = OUTER + "/fednet-api-access";
    private static final String GROUP = "/subscriptions/" + StandIns.SUBSCRIPTION
            + "/resourceGroups/federation/providers/Microsoft.Network/networkSecurityGroups/federation-nsg";
    private static final String FOREIGN = GROUP + "/securityRules/office";
    private static final List<String> TRACES = new ArrayList<>();

    @TempDir
    private static Path directory;

    private static FednetRun run = FednetRun.of();
    private static Path report = Path.of("");

    @BeforeAll
    static void runOnce() {
        report = directory.resolve("report.json");
        run = FednetRun.of("--report", report.toString())
                .prepare(DoneRunTest::plantForeignRule)
                .inspect(DoneRunTest::trace)
                .go();
        assertThat(run.exitCode()).as(run.told()).isZero();
    }

    private static void plantForeignRule(StandIns world) {
        world.put(FOREIGN, StandIns.NETWORK_API, """
                {'properties': {'priority': 300, 'direction': 'Inbound', 'access': 'Allow', 'protocol': 'Tcp',
                  'sourceAddressPrefix': '203.0.113.9/32', 'sourcePortRange': '*', 'destinationAddressPrefix': '*',
                  'destinationPortRange': '8000', 'description': 'the office, for ever'}}""");
        world.calls.clear();
    }

    private static void trace(StandIns world) {
        PacketTracer tracer = PacketTracer.in(world.world);
        TRACES.add(tracer.traceBothWays(Packet.icmp("10.1.1.10", "10.0.0.10")).toString());
        String door = world.world
                .place(world.controllers().get("fed-1"))
                .orElseThrow()
                .port()
                .publicAddress()
                .map(Object::toString)
                .orElseThrow();
        TRACES.add(tracer.trace(Packet.tcp("203.0.113.9", door, 8000)).toString());
        TRACES.add(tracer.trace(Packet.tcp(StandIns.CALLER, door, 8000)).toString());
    }

    @Test
    void packetsPassBetweenTheApplicationAndOnPremisesInBothDirections() {
        assertThat(TRACES.get(0))
                .contains("icmp 10.1.1.10 -> 10.0.0.10 passes", "icmp 10.0.0.10 -> 10.1.1.10 passes")
                .contains("out of the tunnel", "on-premises-host in on-premises: takes it in");
        assertThat(run.out()).contains("icmp 10.1.1.10 -> 10.0.0.10 passes", "icmp 10.0.0.10 -> 10.1.1.10 passes");
    }

    @Test
    void theWorldIsStoppedBeforeTheControllersDoorByItsSecurityGroup() {
        String trace = run.out().substring(run.out().indexOf("tcp 192.0.2.66 -> "));

        assertThat(trace)
                .contains(":8000 is stopped")
                .containsPattern(
                        "stopped by security group sg-[0-9a-f]+ "
                                + "\\(orders-vpc-ControllerGroup-\\w+\\): no ingress rule allows tcp 8000 from 192\\.0\\.2\\.66");
    }

    @Test
    void theDoorsAreOpenedAndClosedInsideTheirScopesAndAtNoOtherTime() {
        assertThat(calls(OUTER, PipeEvent.ScopeOpening.class, PipeEvent.ScopeOpened.class))
                .containsOnlyOnce("AuthorizeSecurityGroupIngress");
        assertThat(calls(OUTER, PipeEvent.ScopeClosing.class, PipeEvent.ScopeClosed.class))
                .containsOnlyOnce("RevokeSecurityGroupIngress");
        String rule = "Microsoft.Network/networkSecurityGroups/securityRules/";
        assertThat(calls(INNER, PipeEvent.ScopeOpening.class, PipeEvent.ScopeOpened.class))
                .containsOnlyOnce(rule + "write");
        assertThat(calls(INNER, PipeEvent.ScopeClosing.class, PipeEvent.ScopeClosed.class))
                .containsOnlyOnce(rule + "delete");
        assertThat(changes().filter(action -> action.contains("SecurityGroupIngress") || action.startsWith(rule)))
                .hasSize(4);
    }

    @Test
    void theControllersAreCalledOnlyWhileTheirDoorsAreOpen() {
        long opened = run.event(PipeEvent.ScopeOpened.class, INNER).call();
        long closing = run.event(PipeEvent.ScopeClosing.class, INNER).call();

        assertThat(run.world().calls.where(call -> call.service().equals("vns3")))
                .isNotEmpty()
                .allSatisfy(call ->
                        assertThat(call.sequence()).isGreaterThan(opened).isLessThanOrEqualTo(closing));
    }

    @Test
    void foreignRulesAreNotTouched() {
        List<String> group = run.before().stream()
                .filter(line -> line.startsWith(GROUP + ": "))
                .toList();

        assertThat(group).hasSize(1).allSatisfy(line -> assertThat(line).contains("the office, for ever"));
        assertThat(run.after()).containsAll(group);
        assertThat(run.world().calls.changing().stream().map(Call::target)).noneMatch(FOREIGN::equals);
        assertThat(TRACES.get(1)).contains("passes");
        assertThat(TRACES.get(2)).contains("is stopped");
    }

    @Test
    void onlyTheNetworkItsRoutesAndItsTunnelsAreNew() {
        List<String> words =
                new ArrayList<>(List.of("hybridpipe:run=" + run.report().run()));
        run.report().made().stream()
                .map(it -> it.id())
                .filter(id -> id.length() > 8)
                .forEach(words::add);

        List<String> added = Lines.added(run.before(), run.after());
        assertThat(Lines.unrelated(added, words)).isEmpty();
        assertThat(added)
                .filteredOn(line -> line.startsWith(StandIns.ACCOUNT_A + " stack "))
                .hasSize(1);
        assertThat(added)
                .filteredOn(line -> line.startsWith(StandIns.ACCOUNT_A + " vpc "))
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).contains("10.1.0.0/16"));
        assertThat(added).noneMatch(line -> line.contains("8000") && line.contains(StandIns.CALLER));
        assertThat(added).noneMatch(line -> line.contains("key-pair"));
    }

    @Test
    void theReportIsJsonWithEveryElementOfTheRun() throws IOException {
        JsonNode json = new ObjectMapper().readTree(Files.readString(report));

        assertThat(json.path("outcome").asText()).isEqualTo("done");
        assertThat(json.path("pipe").asText()).isEqualTo("fednet");
        assertThat(json.path("schema").asInt()).isEqualTo(1);
        List<String> paths = new ArrayList<>();
        json.path("elements").forEach(element -> paths.add(element.path("path").asText()));
        assertThat(paths)
                .containsExactlyElementsOf(run.report().elements().stream()
                        .map(ElementReport::path)
                        .map(Object::toString)
                        .toList())
                .contains("fednet/bootstrap", "fednet/create-new-vpc", INNER + "/ipsec-peer[fed-2]/tunnel");
        assertThat(json.path("elements")).allSatisfy(element -> {
            assertThat(element.path("status").asText()).isEqualTo("finished");
            assertThat(element.path("startedAt").asText()).isNotEmpty();
            assertThat(element.path("endedAt").asText()).isNotEmpty();
        });
        assertThat(json.path("made")).isNotEmpty().allSatisfy(made -> {
            assertThat(made.path("id").asText()).isNotEmpty();
            assertThat(made.path("show").asText()).isNotEmpty();
        });
        assertThat(json.path("leftovers")).isEmpty();
        assertThat(json.path("criticalPath")).isNotEmpty();
    }

    @Test
    void theOutputEndsWithATreeOfAllElementsAndTheTimes() {
        assertThat(run.out())
                .containsPattern("fednet done in [0-9.]+s")
                .contains("✓   create-new-vpc", "✓         tunnel")
                .containsPattern("wall time [0-9.]+s, steps on the critical path [0-9.]+s");
        assertThat(run.err()).isEmpty();
    }

    private static List<String> calls(String path, Class<? extends PipeEvent> from, Class<? extends PipeEvent> to) {
        return run.callsBetween(run.event(from, path), run.event(to, path)).stream()
                .map(Call::action)
                .toList();
    }

    private static Stream<String> changes() {
        return run.world().calls.changing().stream().map(Call::action);
    }
}
