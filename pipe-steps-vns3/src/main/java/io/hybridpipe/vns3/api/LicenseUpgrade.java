// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Optional;

/**
 * What a controller says to a license with room for more.
 *
 * @param finalized whether it is in force
 * @param state such as {@code accepted}, {@code in-progress}, {@code failed}
 * @param checksum its SHA-1
 * @param newClients how many clients more it has room for
 * @param newControllers how many controllers more it has room for
 * @param other what else it tells
 */
public record LicenseUpgrade(
        boolean finalized,
        Optional<String> state,
        Optional<String> checksum,
        Optional<Integer> newClients,
        Optional<Integer> newControllers,
        OtherFields other) {
    static LicenseUpgrade from(Fields fields) {
        return new LicenseUpgrade(
                fields.flag("finalized"),
                fields.text("license"),
                fields.text("uniq"),
                fields.number("new_clientpacks"),
                fields.number("new_managers"),
                fields.other());
    }
}
