// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.json;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import java.io.File;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tells by a type alone whether its values can be written and read back equal. */
final class ReadableTypes {
    /** What the JDK has with a form that comes back equal; of the rest of the JDK nothing is taken. */
    private static final Set<Class<?>> LEAVES = Set.of(
            String.class,
            Boolean.class,
            Character.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            BigDecimal.class,
            BigInteger.class,
            UUID.class,
            URI.class,
            URL.class,
            Path.class,
            File.class,
            InetAddress.class,
            Currency.class,
            Date.class,
            OptionalInt.class,
            OptionalLong.class,
            OptionalDouble.class,
            Instant.class,
            Duration.class,
            Period.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            OffsetTime.class,
            OffsetDateTime.class,
            ZonedDateTime.class,
            ZoneId.class,
            ZoneOffset.class,
            Year.class,
            YearMonth.class,
            MonthDay.class);

    /** Leaves whose text is no key of a JSON object for the mapper, or not one that comes back equal. */
    private static final Set<Class<?>> NO_MAP_KEYS = Set.of(
            Path.class,
            File.class,
            InetAddress.class,
            OptionalInt.class,
            OptionalLong.class,
            OptionalDouble.class,
            BigDecimal.class,
            Date.class);

    private final ObjectMapper mapper;
    private final Class<?> hidden;

    ReadableTypes(ObjectMapper mapper, Class<?> hidden) {
        this.mapper = mapper;
        this.hidden = hidden;
    }

    /** Why values of this type cannot be written and read back equal. */
    Optional<String> problem(Type type) {
        JavaType java = mapper.constructType(type);
        return Optional.ofNullable(new Walk().problem(java, ""));
    }

    /** One look at a type and all that is inside. */
    private final class Walk {
        private final Set<JavaType> seen = new HashSet<>();
        private final DeserializationConfig reading = mapper.getDeserializationConfig();
        private final DeserializationContext context =
                ((DefaultDeserializationContext) mapper.getDeserializationContext()).createDummyInstance(reading);

        @Nullable
        String problem(JavaType type, String where) {
            if (!seen.add(type)) {
                return null;
            }
            Class<?> raw = type.getRawClass();
            if (raw.isPrimitive() || raw.isEnum() || LEAVES.contains(raw)) {
                return null;
            }
            if (raw == hidden) {
                return problem(type.containedTypeOrUnknown(0), where);
            }
            if (type.isReferenceType() && raw == Optional.class) {
                JavaType content = type.getContentType();
                return content.hasRawClass(Optional.class)
                        ? at(where) + "an Optional in an Optional has no form of its own"
                        : problem(content, where);
            }
            if (type.isArrayType() || type.isCollectionLikeType() || type.isMapLikeType()) {
                return problemOfContainer(type, where);
            }
            if (raw == Object.class) {
                return at(where) + "values of no known type cannot be read back; name the type, with a TypeRef if it is"
                        + " generic";
            }
            if (isOfJdk(raw)) {
                return at(where) + raw.getName()
                        + " has no JSON form that can be read back; use a record or a text that"
                        + " says how to get it";
            }
            return problemOfClass(type, where);
        }

        private @Nullable String problemOfContainer(JavaType type, String where) {
            if (type.isMapLikeType()) {
                String problem = problemOfMapKey(type.getKeyType(), where);
                if (problem != null) {
                    return problem;
                }
            }
            if (!type.isArrayType() && (!isOfJdk(type.getRawClass()) || deserializer(type) == null)) {
                return at(where) + type.getRawClass().getName() + " cannot be filled when it is read; use "
                        + (type.isMapLikeType() ? Map.class : Collection.class).getName();
            }
            return problem(type.getContentType(), where + "[]");
        }

        private @Nullable String problemOfMapKey(JavaType key, String where) {
            Class<?> raw = key.getRawClass();
            boolean leaf = raw.isEnum() || LEAVES.contains(raw) && !NO_MAP_KEYS.contains(raw);
            if (leaf || !isOfJdk(raw) && raw != hidden && isReadableMapKey(key)) {
                return null;
            }
            return at(where) + raw.getName() + " cannot be the key of a map in JSON; use a text, or a list of records";
        }

        private boolean isReadableMapKey(JavaType key) {
            try {
                return writing(key).findJsonValueAccessor() != null && context.findKeyDeserializer(key, null) != null;
            } catch (JsonMappingException e) {
                return false;
            }
        }

        private @Nullable String problemOfClass(JavaType type, String where) {
            Class<?> raw = type.getRawClass();
            AnnotatedClass annotated = reading.introspectClassAnnotations(type).getClassInfo();
            JsonTypeInfo.@Nullable Value info =
                    reading.getAnnotationIntrospector().findPolymorphicTypeInfo(reading, annotated);
            if (info != null && info.getIdType() != JsonTypeInfo.Id.NONE) {
                return problemOfFamily(annotated, raw, info, where);
            }
            return problemOfOne(type, where);
        }

