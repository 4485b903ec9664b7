// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;
import java.util.Optional;

/**
 * An edge GRE interface of a controller: one end of a GRE tunnel.
 *
 * @param id its id
 * @param interfaceId the id of the network interface it is
 * @param name such as {@code gre1}
 * @param endpointName the name it was given
 * @param description free text
 * @param address its own address in the tunnel
 * @param publicAddress the address the world sees it by
 * @param prefixLength the prefix length of its subnet
 * @param gateway its gateway
 * @param localEnd the address on this side that the tunnel's packets come from
 * @param remoteEnd the address on the other side that they go to
 * @param ttl how many hops they may take
 * @param mtu its MTU in bytes
 * @param enabled whether it is wanted up
 * @param status {@code Up} or {@code Down}
 * @param tags words it is marked with
 * @param other what else it tells
 */
public record GreInterface(
        int id,
        Optional<Integer> interfaceId,
        String name,
        String endpointName,
        String description,
        Optional<String> address,
        Optional<String> publicAddress,
        Optional<Integer> prefixLength,
        Optional<String> gateway,
        Optional<String> localEnd,
        Optional<String> remoteEnd,
        Optional<Integer> ttl,
        Optional<Integer> mtu,
        boolean enabled,
        Optional<String> status,
        List<String> tags,
        OtherFields other) {
    static GreInterface from(Fields fields) {
        return new GreInterface(
                fields.id(),
                fields.number("interface_id"),
                fields.text("name").orElse(""),
                fields.text("endpoint_name").orElse(""),
                fields.text("description").orElse(""),
                fields.text("ip_internal"),
                fields.text("ip_external"),
                fields.number("mask_bits"),
                fields.text("gateway"),
                fields.text("local_connection_ip"),
                fields.text("remote_connection_ip"),
                fields.number("ttl"),
                fields.number("mtu"),
                fields.flag("enabled"),
                fields.text("status"),
                fields.texts("tags"),
                fields.other());
    }
}
