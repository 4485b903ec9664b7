// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;

/**
 * A token that opens the API for a while in place of the password.
 *
 * @param id its id, for deleting it
 * @param name its name
 * @param token what {@link Credentials#token} takes
 */
public record ApiToken(int id, String name, Secret<String> token) {
    static ApiToken from(Fields fields) {
        return new ApiToken(
                fields.number("id").orElse(0),
                fields.text("name").orElse(""),
                Secret.of(fields.text("token").orElse("")));
    }
}
