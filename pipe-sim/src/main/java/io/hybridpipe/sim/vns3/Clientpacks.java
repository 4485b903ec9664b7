// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.KEYSET;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.SimResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The clientpacks of a topology: one for each client address of the license, there once the keyset is. */
final class Clientpacks {
    private final Licensing licensing;
    private final Tasks tasks;
    private final ClientpackFiles files;
    /** By name; what is not in here is as it was made. */
    private final Map<String, Clientpack> changed = new TreeMap<>();

    Clientpacks(Licensing licensing, Tasks tasks, ClientpackFiles files) {
        this.licensing = licensing;
        this.tasks = tasks;
        this.files = files;
    }

    void register(Operations api) {
        api.on("GET", "/clientpacks", KEYSET, call -> list());
        api.on("PUT", "/clientpacks", KEYSET, call -> updateAll(call.body()));
        api.on("POST", "/clientpacks/add_clientpacks", KEYSET, call -> add(call.body()));
        api.on("POST", "/clientpacks/next_available", KEYSET, call -> checkOutNext(call.body()));
        api.on("GET", "/clientpacks/{clientpack_name}", KEYSET, call -> Json.object()
                .set("clientpack", named(call).json(files)));
        api.answering("GET", "/clientpack", KEYSET, this::download);
        api.on("PUT", "/clientpack", KEYSET, call -> update(call.body()));
        api.answering("GET", "/clientpack/{clientpack_name}", KEYSET, call -> file(named(call), "tarball"));
        api.on("POST", "/clientpack/{clientpack_name}", KEYSET, this::tag);
        api.on("DELETE", "/clientpack/{clientpack_name}", KEYSET, this::untag);
        api.on("PUT", "/clientpack/{clientpack_name}", KEYSET, call -> disconnect(named(call)));
        api.on("POST", "/client/reset", KEYSET, call -> disconnect(named(call.body())));
        api.on("POST", "/clients/reset_all", KEYSET, call -> Json.object().set("resetting", Json.array()));
        api.on("GET", "/status/clients", Operations.Needs.LICENSE, call -> Json.object());
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        changed.forEach((name, pack) -> data.put(name, pack.toString()));
        return data;
    }

    private List<Clientpack> all() {
        List<String> addresses = licensing.clients();
        List<Clientpack> all = new ArrayList<>();
        for (int i = 0; i < addresses.size(); i++) {
            Clientpack plain = Clientpack.of(addresses.get(i), i + 1);
            all.add(changed.getOrDefault(plain.name(), plain));
        }
        return all;
    }

    private ObjectNode list() {
        ObjectNode list = Json.object();
        all().forEach(pack -> list.set(pack.address(), pack.json(files)));
        return list;
    }

    private ObjectNode updateAll(Fields wanted) {
        boolean inBackground = Clientpack.flag(wanted, "async").orElse(false);
        List<Clientpack> updated = all().stream().map(pack -> pack.with(wanted)).toList();
        updated.forEach(this::keep);
        return inBackground
                ? Json.object().put("token", tasks.submit()).put("status", "submitted")
                : Json.object()
                        .put("enabled", updated.stream().allMatch(Clientpack::enabled))
                        .put("checked_out", updated.stream().allMatch(Clientpack::checkedOut));
    }

    private JsonNode add(Fields wanted) {
        List<String> requested = wanted.texts("requested_ips")
                .filter(ips -> !ips.isEmpty())
                .orElseThrow(() -> ApiError.argument("requested_ips is missing"));
        for (String address : requested) {
            if (!licensing.isFreeClient(address)) {
                throw ApiError.argument(address + " is invalid as clientpack address");
            }
        }
        if (new HashSet<>(requested).size() < requested.size()) {
            throw ApiError.argument("requested_ips is invalid");
        }
        if (licensing.clients().size() + requested.size() > licensing.mostClients()) {
            throw ApiError.notAllowed("Not enough room in license for " + requested.size() + " more clientpacks.");
        }
        licensing.addClients(requested);
        return TextNode.valueOf(requested.size() + " clientpacks added");
    }

