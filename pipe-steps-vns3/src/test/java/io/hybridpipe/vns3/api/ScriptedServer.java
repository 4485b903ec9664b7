// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that gives prepared answers one after the other, and keeps what it was asked. */
final class ScriptedServer implements AutoCloseable {
    record Asked(String line, String authorization, String token, String contentType, String body) {}

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    ScriptedServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    ScriptedServer answers(int status, String body) {
        answers.add(exchange -> send(exchange, status, body));
        return this;
    }

    /** Takes the request and never answers. */
    ScriptedServer staysSilent() {
        answers.add(exchange -> {});
        return this;
    }

    /** Sends the head of an answer and half of its body, and no more. */
    ScriptedServer stopsInTheMiddle() {
        answers.add(exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write("{\"response\":".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
        });
        return this;
    }

    /** Takes the request and cuts the connection. */
    ScriptedServer hangsUp() {
        answers.add(HttpExchange::close);
        return this;
    }

    ScriptedServer asksToSlowDown(int seconds) {
        answers.add(exchange -> {
            exchange.getResponseHeaders().add("Retry-After", String.valueOf(seconds));
            send(exchange, 429, "");
        });
        return this;
    }

    List<Asked> asked() {
        return asked;
    }

    Asked lastAsked() {
        return asked.get(asked.size() - 1);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(new Asked(
                exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                header(exchange, "Authorization"),
                header(exchange, "Api-Token"),
                header(exchange, "Content-Type"),
                body));
        Answer answer = answers.poll();
        if (answer == null) {
            send(exchange, 500, "nothing was prepared");
        } else {
            answer.to(exchange);
        }
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
