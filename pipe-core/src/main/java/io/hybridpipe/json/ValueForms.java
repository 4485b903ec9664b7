// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.ContextualSerializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.CollectionType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;

/** Forms of JDK types for which the mapper's own form does not come back equal. */
final class ValueForms extends SimpleModule {
    private static final long serialVersionUID = 1;

    ValueForms() {
        super("values");
        addSerializer(Path.class, new PathText());
        addDeserializer(Path.class, new TextPath());
        addSerializer(InetAddress.class, new AddressText());
        addDeserializer(InetAddress.class, new TextAddress());
        setSerializerModifier(new SetsInOrder());
    }

    /** The mapper would write each path as an absolute URI. */
    private static final class PathText extends StdSerializer<Path> {
        private static final long serialVersionUID = 1;

        PathText() {
            super(Path.class);
        }

        @Override
        public void serialize(Path path, JsonGenerator generator, SerializerProvider provider) throws IOException {
            if (path.getFileSystem() == FileSystems.getDefault()) {
                generator.writeString(path.toString());
            } else {
                generator.writeStartArray();
                generator.writeString(path.toUri().toString());
                generator.writeEndArray();
            }
        }
    }

    private static final class TextPath extends StdDeserializer<Path> {
        private static final long serialVersionUID = 1;

        TextPath() {
            super(Path.class);
        }

        @Override
        public Path deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                return Path.of(parser.getText());
            }
            String uri = parser.nextTextValue();
            parser.nextToken();
            return Path.of(URI.create(uri));
        }
    }

    /** The mapper would write the host's name alone, and look it up to read it. */
    private static final class AddressText extends StdSerializer<InetAddress> {
        private static final long serialVersionUID = 1;

        AddressText() {
            super(InetAddress.class);
        }

        @Override
        public void serialize(InetAddress address, JsonGenerator generator, SerializerProvider provider)
                throws IOException {
            generator.writeString(address.toString());
        }
    }

    private static final class TextAddress extends StdDeserializer<InetAddress> {
        private static final long serialVersionUID = 1;

        TextAddress() {
            super(InetAddress.class);
        }

        @Override
        public InetAddress deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.getText();
            int slash = text.indexOf('/');
            String literal = text.substring(slash + 1);
            if (slash < 0 || !literal.matches("[0-9.]+|[0-9a-fA-F:.]+(%.+)?")) {
                // a name would be looked up
                return (InetAddress) context.handleWeirdStringValue(InetAddress.class, text, "no address");
            }
            InetAddress address = InetAddress.getByName(literal);
            return slash == 0 || literal.indexOf('%') >= 0
                    ? address
                    : InetAddress.getByAddress(text.substring(0, slash), address.getAddress());
        }
    }

    /** Sets in an order that does not depend on the JVM, if the canonical form is asked for. */
    private static final class SetsInOrder extends BeanSerializerModifier {
        private static final long serialVersionUID = 1;

        @Override
        public JsonSerializer<?> modifyCollectionSerializer(
                SerializationConfig config,
                CollectionType type,
                BeanDescription description,
                JsonSerializer<?> serializer) {
            Class<?> raw = type.getRawClass();
            return EnumSet.class.isAssignableFrom(raw) ? serializer : new InOrder(serializer);
        }
    }

    private static final class InOrder extends JsonSerializer<Object> implements ContextualSerializer {
        private final JsonSerializer<Object> written;

        @SuppressWarnings("unchecked") // it serializes collections, and is given no other
        InOrder(JsonSerializer<?> written) {
            this.written = (JsonSerializer<Object>) written;
        }

        @Override
        public JsonSerializer<?> createContextual(SerializerProvider provider, BeanProperty property)
                throws JsonMappingException {
            return new InOrder(provider.handleSecondaryContextualization(written, property));
        }

        @Override
        public void serialize(Object value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            written.serialize(ordered(value, provider), generator, provider);
        }

        @Override
        public void serializeWithType(
                Object value, JsonGenerator generator, SerializerProvider provider, TypeSerializer type)
                throws IOException {
            written.serializeWithType(ordered(value, provider), generator, provider, type);
        }

        private static Object ordered(Object value, SerializerProvider provider) {
            boolean asked = provider.getAttribute(ValueJson.CANONICAL) != null;
            if (!asked || !(value instanceof Set<?> set) || value instanceof SortedSet<?>) {
                return value;
            }
            List<Object> list = new ArrayList<>(set);
            list.sort(Comparator.comparing(String::valueOf));
            return list;
        }
    }
}
