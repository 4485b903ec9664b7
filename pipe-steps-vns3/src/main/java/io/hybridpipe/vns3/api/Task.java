// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import java.util.Optional;

/**
 * Work that a controller has taken on and does in the background; ask for its end by {@link Vns3Client#task}.
 *
 * @param token what to ask with; empty if the work was done at once
 * @param status such as {@code submitted}
 * @param other what else the answer tells, such as the firewall's {@code rule} and {@code position}
 */
public record Task(Optional<Secret<String>> token, Optional<String> status, OtherFields other) {
    static Task from(Fields fields) {
        return new Task(fields.secret("token"), fields.text("status"), fields.other());
    }
}
