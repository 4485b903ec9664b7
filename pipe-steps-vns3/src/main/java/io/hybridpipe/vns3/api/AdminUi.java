// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Optional;

/**
 * The settings of a controller's web page.
 *
 * @param enabled whether it is there
 * @param username who may log in
 * @param other what else it tells
 */
public record AdminUi(boolean enabled, Optional<String> username, OtherFields other) {
    static AdminUi from(Fields fields) {
        return new AdminUi(fields.flag("enabled"), fields.text("username", "admin_username"), fields.other());
    }
}
