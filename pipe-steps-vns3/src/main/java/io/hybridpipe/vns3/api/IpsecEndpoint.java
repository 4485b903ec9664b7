// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import java.util.List;
import java.util.Optional;

/**
 * A remote gateway as one controller knows it, with the tunnels to it.
 *
 * @param id its id on that controller
 * @param name its name
 * @param description free text
 * @param gateway the remote gateway's address
 * @param identity the address by which the remote gateway names itself when it stands behind address translation
 * @param pfs whether keys are agreed with perfect forward secrecy
 * @param ikeVersion 1 or 2
 * @param natTraversal whether packets are wrapped in UDP
 * @param extraConfig further words of configuration, such as {@code phase1=aes256_gcm-sha2_256-dh14}
 * @param vpnType {@code policy}, {@code vti} or {@code gre}
 * @param deviceAddress of a route-based one, the address of its device
 * @param routeBasedLocal of a route-based one, what it lets through from this side
 * @param routeBasedRemote of a route-based one, what it lets through from the other side
 * @param greAddress the address of its GRE interface
 * @param tunnels its tunnels
 * @param trafficPairs its traffic pairs; controllers before 5.1.8 have none
 * @param psk the pre-shared key, which controllers return in clear
 * @param other what else it tells; {@code bgp_peers} is there
 */
public record IpsecEndpoint(
        int id,
        String name,
        String description,
        String gateway,
        Optional<String> identity,
        Optional<Boolean> pfs,
        Optional<Integer> ikeVersion,
        Optional<Boolean> natTraversal,
        List<String> extraConfig,
        String vpnType,
        Optional<String> deviceAddress,
        Optional<String> routeBasedLocal,
        Optional<String> routeBasedRemote,
        Optional<String> greAddress,
        List<Selectors> tunnels,
        List<TrafficPair> trafficPairs,
        Optional<Secret<String>> psk,
        OtherFields other) {
    /**
     * One tunnel's configuration: which subnets it joins.
     *
     * @param id its id on that controller
     * @param localSubnet the subnet on this side, if it says one
     * @param remoteSubnet the subnet on the other side
     * @param description free text
     * @param enabled whether it is wanted up
     * @param ping what is pinged through it to keep it up
     * @param other what else it tells
     */
    public record Selectors(
            int id,
            String localSubnet,
            String remoteSubnet,
            String description,
            boolean enabled,
            Ping ping,
            OtherFields other) {
        static Selectors from(Fields fields) {
            return new Selectors(
                    fields.id(),
                    fields.text("local_subnet").orElse(""),
                    fields.text("remote_subnet").orElse(""),
                    fields.text("description").orElse(""),
                    fields.either("enabled").orElse(true),
                    Ping.from(fields),
                    fields.other());
        }
    }

    static IpsecEndpoint from(Fields fields) {
        return new IpsecEndpoint(
                fields.id(),
                fields.text("name").orElse(""),
                fields.text("description").orElse(""),
                fields.text("ipaddress").orElse(""),
                fields.text("private_ipaddress"),
                fields.either("pfs"),
                fields.number("ike_version"),
                fields.either("nat_t_enabled"),
                fields.words("extra_config"),
                fields.text("vpn_type").orElse("policy"),
                fields.text("route_based_int_address"),
                fields.text("route_based_local"),
                fields.text("route_based_remote"),
                fields.text("gre_interface_address"),
                fields.objects(Selectors::from, "tunnels"),
                fields.objects(TrafficPair::from, "traffic_pairs"),
                fields.secret("psk", "secret"),
                fields.other());
    }
}
