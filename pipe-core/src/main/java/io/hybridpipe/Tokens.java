// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.RunId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** The names by which what a run made can be found again. */
final class Tokens {
    /** How long a tag value may be on AWS and on Azure. */
    private static final int TAG_VALUE = 256;

    private Tokens() {}

    /** 32 hexadecimal digits: short enough for every client token, long enough to be nobody else's. */
    static String token(RunId run, Path path, int generation) {
        return hash(run.value() + "\n" + path.value() + "\n" + generation, 16);
    }

    private static String hash(String text, int bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static Map<String, String> tags(String pipe, RunId run, Path path, String token) {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("hybridpipe:pipe", pipe);
        tags.put("hybridpipe:run", run.value());
        tags.put("hybridpipe:step", toTagValue(path.value()));
        tags.put("hybridpipe:token", token);
        return tags;
    }

    private static String toTagValue(String path) {
        // brackets are refused in the tag values of several services
        String value = path.replace('[', '@').replace("]", "");
        // of a path that is too long the end tells most, and the hash keeps those apart that end alike
        return value.length() <= TAG_VALUE
                ? value
                : hash(value, 8) + "..." + value.substring(value.length() - TAG_VALUE + 19);
    }
}
