// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.net.Protocol;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The keyset of a topology: made in the background, or fetched from another controller, which ends in a reboot.
 *
 * <p>A fetch that fails leaves no trace but that the next PUT succeeds again, with a new {@code started_at_i}.
 */
final class Keyset {
    static final String IN_PROGRESS = "Keyset setup in progress.";
    static final String EXISTS = "Keyset already exists.";

    /** What a topology's controllers share. */
    record Keys(String checksum, String uuid, String token) {}

    private record Running(Instant since, Optional<String> source) {}

    private final Box box;
    private final Settings settings;
    private final Duration duration;

    private Optional<Running> running = Optional.empty();
    /** Read by other controllers without this one's lock. */
    private volatile Optional<Keys> keys = Optional.empty();

    private Instant createdAt = Instant.EPOCH;

    Keyset(Box box, Settings settings, Duration duration) {
        this.box = box;
        this.settings = settings;
        this.duration = duration;
    }

    void register(Operations api) {
        api.on("GET", "/keyset", LICENSE, call -> status());
        api.on("PUT", "/keyset", LICENSE, call -> begin(call.body()));
    }

    Optional<Keys> keys() {
        return keys;
    }

    /** A keyset that was made long ago. */
    void inService(String token) {
        keys = Optional.of(new Keys(Digest.sha1(token), uuid(token), token));
        createdAt = box.clock().instant();
    }

    /** What was under way when the machine went down is lost. */
    void interrupted() {
        running = Optional.empty();
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        keys.ifPresent(made -> data.put("checksum", made.checksum()));
        return data;
    }

    private ObjectNode status() {
        if (running.isPresent()) {
            return progress(running.get());
        }
        ObjectNode status = Json.object().put("keyset_present", keys.isPresent());
        keys.ifPresent(made -> status.put("created_at", Json.timestamp(createdAt))
                .put("created_at_i", createdAt.getEpochSecond())
                .put("checksum", made.checksum())
                .put("uuid", made.uuid()));
        return status;
    }

    private ObjectNode progress(Running now) {
        return Json.object()
                .put("keyset_present", false)
                .put("in_progress", true)
                .put("started_at", Json.timestamp(now.since()))
                .put("started_at_i", now.since().getEpochSecond())
                .put(
                        "running",
                        Duration.between(now.since(), box.clock().instant()).toSeconds());
    }

    private ObjectNode begin(Fields wanted) {
        String token = wanted.required("token");
        if (running.isPresent()) {
            throw ApiError.argument(IN_PROGRESS);
        }
        if (keys.isPresent()) {
            throw ApiError.argument(EXISTS);
        }
        wanted.text("topology_name").ifPresent(settings::topologyName);
        Running started =
                new Running(box.clock().instant(), wanted.text("source").filter(text -> !text.isBlank()));
        running = Optional.of(started);
        started.source()
                .ifPresentOrElse(
                        source -> box.later(duration, () -> fetch(started, source, token)),
                        () -> box.later(
                                duration, () -> finish(started, new Keys(Digest.sha1(token), uuid(token), token))));
        return progress(started);
    }

    private void fetch(Running mine, String source, String token) {
        Optional<Keys> found =
                Addresses.host(source).flatMap(this::reachableController).flatMap(SimVns3::sharedKeys);
        if (found.isPresent() && found.get().token().equals(token)) {
            finish(mine, found.get());
            box.reboot();
        } else {
            running = Optional.empty();
        }
    }

    private Optional<SimVns3> reachableController(IPAddress source) {
        return box.world()
                .filter(world -> world.admits(box.address(), source, Protocol.TCP, SimVns3.API_PORT))
                .flatMap(world -> SimVns3.in(world, source));
    }

    private void finish(Running mine, Keys made) {
        if (running.filter(now -> now == mine).isPresent()) {
            running = Optional.empty();
            keys = Optional.of(made);
            createdAt = box.clock().instant();
        }
    }

    private String uuid(String token) {
        String seed = box.machine() + token + box.clock().instant();
        return UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