    private ObjectNode checkOutNext(Fields wanted) {
        Optional<IPAddress> low = bound(wanted, "low_ip");
        Optional<IPAddress> high = bound(wanted, "high_ip");
        boolean disabledToo = wanted.flag("include_disabled").orElse(false);
        Clientpack next = all().stream()
                .filter(pack -> !pack.checkedOut() && (pack.enabled() || disabledToo))
                .filter(pack ->
                        low.map(bound -> bound.compareTo(address(pack)) <= 0).orElse(true))
                .filter(pack ->
                        high.map(bound -> bound.compareTo(address(pack)) >= 0).orElse(true))
                .min(Comparator.comparingInt(Clientpack::number))
                .orElseThrow(() -> ApiError.argument("No clientpack available"));
        return keep(next.with(new Fields(Json.object().put("checked_out", true))))
                .json(files);
    }

    private static Optional<IPAddress> bound(Fields wanted, String name) {
        return wanted.text(name).filter(text -> !text.isEmpty()).map(text -> Addresses.host(text)
                .orElseThrow(() -> ApiError.argument(name + " is invalid")));
    }

    private static IPAddress address(Clientpack pack) {
        return Addresses.host(pack.address()).orElseThrow();
    }

    /** Which file comes as the description has it, in the query, or in the body of a GET, as old bootstraps send it. */
    private SimResponse download(ApiCall call) {
        String name = call.query("name")
                .or(() -> call.body().text("name"))
                .orElseThrow(() -> ApiError.argument("name argument must be set"));
        String format = call.query("fileformat")
                .or(() -> call.body().text("fileformat"))
                .or(() -> call.body().text("format"))
                .orElseThrow(() -> ApiError.argument("fileformat argument must be set"));
        return file(named(name), format);
    }

    private SimResponse file(Clientpack pack, String format) {
        return SimResponse.file(
                files.content(pack, format).orElseThrow(() -> ApiError.argument("fileformat is invalid")));
    }

    private ObjectNode update(Fields wanted) {
        boolean regenerate = Clientpack.flag(wanted, "regenerate").orElse(false);
        Clientpack pack = named(wanted).with(wanted);
        if (!regenerate) {
            return keep(pack).json(files);
        }
        keep(pack.regenerated());
        return Json.object().put("token", tasks.submit()).put("status", "submitted");
    }

    private ObjectNode tag(ApiCall call) {
        Clientpack pack = named(call);
        String key = call.body().required("key");
        String value = call.body().required("value");
        if (!key.matches("[A-Za-z0-9]+([_-][A-Za-z0-9]+)*")) {
            throw ApiError.argument("bad tag key: " + key);
        }
        Map<String, String> tags = new TreeMap<>(pack.tags());
        tags.put(key, value);
        return tagged(pack.withTags(tags));
    }

    private ObjectNode untag(ApiCall call) {
        Clientpack pack = named(call);
        Map<String, String> tags = new TreeMap<>(pack.tags());
        tags.remove(call.body().required("key"));
        return tagged(pack.withTags(tags));
    }

    private ObjectNode tagged(Clientpack pack) {
        return Json.object().put("name", keep(pack).name()).set("tags", pack.tagsJson());
    }

    /** No device of this world ever joins the overlay. */
    private static JsonNode disconnect(Clientpack pack) {
        throw ApiError.argument("Overlay IP address " + pack.address() + " is not connected");
    }

    private Clientpack keep(Clientpack pack) {
        if (pack.equals(Clientpack.of(pack.address(), pack.number()))) {
            changed.remove(pack.name());
        } else {
            changed.put(pack.name(), pack);
        }
        return pack;
    }

    private Clientpack named(ApiCall call) {
        return named(call.path().getOrDefault("clientpack_name", ""));
    }

    private Clientpack named(Fields wanted) {
        return named(wanted.text("name")
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> ApiError.argument("name argument must be set")));
    }

    private Clientpack named(String name) {
        return all().stream()
                .filter(pack -> pack.name().equals(name))
                .findFirst()
                .orElseThrow(() -> ApiError.argument("Clientpack named '" + name + "' does not exist"));
    }
}
