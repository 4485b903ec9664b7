// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.lab.Capture;
import io.hybridpipe.sim.lab.Gateway;
import io.hybridpipe.sim.lab.Host;
import io.hybridpipe.sim.lab.IpsecLab;
import io.hybridpipe.sim.vns3.SimVns3;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What real packets do between the application's host and on-premises, when the controllers have real gateways. */
final class RealPackets {
    static final String APPLICATION_HOST = "10.1.1.10";

    private static final int PINGS = 5;
    private static final long WITHIN_SECONDS = 60;

    private final StandIns world;
    private final IpsecLab lab;
    private final Host application;
    private final Host onPremises;

    RealPackets(StandIns world) {
        this.world = world;
        lab = world.lab().orElseThrow(() -> new IllegalArgumentException("these stand-ins have no lab"));
        try {
            SimVns3 controller = world.newController().orElseThrow();
            application = lab.host(APPLICATION_HOST, gateway(controller));
            onPremises = lab.host(StandIns.ON_PREMISES_HOST, gateway(controller(StandIns.ON_PREMISES)));
        } catch (IOException e) {
            throw new UncheckedIOException("the hosts cannot be made", e);
        }
    }

    private SimVns3 controller(String name) {
        return Objects.requireNonNull(world.controllers().get(name), name);
    }

    private static Gateway gateway(SimVns3 controller) {
        return controller.gateway().orElseThrow();
    }

    Host application() {
        return application;
    }

    Host onPremises() {
        return onPremises;
    }

    /** Pings on-premises from the application's host. */
    Host.Ping ping() throws IOException {
        return application.ping(StandIns.ON_PREMISES_HOST, PINGS);
    }

    /** The federation's controllers by name, which are the ways to on-premises. */
    List<String> ways() {
        return world.federation().controllers().stream()
                .map(Federation.Member::name)
                .toList();
    }

    /** Waits until the new controller and on-premises have, or no longer have, a tunnel to this one. */
    void awaitTunnels(String way, boolean connected) {
        for (SimVns3 side : List.of(world.newController().orElseThrow(), controller(StandIns.ON_PREMISES))) {
            await(
                    () -> isConnected(side, way) == connected,
                    side.name() + " is " + (connected ? "not " : "") + "connected to " + way);
        }
    }

    private boolean isConnected(SimVns3 side, String way) {
        for (JsonNode status : side.configure("GET", "/status/ipsec", "")) {
            String endpoint = status.path("endpoint_name").asText();
            if (endpoint.equals(way) || endpoint.equals("to-" + way)) {
                return status.path("connected").asBoolean();
            }
        }
        return false;
    }

    private static void await(BooleanSupplier condition, String otherwise) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WITHIN_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("after " + WITHIN_SECONDS + " s " + otherwise);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** Takes down, or up again, all tunnels of a controller of the federation. */
    void tunnels(String way, boolean enabled) {
        SimVns3 controller = controller(way);
        JsonNode endpoints = controller.configure("GET", "/ipsec", "").path("remote_endpoints");
        for (JsonNode endpoint : endpoints) {
            for (JsonNode tunnel : endpoint.path("tunnels")) {
                controller.configure(
                        "PUT",
                        "/ipsec/endpoints/" + endpoint.path("id").asInt() + "/tunnels/"
                                + tunnel.path("id").asInt(),
                        "{\"enabled\": " + enabled + "}");
            }
        }
        awaitTunnels(way, enabled);
    }

    /**
     * Pings over all ways and over each alone, and looks at the wire meanwhile. At the end the first way is off for good.
     *
     * @return whether all pings were answered, and nothing was on the wire in clear
     */
    boolean print(PrintStream out) {
        try {
            Map<String, Host.Ping> pings = new LinkedHashMap<>();
            List<String> loaded = new ArrayList<>();
            Capture capture = lab.capture();
            try (capture) {
                pings.put("through " + String.join(" and ", ways()), ping());
                for (String way : ways()) {
                    tunnels(way, false);
                    pings.put("with the tunnels of " + way + " taken down", ping());
                    tunnels(way, true);
                }
                for (Map.Entry<String, SimVns3> each : new TreeMap<>(world.controllers()).entrySet()) {
                    loaded.add("  loaded in " + each.getKey() + ": "
                            + String.join(", ", gateway(each.getValue()).loaded()));
                }
                String first = ways().get(0);
                controller(first).close();
                awaitTunnels(first, false);
                pings.put("with " + first + " switched off", ping());
            }
            out.println();
            out.println("real packets " + application.address() + " -> " + onPremises.address()
                    + " through strongSwan in " + lab.prefix() + "-*");
            pings.forEach((when, ping) ->
                    out.println("  " + when + ": " + ping.received() + " of " + ping.sent() + " pings answered"));
            out.println("  on the wire: " + capture.encrypted().size() + " packets of IKE and ESP in UDP, "
                    + capture.inClear().size() + " others");
            capture.inClear().forEach(packet -> out.println("    " + packet));
            loaded.forEach(out::println);
            return pings.values().stream().allMatch(Host.Ping::ok)
                    && capture.inClear().isEmpty()
                    && !capture.encrypted().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException("the real packets cannot be seen", e);
        }
    }
}
