// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * One public method that answers with a Mono, and the way to it from the client, such as
 * {@code interfaces().addresses(id).create(settings)}.
 */
record ClientOperation(List<Method> way, Method method) {
    /** All of them, found by reflection. */
    static List<ClientOperation> all() {
        List<ClientOperation> all = new ArrayList<>();
        collect(Vns3Client.class, List.of(), all);
        all.sort(Comparator.comparing(ClientOperation::toString));
        return List.copyOf(all);
    }

    private static void collect(Class<?> type, List<Method> way, List<ClientOperation> all) {
        for (Method method : type.getDeclaredMethods()) {
            if (!Modifier.isPublic(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
                continue;
            }
            if (method.getReturnType() == Mono.class) {
                all.add(new ClientOperation(way, method));
            } else if (method.getReturnType().getSimpleName().endsWith("Api")) {
                collect(
                        method.getReturnType(),
                        Stream.concat(way.stream(), Stream.of(method)).toList(),
                        all);
            }
        }
    }

    /** What the Mono emits. */
    Type answer() {
        return ((ParameterizedType) method.getGenericReturnType()).getActualTypeArguments()[0];
    }

    /** Calls it with an argument for each parameter, those of the way too. */
    Mono<?> call(Vns3Client client, Function<? super Parameter, ?> arguments) {
        Object on = client;
        for (Method step : way) {
            on = invoke(on, step, arguments);
        }
        return (Mono<?>) invoke(on, method, arguments);
    }

    private static Object invoke(Object on, Method method, Function<? super Parameter, ?> arguments) {
        try {
            return method.invoke(
                    on, Arrays.stream(method.getParameters()).map(arguments).toArray());
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException runtime ? runtime : new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(method + " is not public", e);
        }
    }

    /** All parameters, those of the way first. */
    List<Parameter> parameters() {
        return Stream.concat(way.stream(), Stream.of(method))
                .flatMap(each -> Arrays.stream(each.getParameters()))
                .toList();
    }

    @Override
    public String toString() {
        return Stream.concat(way.stream(), Stream.of(method))
                .map(each -> each.getName()
                        + Arrays.stream(each.getParameters())
                                .map(Parameter::getName)
                                .collect(Collectors.joining(", ", "(", ")")))
                .collect(Collectors.joining("."));
    }
}
