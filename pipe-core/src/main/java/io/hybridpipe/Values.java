// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.RunId;
import io.hybridpipe.json.Json;
import io.hybridpipe.json.ValueJson;
import io.hybridpipe.json.ValueJson.Hidden;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Values as the journal has them: each under its key's declared type, secrets sealed or left out.
 *
 * <p>Sealed is the value of a secret key as a whole; elsewhere each {@link Secret} inside and each text or number in which a
 * secret occurs that the run knows, and the rest stays readable. Without a key to seal with, a value that has any of these is
 * left out as a whole. A secret of fewer than four characters is sealed where it is declared as one, but not looked for in other
 * texts, as {@link Secrets} says.
 */
final class Values {
    private static final String SEALED = "$sealed";
    private static final Map<String, Object> WITHHELD = Map.of("$withheld", true);
    /** An absent value of a key whose type is Optional. */
    private static final Map<String, Object> ABSENT = Map.of("$absent", true);

    private final Secrets secrets;
    private final @Nullable Seal seal;

    /** @param sealing the AES key with which secrets are sealed; without one they are left out */
    Values(Supplier<RunId> run, Secrets secrets, @Nullable SecretKey sealing) {
        this.secrets = secrets;
        seal = sealing == null ? null : new Seal(run, sealing);
    }

    /** Made when the first value is written: most runs have no journal. */
    static final class Form {
        static final Json TEXT = Json.compact();
        static final ValueJson JSON = ValueJson.hiding(Secret.class, it -> ((Secret<?>) it).reveal(), Secret::of);

        private Form() {}
    }

    // ---- before a run starts

    /** Why a run of this pipe cannot be written down so that it can be resumed; nothing if it can. */
    Set<String> problems(Pipe pipe) {
        Set<String> problems = WrittenKeys.problems(pipe);
        if (seal != null) {
            seal.problem().ifPresent(problems::add);
        }
        return problems;
    }

    // ---- to the journal

    /** The value as JSON has it; what is secret in it is sealed, or else all of it is left out if there is no key to seal with. */
    Object written(Key<?> key, Object value) {
        Object tree;
        try {
            tree = Form.JSON.tree(value, key.type());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("key '" + key + "': " + e.getMessage());
        }
        if (seal == null) {
            return key.isSecret() || isSecretIn(tree) ? WITHHELD : absentOr(sealed(key, "", tree));
        }
        return key.isSecret() ? seal(key, "", tree) : absentOr(sealed(key, "", tree));
    }

    private static Object absentOr(@Nullable Object tree) {
        return tree == null ? ABSENT : tree;
    }

    private boolean isSecretIn(@Nullable Object tree) {
        if (tree instanceof Map<?, ?> map) {
            return map.keySet().stream().anyMatch(name -> secrets.isIn((String) name))
                    || map.values().stream().anyMatch(this::isSecretIn);
        }
        if (tree instanceof List<?> list) {
            return list.stream().anyMatch(this::isSecretIn);
        }
        return tree instanceof Hidden || tree != null && secrets.isIn(tree.toString());
    }

    /** The tree in which what is secret is sealed. */
    private @Nullable Object sealed(Key<?> key, String at, @Nullable Object tree) {
        if (tree instanceof Map<?, ?> map) {
            if (map.keySet().stream().anyMatch(name -> secrets.isIn((String) name))) {
                return seal(key, at, tree);
            }
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((name, value) -> copy.put(escaped((String) name), sealed(key, at + "/" + name, value)));
            return copy;
        }
        if (tree instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            list.forEach(each -> copy.add(sealed(key, at + "/" + copy.size(), each)));
            return copy;
        }
        return tree instanceof Hidden || tree != null && secrets.isIn(tree.toString()) ? seal(key, at, tree) : tree;
    }

    private Object seal(Key<?> key, String at, @Nullable Object tree) {
        if (seal == null) {
            throw new IllegalStateException("nothing is sealed without a key");
        }
        return Map.of(SEALED, seal.seal(key.name(), at, Form.TEXT.write(seen(tree))));
    }

    /** The tree with what is hidden in it. */
    private static @Nullable Object seen(@Nullable Object tree) {
        if (tree instanceof Hidden it) {
            return seen(it.tree());
        }
        if (tree instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((name, value) -> copy.put((String) name, seen(value)));
            return copy;
        }
        if (tree instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            list.forEach(each -> copy.add(seen(each)));
            return copy;
        }
        return tree;
    }

    // ---- from the journal

    /**
     * The value that was written; empty if it was left out, or sealed and there is no key, and must be asked for. Under a key of type
     * Object, which no key of a value that is written has, an {@link Unread}.
     *
     * @throws IllegalArgumentException if it cannot be read: another secretsKey, another type, or it was changed; names the key, not
     *     the value
     */
    Optional<Object> read(Key<?> key, Object written) {
        if (written.equals(WITHHELD) || seal == null && holdsSealed(written)) {
            return Optional.empty();
        }
        boolean secret = key.isSecret() || sealedIn(written) != null;
        Object tree = written.equals(ABSENT) ? null : opened(key, "", written);
        return Optional.of(
                key.type() == Object.class
                        ? new Unread(type -> value(key, type, tree, secret))
                        : value(key, key.type(), tree, secret));
    }

    private Object value(Key<?> key, Type type, @Nullable Object tree, boolean secret) {
        Object value;
        try {
            value = Form.JSON.value(tree, type);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("what was written under key '" + key + "': " + e.getMessage());
        }
        secrets.learn(value, secret);
        return value;
    }

    /** Whether all of it was sealed or left out. */
    static boolean isHidden(Object written) {
        return written.equals(WITHHELD) || sealedIn(written) != null;
    }

    private static @Nullable String sealedIn(@Nullable Object written) {
        return written instanceof Map<?, ?> map && map.size() == 1 && map.get(SEALED) instanceof String text
                ? text
                : null;
    }

    private static boolean holdsSealed(@Nullable Object written) {
        return sealedIn(written) != null
                || written instanceof Map<?, ?> map && map.values().stream().anyMatch(Values::holdsSealed)
                || written instanceof List<?> list && list.stream().anyMatch(Values::holdsSealed);
    }

    private @Nullable Object opened(Key<?> key, String at, @Nullable Object written) {
        String sealed = sealedIn(written);
        if (sealed != null && seal != null) {
            return Form.TEXT.read(seal.open(key.name(), at, sealed));
        }
        if (written instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((escaped, value) -> {
                String name = unescaped((String) escaped);
                copy.put(name, opened(key, at + "/" + name, value));
            });
            return copy;
        }
        if (written instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            list.forEach(each -> copy.add(opened(key, at + "/" + copy.size(), each)));
            return copy;
        }
        return written;
    }

    /** A name that somebody's map has must not be taken for one of ours. */
    private static String escaped(String name) {
        return name.startsWith("$") ? "$" + name : name;
    }

    private static String unescaped(String name) {
        return name.startsWith("$") ? name.substring(1) : name;
    }
}
