// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Secrets that nobody else has, and the search for them in every encoding in which they may get out. */
final class Canaries {
    private final Map<String, String> byName = new LinkedHashMap<>();

    /** A new canary; quotes, slashes, spaces and letters beyond ASCII make its encodings differ. */
    String named(String name) {
        String canary = name + "/\"é +" + Integer.toHexString(name.hashCode()) + "~canary";
        byName.put(name, canary);
        return canary;
    }

    /** The canary in each encoding, the raw form first. */
    static List<String> forms(String canary) {
        byte[] bytes = canary.getBytes(StandardCharsets.UTF_8);
        byte[] basic = ("api:" + canary).getBytes(StandardCharsets.UTF_8);
        String url = URLEncoder.encode(canary, StandardCharsets.UTF_8);
        return List.of(
                canary,
                canary.replace("\"", "\\\""),
                url,
                url.replace("+", "%20"),
                Base64.getEncoder().encodeToString(bytes),
                Base64.getUrlEncoder().withoutPadding().encodeToString(bytes),
                Base64.getEncoder().encodeToString(basic));
    }

    /** What a step that blurts out all it knows would say. */
    static String blurt(String canary) {
        return String.join(" | ", forms(canary));
    }

    /** The names of the canaries, with the form, that are in the text. */
    List<String> in(String text) {
        List<String> found = new ArrayList<>();
        byName.forEach((name, canary) -> {
            List<String> forms = forms(canary);
            for (int form = 0; form < forms.size(); form++) {
                if (text.contains(forms.get(form))) {
                    found.add(name + " in form " + form);
                }
            }
        });
        return found;
    }

    /** What {@link #in} says of a text with every canary in every form. */
    List<String> all() {
        return in(
                String.join("\n", byName.values().stream().map(Canaries::blurt).toList()));
    }
}
