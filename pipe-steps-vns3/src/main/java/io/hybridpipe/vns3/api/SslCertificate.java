// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Optional;

/**
 * One TLS certificate of a controller's API and web page.
 *
 * @param subject whom it names
 * @param issuer who signed it
 * @param notBefore from when it is valid, in the controller's words
 * @param notAfter until when it is valid, in the controller's words
 * @param algorithm how it is signed
 * @param sha1 its fingerprint
 * @param sha256 its fingerprint, which {@link TlsTrust#fingerprint} takes
 * @param other what else it tells
 */
public record SslCertificate(
        Optional<String> subject,
        Optional<String> issuer,
        Optional<String> notBefore,
        Optional<String> notAfter,
        Optional<String> algorithm,
        Optional<String> sha1,
        Optional<String> sha256,
        OtherFields other) {
    static SslCertificate from(Fields fields) {
        return new SslCertificate(
                fields.text("subject"),
                fields.text("issuer"),
                fields.text("before"),
                fields.text("after"),
                fields.text("algorithm"),
                fields.text("sha1_fingerprint"),
                fields.text("sha256_fingerprint"),
                fields.other());
    }
}
