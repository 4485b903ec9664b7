// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.time.Instant;
import java.util.Optional;

/**
 * One more address of a network interface.
 *
 * @param id its id, if it is told
 * @param address the address
 * @param publicAddress the address the world sees it by
 * @param description free text
 * @param gateway its gateway
 * @param prefixLength the prefix length of its subnet
 * @param createdAt when it was made
 * @param updatedAt when it was changed
 * @param other what else it tells
 */
public record InterfaceAddress(
        Optional<Integer> id,
        Optional<String> address,
        Optional<String> publicAddress,
        String description,
        Optional<String> gateway,
        Optional<Integer> prefixLength,
        Optional<Instant> createdAt,
        Optional<Instant> updatedAt,
        OtherFields other) {
    static InterfaceAddress from(Fields fields) {
        return new InterfaceAddress(
                fields.number("id"),
                fields.text("ip_internal"),
                fields.text("ip_external"),
                fields.text("description").orElse(""),
                fields.text("gateway"),
                fields.number("mask_bits"),
                fields.instant("created_at"),
                fields.instant("updated_at"),
                fields.other());
    }
}
