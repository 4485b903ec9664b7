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
 * and is refused with any other. It names the items between which the list was cut, since positions move when something is
 * added or taken away in between.
 */
record Page<T>(List<T> items, Optional<String> next) {

    private record Cut(int position, String last, String next) {

        /** Behind the last item that was given, else at the one that was to come, else, with both gone, where it was. */
        int in(List<String> ids) {
            var before = ids.indexOf(last);
            var after = ids.indexOf(next);
            return before >= 0 ? before + 1 : after >= 0 ? after : position;
        }
    }

    /**
     * The page that a token asks for, the first without a token.
     *
     * @param all the whole list, in the same order for each page
     * @param id what tells an item from all others of the list, without line breaks
     * @param list what is listed, for whom and where, in a text that is the same for each page
     * @param refusal what to throw for a token that was never given out for this list
     */
    static <T> Page<T> of(
            List<T> all,
            Function<T, String> id,
            String list,
            Optional<String> token,
            int size,
            Function<String, AwsError> refusal) {
        var ids = all.stream().map(id).toList();
        var from = token.map(text -> cut(text, list).orElseThrow(() -> refusal.apply(text)))
                .map(cut -> cut.in(ids))
                .orElse(0);
        var items = all.stream().skip(from).limit(size).toList();
        var end = from + items.size();
        return new Page<>(
                items,
                end < all.size()
                        ? Optional.of(token(new Cut(end, ids.get(end - 1), ids.get(end)), list))
                        : Optional.empty());
    }

    private static String token(Cut cut, String list) {
        var place = cut.position() + "\n" + cut.last() + "\n" + cut.next();
        var text = seal(place, list) + "\n" + place;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<Cut> cut(String token, String list) {
        try {
            var text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            var parts = text.split("\n", 2);
            if (parts.length < 2 || !parts[0].equals(seal(parts[1], list))) {
                return Optional.empty();
            }
            var place = parts[1].split("\n", 3);
            return Optional.of(new Cut(Integer.parseInt(place[0]), place[1], place[2]));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private static String seal(String place, String list) {
        try {
            var digest = MessageDigest.getInstance("SHA-256")
                    .digest((place + " of " + list).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }
}
