// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;
import java.util.Optional;

/**
 * A network interface of a controller.
 *
 * @param id its id
 * @param name such as {@code eth0}
 * @param type {@code system} or {@code system_virtual}
 * @param description free text
 * @param address its own address
 * @param publicAddress the address the world sees it by
 * @param prefixLength the prefix length of its subnet
 * @param gateway its gateway
 * @param mtu its MTU in bytes
 * @param enabled whether it is wanted up
 * @param status {@code Up} or {@code Down}
 * @param systemDefault whether the controller made it
 * @param tags words it is marked with
 * @param other what else it tells
 */
public record SystemInterface(
        int id,
        String name,
        Optional<String> type,
        String description,
        Optional<String> address,
        Optional<String> publicAddress,
        Optional<Integer> prefixLength,
        Optional<String> gateway,
        Optional<Integer> mtu,
        boolean enabled,
        Optional<String> status,
        boolean systemDefault,
        List<String> tags,
        OtherFields other) {
    static SystemInterface from(Fields fields) {
        return new SystemInterface(
                fields.id(),
                fields.text("name").orElse(""),
                fields.text("interface_type"),
                fields.text("description").orElse(""),
                fields.text("ip_internal"),
                fields.text("ip_external"),
                fields.number("mask_bits"),
                fields.text("gateway"),
                fields.number("mtu"),
                fields.flag("enabled"),
                fields.text("status"),
                fields.flag("system_default"),
                fields.texts("tags"),
                fields.other());
    }
}
