// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** More addresses of system interfaces, there from 5.1.1 on. */
final class InterfaceAddresses {

    private record Address(
            int id,
            int interfaceId,
            String label,
            String description,
            String internal,
            Optional<String> external,
            int maskBits,
            Optional<String> gateway,
            Instant createdAt,
            Instant updatedAt) {

        private String inventory() {
            return interfaceId + " " + label + " " + description + " " + internal + "/" + maskBits + " " + external
                    + " " + gateway;
        }
    }

    private final Clock clock;
    private final ToIntFunction<String> interfaceNamed;
    private final Predicate<String> isUsed;
    private final TreeMap<Integer, Address> addresses = new TreeMap<>();
    private int lastId;

    /**
     * @param interfaceNamed the id of the interface that a path names
     * @param isUsed whether an address belongs to an interface already
     */
    InterfaceAddresses(Clock clock, ToIntFunction<String> interfaceNamed, Predicate<String> isUsed) {
        this.clock = clock;
        this.interfaceNamed = interfaceNamed;
        this.isUsed = isUsed;
    }

    void register(Operations api) {
        String all = "/interfaces/system/{interface_id}/addresses";
        String one = all + "/{address_id}";
        api.on("GET", all, LICENSE, this::list);
        api.on("POST", all, LICENSE, this::create);
        api.on("GET", one, LICENSE, call -> json(find(call)));
        api.on("PUT", one, LICENSE, this::update);
        api.on("DELETE", one, LICENSE, this::delete);
    }

    boolean has(String address) {
        return addresses.values().stream().anyMatch(one -> one.internal().equals(address));
    }

    void forget(int interfaceId) {
        addresses.values().removeIf(one -> one.interfaceId() == interfaceId);
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        addresses.forEach((id, address) -> data.put(String.valueOf(id), address.inventory()));
        return data;
    }

    private ArrayNode list(ApiCall call) {
        int owner = owner(call);
        ArrayNode list = Json.array();
        addresses.values().stream().filter(one -> one.interfaceId() == owner).forEach(one -> list.add(json(one)));
        return list;
    }

    private ObjectNode create(ApiCall call) {
        int owner = owner(call);
        call.body().required("ip_internal");
        Instant now = clock.instant();
        Address plain = new Address(lastId + 1, owner, "", "", "", Optional.empty(), 32, Optional.empty(), now, now);
        Address made = read(call.body(), plain);
        lastId = made.id();
        addresses.put(made.id(), made);
        return json(made);
    }

    private ObjectNode update(ApiCall call) {
        Address changed = read(call.body(), find(call));
        addresses.put(changed.id(), changed);
        return json(changed);
    }

    private ObjectNode delete(ApiCall call) {
        Address address = find(call);
        addresses.remove(address.id());
        return json(address);
    }

    private Address read(Fields wanted, Address old) {
        String internal = Interfaces.address(wanted, "ip_internal").orElse(old.internal());
        if (!internal.equals(old.internal()) && isUsed.test(internal)) {
            throw ApiError.argument("ip_internal must be available");
        }
        int maskBits = wanted.integer("mask_bits").orElse(old.maskBits());
        if (maskBits < 1 || maskBits > 32) {
            throw ApiError.argument("mask_bits must be between 1 and 32");
        }
        return new Address(
                old.id(),
                old.interfaceId(),
                wanted.text("label").orElse(old.label()),
                wanted.text("description").orElse(old.description()),
                internal,
                Interfaces.address(wanted, "ip_external").or(old::external),
                maskBits,
                Interfaces.address(wanted, "gateway").or(old::gateway),
                old.createdAt(),
                clock.instant());
    }

    private int owner(ApiCall call) {
        return interfaceNamed.applyAsInt(call.path().getOrDefault("interface_id", ""));
    }

    private Address find(ApiCall call) {
        int owner = owner(call);
        return call.id("address_id")
                .map(addresses::get)
                .filter(address -> address.interfaceId() == owner)
                .orElseThrow(() -> ApiError.notFound("Interface Address not found"));
    }

    private static ObjectNode json(Address address) {
        return Json.object()
                .put("id", address.id())
                .put("label", address.label())
                .put("description", address.description())
                .put("ip_internal", address.internal())
                .put("ip_external", address.external().orElse(null))
                .put("mask_bits", address.maskBits())
                .put("gateway", address.gateway().orElse(null))
                .put("created_at", Json.timestamp(address.createdAt()))
                .put("updated_at", Json.timestamp(address.updatedAt()));
    }
}
