// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Things, each made and then tagged, that processes change by HTTP; it remembers which process sent what. */
final class HttpCloud implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, String> things = new TreeMap<>();
    private final List<String> calls = new ArrayList<>();
    private volatile @Nullable Held held;

    /** A call whose effect has been had and whose answer is waited for. */
    private record Held(String call, CompletableFuture<Boolean> arrived, CompletableFuture<Boolean> answer) {}

    HttpCloud() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Of this call the answer waits for {@link #answer}. */
    void hold(String call) {
        held = new Held(call, new CompletableFuture<>(), new CompletableFuture<>());
    }

    void awaitHeld() throws Exception {
        if (held != null) {
            held.arrived.get(60, TimeUnit.SECONDS);
        }
    }

    void answer() {
        if (held != null) {
            held.answer.complete(true);
        }
    }

    /** The changing calls of a process, such as {@code make a}, in order. */
    synchronized List<String> callsOf(long process) {
        String by = process + " ";
        return calls.stream()
                .filter(it -> it.startsWith(by))
                .map(it -> it.substring(by.length()))
                .toList();
    }

    /** The things that are there, such as {@code a tagged}; those of several tokens are several. */
    synchronized List<String> inventory() {
        return things.entrySet().stream()
                .map(it -> it.getKey().substring(0, it.getKey().indexOf(' ')) + " " + it.getValue())
                .toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().split("/");
        String process = path[1];
        String verb = path[2];
        String thing = path[3] + " " + path[4];
        byte[] answer = act(process, verb, path[3], thing).getBytes(StandardCharsets.UTF_8);
        Held waits = held;
        if (waits != null && waits.call.equals(verb + " " + path[3]) && waits.arrived.complete(true)) {
            waits.answer.orTimeout(60, TimeUnit.SECONDS).join();
        }
        try (exchange) {
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private synchronized String act(String process, String verb, String name, String thing) {
        if (!verb.equals("look")) {
            calls.add(process + " " + verb + " " + name);
        }
        switch (verb) {
            case "make" -> things.putIfAbsent(thing, "made");
            case "tag" -> things.computeIfPresent(thing, (it, was) -> "tagged");
            case "delete" -> things.remove(thing);
            case "look" -> {
                return things.getOrDefault(thing, "absent");
            }
            default -> throw new IllegalArgumentException(verb);
        }
        return "ok";
    }

    @Override
    public void close() {
        answer();
        server.stop(0);
        threads.shutdownNow();
    }

    /** How a process reaches it. */
    static final class Client {
        private final HttpClient http = HttpClient.newHttpClient();
        private final int port;

        Client(int port) {
            this.port = port;
        }

        private Mono<String> send(String verb, String name, StepContext context) {
            URI uri = URI.create("http://127.0.0.1:" + port + "/"
                    + ProcessHandle.current().pid() + "/" + verb + "/" + name + "/" + context.token());
            return Mono.fromFuture(
                            () -> http.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()))
                    .map(answer -> answer.body());
        }

        Mono<Outputs> make(String name, StepContext context) {
            return context.mutate(send("make", name, context))
                    .then(context.mutate(send("tag", name, context)))
                    .then(Mono.empty());
        }

        Mono<Found> look(String name, StepContext context) {
            return send("look", name, context).map(seen -> switch (seen) {
                case "tagged" -> Found.done(Outputs.none());
                case "made" -> Found.partly(name + " has no tag");
                default -> Found.absent();
            });
        }

        Mono<Void> delete(String name, StepContext context) {
            return context.mutate(send("delete", name, context)).then();
        }
    }
}
