// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.NOTHING;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** API tokens: made with a lifetime, some of which each use renews, and let expire by hand. */
final class Tokens {
    static final int SHORTEST = 60;
    private static final int LONGEST = 31_536_000;

    private static final class Token {
        private final int id;
        private final String secret;
        private final String name;
        private final Duration lifetime;
        private final boolean refreshes;
        private final Instant createdAt;
        private final String createdIp;
        private Instant expiresAt;
        private boolean expiredByHand;
        private @Nullable Instant accessedAt;
        private @Nullable String accessedIp;

        private Token(int id, String name, Duration lifetime, boolean refreshes, Instant now, String caller) {
            this.id = id;
            this.secret = random();
            this.name = name;
            this.lifetime = lifetime;
            this.refreshes = refreshes;
            this.createdAt = now;
            this.createdIp = caller;
            this.expiresAt = now.plus(lifetime);
        }
    }

    private final Box box;
    private final TreeMap<Integer, Token> tokens = new TreeMap<>();
    private int lastId;

    Tokens(Box box) {
        this.box = box;
    }

    void register(Operations api) {
        api.on("GET", "/access/tokens", NOTHING, call -> list());
        api.on("POST", "/access/token", NOTHING, 201, this::create);
        api.on("GET", "/access/token/{token_id}", NOTHING, call -> json(find(call)));
        api.on("PUT", "/access/token/{token_id}", NOTHING, this::expire);
        api.on("DELETE", "/access/token/{token_id}", NOTHING, call -> {
            tokens.remove(find(call).id);
            return TextNode.valueOf("Token deleted");
        });
    }

    /** Whether a secret opens the door now; remembers the use. */
    boolean accepts(String secret, String caller) {
        Instant now = box.clock().instant();
        Optional<Token> found = tokens.values().stream()
                .filter(token -> token.secret.equals(secret) && now.isBefore(token.expiresAt))
                .findFirst();
        found.ifPresent(token -> {
            token.accessedAt = now;
            token.accessedIp = caller;
            if (token.refreshes) {
                token.expiresAt = now.plus(token.lifetime);
            }
        });
        return found.isPresent();
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        tokens.forEach((id, token) -> data.put(
                String.valueOf(id),
                token.name + " for " + token.lifetime.toSeconds() + " s" + (token.refreshes ? " from its last use" : "")
                        + (token.expiredByHand ? ", expired by hand" : "")));
        return data;
    }

    private ArrayNode list() {
        ArrayNode list = Json.array();
        tokens.values().forEach(token -> list.add(json(token)));
        return list;
    }

    private ObjectNode create(ApiCall call) {
        int seconds = call.body().number("expires").orElse(3600);
        if (seconds < SHORTEST || seconds > LONGEST) {
            throw ApiError.argument("expires range must be between 60 and 31,536,000");
        }
        String name = call.body()
                .text("name")
                .or(() -> call.body().text("token_name"))
                .orElse("");
        Token token = new Token(
                ++lastId,
                name,
                Duration.ofSeconds(seconds),
                call.body().flag("refreshes").orElse(false),
                box.clock().instant(),
                call.callerAddress());
        tokens.put(token.id, token);
        return json(token);
    }

    private ObjectNode expire(ApiCall call) {
        Token token = find(call);
        if (!call.body().flag("expired").orElse(false)) {
            throw ApiError.argument("expired is invalid");
        }
        Instant now = box.clock().instant();
        if (now.isBefore(token.expiresAt)) {
            token.expiresAt = now;
            token.expiredByHand = true;
        }
        return json(token);
    }

    private Token find(ApiCall call) {
        return call.id("token_id")
                .map(tokens::get)
                .orElseThrow(() -> ApiError.notFound("Requested api token does not exist"));
    }

    private ObjectNode json(Token token) {
        Instant accessed = token.accessedAt;
        return Json.object()
                .put("id", token.id)
                .put("token", token.secret)
                .put("name", token.name)
                .put("created_at", Json.timestamp(token.createdAt))
                .put("created_ip", token.createdIp)
                .put("expires_at", Json.timestamp(token.expiresAt))
                .put("lifetime", words(token.lifetime))
                .put("refreshes", token.refreshes)
                .put("expired", !box.clock().instant().isBefore(token.expiresAt))
                .put("last_accessed_at", accessed == null ? null : Json.timestamp(accessed))
                .put("last_accessed_ip", token.accessedIp);
    }

    static String random() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static String words(Duration lifetime) {
        long seconds = lifetime.toSeconds();
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3600 == 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
