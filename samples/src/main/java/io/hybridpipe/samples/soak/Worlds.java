// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.soak;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybridpipe.samples.fednet.StandInsProcess;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** The process that keeps the stand-ins, which nobody kills. Thread-safe. */
final class Worlds implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_SECONDS = 60;

    private final Child process;
    private final AtomicLong orders = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<String>> held = new ConcurrentHashMap<>();

    /** @param speed how much faster than real time the stand-ins live */
    Worlds(Jvms jvms, double speed) {
        process = jvms.start(StandInsProcess.class.getName(), List.of(Double.toString(speed)), Map.of(), this::heard);
    }

    private void heard(String line) {
        if (!line.startsWith("{")) {
            return;
        }
        try {
            JsonNode told = JSON.readTree(line);
            if (told.has("held")) {
                CompletableFuture<String> waiting = held.get(told.path("held").asText());
                if (waiting != null) {
                    waiting.complete(told.path("call").asText());
                }
                return;
            }
            CompletableFuture<JsonNode> waiting = answers.remove(told.path("id").asLong());
            if (waiting != null) {
                waiting.complete(told);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the stand-ins said: " + line, e);
        }
    }

    private JsonNode order(String verb, String world, Map<String, ?> details) throws InterruptedException {
        long id = orders.incrementAndGet();
        Map<String, Object> order = new LinkedHashMap<>(details);
        order.put("id", id);
        order.put("do", verb);
        order.put("world", world);
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        try {
            process.send(JSON.writeValueAsString(order));
            JsonNode got = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (got.has("failed")) {
                throw new IllegalStateException("the stand-ins cannot " + verb + ": "
                        + got.path("failed").asText());
            }
            return got;
        } catch (JsonProcessingException | ExecutionException e) {
            throw new IllegalStateException("the order " + order, e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the stand-ins do not answer; they said " + process.said(), e);
        }
    }

    /** A new world in which nothing has happened yet. */
    World build(String name) throws InterruptedException {
        return new World(name, order("build", name, Map.of()));
    }

    @Override
    public void close() {
        process.close();
    }

    /** What there is in a world at one moment. */
    record Sight(List<String> inventory, List<String> openDoors, boolean reachesOnPremises, String trace) {}

    /** One world. */
    final class World implements AutoCloseable {
        private final String name;
        private final JsonNode facts;

        private World(String name, JsonNode facts) {
            this.name = name;
            this.facts = facts;
        }

        JsonNode facts() {
            return facts;
        }

        /** Holds a call that will change something; the result is told when it has arrived. */
        CompletableFuture<String> hold(Stratum stratum, int nth) throws InterruptedException {
            CompletableFuture<String> reached = new CompletableFuture<>();
            held.put(name, reached);
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("before", stratum.moment() == Stratum.Moment.IN_CALL);
            details.put("nth", nth);
            // members of a group call at the same time
            if (stratum.path().endsWith("/fednet-routes")) {
                details.put("service", "Microsoft.");
            } else if (stratum.path().endsWith("/vpc-routes")) {
                details.put("service", "ec2");
            } else if (stratum.path().endsWith("]/tunnel")) {
                details.put(
                        "controller",
                        stratum.path()
                                .substring(
                                        stratum.path().indexOf('[') + 1,
                                        stratum.path().indexOf(']')));
            }
            order("hold", name, details);
            return reached;
        }

        /** Lets go what is held, and holds nothing any more. */
        void release() throws InterruptedException {
            order("release", name, Map.of());
        }

        Sight look() throws InterruptedException {
            JsonNode seen = order("look", name, Map.of());
            return new Sight(
                    texts(seen.path("inventory")),
                    texts(seen.path("openDoors")),
                    seen.path("reachesOnPremises").asBoolean(),
                    seen.path("trace").asText());
        }

        private List<String> texts(JsonNode array) {
            List<String> texts = new ArrayList<>();
            array.forEach(each -> texts.add(each.asText()));
            return List.copyOf(texts);
        }

        @Override
        public void close() {
            try {
                order("close", name, Map.of());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
