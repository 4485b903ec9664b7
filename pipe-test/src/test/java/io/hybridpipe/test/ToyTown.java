// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.event.Resource;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** A small stand-in: houses that are built under a token, and doors that others need open. */
final class ToyTown {
    /** What a planted bug does wrong. */
    enum Bug {
        IGNORES_THE_TOKEN,
        ALWAYS_SEES_NOTHING,
        SENDS_PAST_THE_ENGINE,
        FORGETS_TO_UNDO,
        NEVER_CLOSES
    }

    private record Thing(String name, String token) {}

    private final List<Thing> things = new ArrayList<>();
    private final Mono<Void> work;

    /** One that answers at once. */
    ToyTown() {
        work = Mono.empty();
    }

    /** One whose calls take effect after some time. */
    ToyTown(Duration takes, Scheduler scheduler) {
        work = Mono.delay(takes, scheduler).then();
    }

    synchronized List<String> inventory() {
        return things.stream().map(Thing::name).toList();
    }

    synchronized List<String> doors() {
        return inventory().stream().filter(it -> it.startsWith("open ")).toList();
    }

    private synchronized void add(String name, String token) {
        if (find(token).isEmpty()) {
            things.add(new Thing(name, token));
        }
    }

    /** What a cloud does that is given no token: it cannot know that it was asked before. */
    private synchronized void addAnother(String name) {
        things.add(new Thing(name, ""));
    }

    private synchronized Optional<Thing> find(String token) {
        return things.stream().filter(it -> it.token.equals(token)).findFirst();
    }

    private synchronized void remove(String token) {
        things.removeIf(it -> it.token.equals(token));
    }

    private synchronized void removeOne(String name) {
        things.stream().filter(it -> it.name.equals(name)).findFirst().ifPresent(things::remove);
    }

    private synchronized void needs(String door) {
        if (!inventory().contains(door)) {
            throw StepFailure.of(FailureClass.PERMANENT, "it is locked out: " + door + " is not open");
        }
    }

    House house(String name, Bug... bugs) {
        return new House(this, name, Optional.empty(), Set.of(bugs));
    }

    /** What is sold stays sold. */
    Step sale(String name) {
        return Step.reading()
                .reconcile((state, context) -> Mono.fromSupplier(
                        () -> find(context.token()).isEmpty() ? Found.absent() : Found.done(Outputs.none())))
                .as((state, context) -> context.mutate(Mono.fromRunnable(() -> add(name, context.token()))));
    }

    Door door(String name, Bug... bugs) {
        return new Door(this, name, Set.of(bugs));
    }

    /** Builds a house, behind an open door if one is named; writes the house's name. */
    record House(ToyTown town, String name, Optional<String> door, Set<Bug> bugs) implements Step {
        House behind(String openDoor) {
            return new House(town, name, Optional.of("open " + openDoor), bugs);
        }

        Key<String> key() {
            return Key.of(name, String.class);
        }

        @Override
        public Contract contract() {
            return Contract.of("House").writing(key());
        }

        private Mono<Void> call(StepContext context, Runnable effect) {
            Mono<Void> call = town.work.then(Mono.fromRunnable(() -> {
                door.ifPresent(town::needs);
                effect.run();
            }));
            return bugs.contains(Bug.SENDS_PAST_THE_ENGINE) ? call : context.mutate(call);
        }

        @Override
        public Mono<Outputs> run(State state, StepContext context) {
            return call(context, () -> {
                        if (bugs.contains(Bug.IGNORES_THE_TOKEN)) {
                            town.addAnother(name);
                        } else {
                            town.add(name, context.token());
                        }
                    })
                    .then(Mono.fromSupplier(() -> {
                        context.made(Resource.of("house", name, ""));
                        return Outputs.of(key(), name);
                    }));
        }

        @Override
        public Mono<Found> reconcile(State state, StepContext context) {
            return Mono.fromSupplier(() -> bugs.contains(Bug.ALWAYS_SEES_NOTHING)
                            || town.find(context.token()).isEmpty()
                    ? Found.absent()
                    : Found.done(Outputs.of(key(), name)));
        }

        @Override
        public Mono<Void> undo(State state, Found found, StepContext context) {
            return call(context, () -> {
                if (bugs.contains(Bug.IGNORES_THE_TOKEN)) {
                    town.removeOne(name);
                } else if (!bugs.contains(Bug.FORGETS_TO_UNDO)) {
                    town.remove(context.token());
                }
            });
        }
    }

    /** Opens a door and closes it. */
    record Door(ToyTown town, String name, Set<Bug> bugs) implements Scope {
        @Override
        public Contract contract() {
            return Contract.of("Door");
        }

        @Override
        public Mono<Outputs> open(State state, StepContext context) {
            return context.mutate(town.work.then(Mono.fromRunnable(() -> town.add("open " + name, context.token()))))
                    .then(Mono.empty());
        }

        @Override
        public Mono<Found> reconcile(State state, StepContext context) {
            return Mono.fromSupplier(
                    () -> town.find(context.token()).isEmpty() ? Found.absent() : Found.done(Outputs.none()));
        }

        @Override
        public Mono<Void> close(State state, Found found, StepContext context) {
            return context.mutate(town.work.then(Mono.fromRunnable(() -> {
                if (!bugs.contains(Bug.NEVER_CLOSES)) {
                    town.remove(context.token());
                }
            })));
        }
    }
}
