// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;
import static io.hybridpipe.sim.vns3.Operations.Needs.NOTHING;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Names, time servers and the API password of one controller, and what it tells about its machine. */
final class Settings {
    private static final String DEFAULT_NTP = "0.pool.ntp.org 1.pool.ntp.org 2.pool.ntp.org";

    private final Box box;
    private final Licensing licensing;
    private final Peering peering;

    private String topologyName = "";
    private String controllerName = "";
    private String ntpHosts = DEFAULT_NTP;
    private String password;

    Settings(Box box, Licensing licensing, Peering peering, String password) {
        this.box = box;
        this.licensing = licensing;
        this.peering = peering;
        this.password = password;
    }

    void register(Operations api) {
        api.on("GET", "/config", NOTHING, call -> config());
        api.on("PUT", "/config", NOTHING, call -> configure(call.body()));
        api.on("PUT", "/api_password", NOTHING, call -> changePassword(call.body()));
        api.on("PUT", "/server", NOTHING, call -> restart(call.body()));
        api.on("GET", "/cloud_data", NOTHING, call -> cloudData());
        api.on("GET", "/status/system", LICENSE, call -> systemStatus());
    }

    boolean accepts(String user, String secret) {
        return "api".equals(user)
                && MessageDigest.isEqual(
                        secret.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8));
    }

    void topologyName(String name) {
        topologyName = name;
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        data.put("topology_name", topologyName);
        data.put("controller_name", controllerName);
        data.put("ntp_hosts", ntpHosts);
        data.put("api_password", Inventory.disguise(password));
        return data;
    }

    private ObjectNode config() {
        ObjectNode config = Json.object()
                .put("topology_name", topologyName)
                .put("controller_name", controllerName)
                .put("ntp_hosts", ntpHosts)
                .put("vns3_version", box.version())
                .put("licensed", licensing.present())
                .put("private_ipaddress", box.privateAddress().toString())
                .put("public_ipaddress", box.address().toString())
                .put("topology_checksum", licensing.checksum());
        if (licensing.present()) {
            config.put("peered", peering.peered());
            peering.id().ifPresent(id -> config.put("manager_id", id)
                    .put("asn", licensing.asn(id))
                    .put("overlay_ipaddress", licensing.overlayAddress(id)));
        }
        return config;
    }

    private ObjectNode configure(Fields wanted) {
        String hosts = wanted.text("ntp_hosts").orElse(ntpHosts);
        if (hosts.isBlank() || Arrays.stream(hosts.trim().split("\\s+")).anyMatch(host -> !isHost(host))) {
            throw ApiError.argument(
                    "ntp_hosts is not in proper domain name format or ipv4 address format. Update abandoned.");
        }
        ntpHosts = hosts;
        topologyName = wanted.text("topology_name").orElse(topologyName);
        controllerName = wanted.text("controller_name").orElse(controllerName);
        return config();
    }

    private static boolean isHost(String text) {
        return text.matches("[0-9.]+")
                ? Addresses.host(text).isPresent()
                : text.matches("([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\.)*[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?");
    }

    private ObjectNode changePassword(Fields wanted) {
        String next = wanted.text("password").orElse("");
        if (next.isBlank()) {
            throw ApiError.argument("Invalid password");
        }
        password = next;
        return Json.object().put("password_reset", "ok");
    }

    private ObjectNode restart(Fields wanted) {
        if (!wanted.flag("reboot").orElse(false)) {
            throw ApiError.argument("Nothing to do");
        }
        box.reboot();
        return Json.object().put("status", "rebooting");
    }

    private ObjectNode cloudData() {
        ObjectNode data = Json.object().put("privateIp", box.privateAddress().toString());
        boolean ec2 = box.machine().startsWith("i-");
        if (ec2) {
            data.put("instanceId", box.machine());
        }
        return Json.object().put("cloud_type", ec2 ? "ec2" : "azure").set("cloud_data", data);
    }

    private ObjectNode systemStatus() {
        // one moment: who subtracts the one from the other learns when it started
        Instant now = box.clock().instant();
        long uptime = Duration.between(box.startedAt(), now).toSeconds();
        ObjectNode status = Json.object()
                .put("timestamp", Json.timestamp(now))
                .put("timestamp_i", now.getEpochSecond())
                .put("vns3_version", box.version())
                .put("kernel_version", System.getProperty("os.version", ""))
                .put("uptime", uptime);
        status.set("loadavg", Json.texts(List.of("0.00", "0.00", "0.00")));
        status.set("diskinfo", Json.array());
        status.set("meminfo", Json.array());
        status.set("swapinfo", Json.array());
        status.set("container_system", Json.object().put("container_system_running", false));
        status.set("data", Json.object().set("sysstat", Json.array()));
        return status;
    }
}
