// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.Deserializers;
import com.fasterxml.jackson.databind.ser.Serializers;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import io.hybridpipe.json.ValueJson.Hidden;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts {@link Hidden} in place of values of one class; what they hold is written under its declared type all the same. */
final class HidingModule extends Module {
    private final Class<?> holder;
    private final Function<Object, Object> reveal;
    private final Function<Object, Object> hide;

    HidingModule(Class<?> holder, Function<Object, Object> reveal, Function<Object, Object> hide) {
        this.holder = holder;
        this.reveal = reveal;
        this.hide = hide;
    }

    @Override
    public String getModuleName() {
        return "hiding " + holder.getName();
    }

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    @Override
    public void setupModule(SetupContext context) {
        context.addSerializers(new Serializers.Base() {
            @Override
            public @Nullable JsonSerializer<?> findSerializer(
                    SerializationConfig config, JavaType type, BeanDescription description) {
                return type.hasRawClass(holder) ? new Hiding(type.containedTypeOrUnknown(0)) : null;
            }
        });
        context.addDeserializers(new Deserializers.Base() {
            @Override
            public @Nullable JsonDeserializer<?> findBeanDeserializer(
                    JavaType type, DeserializationConfig config, BeanDescription description) {
                return type.hasRawClass(holder) ? new Showing(type.containedTypeOrUnknown(0)) : null;
            }
        });
    }

    private final class Hiding extends JsonSerializer<Object> {
        private final JavaType content;

        Hiding(JavaType content) {
            this.content = content;
        }

        @Override
        public void serialize(Object value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            try (TokenBuffer inside = new TokenBuffer(null, false)) {
                provider.findTypedValueSerializer(content, true, null).serialize(reveal.apply(value), inside, provider);
                generator.writeEmbeddedObject(new Hidden(ValueJson.tree(inside)));
            }
        }
    }

    private final class Showing extends JsonDeserializer<Object> {
        private final JavaType content;

        Showing(JavaType content) {
            this.content = content;
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return hide.apply(context.findRootValueDeserializer(content).deserialize(parser, context));
        }

        @Override
        public @Nullable Object getNullValue(DeserializationContext context) throws JsonMappingException {
            // an absent Optional is a null in JSON
            Object value = context.findRootValueDeserializer(content).getNullValue(context);
            return value == null ? null : hide.apply(value);
        }
    }
}
