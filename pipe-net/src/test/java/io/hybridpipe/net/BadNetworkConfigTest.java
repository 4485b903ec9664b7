// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Key;
import io.hybridpipe.State;
import io.hybridpipe.retry.FailureClass;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of everything that can be wrong with a config, each with its whole message. */
class BadNetworkConfigTest {
    private static final Key<NetworkConfig> NETWORK = Key.of("network", NetworkConfig.class);

    @TempDir
    private Path directory;

    static Stream<Arguments> documents() {
        return Stream.of(
                bad(
                        "c.json",
                        "{\n  \"name\": \"orders\",\n  nonsense\n}",
                        "line 3, column 3: not JSON: Unexpected character ('n' (code 110)): was expecting double-quote to start field name"),
                bad("c.json", "{\"name\": \"orders\"", "line 1, column 18: not JSON: it ends too early"),
                bad(
                        "c.json",
                        "<html>",
                        "line 1, column 1: not JSON: Unexpected character ('<' (code 60)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"),
                bad("c.json", "{\"name\": \"a\",\n\"name\": \"b\"}", "line 2, column 7: field 'name' is there twice"),
                bad(
                        "c.json",
                        "{\"name\": \"a\", \"cidr\": \"10.1.0.0/16\"}\n{}",
                        "line 2, column 1: more follows after the document's end"),
                bad(
                        "c.yaml",
                        "name: a\ncidr: [10.1.0.0/16",
                        "line 2, column 19: not YAML: expected ',' or ']', but got <stream end>"),
                bad(
                        "c.yaml",
                        "name: a\n\tcidr: 10.1.0.0/16",
                        "line 2, column 1: not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)"),
                bad("c.yaml", "name: a\nname: b", "line 2, column 5: field 'name' is there twice"),
                bad(
                        "c.yaml",
                        "name: a\ncidr: 10.1.0.0/16\n---\nname: b",
                        "line 4, column 1: more follows after the document's end"),
                bad("c.yaml", "name: &n a\ncidr: *n", "line 2, column 7: an alias; write the value itself"),
                bad("c.yaml", "", "it is empty"),
                bad("c.yaml", "just text", "must be an object, is a single value"),
                bad("c.yaml", "- name: a", "must be an object, is a list"),
                bad("c.yaml", "cidr: 10.1.0.0/16", "field 'name' is missing"),
                bad("c.yaml", "name: a", "field 'cidr' is missing"),
                bad("c.yaml", "networks:\n- name: a", "/networks/0: field 'cidr' is missing"),
                bad("c.yaml", "networks: {}", "/networks: must be a list, is an object"),
                bad("c.yaml", "networks: []\nname: a", "unknown field 'name'; there is 'networks'"),
                bad(
                        "c.yaml",
                        "name: a\ncidr: 10.1.0.0/16\nsubnet: []",
                        "unknown field 'subnet'; did you mean 'subnets'?"),
                bad(
                        "c.yaml",
                        "name: a\ncidr: 10.1.0.0/16\nregion: x",
                        "unknown field 'region'; there are 'name', 'cidr', 'subnets', 'onPremises'"),
                bad("c.yaml", "name: 7\ncidr: 10.1.0.0/16", "/name: must be a text, is the number 7"),
                bad("c.yaml", "name: true\ncidr: 10.1.0.0/16", "/name: must be a text, is true"),
                bad(
                        "c.yaml",
                        "name: a b\ncidr: 10.1.0.0/16",
                        "/name: 'a b' is not a name: letters, digits, '.', '_' and '-' only"),
                bad(
                        "c.yaml",
                        "name: a\ncidr: 10.1.0.0/33",
                        "/cidr: '10.1.0.0/33' is not a CIDR: the prefix length '33' is not a number from 0 to 32"),
                bad(
                        "c.yaml",
                        "name: a\ncidr: 10.1.0.0/16\nonPremises: 10.0.0.0/16",
                        "/onPremises: must be a list, is the text '10.0.0.0/16'"),
                bad(
                        "c.yaml",
                        "name: a\ncidr: 10.1.0.0/16\nonPremises: [10.0.0.0]",
                        "/onPremises/0: '10.0.0.0' is not a CIDR: it has no prefix length, such as the /16 of 10.1.0.0/16"),
                bad(
                        "c.yaml",
                        "name: a\ncidr: 10.1.0.0/16\nonPremises: [192.168.0.0/16, 10.0.0.0/8]",
                        "/onPremises/1: '10.0.0.0/8' overlaps the network's 10.1.0.0/16"),
                bad("c.yaml", "name: a\ncidr: 10.1.0.0/16\nsubnets:", "/subnets: must be a list, is null"),
                subnets("[{prefix: 24}]", "/subnets/0: field 'name' is missing"),
                subnets(
                        "[{name: app}]",
                        "/subnets/0: subnet 'app' must have one of 'cidr', 'prefix' and 'hosts', has none"),
                subnets(
                        "[{name: app, prefix: 24, hosts: 9}]",
                        "/subnets/0: subnet 'app' must have one of 'cidr', 'prefix' and 'hosts', has 2"),
                subnets("[{name: app, prefix: '24'}]", "/subnets/0/prefix: must be a whole number, is the text '24'"),
                subnets("[{name: app, prefix: 24.5}]", "/subnets/0/prefix: must be a whole number, is the number 24.5"),
                subnets(
                        "[{name: app, prefix: 8}]",
                        "/subnets/0/prefix: prefix length 8 is not from 16 to 32, as it must be in 10.1.0.0/16"),
                subnets("[{name: app, hosts: 0}]", "/subnets/0/hosts: 0 hosts do not fit into any IPv4 subnet"),
                subnets(
                        "[{name: app, hosts: 70000}]",
                        "/subnets/0: 'app' has prefix length 15; in 10.1.0.0/16 it can be 16 to 32"),
                subnets("[{name: app, prefx: 24}]", "/subnets/0: unknown field 'prefx'; did you mean 'prefix'?"),
                subnets(
                        "[{name: app, cidr: 10.2.0.0/24}]",
                        "/subnets/0/cidr: '10.2.0.0/24' is outside of the network's 10.1.0.0/16"),
                subnets(
                        "[{name: app, cidr: 10.1.0.0/24}, {name: db, cidr: 10.1.0.128/25}]",
                        "/subnets/1/cidr: '10.1.0.128/25' overlaps subnet 'app', 10.1.0.0/24"),
                subnets("[{name: app, prefix: 24}, {name: app, prefix: 25}]", "/subnets/1/name: 'app' is there twice"),
                subnets(
                        "[{name: app, prefix: 17}, {name: db, prefix: 17}, {name: more, hosts: 200}]",
                        "/subnets/2: 'more' does not fit: no /24 is free in 10.1.0.0/16; nothing is left"),
                bad(
                        "c.yaml",
                        "name: a\ncidr: 2001:db8::/56\nsubnets: [{name: app, hosts: 9}]",
                        "/subnets/0/hosts: a count of hosts is for IPv4; say 'prefix' for subnets of 2001:db8::/56"),
                bad(
                        "c.yaml",
                        "networks:\n- {name: a, cidr: 10.1.0.0/16}\n- {name: b, cidr: 10.2.0.0/16, subnets: [{name: app, cidr: 10.1.0.0/24}]}",
                        "/networks/1/subnets/0/cidr: '10.1.0.0/24' is outside of the network's 10.2.0.0/16"),
                bad(
                        "c.yaml",
                        "networks:\n- {name: a, cidr: 10.1.0.0/16}\n- {name: a, cidr: 10.2.0.0/16}",
                        "/networks/1/name: 'a' is there twice"),
                bad(
                        "c.yaml",
                        "networks:\n- {name: order, cidr: 10.1.0.0/16}",
                        "no network 'orders'; did you mean 'order'?"),
                bad(
                        "c.yaml",
                        "networks:\n- {name: billing, cidr: 10.1.0.0/16}\n- {name: shop, cidr: 10.2.0.0/16}",
                        "no network 'orders'; there are 'billing', 'shop'"),
                bad("c.yaml", "networks: []", "no network 'orders'; there are none"));
    }

