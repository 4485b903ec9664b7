// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.net.Ip;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * How controllers are reached: by which HTTP client and TLS trust, at which URI, and how long an answer may take.
 *
 * <p>The default URI is {@code https://ADDRESS:8000}. Immutable and thread-safe; one serves any number of controllers. It
 * closes nothing: an HTTP client of the JDK ends by itself when nobody holds it any more.
 */
public final class Vns3Access {
    /** How long a connection may take to come about; a closed security group never answers. */
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient http;
    private final Map<Ip, HttpClient> special;
    private final Function<Ip, URI> uris;
    private final Duration requestTimeout;

    private Vns3Access(HttpClient http, Map<Ip, HttpClient> special, Function<Ip, URI> uris, Duration requestTimeout) {
        this.http = Objects.requireNonNull(http, "http");
        this.special = special;
        this.uris = uris;
        this.requestTimeout = requestTimeout;
    }

    /** Access over an HTTP client of the caller's, with its own TLS settings, proxy and executor. */
    public static Vns3Access over(HttpClient http) {
        return new Vns3Access(http, Map.of(), Vns3Access::defaultUri, REQUEST_TIMEOUT);
    }

    /** Access over a new HTTP client that trusts so and gives up connecting after {@link #CONNECT_TIMEOUT}. */
    public static Vns3Access trusting(TlsTrust trust) {
        return over(httpClient(trust));
    }

    /**
     * Access that trusts what the JDK trusts, which a new controller's own certificate is not part of; one a JVM, made at first
     * use.
     */
    public static Vns3Access ofDefaults() {
        return Default.ACCESS;
    }

    /** A copy in which one controller is trusted differently, for instance by its own fingerprint. */
    public Vns3Access withTrust(Ip address, TlsTrust trust) {
        Map<Ip, HttpClient> more = new HashMap<>(special);
        more.put(address, httpClient(trust));
        return new Vns3Access(http, Map.copyOf(more), uris, requestTimeout);
    }

    /** A copy that finds controllers elsewhere: behind a forwarded port, or in a test. */
    public Vns3Access withUris(Function<Ip, URI> uris) {
        return new Vns3Access(http, special, uris, requestTimeout);
    }

    /** A copy with another time for one request from sending to the whole answer; default 30 seconds. */
    public Vns3Access withRequestTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("request timeout is " + timeout + ", it must be positive");
        }
        return new Vns3Access(http, special, uris, timeout);
    }

    /** A client of one controller. */
    public Vns3Client client(Ip address, Credentials credentials) {
        return new Vns3Client(address, transport(address, credentials));
    }

    /**
     * A client of one controller, with the token that it bears or else with its password.
     *
     * <p>A call that is refused for its token (401: it has expired, or was deleted) did nothing, and is sent again with the
     * password, so that the end of a token locks nobody out.
     */
    public Vns3Client client(Controller controller) {
        Ip address = controller.address();
        Transport password = transport(address, Credentials.password(controller.password()));
        return new Vns3Client(
                address,
                controller
                        .token()
                        .map(token ->
                                transport(address, Credentials.token(token)).orIfUnauthorized(password))
                        .orElse(password));
    }

    private Transport transport(Ip address, Credentials credentials) {
        return new HttpTransport(special.getOrDefault(address, http), uris.apply(address), credentials, requestTimeout);
    }

    private static URI defaultUri(Ip address) {
        return URI.create("https://" + (address.isIpv6() ? "[" + address + "]" : address) + ":8000");
    }

    private static HttpClient httpClient(TlsTrust trust) {
        return HttpClient.newBuilder()
                .sslContext(trust.context())
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** Steps begin with it before they are told of another, and on Java 17 a client cannot be closed. */
    private static final class Default {
        static final Vns3Access ACCESS = trusting(TlsTrust.ofDefaults());
    }
}
