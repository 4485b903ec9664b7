// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * An HTTP client whose connections to one controller are refused for a while, from one chosen call on; it also tells when it
 * gives a call up.
 *
 * <p>A stand-in can only fail a call that has arrived; a refused one never does, so it is sent to a port where nobody listens.
 */
final class FaultyHttp extends HttpClient {
    /** Bound and never listening: the port is nobody else's, and connections to it are refused. */
    private static final Socket NOBODY = nobody();

    private final HttpClient real;
    private volatile Refusal refusal = new Refusal(Chosen.NONE, Duration.ZERO);
    private volatile Chosen watched = Chosen.NONE;
    private final CompletableFuture<Void> givenUp = new CompletableFuture<>();

    FaultyHttp(HttpClient real) {
        this.real = real;
    }

    /** Refuses, in place of the n-th call of this action, that one and all others to this server for so long. */
    void refuse(URI server, String action, int occurrence, Duration length) {
        refusal = new Refusal(new Chosen(server, action, occurrence), length);
    }

    /** Completes when the n-th call of this action has failed. */
    CompletableFuture<Void> givesUp(URI server, String action, int occurrence) {
        watched = new Chosen(server, action, occurrence);
        return givenUp;
    }

    /** Whether the chosen call came. */
    boolean isReached() {
        return refusal.until != 0;
    }

    /** The name of a call without its ids, which is the same on both ends. */
    static String plain(String action) {
        return action.replaceAll("\\{[^}]*}|(?<=/)([0-9a-f]{20}|[0-9]+)(?=/|$)", "{}");
    }

    /** The n-th call of an action to a server, as it is sent. */
    private static final class Chosen {
        private static final Chosen NONE = new Chosen(URI.create("https://nowhere.invalid:1"), "", 0);

        private final URI server;
        private final String action;
        private final int occurrence;
        private final AtomicInteger seen = new AtomicInteger();

        Chosen(URI server, String action, int occurrence) {
            this.server = server;
            this.action = plain(action);
            this.occurrence = occurrence;
        }

        boolean isToItsServer(HttpRequest request) {
            return request.uri().getPort() == server.getPort();
        }

        boolean is(HttpRequest request) {
            String name = request.method() + " " + request.uri().getPath().replaceFirst("^/api", "");
            return isToItsServer(request) && plain(name).equals(action) && seen.incrementAndGet() == occurrence;
        }
    }

    private static final class Refusal {
        private final Chosen call;
        private final Duration length;
        private volatile long until;

        Refusal(Chosen call, Duration length) {
            this.call = call;
            this.length = length;
        }

        boolean strikes(HttpRequest request) {
            if (call.is(request)) {
                until = System.nanoTime() + length.toNanos();
            }
            return until != 0 && call.isToItsServer(request) && System.nanoTime() < until;
        }
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, HttpResponse.BodyHandler<T> responseBodyHandler) {
        HttpRequest sent = request;
        if (refusal.strikes(request)) {
            URI nowhere = URI.create("https://127.0.0.1:" + NOBODY.getLocalPort());
            sent = HttpRequest.newBuilder(request, (name, value) -> true)
                    .uri(nowhere)
                    .build();
        }
        CompletableFuture<HttpResponse<T>> answer = real.sendAsync(sent, responseBodyHandler);
        if (watched.is(request)) {
            answer.whenComplete((given, failure) -> {
                if (failure != null) {
                    givenUp.complete(null);
                }
            });
        }
        return answer;
    }

    private static Socket nobody() {
        try {
            Socket socket = new Socket();
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request,
            HttpResponse.BodyHandler<T> responseBodyHandler,
            HttpResponse.PushPromiseHandler<T> pushPromiseHandler) {
        return sendAsync(request, responseBodyHandler);
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> responseBodyHandler)
            throws IOException, InterruptedException {
        return real.send(request, responseBodyHandler);
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return real.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return real.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return real.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return real.proxy();
    }

    @Override
    public SSLContext sslContext() {
        return real.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return real.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return real.authenticator();
    }

    @Override
    public Version version() {
        return real.version();
    }

    @Override
    public Optional<Executor> executor() {
        return real.executor();
    }
}
