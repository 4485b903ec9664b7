// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.net.Trace;
import io.hybridpipe.sim.vns3.SimVns3;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A process that keeps worlds of stand-ins for other processes, so that what runs against them can be killed without them.
 *
 * <p>Each line of standard input is an order as JSON, each order is answered by a line with the same {@code id}:
 * {@code build} a world; {@code hold} a call that changes something, which is told by a further line with {@code held};
 * {@code release} what is held; {@code look} at all that there is; {@code close} a world. Ends when standard input does.
 */
public final class StandInsProcess {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final double speed;
    private final PrintStream out;
    private final SecretValues secrets = new SecretValues(Map.of(), true);
    private final Map<String, Kept> worlds = new ConcurrentHashMap<>();

    private StandInsProcess(double speed, PrintStream out) {
        this.speed = speed;
        this.out = out;
    }

    private record Kept(StandIns standIns, PortForward newController) {}

    /** Argument: how much faster than real time the stand-ins live. */
    public static void main(String... arguments) throws IOException {
        StandInsProcess process = new StandInsProcess(Double.parseDouble(arguments[0]), System.out);
        ExecutorService threads = Executors.newCachedThreadPool();
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            JsonNode order = JSON.readTree(line);
            threads.execute(() -> process.obey(order));
        }
        System.exit(0);
    }

    private void obey(JsonNode order) {
        Map<String, Object> answer = new LinkedHashMap<>();
        try {
            answer.putAll(perform(order));
        } catch (RuntimeException e) {
            answer.put("failed", String.valueOf(e));
        }
        answer.put("id", order.path("id").asLong());
        say(answer);
    }

    private synchronized void say(Map<String, ?> line) {
        try {
            out.println(JSON.writeValueAsString(line));
            out.flush();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts, lists and maps are always JSON", e);
        }
    }

    private Map<String, Object> perform(JsonNode order) {
        String name = order.path("world").asText();
        return switch (order.path("do").asText()) {
            case "build" -> build(name);
            case "hold" -> hold(name, order);
            case "release" -> {
                world(name).faults.clear();
                yield Map.of();
            }
            case "look" -> look(world(name));
            case "close" -> {
                Kept kept = Objects.requireNonNull(worlds.remove(name), name);
                kept.standIns().close();
                kept.newController().close();
                yield Map.of();
            }
            default -> throw new IllegalArgumentException("no such order: " + order);
        };
    }

    private StandIns world(String name) {
        return Objects.requireNonNull(worlds.get(name), () -> "there is no world " + name)
                .standIns();
    }

    private Map<String, Object> build(String name) {
        StandIns world = new StandIns(Federation.ofDefaults(), speed, secrets);
        PortForward newController = new PortForward(() -> world.newController().map(SimVns3::uri));
        worlds.put(name, new Kept(world, newController));
        Map<String, String> controllers = new LinkedHashMap<>();
        controllers.put("orders", "https://127.0.0.1:" + newController.port());
        world.federation()
                .controllers()
                .forEach(member -> controllers.put(
                        member.name(),
                        Objects.requireNonNull(world.controllers().get(member.name()))
                                .uri()
                                .toString()));
        return Map.of(
                "aws", world.aws.endpoint().toString(),
                "role", StandIns.ROLE_ARN,
                "azure", world.azure.endpoint().toString(),
                "vns3", controllers,
                "federation", fields(world.federation()),
                "license", secrets.license().reveal(),
                "environment", environment(world.federation()));
    }

    private static Map<String, Object> fields(Federation federation) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("resourceGroup", federation.resourceGroup());
        fields.put("virtualNetwork", federation.virtualNetwork());
        fields.put("cidr", federation.cidr().toString());
        fields.put("subnet", federation.subnet().toString());
        fields.put("securityGroup", federation.securityGroup());
        fields.put("routeTable", federation.routeTable());
        fields.put("onPremises", federation.onPremises().toString());
        fields.put(
                "controllers",
                federation.controllers().stream()
                        .map(member -> Map.of(
                                "name", member.name(),
                                "address", member.address().toString(),
                                "privateAddress", member.privateAddress().toString()))
                        .toList());
        return fields;
    }

    private Map<String, String> environment(Federation federation) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("AWS_ACCESS_KEY_ID", secrets.awsAccessKey());
        environment.put("AWS_SECRET_ACCESS_KEY", secrets.awsSecretKey().reveal());
        environment.put("AZURE_SUBSCRIPTION_ID", StandIns.SUBSCRIPTION);
        environment.put("FEDNET_PSK", secrets.psk().reveal());
        environment.put("FEDNET_KEYSET_TOKEN", secrets.keysetToken().reveal());
        federation
                .controllers()
                .forEach(member -> environment.put(
                        SecretValues.passwordVariable(member.name()),
                        secrets.passwordOfStandIn(member.name()).reveal()));
        return environment;
    }

    private Map<String, Object> hold(String name, JsonNode order) {
        StandIns world = world(name);
        Predicate<Call> meant = call -> call.changing()
                && call.service().startsWith(order.path("service").asText())
                && (!order.has("controller")
                        || isAt(world, order.path("controller").asText(), call));
        var rule = world.faults.on(meant).nth(order.path("nth").asInt(1));
        Fault hold = order.path("before").asBoolean() ? rule.holdBefore() : rule.holdAfter();
        hold.reached().thenAccept(call -> say(Map.of("held", name, "call", call.toString())));
        return Map.of();
    }

    private static boolean isAt(StandIns world, String controller, Call call) {
        return Optional.ofNullable(world.controllers().get(controller))
                .filter(it -> call.request()
                        .header("Host")
                        .filter(host -> host.endsWith(":" + it.uri().getPort()))
                        .isPresent())
                .isPresent();
    }

    private static Map<String, Object> look(StandIns world) {
        PacketTracer tracer = PacketTracer.in(world.world);
        List<String> doors = world.federation().controllers().stream()
                .map(member -> member.address().toString())
                .collect(Collectors.toList());
        world.addressOfNewController().ifPresent(doors::add);
        List<String> open = doors.stream()
                .flatMap(door ->
                        Stream.of("192.0.2.66", StandIns.CALLER).map(from -> Packet.tcp(from, door, SimVns3.API_PORT)))
                .map(tracer::trace)
                .filter(Trace::passed)
                .map(Trace::toString)
                .toList();
        Trace.BothWays onPremises = tracer.traceBothWays(Packet.icmp("10.1.1.10", StandIns.ON_PREMISES_HOST));
        return Map.of(
                "inventory", Snapshot.of(world),
                "openDoors", open,
                "reachesOnPremises", onPremises.passed(),
                "trace", onPremises.toString());
    }
}
