// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/** A pipe of random shape that a run has passed up to some point, and that is then edited. */
final class EditedPipe {
    private EditedPipe() {}

    enum Kind {
        /** Elements one after the other: the pipe itself, or a member of a group. */
        SEQUENCE,
        STEP,
        GROUP,
        SCOPE,
        HELD,
        FAN_OUT,
        CONDITION
    }

    /** How far the run came: what is finished may not change at all, a frontier only behind the point reached inside. */
    private enum Mark {
        UNREACHED,
        FRONTIER,
        FINISHED
    }

    /** An edit that can be made, and whether the run has passed its place. */
    record Edit(String text, boolean harmful, Runnable make) {}

    static Part random(Random random) {
        Part root = new Part(Kind.SEQUENCE, "p", new AtomicInteger());
        fill(root, random, 0);
        return root;
    }

    private static void fill(Part body, Random random, int depth) {
        int count = 1 + random.nextInt(depth == 0 ? 5 : 3);
        for (int i = 0; i < count; i++) {
            Kind kind = depth == 3 || random.nextInt(3) == 0 ? Kind.STEP : Kind.values()[1 + random.nextInt(6)];
            Part next = body.fresh(kind);
            body.inner.add(next);
            if (kind == Kind.GROUP) {
                for (int m = random.nextInt(4); m > 0; m--) {
                    Part member = body.fresh(Kind.SEQUENCE);
                    next.inner.add(member);
                    fill(member, random, depth + 1);
                }
            } else if (kind != Kind.STEP) {
                fill(next, random, depth + 1);
            }
            if (kind == Kind.HELD) {
                return;
            }
        }
        if (body.inner.stream().noneMatch(Part::leavesRecords)) {
            body.inner.add(body.fresh(Kind.STEP));
        }
    }

    /** One element, which can be changed. */
    static final class Part {
        private final Kind kind;
        private final AtomicInteger names;
        private final List<Part> inner = new ArrayList<>();
        private String name;
        private int version = 1;
        private Mark mark = Mark.UNREACHED;

        /** @param names counts the names that the pipe has had */
        private Part(Kind kind, String name, AtomicInteger names) {
            this.kind = kind;
            this.name = name;
            this.names = names;
        }

        private Part fresh(Kind kind) {
            return new Part(kind, freshName(), names);
        }

        private String freshName() {
            return "e" + names.getAndIncrement();
        }

        // ---- as a pipe

        Pipe pipe() {
            return into(Pipe.named(name)).build();
        }

        private Pipe.Builder into(Pipe.Builder body) {
            inner.forEach(each -> each.addTo(body));
            return body;
        }

        private void addTo(Pipe.Builder body) {
            switch (kind) {
                case STEP -> body.step(name, step());
                case GROUP ->
                    body.concurrently(
                            name,
                            inner.stream()
                                    .map(member -> Element.sequence(member.name, member::into))
                                    .toArray(Element[]::new));
                case SCOPE -> body.during(name, new Opening(version), this::into);
                case HELD -> into(body.holding(name, new Opening(version)));
                case FAN_OUT ->
                    body.forEach(
                            name,
                            Each.of(
                                    Input.value(List.of("x")),
                                    Key.of(name, String.class),
                                    UnaryOperator.<String>identity()),
                            this::into);
                case CONDITION -> body.when(name, Input.value(true), "", this::into);
                case SEQUENCE -> throw new IllegalStateException("only a member of a group is one");
            }
        }

        private Step step() {
            return Step.reading().withoutEffect().version(version).as((state, context) -> Mono.empty());
        }

        private record Opening(int version) implements Scope {
            @Override
            public Contract contract() {
                return Contract.of("Opening").withVersion(version);
            }

            @Override
            public Mono<Outputs> open(State state, StepContext context) {
                return Mono.empty();
            }

            @Override
            public Mono<Void> close(State state, Found found, StepContext context) {
                return Mono.empty();
            }
        }

        // ---- a run that stops somewhere

        private boolean leavesRecords() {
            return kind != Kind.GROUP || !inner.isEmpty();
        }

        /** Marks how far a run came, and tells the paths that it wrote something about. */
        void stopSomewhere(Random random, Consumer<String> writes) {
            mark = Mark.FRONTIER;
            advance(random, name, writes);
        }

        private void advance(Random random, String base, Consumer<String> writes) {
            int last = random.nextInt(inner.size());
            while (!inner.get(last).leavesRecords()) {
                last = random.nextInt(inner.size());
            }
            for (Part each : inner.subList(0, last)) {
                each.finish(random, base, true, writes);
            }
            inner.get(last).stop(random, base, writes);
        }

