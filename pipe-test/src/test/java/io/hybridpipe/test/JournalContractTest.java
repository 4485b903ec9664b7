// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.Journal;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.journal.Owner;
import io.hybridpipe.journal.RunLog;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import reactor.core.publisher.Mono;

class JournalContractTest {
    @TestFactory
    Stream<DynamicTest> aMemoryJournalKeepsTheContract() {
        return JournalContract.of(MemoryJournal::empty, MemoryJournal::ownersDie).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    /** A journal that keeps the contract; its faulty kin below override one thing each. */
    private static class Sound implements Journal {
        final MemoryJournal memory = MemoryJournal.empty();

        @Override
        public Mono<RunLog> create(RunId run, String target) {
            return memory.create(run, target).map(this::opened);
        }

        @Override
        public Mono<RunLog> takeUp(RunId run) {
            return memory.takeUp(run).map(this::opened);
        }

        RunLog opened(RunLog log) {
            return log;
        }

        @Override
        public Mono<List<JournalRecord>> read(RunId run) {
            return memory.read(run);
        }

        @Override
        public Mono<List<RunId>> runs() {
            return memory.runs();
        }

        @Override
        public Mono<Optional<Owner>> owner(RunId run) {
            return memory.owner(run);
        }
    }

    /** The log of such a journal. */
    private static class SoundLog implements RunLog {
        final RunLog log;

        SoundLog(RunLog log) {
            this.log = log;
        }

        @Override
        public List<JournalRecord> past() {
            return log.past();
        }

        @Override
        public Optional<Owner> takenFrom() {
            return log.takenFrom();
        }

        @Override
        public void append(JournalRecord entry, Consumer<@Nullable Throwable> written) {
            log.append(entry, written);
        }

        @Override
        public boolean isHeld() {
            return log.isHeld();
        }

        @Override
        public Mono<Void> confirm() {
            return log.confirm();
        }

        @Override
        public Mono<Void> close() {
            return log.close();
        }
    }

    private static void assertBreaks(Supplier<Sound> faulty, String... messages) {
        assertThatThrownBy(() ->
                        JournalContract.of(faulty, it -> it.memory.ownersDie()).verify())
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(messages);
    }

    @Test
    void whatWrapsASoundJournalIsSound() {
        JournalContract.of(Sound::new, it -> it.memory.ownersDie()).verify();
    }

    @Test
    void aJournalThatActsBeforeSubscribeBreaksIt() {
        assertBreaks(
                () -> new Sound() {
                    @Override
                    public Mono<RunLog> create(RunId run, String target) {
                        return Mono.just(super.create(run, target).toFuture().join());
                    }
                },
                "journal: nothing happens before subscribe: the runs after a create that nobody subscribed to: expected [], not [run-1]");
    }

    @Test
    void aJournalThatForgetsARecordBreaksIt() {
        assertBreaks(
                () -> new Sound() {
                    @Override
                    RunLog opened(RunLog log) {
                        return new SoundLog(log) {
                            @Override
                            public void append(JournalRecord entry, Consumer<@Nullable Throwable> written) {
                                if (entry.kind() == JournalRecord.Kind.GONE) {
                                    written.accept(null);
                                } else {
                                    super.append(entry, written);
                                }
                            }
                        };
                    }
                },
                "records are read as they were written: the number of records, what is read while it is held: expected 12, not 11");
    }

    @Test
    void aJournalThatAnswersTwiceBreaksIt() {
        assertBreaks(
                () -> new Sound() {
                    @Override
                    RunLog opened(RunLog log) {
                        return new SoundLog(log) {
                            @Override
                            public void append(JournalRecord entry, Consumer<@Nullable Throwable> written) {
                                super.append(entry, failure -> {
                                    written.accept(failure);
                                    written.accept(failure);
                                });
                            }
                        };
                    }
                },
                "each append is answered once and in order: the order of the answers");
    }

    @Test
    void aJournalThatNeverAnswersBreaksIt() {
        assertThatThrownBy(() -> JournalContract.of(
                                () -> new Sound() {
                                    @Override
                                    RunLog opened(RunLog log) {
                                        return new SoundLog(log) {
                                            @Override
                                            public void append(
                                                    JournalRecord entry, Consumer<@Nullable Throwable> written) {
                                                super.append(entry, failure -> {});
                                            }
                                        };
                                    }
                                },
                                it -> it.memory.ownersDie())
                        .within(Duration.ofMillis(20))
                        .verify())
                .hasMessageContaining("it did not end within PT0.02S");
    }

    @Test
    void aJournalThatLetsAFormerOwnerWriteBreaksIt() {
        assertBreaks(
                () -> new Sound() {
                    @Override
                    RunLog opened(RunLog log) {
                        return new SoundLog(log) {
                            @Override
                            public void append(JournalRecord entry, Consumer<@Nullable Throwable> written) {
                                super.append(entry, failure -> written.accept(null));
                            }
                        };
                    }
                },
                "a former owner can write no more: append did not fail",
                "a closed log gives the lease back: append did not fail");
    }

    @Test
    void anOwnerThatAlwaysBelievesItselfAliveBreaksIt() {
        assertBreaks(
                () -> new Sound() {
                    @Override
                    RunLog opened(RunLog log) {
                        return new SoundLog(log) {
                            @Override
                            public boolean isHeld() {
                                return true;
                            }
                        };
                    }
                },
                "a former owner can write no more: the former owner believes that it holds the lease",
                "a closed log gives the lease back: a closed log is held");
    }

    @Test
    void aLogThatKeepsItsLeaseBreaksIt() {
        assertBreaks(
                () -> new Sound() {
                    @Override
                    RunLog opened(RunLog log) {
                        return new SoundLog(log) {
                            @Override
                            public Mono<Void> close() {
                                return Mono.empty();
                            }
                        };
                    }
                },
                "a closed log gives the lease back: a closed log is held");
    }

    @Test
    void aJournalThatSharesATargetBreaksIt() {
        assertBreaks(
                () -> new Sound() {
                    @Override
                    public Mono<RunLog> create(RunId run, String target) {
                        return super.create(run, target + run);
                    }
                },
                "a held target is refused and says by whom: expected HELD",
                "a target taken by many at once goes to one: how many got the target: expected 1, not 16");
    }

    @Test
    void aJournalThatLosesThePastBreaksIt() {
        assertBreaks(
                () -> new Sound() {
                    @Override
                    RunLog opened(RunLog log) {
                        return new SoundLog(log) {
                            @Override
                            public List<JournalRecord> past() {
                                return List.of();
                            }
                        };
                    }
                },
                "a log that is taken up gives its past and goes on: the past's kinds");
    }

    @Test
    void aJournalThatDoesNotSayWhoseALeaseWasBreaksIt() {
        assertBreaks(
                () -> new Sound() {
                    @Override
                    RunLog opened(RunLog log) {
                        return new SoundLog(log) {
                            @Override
                            public Optional<Owner> takenFrom() {
                                return Optional.empty();
                            }
                        };
                    }
                },
                "a dead owner is taken over and named: the run it was taken from");
    }

    @Test
    void aJournalThatSortsItsRunsBreaksIt() {
        assertBreaks(
                () -> new Sound() {
                    @Override
                    public Mono<List<RunId>> runs() {
                        return super.runs().map(runs -> runs.stream()
                                .sorted(Comparator.comparing(RunId::value))
                                .toList());
                    }
                },
                "runs are listed as they were created: the runs");
    }

    @Test
    void aJournalThatWritesWhenItIsReadBreaksIt() {
        assertBreaks(
                () -> new Sound() {
                    @Override
                    public Mono<List<JournalRecord>> read(RunId run) {
                        memory.ownersDie();
                        return super.read(run);
                    }
                },
                "reading changes nothing: the owner's run");
    }

    @Test
    void theChecksHaveNamesThatDiffer() {
        assertThat(JournalContract.of(MemoryJournal::empty, MemoryJournal::ownersDie)
                        .checks())
                .extracting(ContractCheck::name)
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(12);
    }

    @Test
    void aJournalThatCanBeClosedIsClosedAfterEachCheck() {
        int[] open = {0};
        class Closeable extends Sound implements AutoCloseable {
            Closeable() {
                open[0]++;
            }

            @Override
            public void close() {
                open[0]--;
            }
        }

        JournalContract.of(Closeable::new, it -> it.memory.ownersDie()).verify();

        assertThat(open[0]).isZero();
    }
}
