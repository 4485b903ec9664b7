// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import org.jspecify.annotations.Nullable;

/** Foreign text as one line of bearable length, for messages. */
final class Line {
    private static final int LONGEST = 300;

    private Line() {}

    static String of(@Nullable String text) {
        String line = text == null ? "" : text.replaceAll("\\s+", " ").strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