        private void stop(Random random, String base, Consumer<String> writes) {
            mark = Mark.FRONTIER;
            String path = base + "/" + name;
            boolean writesItself = kind == Kind.STEP || kind == Kind.SCOPE || kind == Kind.HELD || kind == Kind.FAN_OUT;
            if (writesItself) {
                writes.accept(path);
            }
            if (kind == Kind.GROUP) {
                List<Part> members = new ArrayList<>(inner);
                Collections.shuffle(members, random);
                members.subList(0, 1 + random.nextInt(members.size())).forEach(it -> it.stop(random, path, writes));
            } else if (kind != Kind.STEP && (!writesItself || random.nextInt(4) > 0)) {
                advance(random, kind == Kind.HELD ? base : path, writes);
            }
        }

        private void finish(Random random, String base, boolean visible, Consumer<String> writes) {
            mark = Mark.FINISHED;
            String path = base + "/" + name;
            if (visible && kind != Kind.GROUP && kind != Kind.CONDITION && kind != Kind.SEQUENCE) {
                writes.accept(path);
            }
            // a condition that did not hold and a fan-out without items leave no record inside
            boolean inside = visible && (kind != Kind.CONDITION && kind != Kind.FAN_OUT || random.nextBoolean());
            inner.forEach(each -> each.finish(random, kind == Kind.HELD ? base : path, inside, writes));
        }

        private boolean isReached() {
            return mark != Mark.UNREACHED;
        }

        @Override
        public String toString() {
            return kind + " " + name;
        }
    }

    // ---- edits

    static Edit edit(Part root, Random random) {
        List<Part> bodies = new ArrayList<>();
        collectBodies(root, bodies);
        Part body = bodies.get(random.nextInt(bodies.size()));
        int place = random.nextInt(body.inner.size() + 1);
        if (place == body.inner.size() || random.nextInt(4) == 0) {
            return insert(body, place);
        }
        Part part = body.inner.get(place);
        boolean hasVersion = part.kind == Kind.STEP || part.kind == Kind.SCOPE || part.kind == Kind.HELD;
        return switch (random.nextInt(5)) {
            case 0 -> new Edit("remove " + part, part.isReached(), () -> body.inner.remove(part));
            case 1 -> new Edit("rename " + part, part.isReached(), () -> part.name = part.freshName());
            case 2 -> swap(body, place);
            case 3 -> replace(body, place);
            default ->
                hasVersion
                        ? new Edit("another version of " + part, part.isReached(), () -> part.version++)
                        : insert(body, place);
        };
    }

    private static void collectBodies(Part part, List<Part> into) {
        if (part.kind != Kind.STEP) {
            into.add(part);
            part.inner.forEach(each -> collectBodies(each, into));
        }
    }

    /** What follows a held scope stands inside it, so there is no place behind it. */
    private static Edit insert(Part body, int place) {
        int last = body.inner.size() - 1;
        int before = last >= 0 && body.inner.get(last).kind == Kind.HELD ? Math.min(place, last) : place;
        Part added = body.fresh(body.kind == Kind.GROUP ? Kind.SEQUENCE : Kind.STEP);
        boolean harmful = body.mark == Mark.FINISHED
                || body.kind != Kind.GROUP
                        && body.inner.subList(before, last + 1).stream().anyMatch(Part::isReached);
        return new Edit(
                "insert " + added + " at " + before + " of " + body, harmful, () -> body.inner.add(before, added));
    }

    private static Edit swap(Part body, int place) {
        if (place + 1 >= body.inner.size() || body.inner.get(place + 1).kind == Kind.HELD) {
            return insert(body, place);
        }
        boolean harmful = body.mark == Mark.FINISHED
                || body.kind != Kind.GROUP && body.inner.get(place).isReached();
        return new Edit(
                "swap " + body.inner.get(place) + " and the next",
                harmful,
                () -> Collections.swap(body.inner, place, place + 1));
    }

    private static Edit replace(Part body, int place) {
        Part old = body.inner.get(place);
        if (old.kind == Kind.SEQUENCE) {
            return insert(body, place);
        }
        Part other = new Part(old.kind == Kind.GROUP ? Kind.STEP : Kind.GROUP, old.name, old.names);
        return new Edit("another kind of " + old, old.isReached(), () -> body.inner.set(place, other));
    }
}
