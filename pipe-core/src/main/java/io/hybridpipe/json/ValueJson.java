// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.json;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Values of declared types in the form that JSON has them, and back, so that what is read equals what was written.
 *
 * <p>Records are written by their components and other classes by their fields, whatever else they show; a class that has
 * Jackson's annotations is written as those say. Immutable and thread-safe; writers and readers are kept by type.
 */
public final class ValueJson {
    /**
     * Stands in a tree for a value that must not be seen.
     *
     * @param tree the form of that value
     */
    public record Hidden(@Nullable Object tree) {
        /** Three stars. */
        @Override
        public String toString() {
            return "***";
        }
    }

    static final String CANONICAL = "canonical";

    private final ObjectMapper mapper;
    private final ReadableTypes types;
    private final Map<Type, ObjectWriter> writers = new ConcurrentHashMap<>();
    private final Map<Type, ObjectReader> readers = new ConcurrentHashMap<>();
    private final Map<Type, Optional<String>> problems = new ConcurrentHashMap<>();

    private ValueJson(ObjectMapper mapper, Class<?> hidden) {
        this.mapper = mapper;
        types = new ReadableTypes(mapper, hidden);
    }

    /**
     * In the trees made by it there is a {@link Hidden} in place of each value of this class.
     *
     * @param holder a class that holds one value of its type parameter
     */
    public static ValueJson hiding(Class<?> holder, Function<Object, Object> reveal, Function<Object, Object> hide) {
        return new ValueJson(
                JsonMapper.builder()
                        .addModule(new JavaTimeModule().disable(JavaTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID))
                        .addModule(new Jdk8Module())
                        .addModule(new ValueForms())
                        .addModule(new HidingModule(holder, reveal, hide))
                        .annotationIntrospector(new All())
                        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                        .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                        .enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
                        .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                        .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                        .visibility(PropertyAccessor.GETTER, Visibility.NONE)
                        .visibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
                        .visibility(PropertyAccessor.SETTER, Visibility.NONE)
                        .visibility(PropertyAccessor.FIELD, Visibility.ANY)
                        .withConfigOverride(
                                // a JSON number would lose the scale on the way
                                BigDecimal.class,
                                it -> it.setFormat(JsonFormat.Value.forShape(JsonFormat.Shape.STRING)))
                        .build(),
                holder);
    }

    /** Nothing is left out, whatever a class says: what is missing when it is read is an error. */
    private static final class All extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1;

        @Override
        public JsonInclude.Value findPropertyInclusion(Annotated annotated) {
            return JsonInclude.Value.empty();
        }
    }

    /** Why values of this type cannot be written and read back equal; empty if they can. */
    public Optional<String> problem(Type type) {
        return problems.computeIfAbsent(type, types::problem);
    }

    /**
     * The value in the form that JSON has it: texts, numbers, booleans, null, lists and maps of them, and {@link Hidden}.
     *
     * @param type the declared type, under which it can be read back
     * @throws IllegalArgumentException if it holds something that has no JSON form
     */
    public @Nullable Object tree(Object value, Type type) {
        return tree(value, type, false);
    }

    /** The same, but for sets: equal sets have equal forms, in every JVM. */
    public @Nullable Object canonicalTree(Object value, Type type) {
        return tree(value, type, true);
    }

    private @Nullable Object tree(Object value, Type type, boolean canonical) {
        ObjectWriter writer = writers.computeIfAbsent(type, it -> mapper.writerFor(mapper.constructType(it)));
        try (TokenBuffer buffer = new TokenBuffer(null, false)) {
            (canonical ? writer.withAttribute(CANONICAL, true) : writer).writeValue(buffer, value);
            return tree(buffer);
        } catch (IOException e) {
            // the message of a mapper may quote the value, so it stays out
            throw new IllegalArgumentException("a value of " + value.getClass().getName() + " has no JSON form here ("
                    + e.getClass().getSimpleName() + ")");
        }
    }

    static @Nullable Object tree(TokenBuffer buffer) throws IOException {
        try (JsonParser parser = buffer.asParser()) {
            parser.nextToken();
            return tree(parser);
        }
    }

    private static @Nullable Object tree(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    map.put(name, tree(parser));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(tree(parser));
                }
                yield list;
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getNumberValue());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case VALUE_EMBEDDED_OBJECT ->
                parser.getEmbeddedObject() instanceof byte[] bytes
                        ? Base64.getEncoder().encodeToString(bytes)
                        : parser.getEmbeddedObject();
            default -> parser.getText();
        };
    }

    /** JSON has no number for what is not finite; a reader of numbers takes the text. */
    private static Object number(Number number) {
        boolean finite =
                (!(number instanceof Double) && !(number instanceof Float)) || Double.isFinite(number.doubleValue());
        return finite ? number : number.toString();
    }

    /**
     * The value of a declared type that {@link #tree(Object, Type)} gave this form.
     *
     * @param tree in which each {@link Hidden} was replaced by what it holds
     * @throws IllegalArgumentException if it cannot be read as that type
     */
    public Object value(@Nullable Object tree, Type type) {
        // as the element of a list, which has a place for a null that means something, such as an absent Optional
        ObjectReader reader = readers.computeIfAbsent(
                type,
                it -> mapper.readerFor(
                        mapper.getTypeFactory().constructCollectionType(ArrayList.class, mapper.constructType(it))));
        List<@Nullable Object> read;
        try (TokenBuffer buffer = new TokenBuffer(mapper, false)) {
            mapper.writeValue(buffer, Collections.singletonList(tree));
            read = reader.readValue(buffer.asParser());
        } catch (IOException e) {
            throw unreadable(type, e.getClass().getSimpleName());
        }
        Object value = read.get(0);
        if (value == null) {
            throw unreadable(type, "null");
        }
        return value;
    }

    private static IllegalArgumentException unreadable(Type type, String why) {
        return new IllegalArgumentException("it cannot be read as " + type.getTypeName() + " (" + why + ")");
    }
}
