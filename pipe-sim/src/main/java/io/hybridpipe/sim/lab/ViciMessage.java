// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.lab;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message of strongSwan's vici protocol: named texts, lists of texts and sections, in their order.
 *
 * <p>The encoding is that of the protocol's README in strongSwan's sources, {@code src/libcharon/plugins/vici}: typed elements,
 * names with one byte of length, values with two. Immutable; equal by content. It prints its names but not its values, since
 * a value may be a pre-shared key.
 */
public final class ViciMessage {
    private static final byte SECTION_START = 1;
    private static final byte SECTION_END = 2;
    private static final byte KEY_VALUE = 3;
    private static final byte LIST_START = 4;
    private static final byte LIST_ITEM = 5;
    private static final byte LIST_END = 6;

    private static final ViciMessage EMPTY = new ViciMessage(Map.of());

    /** Each value is a String, a List of String, or a ViciMessage. */
    private final Map<String, Object> fields;

    private ViciMessage(Map<String, Object> fields) {
        this.fields = fields;
    }

    /** The message without any field. */
    public static ViciMessage empty() {
        return EMPTY;
    }

    /** The message of one text. */
    public static ViciMessage of(String name, String value) {
        return EMPTY.with(name, value);
    }

    /** With a text more, or another one in place of a field of this name. */
    public ViciMessage with(String name, String value) {
        return put(name, value);
    }

    /** With a list more, or another one in place of a field of this name. */
    public ViciMessage with(String name, List<String> values) {
        return put(name, List.copyOf(values));
    }

    /** With a section more, or another one in place of a field of this name. */
    public ViciMessage with(String name, ViciMessage section) {
        return put(name, section);
    }

    private ViciMessage put(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(fields);
        more.put(name, value);
        return new ViciMessage(Collections.unmodifiableMap(more));
    }

    /** The text of this name, if there is one. */
    public Optional<String> text(String name) {
        return fields.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** The list of this name; empty if there is none. */
    public List<String> list(String name) {
        if (!(fields.get(name) instanceof List<?> list)) {
            return List.of();
        }
        return list.stream().map(String.class::cast).toList();
    }

    /** The section of this name; empty if there is none. */
    public ViciMessage section(String name) {
        return fields.get(name) instanceof ViciMessage section ? section : EMPTY;
    }

    /** All sections by their names, in order. */
    public Map<String, ViciMessage> sections() {
        Map<String, ViciMessage> sections = new LinkedHashMap<>();
        fields.forEach((name, value) -> {
            if (value instanceof ViciMessage section) {
                sections.put(name, section);
            }
        });
        return sections;
    }

    /**
     * The message as bytes.
     *
     * @throws IllegalArgumentException if a name has more than 255 bytes or a value more than 65,535
     */
    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(new DataOutputStream(bytes));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private void write(DataOutputStream out) throws IOException {
        for (Map.Entry<String, Object> field : fields.entrySet()) {
            if (field.getValue() instanceof ViciMessage section) {
                out.writeByte(SECTION_START);
                writeName(out, field.getKey());
                section.write(out);
                out.writeByte(SECTION_END);
            } else if (field.getValue() instanceof List<?> list) {
                out.writeByte(LIST_START);
                writeName(out, field.getKey());
                for (Object item : list) {
                    out.writeByte(LIST_ITEM);
                    writeValue(out, (String) item);
                }
                out.writeByte(LIST_END);
            } else {
                out.writeByte(KEY_VALUE);
                writeName(out, field.getKey());
                writeValue(out, (String) field.getValue());
            }
        }
    }

    static void writeName(DataOutputStream out, String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0xff) {
            throw new IllegalArgumentException("a vici name of " + bytes.length + " bytes; at most 255 fit");
        }
        out.writeByte(bytes.length);
        out.write(bytes);
    }

    private static void writeValue(DataOutputStream out, String value) throws IOException {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0xffff) {
            throw new IllegalArgumentException("a vici value of " + bytes.length + " bytes; at most 65535 fit");
        }
        out.writeShort(bytes.length);
        out.write(bytes);
    }

    /**
     * Reads all that is left of a buffer.
     *
     * @throws IOException if it is not a whole, well-formed message
     */
    static ViciMessage decode(ByteBuffer in) throws IOException {
        try {
            return read(in);
        } catch (BufferUnderflowException cut) {
            throw new IOException("a vici message that ends inside of an element", cut);
        }
    }

    /** What is being read: the innermost section last. */
    private record Open(String name, Map<String, Object> fields) {}

    private static ViciMessage read(ByteBuffer in) throws IOException {
        Deque<Open> open = new ArrayDeque<>();
        open.push(new Open("", new LinkedHashMap<>()));
        String listName = "";
        @Nullable List<String> list = null;
        while (in.hasRemaining()) {
            byte element = in.get();
            if (list != null && element != LIST_ITEM && element != LIST_END) {
                throw new IOException("vici element " + element + " inside of a list");
            }
            Map<String, Object> fields = open.element().fields();
            switch (element) {
                case SECTION_START -> open.push(new Open(readName(in), new LinkedHashMap<>()));
                case SECTION_END -> {
                    Open closed = open.pop();
                    if (open.isEmpty()) {
                        throw new IOException("the end of a vici section that did not begin");
                    }
                    open.element().fields().put(closed.name(), closed(closed.fields()));
                }
                case KEY_VALUE -> fields.put(readName(in), readText(in, in.getShort() & 0xffff));
                case LIST_START -> {
                    listName = readName(in);
                    list = new ArrayList<>();
                }
                case LIST_ITEM -> {
                    if (list == null) {
                        throw new IOException("a vici list item outside of a list");
                    }
                    list.add(readText(in, in.getShort() & 0xffff));
                }
                case LIST_END -> {
                    if (list == null) {
                        throw new IOException("the end of a vici list that did not begin");
                    }
                    fields.put(listName, List.copyOf(list));
                    list = null;
                }
                default -> throw new IOException("unknown vici element " + element);
            }
        }
        if (list != null || open.size() != 1) {
            throw new IOException("a vici message that ends inside of a list or section");
        }
        return closed(open.element().fields());
    }

    private static ViciMessage closed(Map<String, Object> fields) {
        return new ViciMessage(Collections.unmodifiableMap(fields));
    }

    static String readName(ByteBuffer in) {
        return readText(in, in.get() & 0xff);
    }

    private static String readText(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ViciMessage message && fields.equals(message.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    @Override
    public String toString() {
        return "ViciMessage" + fields.keySet();
    }
}
