// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.model;

import io.hybridpipe.Each;
import io.hybridpipe.Effect;
import io.hybridpipe.Element;
import io.hybridpipe.Group;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.StepOptions;
import io.hybridpipe.retry.Backoff;
import io.hybridpipe.retry.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/** Makes pipes of random shape, three levels deep: groups, scopes, held scopes, fan-outs, conditions, nested pipes. */
final class RandomPipes {
    private final Random random;
    private final ToyCloud cloud;
    private final ToyWork.Rules rules;
    private final boolean visibilityKept;
    private int names;
    private int rotations;

    RandomPipes(Random random, ToyCloud cloud, ToyWork.Rules rules, boolean visibilityKept) {
        this.random = random;
        this.cloud = cloud;
        this.rules = rules;
        this.visibilityKept = visibilityKept;
    }

    /** Where a body stands: how deep in elements and in path names, and which door its calls pass through. */
    private record Place(int depth, int segments, Function<String, Optional<String>> door) {
        Place in(int moreSegments) {
            return new Place(depth + 1, segments + moreSegments, door);
        }

        Place behind(Function<String, Optional<String>> another) {
            return new Place(depth, segments, another);
        }
    }

    Pipe pipe() {
        Pipe.Builder builder = Pipe.named("R").needs(ToyWork.CREDENTIAL);
        body(builder, new Place(0, 1, path -> Optional.empty()), Optional.empty());
        return builder.build();
    }

    /** Fills a body; the key that its last step wrote, if what follows may read it. */
    private Optional<Key<String>> body(Pipe.Builder into, Place place, Optional<Key<String>> before) {
        Optional<Key<String>> last = before;
        Place here = place;
        int count = 1 + random.nextInt(place.depth == 0 ? 5 : 3);
        for (int i = 0; i < count; i++) {
            String name = "e" + names++;
            Key<String> key = key(name);
            switch (place.depth >= 3 ? 0 : random.nextInt(14)) {
                case 5, 6 -> group(into, name, here, last);
                case 7, 8 -> {
                    Place inside = here.in(1).behind(firstSegments(here.segments + 1));
                    Optional<Key<String>> readable = random.nextBoolean() ? last : Optional.of(key);
                    into.during(name, scope(key, last, here), body -> {
                        body(body, inside, readable);
                        return body;
                    });
                }
                case 9 -> fanOut(into, name, here, last);
                case 10 -> {
                    boolean holds = random.nextInt(4) > 0;
                    Place inside = here.in(1);
                    Optional<Key<String>> readable = last;
                    into.when(name, Input.value(holds), "not this time", body -> {
                        body(body, inside, readable);
                        return body;
                    });
                }
                case 11 -> {
                    if (i < count - 1) {
                        into.holding(name, scope(key, last, here));
                        String door = "/" + name;
                        Function<String, Optional<String>> base = firstSegments(here.segments);
                        here = here.behind(path -> base.apply(path).map(it -> it + door));
                    } else {
                        last = step(into, name, key, here, last);
                    }
                }
                case 12 -> nested(into, name, here, last);
                case 13 -> {
                    if (place.depth == 0 && rotations++ < 2) {
                        into.step(name, new ToyWork.Rotation(cloud, key, options()));
                    } else {
                        last = step(into, name, key, here, last);
                    }
                }
                default -> last = step(into, name, key, here, last);
            }
        }
        return last;
    }

    private Optional<Key<String>> step(
            Pipe.Builder into, String name, Key<String> key, Place place, Optional<Key<String>> reads) {
        int dice = random.nextInt(20);
        Effect effect = dice < 2
                ? Effect.none()
                : dice < 3 && place.depth == 0 ? Effect.irreversible("toy") : Effect.undoable();
        int parts = effect == Effect.undoable() ? 1 + random.nextInt(2) : 1;
        into.step(name, new ToyWork(cloud, key, reads, parts, effect, place.door, false, options(), rules));
        return Optional.of(key);
    }

    private ToyWork scope(Key<String> key, Optional<Key<String>> reads, Place place) {
        return new ToyWork(
                cloud, key, reads, 1 + random.nextInt(2), Effect.undoable(), place.door, true, options(), rules);
    }

    private void group(Pipe.Builder into, String name, Place place, Optional<Key<String>> reads) {
        List<Element> members = new ArrayList<>();
        int width = 1 + random.nextInt(4);
        for (int i = 0; i < width; i++) {
            String member = "m" + names++;
            members.add(Element.sequence(member, body -> {
                body(body, place.in(2), reads);
                return body;
            }));
        }
        Group group = random.nextBoolean() ? Group.ofDefaults().atMost(2) : Group.ofDefaults();
        into.concurrently(
                name, random.nextInt(3) == 0 ? group.finishThenFail() : group, members.toArray(new Element[0]));
    }

    private void fanOut(Pipe.Builder into, String name, Place place, Optional<Key<String>> reads) {
        List<String> items = new ArrayList<>();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            items.add("x" + i);
        }
        Each<String> each = Each.of(Input.value(items), key("item-" + name), Function.<String>identity())
                .atMost(1 + random.nextInt(3));
        into.forEach(name, each, body -> {
            body(body, place.in(1), reads);
            return body;
        });
    }

    private void nested(Pipe.Builder into, String name, Place place, Optional<Key<String>> reads) {
        Pipe.Builder inner = Pipe.named("nested").needs(ToyWork.CREDENTIAL);
        Key<String> passed = key("passed-" + name);
        if (reads.isPresent()) {
            inner.needs(passed);
        }
        body(inner, place.in(1), reads.map(key -> passed));
        into.pipe(name, inner.build(), wiring -> reads.isPresent() ? wiring.in(passed, reads.get()) : wiring);
    }

    private static Key<String> key(String name) {
        return Key.of("k-" + name, String.class);
    }

    private static Function<String, Optional<String>> firstSegments(int count) {
        return path -> {
            int end = -1;
            for (int i = 0; i < count; i++) {
                end = path.indexOf('/', end + 1);
                if (end < 0) {
                    return Optional.of(path);
                }
            }
            return Optional.of(path.substring(0, end));
        };
    }

    private StepOptions options() {
        StepOptions options = StepOptions.ofDefaults()
                .withVisibility(visibilityKept ? Duration.ofMillis(60) : Duration.ZERO)
                .withRetry(RetryPolicy.ofAll(new Backoff(
                        Duration.ofMillis(5 + random.nextInt(20)),
                        Duration.ofMillis(40),
                        1 + random.nextInt(3),
                        Duration.ofHours(1))));
        if (random.nextBoolean()) {
            options = options.withAttemptTimeout(Duration.ofMillis(200));
        }
        return random.nextInt(3) == 0 ? options.withStepTimeout(Duration.ofMillis(1500)) : options;
    }
}
