// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalException.Reason;
import io.hybridpipe.journal.JournalRecord.Kind;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Keeps logs in memory: for tests, in which {@link #ownersDie} stands for the end of the process. Thread-safe.
 *
 * <p>Everything happens at once on the caller's thread; leases do not expire.
 */
public final class MemoryJournal implements Journal {
    private final Clock clock;
    private final Map<RunId, Log> logs = new LinkedHashMap<>();
    private final Map<String, Log> holders = new HashMap<>();
    private long fences;

    private MemoryJournal(Clock clock) {
        this.clock = clock;
    }

    /** An empty journal on the system's clock. */
    public static MemoryJournal empty() {
        return new MemoryJournal(Clock.systemUTC());
    }

    /** An empty journal on this clock. */
    public static MemoryJournal on(Clock clock) {
        return new MemoryJournal(clock);
    }

    /** Makes all who hold a log count as dead, as if their process had ended; they can write no more. */
    public synchronized void ownersDie() {
        holders.values().forEach(log -> log.dead = true);
    }

    /** A copy of what was written of a run so far, in order; empty if there is no log. */
    public synchronized List<JournalRecord> records(RunId run) {
        Log log = logs.get(run);
        return log == null ? List.of() : List.copyOf(log.records);
    }

    @Override
    public Mono<RunLog> create(RunId run, String target) {
        return Mono.fromCallable(() -> {
            synchronized (this) {
                if (logs.containsKey(run)) {
                    throw JournalException.of(Reason.EXISTS, "there is a log of run " + run + " already");
                }
                return hold(run, target, new ArrayList<>());
            }
        });
    }

    @Override
    public Mono<RunLog> takeUp(RunId run) {
        return Mono.fromCallable(() -> {
            synchronized (this) {
                Log before = known(run);
                return hold(run, before.target, before.records);
            }
        });
    }

    private RunLog hold(RunId run, String target, List<JournalRecord> records) {
        Log holder = holders.get(target);
        if (holder != null && !holder.dead) {
            throw JournalException.held(target, holder.owner);
        }
        Instant now = clock.instant();
        Owner owner = new Owner(run, "memory", ProcessHandle.current().pid(), now, Instant.MAX, ++fences);
        Log log = new Log(target, owner, records, holder == null ? null : holder.owner);
        logs.put(run, log);
        holders.put(target, log);
        records.add(new JournalRecord(
                Kind.HELD,
                now,
                Path.of(""),
                0,
                0,
                Map.of("target", target, "host", owner.host(), "process", owner.process(), "fence", owner.fence())));
        return log;
    }

    private Log known(RunId run) {
        Log log = logs.get(run);
        if (log == null) {
            throw JournalException.of(Reason.UNKNOWN_RUN, "there is no log of run " + run);
        }
        return log;
    }

    @Override
    public Mono<List<JournalRecord>> read(RunId run) {
        return Mono.fromCallable(() -> {
            synchronized (this) {
                return List.copyOf(known(run).records);
            }
        });
    }

    @Override
    public Mono<List<RunId>> runs() {
        return Mono.fromCallable(() -> {
            synchronized (this) {
                return List.copyOf(logs.keySet());
            }
        });
    }

    @Override
    public Mono<Optional<Owner>> owner(RunId run) {
        return Mono.fromCallable(() -> {
            synchronized (this) {
                return Optional.ofNullable(holders.get(known(run).target))
                        .filter(holder -> !holder.dead)
                        .map(holder -> holder.owner);
            }
        });
    }

    private final class Log implements RunLog {
        private final String target;
        private final Owner owner;
        private final List<JournalRecord> records;
        private final List<JournalRecord> past;
        private final @Nullable Owner takenFrom;
        private boolean dead;

        Log(String target, Owner owner, List<JournalRecord> records, @Nullable Owner takenFrom) {
            this.target = target;
            this.owner = owner;
            this.records = records;
            this.takenFrom = takenFrom;
            past = List.copyOf(records);
        }

        @Override
        public List<JournalRecord> past() {
            return past;
        }

        @Override
        public Optional<Owner> takenFrom() {
            return Optional.ofNullable(takenFrom);
        }

        @Override
        public void append(JournalRecord entry, Consumer<@Nullable Throwable> written) {
            JournalException lost = null;
            synchronized (MemoryJournal.this) {
                if (isHeld()) {
                    records.add(entry);
                } else {
                    lost = lost();
                }
            }
            written.accept(lost);
        }

        @Override
        public boolean isHeld() {
            synchronized (MemoryJournal.this) {
                return holders.get(target) == this && !dead;
            }
        }

        @Override
        public Mono<Void> confirm() {
            return Mono.defer(() -> isHeld() ? Mono.empty() : Mono.error(lost()));
        }

        private JournalException lost() {
            synchronized (MemoryJournal.this) {
                Log holder = holders.get(target);
                return JournalException.lost(target, holder == null || holder == this ? null : holder.owner);
            }
        }

        @Override
        public Mono<Void> close() {
            return Mono.fromRunnable(() -> {
                synchronized (MemoryJournal.this) {
                    if (!dead) {
                        holders.remove(target, this);
                    }
                }
            });
        }
    }
}
