// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Arguments for any operation of the client; what is asked for is made by its own factories and copies. */
final class RandomArguments {
    static final String CANARY = "secret-canary";

    private final Random random;

    RandomArguments(Random random) {
        this.random = random;
    }

    Object of(Parameter parameter) {
        return of(parameter.getParameterizedType(), parameter.getName());
    }

    private Object of(Type type, String name) {
        if (type instanceof ParameterizedType generic) {
            Type inner = generic.getActualTypeArguments()[0];
            if (generic.getRawType() == Optional.class) {
                return random.nextBoolean() ? Optional.of(of(inner, name)) : Optional.empty();
            }
            if (generic.getRawType() == List.class) {
                return Stream.generate(() -> of(inner, name))
                        .limit(random.nextInt(4))
                        .toList();
            }
            if (generic.getRawType() == Secret.class) {
                return Secret.of(CANARY + "-" + text());
            }
        }
        Class<?> plain = (Class<?>) type;
        if (plain == int.class || plain == Integer.class) {
            return name.toLowerCase(Locale.ROOT).endsWith("version") ? 1 + random.nextInt(2) : random.nextInt(70_000);
        }
        if (plain == long.class || plain == Long.class) {
            return (long) random.nextInt(70_000);
        }
        if (plain == boolean.class || plain == Boolean.class) {
            return random.nextBoolean();
        }
        if (plain == String.class) {
            return text();
        }
        if (plain == Duration.class) {
            return Duration.ofSeconds(60 + random.nextInt(100_000));
        }
        if (plain == Ip.class) {
            return random.nextInt(4) > 0
                    ? Ip.of("10." + random.nextInt(256) + ".0." + random.nextInt(256))
                    : Ip.of("2001:db8::" + (1 + random.nextInt(9)));
        }
        if (plain == Cidr.class) {
            return Cidr.of("10." + random.nextInt(256) + ".0.0/16");
        }
        if (plain.isEnum()) {
            return plain.getEnumConstants()[random.nextInt(plain.getEnumConstants().length)];
        }
        return made(plain);
    }

    /** Letters that a path, a query and JSON must treat differently. */
    private String text() {
        String letters = "abcXYZ019-_./ ?&#%+äß€\"'\\\n{}";
        return random.ints(1 + random.nextInt(8), 0, letters.length())
                .mapToObj(i -> letters.substring(i, i + 1))
                .reduce("t" + random.nextInt(100), String::concat);
    }

    /** A value by one of its factories, with some of its copies' changes; what it refuses is tried again. */
    private Object made(Class<?> type) {
        List<Method> methods = Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && method.getReturnType() == type)
                // reflection has no order of its own
                .sorted(Comparator.comparing(Method::toString))
                .toList();
        List<Method> factories = methods.stream()
                .filter(method -> Modifier.isStatic(method.getModifiers()))
                .toList();
        List<Method> copies = new ArrayList<>(methods);
        copies.removeAll(factories);
        for (int attempt = 0; attempt < 1_000; attempt++) {
            Optional<Object> value = call(null, factories.get(random.nextInt(factories.size())));
            for (Method copy : copies) {
                value = random.nextBoolean() ? value.flatMap(each -> call(each, copy)) : value;
            }
            if (value.isPresent()) {
                return value.get();
            }
        }
        throw new AssertionError(type + " refuses whatever it is given");
    }

    private Optional<Object> call(@Nullable Object on, Method method) {
        try {
            return Optional.of(method.invoke(
                    on, Arrays.stream(method.getParameters()).map(this::of).toArray()));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException) {
                return Optional.empty();
            }
            throw new AssertionError(method + " failed", e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
