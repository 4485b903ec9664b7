// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.Collection;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Writes the XML of answers: elements, text, and lists in the two styles of the services. Not thread-safe. */
final class Xml {

    private final StringBuilder text = new StringBuilder();
    private final String item;

    private Xml(String item) {
        this.item = item;
    }

    /** EC2's style: list items are {@code <item>}. */
    static Xml ec2() {
        return new Xml("item");
    }

    /** The style of the other query services: list items are {@code <member>}. */
    static Xml query() {
        return new Xml("member");
    }

    /** An element with text. */
    Xml put(String name, Object value) {
        text.append('<').append(name).append('>');
        escape(String.valueOf(value));
        text.append("</").append(name).append('>');
        return this;
    }

    /** An element with text, left out when the text is empty. */
    Xml putIf(String name, String value) {
        return value.isEmpty() ? this : put(name, value);
    }

    /** An element with elements inside. */
    Xml in(String name, Consumer<Xml> body) {
        text.append('<').append(name).append('>');
        body.accept(this);
        text.append("</").append(name).append('>');
        return this;
    }

    /** A list of structures. */
    <T> Xml each(String name, Collection<T> items, BiConsumer<Xml, T> body) {
        return in(name, list -> items.forEach(value -> list.in(item, one -> body.accept(one, value))));
    }

    /** A list of texts. */
    Xml texts(String name, Collection<String> items) {
        return in(name, list -> items.forEach(value -> list.put(item, value)));
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private void escape(String value) {
        for (var i = 0; i < value.length(); i++) {
            var c = value.charAt(i);
            switch (c) {
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '&' -> text.append("&amp;");
                case '\r' -> text.append("&#xD;");
                default -> text.append(c);
            }
        }
    }
}
