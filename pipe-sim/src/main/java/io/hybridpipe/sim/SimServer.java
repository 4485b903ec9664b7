// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP or HTTPS server on a free port of 127.0.0.1 that puts faults and a call log around a {@link SimService}.
 *
 * <p>It can refuse connections for a while, as a machine that reboots does, and then listen again on the same port.
 * Thread-safe; all its threads are daemons.
 */
public final class SimServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SimServer.class);
    private static final int KNOCK_MILLIS = 5_000;
    private static final AtomicInteger THREADS = new AtomicInteger();

    static {
        // The JDK's server writes head and body apart; without this each answer waits 40 ms for a delayed ACK.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final SimService service;
    private final SimClock clock;
    private final Faults faults;
    private final CallLog log;
    private final @Nullable SSLContext tls;
    private final boolean keepAlive;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "sim-server-" + THREADS.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });

    /** Bound and never used: nobody else is given the port while the server refuses. */
    private final Socket claim = new Socket();

    private final int port;
    private @Nullable Listener server;
    private boolean closed;
    private volatile int lives;

    private SimServer(Builder builder) {
        this.service = builder.service;
        this.clock = builder.clock;
        this.faults = builder.faults;
        this.log = builder.log;
        this.tls = builder.tls;
        this.keepAlive = builder.keepAlive;
        var first = listenOnClaimed();
        this.server = first;
        this.port = first.address.getPort();
    }

    /**
     * Begins a server for a service.
     *
     * @param clock the time of its log and of delays
     */
    public static Builder of(SimService service, SimClock clock) {
        return new Builder(service, clock);
    }

    /** How a server is made; each setting has a default. Not thread-safe. */
    public static final class Builder {
        private final SimService service;
        private final SimClock clock;
        private Faults faults = new Faults();
        private CallLog log = new CallLog();
        private @Nullable SSLContext tls;
        private boolean keepAlive = true;

        private Builder(SimService service, SimClock clock) {
            this.service = Objects.requireNonNull(service, "service");
            this.clock = Objects.requireNonNull(clock, "clock");
        }

        /** The fault rules to obey, perhaps shared with other servers; defaults to none, to be filled by {@link SimServer#faults()}. */
        public Builder faults(Faults shared) {
            this.faults = Objects.requireNonNull(shared, "shared");
            return this;
        }

        /** The log to write to, perhaps shared with other servers; defaults to one of its own. */
        public Builder log(CallLog shared) {
            this.log = Objects.requireNonNull(shared, "shared");
            return this;
        }

        /** Serves HTTPS with this context's key; defaults to plain HTTP. */
        public Builder tls(SSLContext context) {
            this.tls = Objects.requireNonNull(context, "context");
            return this;
        }

        /**
         * Closes each connection after its answer; defaults to keeping them open. For a server that will refuse
         * connections: a client that kept one notices its end sooner or later, and what its next call meets is left to chance.
         */
        public Builder closingConnections() {
            this.keepAlive = false;
            return this;
        }

        /** Starts to listen. */
        public SimServer start() {
            return new SimServer(this);
        }
    }

    /** Where it listens: {@code http://127.0.0.1:PORT} or {@code https://127.0.0.1:PORT}, the same for its whole life. */
    public URI uri() {
        return URI.create((tls == null ? "http" : "https") + "://127.0.0.1:" + port);
    }

    /** The rules for what shall go wrong. */
    public Faults faults() {
        return faults;
    }

    /** The calls that arrived. */
    public CallLog calls() {
        return log;
    }

    /**
     * Closes the listener and all connections: from now on connections are refused. Calls in flight get no answer, and those
     * that a fault has kept from the service so far never reach it.
     */
    public synchronized void refuse() {
        if (server != null) {
            lives++;
            server.stop();
            server = null;
        }
    }

    /** Listens again on the same port; without effect when it listens already. */
    public synchronized void listen() {
        if (closed) {
            throw new IllegalStateException("the server on port " + port + " is closed");
        }
        if (server == null) {
            server = listenOn(port);
        }
    }

    /** Stops for good; calls that are held are dropped. */
    @Override
    public synchronized void close() {
        closed = true;
        refuse();
        release();
        threads.shutdownNow();
    }

    /**
     * On a free port, claimed where the system lets a server listen on a port that is bound already (Linux does, macOS does not)
     * and nobody was faster: who wants a certain port gets it as long as nobody listens there.
     */
    private Listener listenOnClaimed() {
        try {
            claim.setReuseAddress(true);
            claim.bind(loopback(0));
            try {
                return create(claim.getLocalPort());
            } catch (BindException unshared) {
                claim.close();
                return create(0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no port of 127.0.0.1 is free", e);
        }
    }

    private void release() {
        try {
            claim.close();
        } catch (IOException e) {
            throw new UncheckedIOException("port " + port + " cannot be given back", e);
        }
    }

    private static InetSocketAddress loopback(int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
    }

    private Listener listenOn(int wanted) {
        try {
            return create(wanted);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on 127.0.0.1:" + wanted, e);
        }
    }

    private Listener create(int wanted) throws IOException {
        var address = loopback(wanted);
        HttpServer made;
        if (tls == null) {
            made = HttpServer.create(address, 0);
        } else {
            var secure = HttpsServer.create(address, 0);
            secure.setHttpsConfigurator(new HttpsConfigurator(tls));
            made = secure;
        }
        var listener = new Listener(made);
        made.setExecutor(listener);
        made.createContext("/", this::handle);
        made.start();
        return listener;
    }

    /**
     * A server that hands its calls over to the threads, and is stopped by its own acceptor: {@link HttpServer#stop} closes the
     * connections that it knows, and one that is just being accepted by another thread would stay open for ever, unanswered.
     */
    private final class Listener implements Executor {
        private final HttpServer http;
        private final InetSocketAddress address;
        private final CountDownLatch stopped = new CountDownLatch(1);
        private volatile boolean stopping;

        Listener(HttpServer http) {
            this.http = http;
            this.address = http.getAddress();
        }

        /** Called by the acceptor. */
        @Override
        public void execute(Runnable call) {
            if (!stopping) {
                threads.execute(call);
            } else if (stopped.getCount() > 0) {
                http.stop(0);
                stopped.countDown();
            }
        }

        void stop() {
            stopping = true;
            try (var knock = new Socket()) {
                knock.connect(address, KNOCK_MILLIS);
                knock.getOutputStream().write('\n');
                stopped.await(KNOCK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (IOException gone) {
                LOG.trace("another call has stopped it already", gone);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            // waits for the acceptor's end
            http.stop(0);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        var request = toRequest(exchange);
        var call = log.arrived(clock.instant(), service.identify(request), request);
        SimResponse response;
        try {
            response = respond(call);
        } catch (InterruptedException | ExecutionException closing) {
            response = SimResponse.dropped();
        } catch (RuntimeException | Error e) {
            LOG.error("the stand-in failed on {}", call, e);
            response = SimResponse.of(500, "text/plain", "the stand-in failed: " + e);
        }
        if (response.isDropped()) {
            // the body of the answer was never opened, so this closes the connection instead of ending the answer
            exchange.close();
            service.answered(request);
        } else if (!response.isSilence()) {
            log.answered(call, response);
            try {
                send(exchange, response);
            } finally {
                service.answered(request);
            }
        }
    }

    private SimResponse respond(Call call) throws InterruptedException, ExecutionException {
        var life = lives;
        var fault = faults.decide(call);
        if (fault == null) {
            return service.answer(call.request());
        }
        var effect = fault.effect();
        if (effect instanceof Fault.AnswerAfter instead) {
            service.answer(call.request());
            fault.reachedBy(call);
            return instead.response();
        }
        if (effect instanceof Fault.Hold hold && !hold.before()) {
            var response = service.answer(call.request());
            fault.reachedBy(call);
            fault.released().get();
            return response;
        }
        fault.reachedBy(call);
        if (effect instanceof Fault.Answer answer) {
            return answer.response();
        }
        if (effect instanceof Fault.Failure failure) {
            return service.error(call.request(), failure.code(), failure.message());
        }
        if (effect instanceof Fault.Hold) {
            fault.released().get();
        } else if (effect instanceof Fault.Delay delay) {
            var elapsed = new CompletableFuture<Void>();
            clock.after(delay.delay(), () -> elapsed.complete(null));
            elapsed.get();
        }
        return life == lives ? service.answer(call.request()) : SimResponse.dropped();
    }

    private static SimRequest toRequest(HttpExchange exchange) throws IOException {
        var uri = exchange.getRequestURI();
        var query = uri.getRawQuery();
        return new SimRequest(
                exchange.getRequestMethod(),
                uri.getPath(),
                query == null ? "" : query,
                exchange.getRequestHeaders(),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    }

    private void send(HttpExchange exchange, SimResponse response) throws IOException {
        exchange.getResponseHeaders().putAll(response.headers());
        if (!keepAlive) {
            exchange.getResponseHeaders().set("Connection", "close");
        }
        var body = response.bytes();
        var bare = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
        try {
            exchange.sendResponseHeaders(response.status(), bare ? -1 : body.length);
            if (!bare) {
                exchange.getResponseBody().write(body);
            }
        } finally {
            exchange.close();
        }
    }
}
