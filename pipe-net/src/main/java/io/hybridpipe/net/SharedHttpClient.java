// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The clients of steps that were given none: one a JVM, made at first use, since on Java 17 a client cannot be closed. */
final class SharedHttpClient {
    private SharedHttpClient() {}

    /** Follows redirects, but not from HTTPS to HTTP. */
    static HttpClient get() {
        return Redirected.CLIENT;
    }

    /** Takes a redirect as the answer. */
    static HttpClient notRedirected() {
        return NotRedirected.CLIENT;
    }

    /** One client for all runs of the step that holds this supplier; it takes a redirect as the answer. */
    static Supplier<HttpClient> trusting(SSLContext context) {
        return new Supplier<>() {
            private @Nullable HttpClient client;

            @Override
            public synchronized HttpClient get() {
                if (client == null) {
                    client = builder().sslContext(context).build();
                }
                return client;
            }
        };
    }

    private static HttpClient.Builder builder() {
        // in HTTP/2 a refused body ends a stream and leaves the connection behind
        return HttpClient.newBuilder().version(Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(10));
    }

    private static final class Redirected {
        static final HttpClient CLIENT =
                builder().followRedirects(Redirect.NORMAL).build();
    }

    private static final class NotRedirected {
        static final HttpClient CLIENT = builder().build();
    }
}
