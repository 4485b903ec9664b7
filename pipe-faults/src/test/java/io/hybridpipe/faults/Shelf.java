// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.Operation;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.SimServer;
import io.hybridpipe.sim.SimService;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A service of books, each put by a token; a book that is put twice is there twice. */
final class Shelf implements Stage, SimService {
    /** How long a request waits for its answer. */
    final Duration patience;

    private final SimClock clock = SimClock.scaled(50);
    private final SimServer server = SimServer.of(this, clock).start();
    private final Map<String, String> books = new ConcurrentSkipListMap<>();
    private final AtomicInteger numbers = new AtomicInteger();

    Shelf() {
        this(Duration.ofMinutes(1));
    }

    Shelf(Duration patience) {
        this.patience = patience;
    }

    URI of(String token) {
        return server.uri().resolve("/" + token);
    }

    @Override
    public Operation identify(SimRequest request) {
        String action =
                switch (request.method()) {
                    case "GET" -> "Look";
                    case "POST" -> "Put";
                    default -> "Take";
                };
        return new Operation("shelf", action, request.path(), "", !action.equals("Look"));
    }

    @Override
    public SimResponse answer(SimRequest request) {
        String token = request.path();
        switch (request.method()) {
            case "GET" -> {
                return SimResponse.of(books.containsValue(token) ? 200 : 404);
            }
            case "POST" -> books.put("book " + numbers.incrementAndGet(), token);
            default -> books.values().removeIf(token::equals);
        }
        return SimResponse.of(200);
    }

    @Override
    public SimResponse error(SimRequest request, String code, String message) {
        return SimResponse.of(429, "text/plain", code + ": " + message);
    }

    @Override
    public int speed() {
        return 50;
    }

    @Override
    public Faults faults() {
        return server.faults();
    }

    @Override
    public List<Call> calls() {
        return server.calls().all();
    }

    @Override
    public Map<String, String> inventory() {
        return Map.copyOf(books);
    }

    @Override
    public void close() {
        server.close();
        clock.close();
    }
}
