// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.net.Ip;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Network interfaces, their further addresses, and edge GRE. */
final class InterfaceRows {
    private static final String SYSTEM = "/interfaces/system";
    private static final String VIRTUAL = "{'name':'eth0:1','ip_internal':'10.1.0.77','mask_bits':'24'}";
    private static final String ADDRESSES = SYSTEM + "/1/addresses";
    private static final String ADDRESS = "{'ip_internal':'10.1.0.78'}";
    private static final String GRE = "/interfaces/edge_gre";
    private static final String TUNNEL = "{'endpoint_name':'to-b','ip_internal':'169.254.2.1','mask_bits':'30',"
            + "'local_connection_ip':'10.1.0.10','remote_connection_ip':'203.0.113.9'}";

    private InterfaceRows() {}

    static Stream<Row> all() {
        return Stream.of(system(), addresses().map(row -> row.since("5.1.1")), gre())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> system() {
        return Stream.of(
                Row.of("interfaces().all")
                        .sends("GET /interfaces")
                        .<List<SystemInterface>>gives(all -> all.get(0).name().equals("eth0")
                                && all.get(0).address().equals(Optional.of("10.1.0.10"))),
                Row.of("interfaces().take", InterfaceAction.DISCOVER_IPS)
                        .sends("POST /interfaces/action", "{'discover_ips':true}")
                        .<List<SystemInterface>>gives(all -> !all.isEmpty()),
                Row.of("interfaces().system")
                        .sends("GET " + SYSTEM)
                        .<List<SystemInterface>>gives(all -> all.get(0).type().equals(Optional.of("system"))),
                Row.of("interfaces().get", 1)
                        .sends("GET " + SYSTEM + "/1")
                        .<SystemInterface>gives(
                                one -> one.id() == 1 && one.mtu().isPresent()),
                Row.of(
                                "interfaces().create",
                                InterfaceSettings.none()
                                        .withName("eth0:1")
                                        .withDescription("of rows")
                                        .withAddress(Ip.of("10.1.0.77"), 24)
                                        .withMtu(1400)
                                        .withEnabled(true))
                        .sends(
                                "POST " + SYSTEM,
                                "{'name':'eth0:1','description':'of rows','ip_internal':'10.1.0.77','mask_bits':'24',"
                                        + "'mtu':1400,'enabled':true}")
                        .<SystemInterface>gives(one -> one.enabled()
                                && one.prefixLength().equals(Optional.of(24))
                                && one.type().equals(Optional.of("system_virtual"))),
                Row.of("interfaces().update", "$id", InterfaceSettings.none().withDescription("other"))
                        .after("POST", SYSTEM, VIRTUAL)
                        .sends("PUT " + SYSTEM + "/$id", "{'description':'other'}")
                        .<SystemInterface>gives(one -> one.description().equals("other")),
                Row.of("interfaces().delete", "$id")
                        .after("POST", SYSTEM, VIRTUAL)
                        .sends("DELETE " + SYSTEM + "/$id")
                        .<SystemInterface>gives(one -> one.name().equals("eth0:1")));
    }

    private static Stream<Row> addresses() {
        return Stream.of(
                withAddress(Row.of("interfaces().addresses(1).all"))
                        .sends("GET " + ADDRESSES)
                        .<List<InterfaceAddress>>gives(all -> all.toString().contains("10.1.0.78")),
                withAddress(Row.of("interfaces().addresses(1).get", "$id"))
                        .sends("GET " + ADDRESSES + "/$id")
                        .<InterfaceAddress>gives(one -> one.address().equals(Optional.of("10.1.0.78"))),
                Row.of(
                                "interfaces().addresses(1).create",
                                AddressSettings.none()
                                        .withAddress(Ip.of("10.1.0.78"))
                                        .withPrefixLength(32)
                                        .withDescription("of rows"))
                        .sends(
                                "POST " + ADDRESSES,
                                "{'ip_internal':'10.1.0.78','mask_bits':32,'description':'of rows'}")
                        .<InterfaceAddress>gives(one -> one.address().equals(Optional.of("10.1.0.78"))
                                && one.prefixLength().equals(Optional.of(32))),
                withAddress(Row.of(
                                "interfaces().addresses(1).update",
                                "$id",
                                AddressSettings.none().withDescription("other")))
                        .sends("PUT " + ADDRESSES + "/$id", "{'description':'other'}")
                        .<InterfaceAddress>gives(one -> one.description().equals("other")),
                withAddress(Row.of("interfaces().addresses(1).delete", "$id"))
                        .sends("DELETE " + ADDRESSES + "/$id")
                        .<InterfaceAddress>gives(one -> one.address().equals(Optional.of("10.1.0.78"))));
    }

    private static Stream<Row> gre() {
        return Stream.of(
                withGre(Row.of("interfaces().gre().all"))
                        .sends("GET " + GRE)
                        .<List<GreInterface>>gives(
                                all -> all.get(0).endpointName().equals("to-b")),
                withGre(Row.of("interfaces().gre().get", "$id"))
                        .sends("GET " + GRE + "/$id")
                        .<GreInterface>gives(one -> one.remoteEnd().equals(Optional.of("203.0.113.9"))),
                Row.of(
                                "interfaces().gre().create",
                                GreSettings.none()
                                        .withName("to-b")
                                        .withDescription("of rows")
                                        .withAddress(Ip.of("169.254.2.1"), 30)
                                        .withEnds(Ip.of("10.1.0.10"), Ip.of("203.0.113.9"))
                                        .withTtl(64)
                                        .withMtu(1400)
                                        .withEnabled(true))
                        .sends(
                                "POST " + GRE,
                                "{'endpoint_name':'to-b','description':'of rows','ip_internal':'169.254.2.1',"
                                        + "'mask_bits':'30','local_connection_ip':'10.1.0.10',"
                                        + "'remote_connection_ip':'203.0.113.9','ttl':64,'mtu':1400,'enabled':true}")
                        .<GreInterface>gives(one -> one.ttl().equals(Optional.of(64)) && one.enabled()),
                withGre(Row.of(
                                "interfaces().gre().update",
                                "$id",
                                GreSettings.none().withTtl(9)))
                        .sends("PUT " + GRE + "/$id", "{'ttl':9}")
                        .<GreInterface>gives(one -> one.ttl().equals(Optional.of(9))),
                withGre(Row.of("interfaces().gre().delete", "$id"))
                        .sends("DELETE " + GRE + "/$id")
                        .<GreInterface>gives(one -> one.endpointName().equals("to-b")));
    }

    private static Row withAddress(Row row) {
        return row.after("POST", ADDRESSES, ADDRESS);
    }

    private static Row withGre(Row row) {
        return row.after("POST", GRE, TUNNEL);
    }
}
