// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.BiConsumer;

/** Pages of CloudFormation's lists; a token stands for the next page of one list only. */
final class Pages {

    private Pages() {}

    /** Writes the page that the request asks for and, if there is more, the token for the next. */
    static <T> void write(Xml answer, String set, Params params, List<T> all, int size, BiConsumer<Xml, T> each) {
        var from = params.find("NextToken").map(token -> from(set, token)).orElse(0);
        var page = all.stream().skip(from).limit(size).toList();
        answer.each(set, page, each);
        if (from + page.size() < all.size()) {
            answer.put("NextToken", token(set, from + page.size()));
        }
    }

    private static String token(String set, int from) {
        return Base64.getUrlEncoder().encodeToString((set + ":" + from).getBytes(StandardCharsets.UTF_8));
    }

    private static int from(String set, String token) {
        try {
            var text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            if (text.startsWith(set + ":")) {
                return Integer.parseInt(text.substring(set.length() + 1));
            }
        } catch (IllegalArgumentException e) {
            // refused below like every other text that is no token of this list
        }
        throw AwsError.of("ValidationError", "Invalid NextToken: %s", token);
    }
}
