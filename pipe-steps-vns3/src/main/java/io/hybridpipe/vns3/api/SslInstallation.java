// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Optional;

/**
 * How far the installation of a TLS certificate is.
 *
 * @param uuid its id, for asking again
 * @param status in words, such as {@code Job pending}
 * @param state such as {@code pending}
 * @param other what else it tells
 */
public record SslInstallation(
        Optional<String> uuid, Optional<String> status, Optional<String> state, OtherFields other) {
    static SslInstallation from(Fields fields) {
        return new SslInstallation(fields.text("uuid"), fields.text("status"), fields.text("state"), fields.other());
    }
}
