// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import io.hybridpipe.sim.vns3.SimVns3;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A controller as such: configuration, license, keyset, place in the mesh, passwords, tokens, machine. */
final class ControllerRows {
    private static final Secret<String> LICENSE = Secret.of(SimVns3.licenseText("rows"));
    private static final Secret<String> UPGRADE = Secret.of(SimVns3.licenseText("controllers=1 clientpacks=2"));
    private static final String TOKEN = "{'name':'ci','expires':600}";

    private ControllerRows() {}

    static Stream<Row> all() {
        return Stream.of(configuration(), license(), mesh(), access(), urls(), machine())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> configuration() {
        return Stream.of(
                Row.of("config")
                        .sends("GET /config")
                        .<ControllerConfig>gives(config -> config.licensed()
                                && config.version().orElseThrow().isAtLeast(6, 0, 0)
                                && config.privateAddress().equals(Optional.of("10.1.0.10"))),
                Row.of("rename", Optional.of("orders"), Optional.of("hub"))
                        .sends("PUT /config", "{'topology_name':'orders','controller_name':'hub'}")
                        .<ControllerConfig>gives(config -> config.topologyName().equals(Optional.of("orders"))
                                && config.controllerName().equals(Optional.of("hub"))),
                Row.of("setNtpHosts", List.of("192.0.2.1", "ntp.example.org"))
                        .sends("PUT /config", "{'ntp_hosts':'192.0.2.1 ntp.example.org'}")
                        .<ControllerConfig>gives(
                                config -> config.ntpHosts().equals(List.of("192.0.2.1", "ntp.example.org"))));
    }

    private static Stream<Row> license() {
        return Stream.of(
                Row.of("license")
                        .sends("GET /license")
                        .<License>gives(license -> license.finalized()
                                && license.present()
                                && license.topology()
                                                .orElseThrow()
                                                .controllers()
                                                .size()
                                        == 4),
                Row.of("uploadLicense", LICENSE)
                        .onFresh()
                        .sends("PUT /license", LICENSE.reveal())
                        .<License>gives(license -> !license.finalized()
                                && license.state().equals(Optional.of("accepted"))
                                && license.topology()
                                        .orElseThrow()
                                        .overlaySubnet()
                                        .isPresent()),
                Row.of("setLicenseParameters", LicenseParameters.ofDefaults())
                        .onFresh()
                        .after("PUT", "/license", LICENSE.reveal())
                        .sends("PUT /license/parameters", "{'default':true}")
                        .<License>gives(license -> license.finalized()
                                && license.parameters()
                                                .orElseThrow()
                                                .controllers()
                                                .size()
                                        == 4),
                Row.of("upgradeLicense", UPGRADE)
                        .sends("PUT /license/upgrade", UPGRADE.reveal())
                        .<LicenseUpgrade>gives(upgrade -> upgrade.newClients().equals(Optional.of(2))
                                && upgrade.newControllers().equals(Optional.of(1))));
    }

    private static Stream<Row> mesh() {
        return Stream.of(
                Row.of("keyset")
                        .sends("GET /keyset")
                        .<Keyset>gives(keyset -> keyset.present()
                                && !keyset.inProgress()
                                && keyset.checksum().isPresent()
                                && keyset.uuid().isPresent()
                                && keyset.createdAt().isPresent()),
                keyless(Row.of("makeKeyset", Secret.of("k"), Optional.of("orders")))
                        .sends("PUT /keyset", "{'token':'k','topology_name':'orders'}")
                        .<Keyset>gives(keyset ->
                                keyset.inProgress() && keyset.startedAt().isPresent()),
                keyless(Row.of("fetchKeyset", "203.0.113.9", Secret.of("k"), Optional.empty()))
                        .sends("PUT /keyset", "{'source':'203.0.113.9','token':'k'}")
                        .<Keyset>gives(keyset ->
                                keyset.inProgress() && keyset.startedAt().isPresent()),
                Row.of("peering")
                        .sends("GET /peering")
                        .<Peering>gives(peering -> peering.id().equals(Optional.of(1))
                                && peering.controllers().size() == 4
                                && peering.controller(1).orElseThrow().self()
                                && peering.controller(2).orElseThrow().address().isEmpty()),
                keyless(Row.of("setPeerId", 2))
                        .sends("PUT /peering/self", "{'id':2,'force':true}")
                        .<Peering>gives(peering -> peering.id().equals(Optional.of(2))),
                Row.of("addPeer", 2, "203.0.113.9", Optional.of(1400))
                        .sends("POST /peering/peers", "{'id':2,'name':'203.0.113.9','overlay_mtu':'1400'}")
                        .<Peering>gives(peering -> isAt(peering, "203.0.113.9")
                                && peering.controller(2).orElseThrow().mtu().equals(Optional.of(1400))),
                Row.of("updatePeer", 2, Optional.of("203.0.113.8"), Optional.empty())
                        .after("POST", "/peering/peers", "{'id':2,'name':'203.0.113.9'}")
                        .sends("PUT /peering/peers/2", "{'name':'203.0.113.8'}")
                        .<Peering>gives(peering -> isAt(peering, "203.0.113.8")),
                Row.of("removePeer", 2)
                        .after("POST", "/peering/peers", "{'id':2,'name':'203.0.113.9'}")
                        .sends("DELETE /peering/peers/2")
                        .<Peering>gives(peering ->
                                peering.controller(2).orElseThrow().address().isEmpty()));
    }

    private static boolean isAt(Peering peering, String address) {
        return peering.controller(2).orElseThrow().address().equals(Optional.of(address));
    }

    /** Licensed, but without a keyset and a place in the mesh. */
    private static Row keyless(Row row) {
        return row.onFresh()
                .after("PUT", "/license", LICENSE.reveal())
                .after("PUT", "/license/parameters", "{'default':true}");
    }

    private static Stream<Row> access() {
        return Stream.of(
                Row.of("changePassword", Secret.of("new-password"))
                        .sends("PUT /api_password", "{'password':'new-password'}")
                        .givesNothing(),
                Row.of("tokens")
                        .after("POST", "/access/token", TOKEN)
                        .sends("GET /access/tokens")
                        .<List<ApiToken>>gives(tokens ->
                                tokens.size() == 1 && tokens.get(0).name().equals("ci")),
                Row.of("token", 1)
                        .after("POST", "/access/token", TOKEN)
                        .sends("GET /access/token/1")
                        .<ApiToken>gives(token -> token.id() == 1 && !token.expired()),
                Row.of("createToken", "ci", Duration.ofMinutes(10), true)
                        .sends("POST /access/token", "{'name':'ci','expires':600,'refreshes':true}")
                        .<ApiToken>gives(token -> token.refreshes()
                                && !token.token().reveal().isEmpty()
                                && token.expiresAt().equals(token.createdAt().map(at -> at.plusSeconds(600)))),
                Row.of("expireToken", 1)
                        .after("POST", "/access/token", TOKEN)
                        .sends("PUT /access/token/1", "{'expired':true}")
                        .<ApiToken>gives(ApiToken::expired),
                Row.of("deleteToken", 1)
                        .after("POST", "/access/token", TOKEN)
                        .sends("DELETE /access/token/1")
                        .givesNothing(),
                Row.of("task", Secret.of("$token"))
                        .after("POST", "/firewall/rules", "{'rule':'FORWARD_CUST -j ACCEPT'}")
                        .sends("GET /status/task?token=$token")
                        .since("4.11.1")
                        .<TaskStatus>gives(task -> task.finishedWell() && task.over()));
    }

    private static Stream<Row> urls() {
        return Stream.of(
                Row.of("accessUrls().all")
                        .after("POST", "/access/url", "{}")
                        .sends("GET /access/urls")
                        .<List<AccessUrl>>gives(urls -> urls.size() == 1),
                Row.of("accessUrls().get", 1)
                        .after("POST", "/access/url", "{}")
                        .sends("GET /access/url/1")
                        .<AccessUrl>gives(url -> url.id() == 1 && url.access().equals(Optional.of("rs"))),
                Row.of("accessUrls().create", "help", Duration.ofHours(1), Optional.of("100_127_255_193"))
                        .sends("POST /access/url", "{'name':'help','expires':3600,'access':'cp:100_127_255_193'}")
                        .<AccessUrl>gives(url ->
                                url.name().equals("help") && url.url().reveal().startsWith("https://")),
                Row.of("accessUrls().expire", 1)
                        .after("POST", "/access/url", "{}")
                        .sends("PUT /access/url/1", "{'expired':true}")
                        .<AccessUrl>gives(AccessUrl::expired),
                Row.of("accessUrls().delete", 1)
                        .after("POST", "/access/url", "{}")
                        .sends("DELETE /access/url/1")
                        .givesNothing(),
                Row.of("accessUrls().delete", Secret.of("$url"))
                        .after("POST", "/access/url", "{}")
                        .sends("DELETE /access/url", "{'access_url':'$url'}")
                        .givesNothing());
    }

    private static Stream<Row> machine() {
        return Stream.of(
                Row.of("reboot").sends("PUT /server", "{'reboot':true}").givesNothing(),
                Row.of("systemStatus")
                        .sends("GET /status/system")
                        .<SystemStatus>gives(status -> status.uptime().isPresent()
                                && status.version().isPresent()
                                && status.timestamp().isPresent()),
                Row.of("system().runtime")
                        .after(
                                "POST",
                                "/ipsec/endpoints",
                                "{'name':'to-b','ipaddress':'203.0.113.9','secret':'psk-of-rows'}")
                        .after(
                                "POST",
                                "/ipsec/endpoints/1/tunnels",
                                "{'local_subnet':'10.1.0.0/16','remote_subnet':'10.0.0.0/16'}")
                        .sends("GET /status")
                        .<RuntimeStatus>gives(status -> status.clients().isEmpty()
                                && status.tunnels().get(0).endpointName().equals(Optional.of("to-b"))),
                // a subnet is connected when a tunnel is up, which takes a second controller
                Row.of("system().connectedSubnets")
                        .sends("GET /status/connected_subnets?extended_output=true")
                        .scripted("{'response':[['10.0.0.0','255.255.0.0'],"
                                + "{'network':'10.2.0.0','netmask':'255.255.0.0','origin':'ipsec'}]}")
                        .<List<ConnectedSubnet>>gives(
                                subnets -> subnets.get(0).network().equals("10.0.0.0")
                                        && subnets.get(1).netmask().equals("255.255.0.0")
                                        && subnets.get(1).origin().equals(Optional.of("ipsec"))),
                Row.of("system().cloud").sends("GET /cloud_data").<CloudData>gives(data -> data.instanceId()
                        .equals(Optional.of("i-0abc"))),
                Row.of("system().setAdminUi", Optional.of(false), Optional.of("ops"), Optional.of(Secret.of("pw")))
                        .sends("PUT /admin_ui", "{'enabled':false,'admin_username':'ops','admin_password':'pw'}")
                        .<AdminUi>gives(ui -> !ui.enabled() && ui.username().equals(Optional.of("ops"))),
                Row.of("system().certificates")
                        .sends("GET /system/ssl")
                        .<List<SslCertificate>>gives(
                                certificates -> certificates.get(0).sha256().isPresent()),
                Row.of("system().uploadCertificate", TestPem.CERTIFICATE, Secret.of(TestPem.KEY))
                        .sends("PUT /system/ssl/keypair", TestPem.BODY)
                        .givesNothing(),
                Row.of("system().installCertificate")
                        .after("PUT", "/system/ssl/keypair", TestPem.BODY)
                        .sends("PUT /system/ssl/install")
                        .<SslInstallation>gives(install -> install.uuid().isPresent()),
                Row.of("system().installation", "$uuid")
                        .after("PUT", "/system/ssl/keypair", TestPem.BODY)
                        .after("PUT", "/system/ssl/install", "")
                        .sends("GET /system/ssl/install/$uuid")
                        .<SslInstallation>gives(install -> install.state().isPresent()));
    }
}
