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
    private Tokens() {}

    /** 32 hexadecimal digits: short enough for every client token, long enough to be nobody else's. */
    static String token(RunId run, Path path, int generation) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest((run.value() + "\n" + path.value() + "\n" + generation).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static Map<String, String> tags(String pipe, RunId run, Path path, String token) {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("hybridpipe:pipe", pipe);
        tags.put("hybridpipe:run", run.value());
        // brackets are refused in the tag values of several services
        tags.put("hybridpipe:step", path.value().replace('[', '@').replace("]", ""));
        tags.put("hybridpipe:token", token);
        return tags;
    }
}