    private static Arguments bad(String file, String document, String message) {
        return Arguments.of(file, document, message);
    }

    private static Arguments subnets(String subnets, String message) {
        return bad("c.yaml", "name: a\ncidr: 10.1.0.0/16\nsubnets: " + subnets, message);
    }

    @ParameterizedTest
    @MethodSource("documents")
    void isRefusedWithOneLineThatNamesFilePlaceAndValue(String file, String document, String message) throws Exception {
        Path path = Files.writeString(directory.resolve(file), document);
        assertRefused(path, path + ": " + message);
    }

    @Test
    void isRefusedWhenThereIsNoSuchFile() {
        Path path = directory.resolve("missing.yaml");
        assertRefused(path, path + ": no such file");
    }

    @Test
    void isRefusedWhenItIsADirectory() {
        assertRefused(directory, directory + ": it is a directory");
    }

    @Test
    void isRefusedWhenItIsNotText() throws Exception {
        Path path = Files.write(directory.resolve("c.yaml"), "name: Zürich".getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(path, path + ": it is not UTF-8 text");
    }

    @Test
    void isRefusedWhenItIsTooLong() throws Exception {
        Path path = Files.writeString(directory.resolve("c.yaml"), "#".repeat(1 << 20) + "\n");
        assertRefused(path, path + ": it is longer than 1048576 bytes");
    }

    @Test
    void doesNotShowADocumentThatCannotBeParsed() throws Exception {
        String[] documents = {
            "-----BEGIN KEY-----\n{canary: [canary\ncanary", "canary", "{\"name\": canary", "*canary", "@canary"
        };
        for (int i = 0; i < 2 * documents.length; i++) {
            Path path = Files.writeString(directory.resolve(i % 2 == 0 ? "c.json" : "c.yaml"), documents[i / 2]);
            assertThatThrownBy(() -> read(path)).satisfies(error -> {
                for (Throwable each = error; each != null; each = each.getCause()) {
                    assertThat(each.toString()).doesNotContain("canary");
                }
            });
        }
    }

    @Test
    void isRefusedWithoutANameUnlessThereIsExactlyOneNetwork() throws Exception {
        Path path = Files.writeString(
                directory.resolve("c.yaml"),
                "networks:\n- {name: a, cidr: 10.1.0.0/16}\n- {name: b, cidr: 10.2.0.0/16}");
        assertThatThrownBy(() -> FetchNetworkConfig.from(path)
                        .into(NETWORK)
                        .run(State.empty(), new LoneContext())
                        .block(Duration.ofSeconds(60)))
                .hasMessage(path + ": it holds 2 networks, and no name says which one is meant");
    }

    private static void assertRefused(Path path, String message) {
        assertThatThrownBy(() -> read(path)).satisfies(error -> {
            assertThat(error).hasMessage(message);
            assertThat(FailureClass.of(error)).isEqualTo(FailureClass.PERMANENT);
        });
    }

    private static void read(Path path) {
        FetchNetworkConfig.from(path)
                .named("orders")
                .into(NETWORK)
                .run(State.empty(), new LoneContext())
                .block(Duration.ofSeconds(60));
    }
}
