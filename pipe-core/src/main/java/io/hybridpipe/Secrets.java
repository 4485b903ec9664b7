// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Resource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The secrets that one run has met, and texts without them.
 *
 * <p>Each is looked for raw, JSON-escaped, URL-encoded and in Base64, also as part of {@code user:password}. Secrets shorter
 * than four characters are not looked for: they would blot out ordinary words. Thread-safe.
 */
final class Secrets {
    private static final int SHORTEST = 4;

    /** Whether values of a class can hold a {@link Secret} at all; most cannot, and are passed by at once. */
    private static final ClassValue<Boolean> MAY_HOLD = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return type == Secret.class
                    || type.isRecord()
                    || Collection.class.isAssignableFrom(type)
                    || Map.class.isAssignableFrom(type)
                    || type == Optional.class;
        }
    };

    private final Set<String> known = new HashSet<>();
    private volatile String @Nullable [] needles;

    /** Remembers what is secret in a value: all of it if the key says so, and every {@link Secret} inside. */
    void learn(Key<?> key, Object value) {
        learn(value, key.isSecret());
    }

    /** Remembers what is secret in a value: all of it, or every {@link Secret} inside. */
    void learn(Object value, boolean secret) {
        if (secret || MAY_HOLD.get(value.getClass())) {
            learn(value, secret, 0);
        }
    }

    /** Remembers what is secret in a step's outputs; what its contract calls a secret is one, however it was written. */
    void learn(Contract contract, Outputs outputs) {
        for (Outputs o = outputs; o != null && o.key != null && o.value != null; o = o.rest) {
            learn(o.value, o.key.isSecret() || contract.isSecret(o.key));
        }
    }

    private void learn(@Nullable Object value, boolean secret, int depth) {
        if (value == null || depth > 20) {
            return;
        }
        if (value instanceof Secret<?> it) {
            learn(it.reveal(), true, depth + 1);
        } else if (value instanceof Collection<?> many) {
            many.forEach(each -> learn(each, secret, depth + 1));
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(each -> learn(each, secret, depth + 1));
        } else if (value instanceof Optional<?> it) {
            learn(it.orElse(null), secret, depth + 1);
        } else if (value instanceof Record it) {
            for (RecordComponent component : it.getClass().getRecordComponents()) {
                learn(read(component, it), secret, depth + 1);
            }
        } else if (secret && value instanceof char[] characters) {
            add(new String(characters));
        } else if (secret && value instanceof byte[] bytes) {
            add(new String(bytes, StandardCharsets.UTF_8));
        } else if (secret && !(value instanceof Boolean) && !(value instanceof Enum<?>)) {
            add(value.toString());
        }
    }

    private static @Nullable Object read(RecordComponent component, Record value) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(value);
        } catch (IllegalAccessException | InvocationTargetException | RuntimeException e) {
            // a record in a closed module: what it holds is out of our sight
            return null;
        }
    }

    private synchronized void add(String secret) {
        if (secret.length() < SHORTEST || !known.add(secret)) {
            return;
        }
        TreeSet<String> all = new TreeSet<>(
                Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        if (needles != null) {
            all.addAll(List.of(needles));
        }
        all.add(secret);
        secret.lines().filter(line -> line.length() >= 2 * SHORTEST).forEach(all::add);
        String json = jsonEscaped(secret);
        all.add(json);
        all.add(json.replace("/", "\\/"));
        String url = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        all.add(url);
        all.add(url.replace("+", "%20"));
        all.add(lowerCaseHex(url));
        all.add(lowerCaseHex(url.replace("+", "%20")));
        for (int before = 0; before < 3; before++) {
            addBase64(all, secret, before);
        }
        all.removeIf(each -> each.length() < SHORTEST);
        needles = all.toArray(new String[0]);
    }

    /** Base64 works on groups of three bytes, so a secret inside a longer text has three forms, less the ends it shares. */
    private static void addBase64(TreeSet<String> all, String secret, int bytesBefore) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        byte[] shifted = new byte[bytes.length + bytesBefore];
        System.arraycopy(bytes, 0, shifted, bytesBefore, bytes.length);
        // characters all of whose six bits are the secret's
        int whole = shifted.length * 8 / 6;
        int from = bytesBefore == 0 ? 0 : bytesBefore + 1;
        String encoded = Base64.getEncoder().encodeToString(shifted);
        if (whole - from >= SHORTEST) {
            String core = encoded.substring(from, whole);
            all.add(core);
            all.add(core.replace('+', '-').replace('/', '_'));
        }
        if (bytesBefore == 0) {
            all.add(encoded);
            all.add(encoded.replace("=", ""));
        }
    }

    private static String lowerCaseHex(String url) {
        StringBuilder text = new StringBuilder(url);
        for (int i = 0; i + 2 < text.length(); i++) {
            if (text.charAt(i) == '%') {
                text.setCharAt(i + 1, Character.toLowerCase(text.charAt(i + 1)));
                text.setCharAt(i + 2, Character.toLowerCase(text.charAt(i + 2)));
            }
        }
        return text.toString();
    }

    private static String jsonEscaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"' -> escaped.append("\\\"");
                case '\\' -> escaped.append("\\\\");
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                default -> escaped.append(c < 0x20 ? String.format("\\u%04x", (int) c) : String.valueOf(c));
            }
        }
        return escaped.toString();
    }

    boolean isIn(@Nullable String text) {
        String[] known = needles;
        if (known == null || text == null) {
            return false;
        }
        for (String needle : known) {
            if (text.contains(needle)) {
                return true;
            }
        }
        return false;
    }

    /** The text with {@code ***} in place of each secret. */
    String scrub(@Nullable String text) {
        if (text == null) {
            return "";
        }
        String[] known = needles;
        if (known == null) {
            return text;
        }
        String clean = text;
        for (String needle : known) {
            clean = clean.replace(needle, "***");
        }
        return clean;
    }

    Resource scrub(Resource resource) {
        return needles == null
                ? resource
                : new Resource(
                        scrub(resource.kind()), scrub(resource.id()), scrub(resource.where()), scrub(resource.show()));
    }

    /** The failure itself if neither it nor anything it was caused by names a secret, else a copy that does not. */
    Throwable scrub(Throwable failure) {
        return needles != null && names(failure, 0) ? ScrubbedException.of(failure, this, 0) : failure;
    }

    private boolean names(@Nullable Throwable failure, int depth) {
        if (failure == null || depth > 20) {
            return false;
        }
        if (isIn(failure.toString()) || names(failure.getCause(), depth + 1)) {
            return true;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (names(suppressed, depth + 1)) {
                return true;
            }
        }
        return false;
    }
}
