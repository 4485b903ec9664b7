// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddressString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that there is: subscriptions, their resource groups, their resources, and the pool of public addresses.
 *
 * <p>Not thread-safe by itself: whoever reads or changes it holds its monitor.
 */
final class Estate {

    private final List<String> subscriptions;
    private final IPAddressString publicPool;
    private final Map<String, ObjectNode> groups = new LinkedHashMap<>();
    private final Map<String, Resource> resources = new LinkedHashMap<>();
    private final Map<String, Deployment> deployments = new LinkedHashMap<>();
    private @Nullable Map<String, List<String>> referrers;
    private @Nullable List<Attachment> attachments;
    private final Terms terms;
    private Runnable observer = () -> {};
    private long identities;
    private long publicAddresses;

    Estate(List<String> subscriptions, IPAddressString publicPool, Terms terms) {
        this.subscriptions = List.copyOf(subscriptions);
        this.publicPool = publicPool;
        this.terms = terms;
    }

    /** The terms of marketplace plans. */
    Terms terms() {
        return terms;
    }

    /** Sets what is to be run after each change. */
    void observer(Runnable other) {
        this.observer = other;
    }

    /** Tells the observer of a change. */
    void tell() {
        observer.run();
    }

    List<String> subscriptions() {
        return subscriptions;
    }

    boolean hasSubscription(String id) {
        return subscriptions.stream().anyMatch(id::equalsIgnoreCase);
    }

    Optional<ObjectNode> group(String subscription, String name) {
        return Optional.ofNullable(groups.get(groupKey(subscription, name)));
    }

    List<ObjectNode> groups(String subscription) {
        var prefix = groupKey(subscription, "");
        return groups.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .map(Map.Entry::getValue)
                .toList();
    }

    void putGroup(String subscription, String name, ObjectNode body) {
        groups.put(groupKey(subscription, name), body);
    }

    void removeGroup(String subscription, String name) {
        groups.remove(groupKey(subscription, name));
        var inside = resources(subscription, name);
        inside.forEach(this::remove);
        // what goes with them may be in other groups
        inside.forEach(resource -> resource.kind().gone(resource, this));
        deployments.values().removeIf(deployment -> deployment.isIn(subscription, name));
        changed();
    }

    private static String groupKey(String subscription, String name) {
        return (subscription + "/" + name).toLowerCase(Locale.ROOT);
    }

    /** The records of deployments by the keys of their ids, in the order of their first beginning. */
    Map<String, Deployment> deployments() {
        return deployments;
    }

    Collection<Resource> resources() {
        return resources.values();
    }

    List<Resource> resources(String subscription) {
        return resources.values().stream()
                .filter(resource -> resource.id().subscription().equalsIgnoreCase(subscription))
                .toList();
    }

    List<Resource> resources(String subscription, String group) {
        return resources.values().stream()
                .filter(resource -> isIn(resource, subscription, group))
                .toList();
    }

    private static boolean isIn(Resource resource, String subscription, String group) {
        return resource.id().subscription().equalsIgnoreCase(subscription)
                && resource.id().group().equalsIgnoreCase(group);
    }

    /** The resource in whose body the given one would stand. */
    Optional<Resource> top(ArmId id) {
        return Optional.ofNullable(resources.get(id.top().key()));
    }

    void put(Resource resource) {
        resources.put(resource.id().key(), resource);
        changed();
    }

    void remove(Resource resource) {
        // only this one: another may have come in its place
        resources.remove(resource.id().key(), resource);
        changed();
    }

    /** To be called when the body of a resource was changed. */
    void changed() {
        referrers = null;
        attachments = null;
    }

    /** What packets meet: known until the next change, since a single packet asks for it many times. */
    List<Attachment> attachments() {
        var known = attachments;
        if (known == null) {
            known = List.copyOf(Attachment.all(this));
            attachments = known;
        }
        return known;
    }

    /** Lets packets meet a resource as its body is now. */
    void takeEffect(Resource resource) {
        resource.takeEffect();
        changed();
    }

    /** Lets packets no longer meet a resource. */
    void loseEffect(Resource resource) {
        resource.loseEffect();
        changed();
    }

    /** The node of a resource, of one of its children or of another part that has an id. */
    Optional<ObjectNode> node(ArmId id) {
        return top(id).flatMap(resource -> find(resource.body(), id.toString()));
    }

    /** The node with this id in a body. */
    static Optional<ObjectNode> find(JsonNode body, String id) {
        if (body instanceof ObjectNode object
                && object.hasNonNull("name")
                && id.equalsIgnoreCase(object.path("id").textValue())) {
            return Optional.of(object);
        }
        for (var field : body) {
            var found = find(field, id);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** The ids of the resources and parts of resources that point to this id, in the order of creation. */
    List<String> referrers(String id) {
        var index = referrers;
        if (index == null) {
            index = new HashMap<>();
            for (var resource : resources.values()) {
                for (var reference : References.in(resource.body())) {
                    index.computeIfAbsent(reference.to().toLowerCase(Locale.ROOT), to -> new ArrayList<>())
                            .add(reference.from());
                }
            }
            referrers = index;
        }
        return index.getOrDefault(id.toLowerCase(Locale.ROOT), List.of());
    }

    /** A new identity: unique in this estate, and the same when the same things are done in the same order. */
    String newIdentity() {
        var mixed = ++identities * 0x9E3779B97F4A7C15L;
        return new UUID((mixed & ~0xF000L) | 0x4000L, (Long.rotateLeft(mixed, 31) >>> 2) | 0x8000000000000000L)
                .toString();
    }

    /** A public address that no resource has. */
    String newPublicAddress() {
        var taken = new HashSet<String>();
        resources
                .values()
                .forEach(resource -> taken.add(
                        resource.body().path("properties").path("ipAddress").asText()));
        return nextPublicAddress(taken);
    }

    private String nextPublicAddress(Set<String> taken) {
        var pool = publicPool.getAddress().toPrefixBlock();
        var size = pool.getCount().longValueExact();
        for (var tries = 0L; tries < size; tries++) {
            // the first and the last are left out: in a small block they read as network and broadcast address
            var offset = publicAddresses++ % size;
            var address =
                    pool.getLower().increment(offset).withoutPrefixLength().toString();
            if (offset != 0 && offset != size - 1 && !taken.contains(address)) {
                return address;
            }
        }
        throw ArmError.badRequest(
                "PublicIPCountLimitReached",
                "Cannot create more than %d public IP addresses for this subscription in this region.",
                Math.max(0, size - 2));
    }
}
