// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.time.Duration;
import java.util.Optional;

/** What came back for a call, before anybody knows what it means. It has no text form, since it may hold a secret. */
final class Answer {
    private final int status;
    private final Optional<Duration> retryAfter;
    private final byte[] body;

    Answer(int status, Optional<Duration> retryAfter, byte[] body) {
        this.status = status;
        this.retryAfter = retryAfter;
        this.body = body;
    }

    int status() {
        return status;
    }

    boolean isGood() {
        return status >= 200 && status <= 299;
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }

    byte[] body() {
        return body;
    }
}
