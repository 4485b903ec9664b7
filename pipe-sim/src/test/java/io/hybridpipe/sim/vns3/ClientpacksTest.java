// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.SimClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientpacksTest {
    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimVns3 controller =
            SimVns3.builder().clock(clock).password("secret").inService().start();
    private final ApiClient api = ApiClient.of(controller, "secret");

    @AfterEach
    void close() {
        controller.close();
        clock.close();
    }

    @Test
    void thereIsOneClientpackForEachClientAddressOfTheLicense() {
        JsonNode packs = api.get("/clientpacks?sorted=true").response();
        assertThat(packs).hasSize(5);
        JsonNode first = packs.path("100.127.255.193");
        assertThat(first.path("name").asText()).isEqualTo("100_127_255_193");
        assertThat(first.path("sequential_id").asInt()).isEqualTo(1);
        assertThat(first.path("enabled").asBoolean()).isTrue();
        assertThat(first.path("checked_out").asBoolean()).isFalse();
        assertThat(api.get("/clientpacks/100_127_255_193").response().path("clientpack"))
                .isEqualTo(first);
        assertThat(api.get("/status/clients").response()).hasToString("{}");
    }

    @Test
    void theFilesAreWhatTheirChecksumsSayAndHoldTheSameConfiguration() throws Exception {
        JsonNode pack = api.get("/clientpacks").response().path("100.127.255.193");
        byte[] conf = api.file("/clientpack?name=100_127_255_193&fileformat=conf");
        byte[] zip = api.file("/clientpack?name=100_127_255_193&fileformat=zip");
        byte[] tarball = api.file("/clientpack?name=100_127_255_193&fileformat=tarball");
        assertThat(pack.path("conf_sha1").asText()).isEqualTo(sha1(conf));
        assertThat(pack.path("zip_sha1").asText()).isEqualTo(sha1(zip));
        assertThat(pack.path("tarball_sha1").asText()).isEqualTo(sha1(tarball));
        assertThat(api.file("/clientpack/100_127_255_193")).isEqualTo(tarball);
        assertThat(new String(conf, StandardCharsets.UTF_8)).startsWith("client\ndev tun\n");
        assertThat(unzipped(zip)).isEqualTo(conf);
        assertThat(untarred(tarball)).isEqualTo(conf);
        // as the bootstrap of the vendor's quick start asks
        assertThat(api.call("GET", "/clientpack", "{'name': '100_127_255_193', 'format': 'conf'}")
                        .text())
                .isEqualTo(new String(conf, StandardCharsets.UTF_8));
    }

    private static String sha1(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(content));
    }

    private static byte[] unzipped(byte[] zip) throws IOException {
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            assertThat(in.getNextEntry().getName()).isEqualTo("100_127_255_193.conf");
            return in.readAllBytes();
        }
    }

    private static byte[] untarred(byte[] tarball) throws IOException {
        byte[] tar = new GZIPInputStream(new ByteArrayInputStream(tarball)).readAllBytes();
        assertThat(tar.length % 512).isZero();
        assertThat(new String(tar, StandardCharsets.US_ASCII)).startsWith("100_127_255_193.conf\0");
        int size = Integer.parseInt(new String(tar, 124, 11, StandardCharsets.US_ASCII), 8);
        return Arrays.copyOfRange(tar, 512, 512 + size);
    }

    @Test
    void theNextOneIsCheckedOutSoThatNobodyElseGetsIt() {
        assertThat(next("{}")).isEqualTo("100.127.255.193");
        assertThat(next("{}")).isEqualTo("100.127.255.194");
        assertThat(next("{'low_ip': '100.127.255.196', 'high_ip': '100.127.255.196'}"))
                .isEqualTo("100.127.255.196");
        api.put("/clientpack", "{'name': '100_127_255_195', 'enabled': false}");
        assertThat(next("{}")).isEqualTo("100.127.255.197");
        assertThat(api.post("/clientpacks/next_available", "{}").error())
                .isEqualTo("400 APIArgumentError: No clientpack available");
        assertThat(next("{'include_disabled': 'True'}")).isEqualTo("100.127.255.195");
    }

    private String next(String body) {
        JsonNode pack = api.post("/clientpacks/next_available", body).response();
        assertThat(pack.path("checked_out").asBoolean()).isTrue();
        return pack.path("overlay_ipaddress").asText();
    }

    @Test
    void oneOrAllAreSwitchedAndRegeneratedInATask() {
        JsonNode before = api.get("/clientpacks/100_127_255_193").response().path("clientpack");
        JsonNode task = api.put("/clientpack", "{'name': '100_127_255_193', 'regenerate': true}")
                .response();
        assertThat(api.get("/status/task?token=" + task.path("token").asText())
                        .response()
                        .path("task_status")
                        .asText())
                .isEqualTo("pending");
        JsonNode after = api.get("/clientpacks/100_127_255_193").response().path("clientpack");
        assertThat(after.path("conf_sha1")).isNotEqualTo(before.path("conf_sha1"));
        assertThat(api.put("/clientpacks", "{'enabled': false, 'checked_out': true, 'compression': 'on'}")
                        .response())
                .hasToString("{\"enabled\":false,\"checked_out\":true}");
        assertThat(api.get("/clientpacks")
                        .response()
                        .at("/100.127.255.197/compression")
                        .asText())
                .isEqualTo("on");
        assertThat(api.put("/clientpacks", "{'async': true}")
                        .response()
                        .path("status")
                        .asText())
                .isEqualTo("submitted");
    }

    @Test
    void tagsAreAddedAndDeletedByTheirKeys() {
        String path = "/clientpack/100_127_255_193";
        assertThat(api.post(path, "{'key': 'alex_person', 'value': 'yes'}").response())
                .hasToString("{\"name\":\"100_127_255_193\",\"tags\":{\"alex_person\":\"yes\"}}");
        assertThat(api.get("/clientpacks")
                        .response()
                        .at("/100.127.255.193/tags/alex_person")
                        .asText())
                .isEqualTo("yes");
        assertThat(api.call("DELETE", path, "{'key': 'alex_person'}").response().path("tags"))
                .isEmpty();
        assertThat(controller.inventory().of("clientpack")).isEmpty();
    }

    @Test
    void moreClientpacksNeedRoomInTheLicenseWhichAnUpgradeMakes() {
        String two = "{'requested_ips': '100.127.255.210,100.127.255.211'}";
        assertThat(api.post("/clientpacks/add_clientpacks", two).error())
                .isEqualTo("403 OperationNotAllowedError: Not enough room in license for 2 more clientpacks.");
        JsonNode upgrade = api.put("/license/upgrade", SimVns3.licenseText("controllers=1 clientpacks=2"))
                .response();
        assertThat(upgrade.path("new_clientpacks").asInt()).isEqualTo(2);
        assertThat(upgrade.path("new_managers").asInt()).isEqualTo(1);
        assertThat(upgrade.path("uniq"))
                .isEqualTo(api.get("/license").response().path("sha1_checksum"));
        assertThat(api.post("/clientpacks/add_clientpacks", two).response().asText())
                .isEqualTo("2 clientpacks added");
        assertThat(api.get("/clientpacks").response()).hasSize(7);
        assertThat(api.get("/license")
                        .response()
                        .at("/topology/managers/4/manager_id")
                        .asInt())
                .isEqualTo(5);
        assertThat(api.get("/peering").response().path("controllers")).hasSize(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "PUT    | /clientpack                  | {'enabled': true}                  | 400 APIArgumentError: name argument must be set",
                "PUT    | /clientpack                  | {'name': '10_0_100_4'}             | 400 APIArgumentError: Clientpack named `10_0_100_4` does not exist",
                "PUT    | /clientpack                  | {'name': '100_127_255_193', 'enabled': 'maybe'} | 400 APIArgumentError: Argument must have a true or false value",
                "PUT    | /clientpacks                 | {'checked_out': 2}                 | 400 APIArgumentError: Argument must have a true or false value",
                "GET    | /clientpack?fileformat=conf  |                                    | 400 APIArgumentError: name argument must be set",
                "GET    | /clientpack?name=100_127_255_193&fileformat=rar |                | 400 APIArgumentError: fileformat is invalid",
                "GET    | /clientpacks/10_0_100_4      |                                    | 400 APIArgumentError: Clientpack named `10_0_100_4` does not exist",
                "POST   | /clientpack/100_127_255_193  | {'key': 'badcharac!er!!', 'value': 'v'} | 400 APIArgumentError: bad tag key: badcharac!er!!",
                "PUT    | /clientpack/100_127_255_193  | {'disconnect': true}               | 400 APIArgumentError: Overlay IP address 100.127.255.193 is not connected",
                "POST   | /client/reset                | {'name': '100_127_255_194'}        | 400 APIArgumentError: Overlay IP address 100.127.255.194 is not connected",
                "POST   | /clientpacks/add_clientpacks | {'requested_ips': '10.0.0.1'}      | 400 APIArgumentError: 10.0.0.1 is invalid as clientpack address",
                "POST   | /clientpacks/add_clientpacks | {}                                 | 400 APIArgumentError: requested_ips is missing",
                "PUT    | /license/upgrade             | nonsense                           | 400 APIArgumentError: Bad license",
            })
    void isRefused(String method, String path, String body, String error) {
        Inventory before = controller.inventory();
        assertThat(api.call(method, path, body == null ? "" : body).error().replace('\'', '`'))
                .isEqualTo(error);
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @Test
    void nobodyIsConnectedSoThatResettingAllResetsNobody() {
        assertThat(api.post("/clients/reset_all", "").response()).hasToString("{\"resetting\":[]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/clientpacks", "/clientpacks/100_127_255_193", "/clientpack?name=a&fileformat=conf"})
    void beforeThereIsAKeysetThereAreNoClientpacks(String path) {
        try (SimVns3 fresh =
                SimVns3.builder().clock(clock).password("secret").running().start()) {
            ApiClient early = ApiClient.of(fresh, "secret");
            assertThat(early.get(path).error()).isEqualTo("403 PrerequisiteError: Must be licensed first.");
            fresh.configure("PUT", "/license", SimVns3.licenseText("x"));
            assertThat(early.get(path).error()).isEqualTo("403 PrerequisiteError: Keyset is missing");
        }
    }
}
