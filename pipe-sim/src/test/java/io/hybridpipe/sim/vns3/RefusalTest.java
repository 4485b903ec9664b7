// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalTest {
    private static final SimClock CLOCK = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private static final SimVns3 FRESH =
            SimVns3.builder().clock(CLOCK).password("secret").running().start();
    private static final SimVns3 LICENSED = SimVns3.builder()
            .clock(CLOCK)
            .password("secret")
            .licensedFor(4, 2, 2)
            .running()
            .start();
    private static final ApiClient FRESH_API = ApiClient.of(FRESH, "secret");
    private static final ApiClient API = ApiClient.of(LICENSED, "secret");

    @BeforeAll
    static void license() {
        API.put("/license", SimVns3.licenseText("x"));
        API.put("/license/parameters", "{'default': true}");
        CLOCK.advance(Duration.ofMinutes(1));
        // a read: the client repeats it by itself if it chose a connection that the reboot has cut
        API.get("/config");
        API.post("/ipsec/endpoints", "{'name': 'a', 'ipaddress': '192.0.2.7', 'secret': 'k', 'vpn_type': 'vti'}");
        API.put("/peering/self", "{'id': 1}");
    }

    @AfterAll
    static void close() {
        FRESH.close();
        LICENSED.close();
        CLOCK.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET  | /license              |                       | 403 PrerequisiteError: Must be licensed first.",
                "PUT  | /license/parameters   | {'default': true}     | 403 PrerequisiteError: Must be licensed first.",
                "GET  | /keyset               |                       | 403 PrerequisiteError: Must be licensed first.",
                "PUT  | /keyset               | {'token': 't'}        | 403 PrerequisiteError: Must be licensed first.",
                "GET  | /peering              |                       | 403 PrerequisiteError: Must be licensed first.",
                "GET  | /ipsec                |                       | 403 PrerequisiteError: Must be licensed first.",
                "GET  | /routes               |                       | 403 PrerequisiteError: Must be licensed first.",
                "GET  | /status               |                       | 403 PrerequisiteError: Must be licensed first.",
                "GET  | /status/system        |                       | 403 PrerequisiteError: Must be licensed first.",
                "GET  | /status/ipsec         |                       | 403 PrerequisiteError: Must be licensed first.",
                "GET  | /firewall/rules       |                       | 403 PrerequisiteError: Must be licensed first.",
                "PUT  | /license              | not a license         | 400 APIArgumentError: Bad license",
                "PUT  | /license | -----BEGIN PGP MESSAGE-----            | 400 APIArgumentError: Bad license",
                "GET  | /nothing              |                       | 404 APINotFoundError: GET /api/nothing does not exist",
                "POST | /config               | {}                    | 404 APINotFoundError: POST /api/config does not exist",
            },
            quoteCharacter = '"')
    void anUnlicensedControllerRefuses(String method, String path, String body, String error) {
        assertThat(FRESH_API.call(method, path, body == null ? "" : body).error())
                .isEqualTo(error);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT    | /config                | {'ntp_hosts': 'a b!'}       | 400 APIArgumentError: ntp_hosts is not in proper domain name format or ipv4 address format. Update abandoned.",
                "PUT    | /config                | {'ntp_hosts': '300.1.1.1'}  | 400 APIArgumentError: ntp_hosts is not in proper domain name format or ipv4 address format. Update abandoned.",
                "PUT    | /config                | [1]                         | 400 APIArgumentError: the request body is not a JSON object",
                "PUT    | /config                | {'topology                  | 400 APIArgumentError: the request body is not valid JSON",
                "PUT    | /api_password          | {'password': ''}            | 400 APIArgumentError: Invalid password",
                "PUT    | /server                | {}                          | 400 APIArgumentError: Nothing to do",
                "POST   | /access/token          | {'expires': 59}             | 400 APIArgumentError: expires range must be between 60 and 31,536,000",
                "POST   | /access/token          | {'expires': 31536001}       | 400 APIArgumentError: expires range must be between 60 and 31,536,000",
                "GET    | /access/token/77       |                             | 404 APINotFoundError: Requested api token does not exist",
                "DELETE | /access/token/x        |                             | 404 APINotFoundError: Requested api token does not exist",
                "PUT    | /license/parameters    | {'default': true}           | 400 APIArgumentError: License parameters are already set",
                "PUT    | /keyset                | {}                          | 400 APIArgumentError: token is missing",
                "PUT    | /peering/self          | {'id': 9}                   | 400 APIArgumentError: id is invalid",
                "POST   | /peering/peers         | {'id': 5, 'name': 'x'}      | 400 APIArgumentError: 5 is an invalid controller id",
                "POST   | /peering/peers         | {'id': 1, 'name': 'x'}      | 400 APIArgumentError: 1 is an invalid controller id",
                "DELETE | /peering/peers/20      |                             | 400 APIArgumentError: 20 is invalid as controller id.",
                "PUT    | /ipsec                 | {'ipsec_local_ipaddress': 'x'}         | 400 APIArgumentError: ipsec_local_address is invalid",
                "PUT    | /ipsec                 | {'ipsec_local_ipaddress': '192.0.2.1'} | 400 APIArgumentError: ipsec_local_address cannot be changed while remote endpoints exist",
                "POST   | /ipsec                 | {}                          | 400 APIArgumentError: restart is invalid",
                "POST   | /ipsec/endpoints       | {'name': 'b', 'secret': 'k', 'ipaddress': 'x'} | 400 APIArgumentError: ipaddress is invalid",
                "POST   | /ipsec/endpoints       | {'name': 'b', 'ipaddress': '192.0.2.8'} | 400 APIArgumentError: secret is missing",
                "PUT    | /ipsec/endpoints/1     | {'nat_t_enabled': 'maybe'}  | 400 APIArgumentError: nat_t_enabled is invalid",
                "PUT    | /ipsec/endpoints/1     | {'ike_version': 3}          | 400 APIArgumentError: ike_version is invalid",
                "DELETE | /ipsec/endpoints/9     |                             | 400 APIArgumentError: endpoint_id does not exist",
                "POST   | /ipsec/endpoints/9/tunnels | {'remote_subnet': '10.0.0.0/16'} | 400 APIArgumentError: endpoint_id does not exist",
                "POST   | /ipsec/endpoints/1/tunnels | {'remote_subnet': '10.0.0.0/16', 'local_subnet': '10.1/16'} | 400 APIArgumentError: local_subnet is invalid CIDR",
                "PUT    | /ipsec/endpoints/1/tunnels/9 | {}                    | 400 APIArgumentError: tunnel id does not exist",
                "DELETE | /ipsec/endpoints/1/tunnels/9 |                       | 400 APIArgumentError: tunnel id does not exist",
                "GET    | /status/link_history?remote=x |                      | 400 APIArgumentError: bad or invalid remote",
                "POST   | /routes                | {'cidr': '10.0.0.0/33'}     | 400 APIArgumentError: cidr is invalid",
                "POST   | /routes                | {'cidr': '10.0.0.0/16', 'tunnel': 7} | 400 APIArgumentError: Validation failed: Ipsec tunnel bad tunnel ID",
                "POST   | /routes                | {'cidr': '10.0.0.0/16', 'tunnel': 1, 'interface': 'eth0'} | 400 APIArgumentError: Must provide either tunnel OR interface",
                "DELETE | /routes/9              |                             | 400 APIArgumentError: bad route id or route not found",
                "DELETE | /routes/1              |                             | 400 APIArgumentError: bad route id or route not found",
                "GET    | /status/task           |                             | 400 APIArgumentError: token is missing",
                "POST   | /firewall/rules        | {'rule': 'FORWARD_CUST -s 10.199.2.0. -j DROP'} | 400 APIArgumentError: Parse Error - iptables v1.4.21: host/network `10.199.2.0.` not found",
                "DELETE | /firewall/rules/3      |                             | 400 APIArgumentError: position exceeds the number of rules",
                "DELETE | /firewall/rules        | {}                          | 400 APIArgumentError: either position or rule argument must be provided",
                "GET    | /interfaces/system/9   |                             | 404 APINotFoundError: System interface not found",
            },
            quoteCharacter = '"')
    void aLicensedControllerRefuses(String method, String path, String body, String error) {
        Inventory before = LICENSED.inventory();
        // the table cannot hold the apostrophe with which iptables ends a quotation
        assertThat(API.call(method, path, body == null ? "" : body).error().replace('\'', '`'))
                .isEqualTo(error);
        assertThat(LICENSED.inventory()).isEqualTo(before);
    }
}
