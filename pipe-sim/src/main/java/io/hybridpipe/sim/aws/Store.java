// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The resources of one kind in one region, in order of creation, and the errors for ids that are not among them. */
class Store<T extends Model.Resource> {

    private final Map<String, T> kept = new LinkedHashMap<>();
    private final String kind;
    private final String prefix;
    private final String idCode;
    private final String noun;

    /**
     * @param kind as tags name it, such as {@code vpc}
     * @param prefix of its ids, such as {@code vpc-}
     * @param idCode of its errors, such as {@code InvalidVpcID}
     * @param noun as messages name it, such as {@code vpc ID}
     */
    Store(String kind, String prefix, String idCode, String noun) {
        this.kind = kind;
        this.prefix = prefix;
        this.idCode = idCode;
        this.noun = noun;
    }

    String kind() {
        return kind;
    }

    /** What there is now, by id. */
    Map<String, T> live() {
        return kept;
    }

    T get(String id) {
        var found = live().get(id);
        if (found != null) {
            return found;
        }
        if (!id.startsWith(prefix) || !id.substring(prefix.length()).matches("[0-9a-f]{8,17}")) {
            // these two spell their codes differently
            var code = idCode.replaceAll("^InvalidGroup$", "InvalidGroupId")
                    .replaceAll("^(InvalidVpcPeeringConnection)ID$", "$1Id");
            throw AwsError.of(code + ".Malformed", "Invalid id: \"%s\" (expecting \"%s...\")", id, prefix);
        }
        throw notFound(id);
    }

    /** Whether an id looks like one of this kind. */
    boolean owns(String id) {
        return id.startsWith(prefix);
    }

    AwsError notFound(String id) {
        return AwsError.of(idCode + ".NotFound", "The %s '%s' does not exist", noun, id);
    }

    Optional<T> find(String id) {
        return Optional.ofNullable(live().get(id));
    }

    boolean has(String id) {
        return live().containsKey(id);
    }

    T put(T resource) {
        kept.put(resource.id(), resource);
        return resource;
    }

    void remove(String id) {
        kept.remove(id);
    }

    /** What puts everything back as it is now. */
    Runnable savepoint() {
        var now = new LinkedHashMap<>(kept);
        return () -> {
            kept.clear();
            kept.putAll(now);
        };
    }

    List<T> all() {
        return List.copyOf(live().values());
    }

    List<T> where(Predicate<? super T> fits) {
        return live().values().stream().filter(fits).toList();
    }

    boolean any(Predicate<? super T> fits) {
        return live().values().stream().anyMatch(fits);
    }
}
