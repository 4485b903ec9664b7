// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Which way the arrows point. A failing rule says which class to move, or which import to take out. */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .importUrl(Pipe.class.getProtectionDomain().getCodeSource().getLocation());

    private static String[] ours(String... names) {
        return Stream.of(names).map(name -> "io.hybridpipe." + name).toArray(String[]::new);
    }

    @Test
    void classesWereLoaded() {
        assertThat(MAIN.contain(Pipe.class)).isTrue();
        assertThat(MAIN.stream().map(JavaClass::getPackageName).distinct())
                .containsExactlyInAnyOrder(
                        "io.hybridpipe",
                        "io.hybridpipe.event",
                        "io.hybridpipe.journal",
                        "io.hybridpipe.json",
                        "io.hybridpipe.retry");
        assertThat(MAIN.contain(ArchitectureTest.class)).isFalse();
        assertThat(MAIN.size()).isGreaterThan(100);
    }

    @Test
    void thereAreNoCirclesBetweenPackages() {
        slices().matching("io.hybridpipe.(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void theGroundPackagesImportNothingOfTheFace() {
        noClasses()
                .that()
                .resideInAnyPackage(ours("retry", "event", "journal", "json"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.hybridpipe")
                .because("the ground knows names and types, not Key, Step or Pipe")
                .check(MAIN);
    }

    @Test
    void amongTheGroundPackagesJournalKnowsEventAndEventKnowsRetry() {
        onlyKnows("retry");
        onlyKnows("json");
        onlyKnows("event", "retry");
        onlyKnows("journal", "event", "retry", "json");
    }

    private static void onlyKnows(String one, String... others) {
        List<String> allowed = new ArrayList<>(List.of(ours(others)));
        allowed.add("io.hybridpipe." + one);
        classes()
                .that()
                .resideInAPackage("io.hybridpipe." + one)
                .should(onlyDependOnClassesThat(not(resideInAPackage("io.hybridpipe.."))
                        .or(resideInAnyPackage(allowed.toArray(String[]::new)))))
                .check(MAIN);
    }

    @Test
    void onlyJsonImportsJackson() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.hybridpipe.json")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml..")
                .because("json is the one place that knows the mapper: pass it a map of fields")
                .check(MAIN);
    }

    @Test
    void nothingBlocks() {
        noClasses()
                .should()
                .callMethodWhere(target(nameMatching("block|blockOptional|blockFirst|blockLast|toIterable|toStream"))
                        .and(target(owner(assignableTo(Mono.class).or(assignableTo(Flux.class))))))
                .because("the engine goes on when an answer comes; only callers may block")
                .check(MAIN);
    }

    @Test
    void theEngineIsHiddenSoNothingPublicShowsAClassThatIsNot() {
        Set<String> shown = new TreeSet<>();
        for (JavaClass face : MAIN) {
            if (isPublic(face)) {
                face.getMethods().stream()
                        .filter(it -> it.getModifiers().contains(JavaModifier.PUBLIC)
                                || it.getModifiers().contains(JavaModifier.PROTECTED))
                        .filter(it -> !it.getModifiers().contains(JavaModifier.SYNTHETIC))
                        .forEach(method -> method.getAllInvolvedRawTypes().stream()
                                .filter(type -> type.getPackageName().startsWith("io.hybridpipe") && !isPublic(type))
                                .forEach(type -> shown.add(method.getFullName() + " shows " + type.getName())));
            }
        }

        assertThat(shown).isEmpty();
        assertThat(MAIN.get(Execution.class).getModifiers()).doesNotContain(JavaModifier.PUBLIC);
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(ArchitectureTest::isPublic).orElse(true);
    }

    @Test
    void inTheRootPackageOnlyTheseCirclesOfClassesExist() {
        assertThat(circles())
                .containsExactlyInAnyOrder(
                        // a sealed type and its cases; a key is read from a state and knows how
                        "DerivedInput Input Key State",
                        // Step.reading(..) starts a LambdaStep, which makes a Step
                        "LambdaStep Step",
                        // a scrubbed cause has scrubbed causes
                        "ScrubbedException Secrets",
                        // a pipe holds elements and an element may hold a pipe; a run holds nodes and a node knows its
                        // run
                        "Attempts BodyNode Call Check ConditionNode Drawing Element Execution FanOutNode Fingerprint GroupNode Listening Lookup MembersNode"
                                + " NestedNode Node Outline Pipe Preflight Records Reporting Resumption RunMono ScopeNode Shutdown StepNode"
                                + " TakingBack Targets UndoPass Unit Values WrittenKeys");
    }

    /** The circles among the root package's files, each as the sorted names of its classes. */
    private static List<String> circles() {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass each : MAIN) {
            if (each.getPackageName().equals("io.hybridpipe")) {
                Set<String> used = uses.computeIfAbsent(file(each), name -> new TreeSet<>());
                each.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                        .filter(it -> it.getPackageName().equals("io.hybridpipe"))
                        .map(ArchitectureTest::file)
                        .filter(it -> !it.equals(file(each)))
                        .forEach(used::add);
            }
        }
        List<String> circles = new ArrayList<>();
        Set<String> seen = new TreeSet<>();
        for (String start : uses.keySet()) {
            Set<String> circle = new TreeSet<>(reached(start, uses));
            circle.removeIf(it -> !reached(it, uses).contains(start));
            if (circle.size() > 1 && seen.add(circle.toString())) {
                circles.add(String.join(" ", circle));
            }
        }
        return circles;
    }

    private static final Map<String, Set<String>> REACHED = new HashMap<>();

    private static Set<String> reached(String from, Map<String, Set<String>> uses) {
        return REACHED.computeIfAbsent(from, start -> {
            Set<String> all = new TreeSet<>();
            Deque<String> next = new ArrayDeque<>(List.of(start));
            while (!next.isEmpty()) {
                uses.getOrDefault(next.pop(), Set.of()).stream()
                        .filter(all::add)
                        .forEach(next::push);
            }
            return all;
        });
    }

    private static String file(JavaClass type) {
        JavaClass top = type;
        while (top.getEnclosingClass().isPresent()) {
            top = top.getEnclosingClass().get();
        }
        return top.getSimpleName();
    }
}
