// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The table of all operations. */
final class Rows {
    private Rows() {}

    static List<Row> all() {
        return Stream.of(
                        ControllerRows.all(),
                        IpsecRows.all(),
                        FirewallRows.all(),
                        InterfaceRows.all(),
                        ClientRows.all())
                .flatMap(rows -> rows)
                .toList();
    }

    /** The method of the client that a row is about. */
    static ClientOperation operation(Row row) {
        return ClientOperation.all().stream()
                .filter(operation -> isMeant(operation, row))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the client has no " + row));
    }

    private static boolean isMeant(ClientOperation operation, Row row) {
        String names = String.join(
                ".",
                Stream.concat(
                                operation.way().stream().map(way -> way.getName() + "()"),
                                Stream.of(operation.method().getName()))
                        .toList());
        return names.equals(row.call().replaceAll("\\([0-9]+\\)", "()")) && fits(operation.method(), row.arguments());
    }

    private static boolean fits(Method method, List<Object> arguments) {
        Parameter[] parameters = method.getParameters();
        if (parameters.length != arguments.size()) {
            return false;
        }
        for (int i = 0; i < parameters.length; i++) {
            Class<?> wanted = parameters[i].getType();
            Object given = arguments.get(i);
            // an id that the past gave is a text until it is known
            if (!(wanted == int.class && (given instanceof Integer || given.equals("$id")))
                    && !(wanted == boolean.class && given instanceof Boolean)
                    && !wanted.isInstance(given)) {
                return false;
            }
        }
        return true;
    }

    /** The numbers on a row's way, such as the endpoint in {@code trafficPairs(1)}. */
    static List<Object> onTheWay(Row row) {
        List<Object> numbers = new ArrayList<>();
        for (String part : row.call().split("\\.")) {
            Optional.of(part.replaceAll("\\D", ""))
                    .filter(digits -> part.endsWith(digits + ")") && !digits.isEmpty())
                    .ifPresent(digits -> numbers.add(Integer.valueOf(digits)));
        }
        return numbers;
    }
}
