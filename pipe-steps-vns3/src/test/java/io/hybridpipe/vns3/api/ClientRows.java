// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import io.hybridpipe.net.Ip;
import io.hybridpipe.sim.vns3.SimVns3;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The clients of the overlay network and their credentials. */
final class ClientRows {
    private static final String NAME = "100_127_255_193";

    private static final String RESET = "{'response':{'disconnecting':'client','overlay_ipaddress':'100.127.255.193'}}";

    private ClientRows() {}

    static Stream<Row> all() {
        return Stream.of(packs(), clients()).flatMap(rows -> rows);
    }

    private static Stream<Row> packs() {
        return Stream.of(
                Row.of("clientpacks().all")
                        .sends("GET /clientpacks?sorted=true")
                        .<List<Clientpack>>gives(packs -> packs.get(0).name().equals(NAME)
                                && packs.get(0).files().get(2).checksum().isPresent()),
                Row.of("clientpacks().get", NAME)
                        .sends("GET /clientpacks/" + NAME)
                        .<Clientpack>gives(pack -> pack.overlayAddress().equals(Optional.of("100.127.255.193"))),
                Row.of(
                                "clientpacks().update",
                                NAME,
                                ClientpackChange.none().withEnabled(false).withCompression(true))
                        .sends("PUT /clientpack", "{'enabled':false,'compression':'on','name':'" + NAME + "'}")
                        .<Clientpack>gives(
                                pack -> !pack.enabled() && pack.compression().equals(Optional.of("on"))),
                Row.of("clientpacks().regenerate", NAME)
                        .sends("PUT /clientpack", "{'name':'" + NAME + "','regenerate':true}")
                        .<Task>gives(task -> task.token().isPresent()),
                Row.of("clientpacks().updateAll", ClientpackChange.none().withCheckedOut(true))
                        .sends("PUT /clientpacks", "{'checked_out':true,'async':true}")
                        .<Task>gives(task -> task.token().isPresent()),
                Row.of("clientpacks().add", List.of(Ip.of("100.127.255.210"), Ip.of("100.127.255.211")))
                        .after("PUT", "/license/upgrade", SimVns3.licenseText("clientpacks=2"))
                        .sends(
                                "POST /clientpacks/add_clientpacks",
                                "{'requested_ips':'100.127.255.210,100.127.255.211'}")
                        .givesNothing(),
                Row.of("clientpacks().checkOutNext", Optional.of(Ip.of("100.127.255.195")), Optional.empty(), true)
                        .sends(
                                "POST /clientpacks/next_available",
                                "{'low_ip':'100.127.255.195','include_disabled':true}")
                        .<Clientpack>gives(
                                pack -> pack.checkedOut() && pack.name().equals("100_127_255_195")),
                Row.of("clientpacks().download", NAME, ClientpackFormat.CONF)
                        .sends("GET /clientpack?name=" + NAME + "&fileformat=conf")
                        .<Secret<byte[]>>gives(
                                file -> new String(file.reveal(), StandardCharsets.UTF_8).startsWith("client\n")),
                Row.of("clientpacks().download", NAME)
                        .sends("GET /clientpack/" + NAME)
                        // a gzip's first bytes
                        .<Secret<byte[]>>gives(file -> file.reveal()[0] == 0x1f && file.reveal()[1] == (byte) 0x8b),
                Row.of("clientpacks().tag", NAME, "owner", "alex")
                        .sends("POST /clientpack/" + NAME, "{'key':'owner','value':'alex'}")
                        .<Map<String, String>>gives(tags -> tags.equals(Map.of("owner", "alex"))),
                Row.of("clientpacks().untag", NAME, "owner")
                        .after("POST", "/clientpack/" + NAME, "{'key':'owner','value':'alex'}")
                        .sends("DELETE /clientpack/" + NAME, "{'key':'owner'}")
                        .<Map<String, String>>gives(Map::isEmpty));
    }

    private static Stream<Row> clients() {
        return Stream.of(
                // no client ever connects to a stand-in
                Row.of("clientpacks().disconnect", NAME)
                        .sends("PUT /clientpack/" + NAME, "{'disconnect':true}")
                        .scripted(RESET)
                        .gives(ClientRows::isReset),
                Row.of("clientpacks().reset", NAME)
                        .sends("POST /client/reset", "{'name':'" + NAME + "','disconnect':true}")
                        .scripted(RESET)
                        .gives(ClientRows::isReset),
                Row.of("clientpacks().resetAll")
                        .sends("POST /clients/reset_all")
                        .<List<String>>gives(List::isEmpty),
                Row.of("clientpacks().connected")
                        .sends("GET /status/clients")
                        .<List<ConnectedClient>>gives(List::isEmpty));
    }

    private static boolean isReset(ClientReset reset) {
        return reset.overlayAddress().equals(Optional.of("100.127.255.193"))
                && reset.disconnecting().isPresent();
    }
}
