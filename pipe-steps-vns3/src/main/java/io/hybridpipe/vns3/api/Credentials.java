// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * How a caller proves to a controller who it is: the API password, or an API token. Immutable; prints no secret.
 *
 * <p>The user of the API password is always {@code api}; a new controller's password is its instance id on AWS.
 */
public final class Credentials {
    private final String header;
    private final Secret<String> value;

    private Credentials(String header, Secret<String> value) {
        this.header = header;
        this.value = value;
    }

    /** HTTP Basic authentication as {@code api} with this password. */
    public static Credentials password(Secret<String> password) {
        return new Credentials(
                "Authorization",
                password.map(text -> "Basic "
                        + Base64.getEncoder().encodeToString(("api:" + text).getBytes(StandardCharsets.UTF_8))));
    }

    /** The header {@code Api-Token} with this token. */
    public static Credentials token(Secret<String> token) {
        return new Credentials("Api-Token", token);
    }

    String header() {
        return header;
    }

    Secret<String> value() {
        return value;
    }

    @Override
    public String toString() {
        return "Credentials[" + header + " ***]";
    }
}
