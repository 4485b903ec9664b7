// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.json.ValueJson.Hidden;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What no two runs may work on at once, if nobody says it: the pipe and the input that it needs.
 *
 * <p>The same in every JVM, whatever the order of maps and sets. Secrets do not count.
 */
final class Targets {
    private static final int READABLE = 120;
    private static final int HASH_BYTES = 16;
    private static final Pattern PLAIN = Pattern.compile("[\\p{Alnum}._:/@+*-]+");

    private Targets() {}

    /** For instance {@code fednet my-ip=192.0.2.66/32 network-name=orders}; the pipe's name and a hash if that were too long. */
    static String of(Pipe pipe, State input, Secrets secrets) {
        Map<String, Key<?>> needs = new TreeMap<>();
        pipe.needs().forEach(key -> needs.put(key.name(), key));
        StringJoiner text = new StringJoiner(" ");
        text.add(pipe.name());
        needs.forEach((name, key) -> input.cells.get(name).forEach(cell -> {
            if (!key.isSecret() && !cell.secretInput) {
                Object open = open(Values.Form.JSON.canonicalTree(cell.value(key.type()), key.type()), secrets);
                if (open != null) {
                    text.add(name + "=" + text(open));
                }
            }
        }));
        String readable = text.toString();
        return readable.length() <= READABLE ? readable : pipe.name() + " " + hash(readable);
    }

    /** What is not secret in a tree, its maps in the order of their names; nothing if there is nothing else in it. */
    private static @Nullable Object open(@Nullable Object tree, Secrets secrets) {
        if (tree instanceof Map<?, ?> map) {
            Map<String, Object> open = new TreeMap<>();
            map.forEach((name, value) -> {
                Object it = secrets.isIn((String) name) ? null : open(value, secrets);
                if (it != null) {
                    open.put((String) name, it);
                }
            });
            return open;
        }
        if (tree instanceof List<?> list) {
            List<@Nullable Object> open = new ArrayList<>();
            list.forEach(each -> open.add(open(each, secrets)));
            return open;
        }
        return tree == null || tree instanceof Hidden || secrets.isIn(tree.toString()) ? null : tree;
    }

    private static String text(Object open) {
        return open instanceof String it && PLAIN.matcher(it).matches() ? it : Values.Form.TEXT.write(open);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
