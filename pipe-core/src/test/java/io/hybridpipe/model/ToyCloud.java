// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.model;

import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * A cloud in memory whose calls take time, get lost, come late, are throttled or hang, and whose new things are seen late.
 *
 * <p>Effects are not stopped by a cancel. It notes in {@link #faultsOfTheEngine} what no engine may let happen.
 */
final class ToyCloud {
    static final int CANCEL_GRACE = 100;
    static final int VISIBLE_AFTER = 40;

    enum Call {
        CREATE,
        DELETE,
        LOOK
    }

    /** What goes wrong with a call; the last part of the name says whether the effect takes place. */
    enum Fault {
        NONE(true),
        LATE(true),
        TRANSIENT(false),
        THROTTLED(false),
        PERMANENT_BEFORE(false),
        PERMANENT_AFTER(true),
        LOST_BEFORE(false),
        LOST_AFTER(true),
        HANG_BEFORE(false),
        HANG_AFTER(true);

        final boolean takesEffect;

        Fault(boolean takesEffect) {
            this.takesEffect = takesEffect;
        }
    }

    record Thing(String path, String part, String token, String id, long visibleAt, Set<String> needs, boolean[] gone) {
        boolean alive() {
            return !gone[0];
        }
    }

    final List<String> faultsOfTheEngine = new ArrayList<>();
    final List<Thing> things = new ArrayList<>();
    final Map<String, Integer> seen = new TreeMap<>();

    /** How many calls go wrong, from 0 to 1. */
    double faultRate;

    /** Whether deletes and looks may fail for good too. */
    boolean hard;

    /** Whether a call with the token of an earlier one answers with what that one made. */
    final boolean dedupes;

    /** Whether the run is taking things back: then only passing faults happen, unless {@link #hard}. */
    boolean undoing;

    private final VirtualScheduler time;
    private final Random random;
    private final Map<String, Integer> inARow = new HashMap<>();
    private final Map<String, List<long[]>> inFlight = new HashMap<>();
    private String credential = "first";

    ToyCloud(VirtualScheduler time, Random random, boolean dedupes) {
        this.time = time;
        this.random = random;
        this.dedupes = dedupes;
    }

    Set<String> alive() {
        Set<String> alive = new TreeSet<>();
        things.stream().filter(Thing::alive).forEach(thing -> alive.add(thing.path));
        return alive;
    }

    /** No attempt, look or undo of a step may begin while a call of the attempt before may still act. */
    void begins(String path, String what) {
        for (long[] call : inFlight.getOrDefault(path, List.of())) {
            if (call[1] == Long.MAX_VALUE && time.now() < call[0] + CANCEL_GRACE) {
                faultsOfTheEngine.add(
                        "overlap: " + what + " of " + path + " at " + time.now() + " beside a call of " + call[0]);
            }
        }
    }

    Mono<String> create(String path, String part, String token, Optional<String> door, Set<String> needs, String with) {
        return call(path, Call.CREATE, () -> {
            authorised(with);
            open(path, door);
            if (dedupes) {
                for (Thing thing : things) {
                    if (thing.token.equals(token) && thing.part.equals(part)) {
                        if (!thing.alive()) {
                            faultsOfTheEngine.add("the deleted thing of an old token answered: " + token);
                        }
                        return thing.id;
                    }
                }
            }
            for (String need : needs) {
                if (things.stream().noneMatch(thing -> thing.alive() && thing.id.equals(need))) {
                    throw StepFailure.permanent(path + " needs " + need + ", which is gone");
                }
            }
            if (things.stream().anyMatch(it -> it.alive() && it.path.equals(path) && it.part.equals(part))) {
                faultsOfTheEngine.add("duplicate " + path + " " + part);
            }
            Thing made = new Thing(
                    path,
                    part,
                    token,
                    "i" + things.size(),
                    time.now() + random.nextInt(VISIBLE_AFTER),
                    needs,
                    new boolean[1]);
            things.add(made);
            return made.id;
        });
    }

    Mono<Boolean> delete(String path, String token, Optional<String> door, String with) {
        return call(path, Call.DELETE, () -> {
            List<Thing> mine = of(token);
            if (mine.isEmpty()) {
                return true;
            }
            authorised(with);
            open(path, door);
            for (Thing thing : mine) {
                for (Thing other : things) {
                    if (other.alive() && other.needs.contains(thing.id)) {
                        throw StepFailure.permanent(other.path + " still needs " + path);
                    }
                }
            }
            mine.forEach(thing -> thing.gone[0] = true);
            return true;
        });
    }

    Mono<Set<String>> look(String path, String token, String with) {
        return call(path, Call.LOOK, () -> {
            authorised(with);
            Set<String> parts = new TreeSet<>();
            of(token).stream()
                    .filter(thing -> thing.visibleAt <= time.now())
                    .forEach(thing -> parts.add(thing.part + "=" + thing.id));
            return parts;
        });
    }

    /** Changes the credential that all other calls need; the thing it makes remembers the one before. */
    Mono<String> rotate(String path, String token) {
        return call(path, Call.CREATE, () -> {
            Optional<Thing> already = of(token).stream().findFirst();
            if (already.isPresent()) {
                return already.get().part;
            }
            String before = credential;
            things.add(new Thing(path, before, token, "i" + things.size(), time.now(), Set.of(), new boolean[1]));
            credential = "rotated " + token;
            return before;
        });
    }

    Mono<Boolean> rotateBack(String path, String token) {
        return call(path, Call.DELETE, () -> {
            of(token).forEach(thing -> {
                credential = thing.part;
                thing.gone[0] = true;
            });
            return true;
        });
    }

    Mono<Optional<String>> lookForRotation(String path, String token) {
        return call(path, Call.LOOK, () -> of(token).stream().map(Thing::part).findFirst());
    }

    static String rotated(String token) {
        return "rotated " + token;
    }

    private List<Thing> of(String token) {
        return things.stream()
                .filter(thing -> thing.alive() && thing.token.equals(token))
                .toList();
    }

    private void authorised(String with) {
        if (!with.equals(credential)) {
            throw StepFailure.permanent("the credential '" + with + "' is not '" + credential + "'");
        }
    }

    private void open(String path, Optional<String> door) {
        if (door.isPresent() && things.stream().noneMatch(thing -> thing.alive() && thing.path.equals(door.get()))) {
            throw StepFailure.permanent("the door " + door.get() + " is closed for " + path);
        }
    }

    private <T> Mono<T> call(String path, Call kind, Supplier<T> effect) {
        return Mono.create(sink -> {
            long[] flight = {time.now(), Long.MAX_VALUE};
            if (kind != Call.LOOK) {
                inFlight.computeIfAbsent(path, key -> new ArrayList<>()).add(flight);
            }
            Fault fault = fault(path, kind);
            seen.merge(kind + " " + fault, 1, Integer::sum);
            long latency = fault == Fault.NONE && random.nextInt(3) == 0
                    ? 0
                    : 1 + random.nextInt(fault == Fault.LATE ? 60 : 20);
            long answerLatency = random.nextInt(3) == 0 ? 0 : random.nextInt(10);
            later(latency, () -> {
                T value = null;
                Throwable failure = null;
                if (fault.takesEffect) {
                    try {
                        value = effect.get();
                    } catch (StepFailure e) {
                        failure = e;
                    }
                }
                T answer = value;
                Throwable refusal = failure;
                later(answerLatency, () -> {
                    if (fault == Fault.HANG_BEFORE || fault == Fault.HANG_AFTER) {
                        return;
                    }
                    flight[1] = time.now();
                    Throwable error = error(fault);
                    if (error != null) {
                        sink.error(error);
                    } else if (refusal != null) {
                        sink.error(refusal);
                    } else {
                        sink.success(answer);
                    }
                });
            });
        });
    }

    private void later(long millis, Runnable task) {
        if (millis == 0) {
            task.run();
        } else {
            time.after(millis, task);
        }
    }

    private static Throwable error(Fault fault) {
        return switch (fault) {
            case TRANSIENT -> StepFailure.of(FailureClass.TRANSIENT, "try again");
            case THROTTLED -> StepFailure.throttled(java.time.Duration.ofMillis(7), "slow down", null);
            case PERMANENT_BEFORE, PERMANENT_AFTER -> StepFailure.permanent("no");
            case LOST_BEFORE, LOST_AFTER -> StepFailure.unknownOutcome("the answer is lost");
            default -> null;
        };
    }

    private Fault fault(String path, Call kind) {
        Fault fault = random.nextDouble() < faultRate ? pick(kind) : Fault.NONE;
        boolean forward = kind == Call.CREATE && !undoing;
        if (hard || forward) {
            return fault;
        }
        if (kind == Call.CREATE
                && (fault.name().startsWith("PERMANENT") || fault.name().startsWith("HANG"))) {
            fault = Fault.LOST_AFTER;
        }
        // passing faults pass: never more than two in a row
        String key = kind + path;
        if (fault != Fault.NONE && fault != Fault.LATE && inARow.merge(key, 1, Integer::sum) > 2) {
            fault = Fault.NONE;
        }
        if (fault == Fault.NONE) {
            inARow.remove(key);
        }
        return fault;
    }

    private Fault pick(Call kind) {
        Fault[] all = Fault.values();
        Fault picked = all[1 + random.nextInt(all.length - 1)];
        if (kind == Call.CREATE || (hard && kind == Call.DELETE)) {
            return picked;
        }
        return switch (kind) {
            case DELETE ->
                picked == Fault.LATE ? Fault.LATE : picked.ordinal() % 2 == 0 ? Fault.TRANSIENT : Fault.THROTTLED;
            default ->
                hard && picked == Fault.HANG_BEFORE
                        ? Fault.HANG_BEFORE
                        : picked.ordinal() % 2 == 0 ? Fault.TRANSIENT : Fault.THROTTLED;
        };
    }
}