        private @Nullable String problemOfFamily(
                AnnotatedClass annotated, Class<?> root, JsonTypeInfo.Value info, String where) {
            Set<Class<?>> cases = new LinkedHashSet<>();
            for (NamedType each : mapper.getSubtypeResolver().collectAndResolveSubtypesByTypeId(reading, annotated)) {
                if (!isAbstract(each.getType())) {
                    cases.add(each.getType());
                }
            }
            boolean byClass =
                    info.getIdType() == JsonTypeInfo.Id.CLASS || info.getIdType() == JsonTypeInfo.Id.MINIMAL_CLASS;
            for (Class<?> permitted : permitted(root)) {
                if (!cases.contains(permitted) && !byClass) {
                    return at(where) + permitted.getName() + " is not among the @JsonSubTypes of " + root.getName();
                }
                cases.add(permitted);
            }
            if (cases.isEmpty() && !byClass) {
                return at(where) + root.getName() + " names none of its cases; it needs @JsonSubTypes";
            }
            for (Class<?> each : cases) {
                String problem = problemOfOne(mapper.constructType(each), where);
                if (problem != null) {
                    return problem;
                }
            }
            return null;
        }

        /** The concrete classes of a sealed type. */
        private Set<Class<?>> permitted(Class<?> root) {
            Set<Class<?>> all = new LinkedHashSet<>();
            Class<?>[] cases = root.getPermittedSubclasses();
            for (Class<?> each : cases == null ? new Class<?>[0] : cases) {
                if (!isAbstract(each)) {
                    all.add(each);
                }
                all.addAll(permitted(each));
            }
            return all;
        }

        private @Nullable String problemOfOne(JavaType type, String where) {
            Class<?> raw = type.getRawClass();
            AnnotatedMember whole = writing(type).findJsonValueAccessor();
            String inside = whole == null && raw.isRecord() ? problemOfComponents(type, where) : null;
            if (inside != null) {
                return inside;
            }
            JsonDeserializer<?> deserializer = deserializer(type);
            if (deserializer == null || deserializer instanceof AbstractDeserializer) {
                return at(where)
                        + raw.getName()
                        + (isAbstract(raw)
                                ? " does not say which class its values are of; it needs @JsonTypeInfo and @JsonSubTypes"
                                : " cannot be made when it is read; make it a record, or give it @JsonCreator and @JsonValue");
            }
            if (!(deserializer instanceof BeanDeserializerBase bean)) {
                // its author says how it is read
                return null;
            }
            ValueInstantiator maker = bean.getValueInstantiator();
            if (whole == null) {
                return problemOfProperties(type, bean, maker, where);
            }
            if (maker.canCreateUsingDelegate()) {
                return problem(maker.getDelegateType(reading), where);
            }
            return maker.canCreateFromString() || maker.canCreateFromInt() || maker.canCreateFromLong()
                    ? null
                    : at(where) + raw.getName() + " has a @JsonValue but no @JsonCreator that reads it";
        }

        /** First, since the mapper finds no reader for a record with such a component, and does not say which it is. */
        private @Nullable String problemOfComponents(JavaType type, String where) {
            for (RecordComponent each : type.getRawClass().getRecordComponents()) {
                JavaType component =
                        mapper.getTypeFactory().resolveMemberType(each.getGenericType(), type.getBindings());
                String problem = problem(component, inside(where, each.getName()));
                if (problem != null) {
                    return problem;
                }
            }
            return null;
        }

        private static String inside(String where, String name) {
            return where.isEmpty() ? name : where + "." + name;
        }

        private @Nullable String problemOfProperties(
                JavaType type, BeanDeserializerBase bean, ValueInstantiator maker, String where) {
            Class<?> raw = type.getRawClass();
            if (!maker.canCreateUsingDefault() && !maker.canCreateFromObjectWith()) {
                return at(where) + raw.getName()
                        + " cannot be made when it is read; make it a record, or give it @JsonCreator and @JsonValue";
            }
            Map<String, SettableBeanProperty> read = new HashMap<>();
            for (Iterator<SettableBeanProperty> all = bean.properties(); all.hasNext(); ) {
                SettableBeanProperty each = all.next();
                read.put(each.getName(), each);
            }
            boolean shown = raw.isRecord();
            for (BeanPropertyDefinition each : writing(type).findProperties()) {
                if (each.getAccessor() == null) {
                    continue;
                }
                shown = true;
                String inside = inside(where, each.getName());
                SettableBeanProperty counterpart = read.remove(each.getName());
                if (counterpart == null) {
                    return at(inside) + "it is written, but not read";
                }
                String problem = problem(counterpart.getType(), inside);
                if (problem != null) {
                    return problem;
                }
            }
            for (SettableBeanProperty each : read.values()) {
                if (each.getCreatorIndex() >= 0) {
                    return at(where) + raw.getName() + " is made from '" + each.getName() + "', which is not written";
                }
            }
            return shown ? null : at(where) + raw.getName() + " has nothing that JSON could show";
        }

        private BeanDescription writing(JavaType type) {
            return mapper.getSerializationConfig().introspect(type);
        }

        private @Nullable JsonDeserializer<?> deserializer(JavaType type) {
            try {
                return context.findNonContextualValueDeserializer(type);
            } catch (JsonMappingException e) {
                return null;
            }
        }
    }

    private static boolean isAbstract(Class<?> type) {
        return Modifier.isAbstract(type.getModifiers());
    }

    private static boolean isOfJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    private static String at(String where) {
        return where.isEmpty() ? "" : "at '" + where + "': ";
    }
}
