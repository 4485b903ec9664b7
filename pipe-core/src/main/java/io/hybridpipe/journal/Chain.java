// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * The end of a chain of lines, each a JSON object whose last field is the checksum over the line before it and itself.
 *
 * <p>Not thread-safe.
 */
final class Chain {
    private final Checksum checksum;
    private final byte[] field;
    private int length;
    private String last = "";

    Chain(Checksum checksum) {
        this.checksum = checksum;
        field = (",\"" + checksum.field() + "\":\"").getBytes(US_ASCII);
    }

    /** How many lines it has. */
    int length() {
        return length;
    }

    /** The checksum of the last line. */
    String last() {
        return last;
    }

    /** The next line, with its line break, that holds this JSON object. */
    byte[] add(byte[] object) {
        go(checksum.of(last, object));
        byte[] line = Arrays.copyOf(object, object.length - 1 + field.length + Checksum.DIGITS + 3);
        System.arraycopy(field, 0, line, object.length - 1, field.length);
        byte[] end = (last + "\"}\n").getBytes(US_ASCII);
        System.arraycopy(end, 0, line, line.length - end.length, end.length);
        return line;
    }

    /** Whether this line, given without its line break, is the next one; if so it is taken. */
    boolean accepts(byte[] line) {
        int object = line.length - field.length - Checksum.DIGITS - 2;
        if (object < 1 || !Arrays.equals(line, object, object + field.length, field, 0, field.length)) {
            return false;
        }
        byte[] text = Arrays.copyOf(line, object + 1);
        text[object] = '}';
        String next = checksum.of(last, text);
        byte[] end = (next + "\"}").getBytes(US_ASCII);
        if (!Arrays.equals(line, object + field.length, line.length, end, 0, end.length)) {
            return false;
        }
        go(next);
        return true;
    }

    private void go(String next) {
        last = next;
        length++;
    }
}
