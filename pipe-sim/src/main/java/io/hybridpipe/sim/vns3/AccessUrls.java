// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.NOTHING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** URLs that open remote support or one clientpack for a while; they are kept and expire, but nothing answers at them. */
final class AccessUrls {
    private static final int LONGEST = 259_200;

    private record AccessUrl(
            int id,
            String url,
            String name,
            String access,
            Duration lifetime,
            Instant createdAt,
            String createdIp,
            Instant expiresAt) {

        private AccessUrl expiredBy(Instant now) {
            return now.isBefore(expiresAt)
                    ? new AccessUrl(id, url, name, access, lifetime, createdAt, createdIp, now)
                    : this;
        }

        private boolean expiredByHand() {
            return expiresAt.isBefore(createdAt.plus(lifetime));
        }
    }

    private final Box box;
    private final TreeMap<Integer, AccessUrl> urls = new TreeMap<>();
    private int lastId;

    AccessUrls(Box box) {
        this.box = box;
    }

    void register(Operations api) {
        String one = "/access/url/{access_url_id}";
        api.on("GET", "/access/urls", NOTHING, call -> list());
        api.on("POST", "/access/url", NOTHING, 201, this::create);
        api.on("DELETE", "/access/url", NOTHING, call -> delete(search(call.body())));
        api.on("GET", one, NOTHING, call -> json(find(call)));
        api.on("PUT", one, NOTHING, this::expire);
        api.on("DELETE", one, NOTHING, call -> delete(find(call)));
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        urls.forEach((id, url) -> data.put(
                String.valueOf(id),
                url.name() + " " + url.access() + " for " + url.lifetime().toSeconds() + " s"
                        + (url.expiredByHand() ? ", expired by hand" : "")));
        return data;
    }

    private ArrayNode list() {
        ArrayNode list = Json.array();
        urls.values().forEach(url -> list.add(json(url)));
        return list;
    }

    private ObjectNode create(ApiCall call) {
        int seconds = call.body().number("expires").orElse(3600);
        if (seconds < Tokens.SHORTEST || seconds > LONGEST) {
            throw ApiError.argument("expires range must be between 60 and 259200");
        }
        String access =
                call.body().text("access").filter(text -> !text.isEmpty()).orElse("rs");
        if (!access.matches("rs|cp:[0-9]+(_[0-9]+){3}")) {
            throw ApiError.argument("access is invalid");
        }
        Instant now = box.clock().instant();
        Duration lifetime = Duration.ofSeconds(seconds);
        AccessUrl url = new AccessUrl(
                ++lastId,
                "https://" + box.address() + ":" + SimVns3.API_PORT + "/access/" + Tokens.random(),
                call.body()
                        .text("name")
                        .or(() -> call.body().text("description"))
                        .orElse(""),
                access,
                lifetime,
                now,
                call.callerAddress(),
                now.plus(lifetime));
        urls.put(url.id(), url);
        return json(url);
    }

    private ObjectNode expire(ApiCall call) {
        AccessUrl url = find(call);
        if (!call.body().flag("expired").orElse(false)) {
            throw ApiError.argument("expired is invalid");
        }
        AccessUrl expired = url.expiredBy(box.clock().instant());
        urls.put(expired.id(), expired);
        return json(expired);
    }

    private JsonNode delete(AccessUrl url) {
        urls.remove(url.id());
        return TextNode.valueOf("Access url deleted");
    }

    private AccessUrl search(Fields wanted) {
        return wanted.number("access_url_id")
                .map(urls::get)
                .or(() -> wanted.text("access_url").flatMap(text -> urls.values().stream()
                        .filter(url -> url.url().equals(text))
                        .findFirst()))
                .orElseThrow(AccessUrls::unknown);
    }

    private AccessUrl find(ApiCall call) {
        return call.id("access_url_id").map(urls::get).orElseThrow(AccessUrls::unknown);
    }

    private static ApiError unknown() {
        return ApiError.notFound("Invalid or missing access url");
    }

    private ObjectNode json(AccessUrl url) {
        return Json.object()
                .put("id", url.id())
                .put("url", url.url())
                .put("name", url.name())
                .put("access", url.access())
                .put("created_at", Json.timestamp(url.createdAt()))
                .put("created_ip", url.createdIp())
                .put("expires_at", Json.timestamp(url.expiresAt()))
                .put("lifetime", Tokens.words(url.lifetime()))
                .put("expired", !box.clock().instant().isBefore(url.expiresAt()))
                .putNull("last_accessed_at")
                .putNull("last_accessed_ip");
    }
}
