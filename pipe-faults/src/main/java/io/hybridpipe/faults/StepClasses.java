// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import io.hybridpipe.Scope;
import io.hybridpipe.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The public steps and scopes of a module. */
final class StepClasses {
    private StepClasses() {}

    /**
     * Their simple names.
     *
     * @param one any class of the module's main code, which must lie in a folder
     */
    static Set<String> beside(Class<?> one) {
        Path root = root(one);
        try (Stream<Path> files = Files.walk(root)) {
            List<String> names = files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith(".class") && !name.contains("$"))
                    .filter(name -> !name.endsWith("-info.class"))
                    .map(name -> name.substring(0, name.length() - ".class".length())
                            .replace(root.getFileSystem().getSeparator(), "."))
                    .toList();
            return names.stream()
                    .map(name -> load(one, name))
                    .filter(type -> Modifier.isPublic(type.getModifiers()) && !type.isInterface())
                    .filter(type -> Step.class.isAssignableFrom(type) || Scope.class.isAssignableFrom(type))
                    .map(Class::getSimpleName)
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root(Class<?> one) {
        try {
            return Path.of(
                    one.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Class<?> load(Class<?> one, String name) {
        try {
            return Class.forName(name, false, one.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
