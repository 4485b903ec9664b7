// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;

/** The client of steps that were given none: one a JVM, made at first use, since on Java 17 a client cannot be closed. */
final class SharedHttpClient {
    private SharedHttpClient() {}

    static HttpClient get() {
        return Holder.CLIENT;
    }

    private static final class Holder {
        static final HttpClient CLIENT = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(10))
                .followRedirects(Redirect.NORMAL)
                .build();
    }
}
