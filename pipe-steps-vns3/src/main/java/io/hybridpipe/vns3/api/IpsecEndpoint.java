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
 * @param vpnType {@code policy}, {@code vti} or {@code gre}
 * @param tunnels its tunnels
 * @param psk the pre-shared key, which controllers return in clear
 */
public record IpsecEndpoint(
        int id,
        String name,
        String description,
        String gateway,
        Optional<String> identity,
        String vpnType,
        List<Selectors> tunnels,
        Optional<Secret<String>> psk) {
    /**
     * One tunnel's configuration: which subnets it joins.
     *
     * @param id its id on that controller
     * @param localSubnet the subnet on this side, if it says one
     * @param remoteSubnet the subnet on the other side
     * @param description free text
     */
    public record Selectors(int id, String localSubnet, String remoteSubnet, String description) {
        static Selectors from(Fields fields) {
            return new Selectors(
                    fields.number("id").orElse(0),
                    fields.text("local_subnet").orElse(""),
                    fields.text("remote_subnet").orElse(""),
                    fields.text("description").orElse(""));
        }
    }

    static IpsecEndpoint from(Fields fields) {
        return new IpsecEndpoint(
                fields.number("id").orElse(0),
                fields.text("name").orElse(""),
                fields.text("description").orElse(""),
                fields.text("ipaddress").orElse(""),
                fields.text("private_ipaddress"),
                fields.text("vpn_type").orElse("policy"),
                fields.object("tunnels").objects().stream().map(Selectors::from).toList(),
                fields.text("psk").map(Secret::of));
    }
}
