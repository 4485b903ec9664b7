// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import io.hybridpipe.StepContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/** Changes of one parent, one after the other in the order in which they came; those of different parents at once. Thread-safe. */
final class Turns {
    /** Who has the turn for a parent, first, and who waits for it. */
    private final Map<String, Deque<Turn>> queues = new HashMap<>();

    /** The change in its turn; what holds the turn for this parent already, further out in the same chain, goes on with it. */
    <T> Mono<T> of(StepContext context, String parent, Mono<T> change) {
        String name = parent.toLowerCase(Locale.ROOT);
        return Mono.deferContextual(view -> {
            Set<String> held = view.<Set<String>>getOrEmpty(this).orElse(Set.of());
            if (held.contains(name)) {
                return change;
            }
            Set<String> more = Stream.concat(held.stream(), Stream.of(name)).collect(Collectors.toUnmodifiableSet());
            Turn turn = new Turn(name);
            return context.waiting("a turn to change " + parent, Mono.<Void>create(turn::join))
                    .then(change.contextWrite(outer -> outer.put(this, more)))
                    .doFinally(ended -> turn.leave());
        });
    }

    private final class Turn {
        private final String parent;
        private @Nullable MonoSink<Void> sink;
        private boolean left;

        Turn(String parent) {
            this.parent = parent;
        }

        void join(MonoSink<Void> waiting) {
            synchronized (queues) {
                if (left) {
                    // a cancel was faster, and will not come a second time
                    return;
                }
                Deque<Turn> queue = queues.computeIfAbsent(parent, first -> new ArrayDeque<>());
                sink = waiting;
                queue.add(this);
                if (queue.peek() != this) {
                    return;
                }
            }
            waiting.success();
        }

        /** Gives up the turn or the place in the queue, whichever it has by now; a second time does nothing. */
        void leave() {
            MonoSink<Void> next = null;
            synchronized (queues) {
                left = true;
                Deque<Turn> queue = queues.get(parent);
                if (queue == null) {
                    return;
                }
                boolean had = queue.peek() == this;
                queue.remove(this);
                if (queue.isEmpty()) {
                    queues.remove(parent);
                } else if (had) {
                    next = queue.element().sink;
                }
            }
            if (next != null) {
                // whoever leaves does not do the work of the next one
                Schedulers.parallel().schedule(next::success);
            }
        }
    }
}
