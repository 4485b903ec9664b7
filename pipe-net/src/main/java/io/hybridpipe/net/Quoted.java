// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

/** Foreign text as messages show it: in single quotes, on one line, cut where it gets long. */
final class Quoted {
    private static final int LONGEST = 60;

    private Quoted() {}

    static String of(String text) {
        StringBuilder shown = new StringBuilder("'");
        int length = Math.min(text.length(), LONGEST);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? ' ' : c);
        }
        return shown.append(text.length() > LONGEST ? "…'" : "'").toString();
    }
}
