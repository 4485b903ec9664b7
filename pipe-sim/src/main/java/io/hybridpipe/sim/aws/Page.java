// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of a list and the token for the next. A token tells its reader nothing, belongs to the one list that it came with
 * and is refused with any other.
 */
record Page<T>(List<T> items, Optional<String> next) {

    /**
     * The page that a token asks for, the first without a token.
     *
     * @param all the whole list, in the same order for each page
     * @param list what is listed, in a text that is the same for each page
     * @param refusal what to throw for a token that was never given out for this list
     */
    static <T> Page<T> of(
            List<T> all, String list, Optional<String> token, int size, Function<String, AwsError> refusal) {
        var from = token.map(text -> position(text, list).orElseThrow(() -> refusal.apply(text)))
                .orElse(0);
        var items = all.stream().skip(from).limit(size).toList();
        var end = from + items.size();
        return new Page<>(items, end < all.size() ? Optional.of(token(end, list)) : Optional.empty());
    }

    private static String token(int position, String list) {
        var text = position + "." + seal(position, list);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<Integer> position(String token, String list) {
        try {
            var text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            var dot = text.indexOf('.');
            if (dot < 1 || !text.substring(0, dot).matches("\\d{1,9}")) {
                return Optional.empty();
            }
            var position = Integer.parseInt(text.substring(0, dot));
            return text.substring(dot + 1).equals(seal(position, list)) ? Optional.of(position) : Optional.empty();
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private static String seal(int position, String list) {
        try {
            var digest = MessageDigest.getInstance("SHA-256")
                    .digest((position + " of " + list).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }
}
