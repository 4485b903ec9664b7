// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.journal.Journal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What the engine relies on in every journal, as checks.
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> keepsTheContract() {
 *     return JournalContract.of(MemoryJournal::empty, MemoryJournal::ownersDie)
 *             .checks().stream()
 *             .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
 * }
 * }</pre>
 *
 * <p>Checked are: nothing happens before subscribe; a log begins with the record of who holds it; records are read as they were
 * written, in order, and confirmed once each; one target has one owner, whose name a refusal tells; an owner that dies is taken over and
 * can write no more, also when it still believes itself alive; a lease that is given back is free; reading changes nothing;
 * and what a refused call has begun is not left behind. Each check uses a journal of its own. Needs no test framework.
 *
 * @param <J> the journal's type
 */
public final class JournalContract<J extends Journal> {
    private final Supplier<J> empty;
    private final Consumer<J> ownersDie;
    private UnaryOperator<J> elsewhere = UnaryOperator.identity();
    private Duration within = Duration.ofSeconds(10);

    private JournalContract(Supplier<J> empty, Consumer<J> ownersDie) {
        this.empty = empty;
        this.ownersDie = ownersDie;
    }

    /**
     * The contract of journals of one kind.
     *
     * @param empty makes a journal without logs; it is closed after the check if it is {@code AutoCloseable}
     * @param ownersDie brings it about that all who hold a lease of this journal count as dead, by the end of their process or
     *     the expiry of their leases, though the logs they had opened are still called
     */
    public static <J extends Journal> JournalContract<J> of(Supplier<J> empty, Consumer<J> ownersDie) {
        return new JournalContract<>(
                Objects.requireNonNull(empty, "empty"), Objects.requireNonNull(ownersDie, "ownersDie"));
    }

    /**
     * How another process opens what a journal keeps, for a kind that can be shared: half of the calls then go to that one. Default:
     * all calls go to the same journal.
     */
    public JournalContract<J> openedElsewhereBy(UnaryOperator<J> opening) {
        elsewhere = Objects.requireNonNull(opening, "opening");
        return this;
    }

    /** The real time that each call may take; default 10 seconds. */
    public JournalContract<J> within(Duration time) {
        within = Objects.requireNonNull(time, "time");
        return this;
    }

    /** The checks, to be run in any order. */
    public List<ContractCheck> checks() {
        return List.of(
                check("nothing happens before subscribe", JournalTrial::nothingHappensBeforeSubscribe),
                check("a new log begins with who holds it", JournalTrial::aNewLogBeginsWithWhoHoldsIt),
                check("records are read as they were written", JournalTrial::recordsAreReadAsTheyWereWritten),
                check("each append is answered once and in order", JournalTrial::eachAppendIsAnsweredOnceAndInOrder),
                check("what an answer appends comes next", JournalTrial::whatAnAnswerAppendsComesNext),
                check("a log is not created twice", JournalTrial::aLogIsNotCreatedTwice),
                check("a held target is refused and says by whom", JournalTrial::aHeldTargetIsRefused),
                check("a target taken by many at once goes to one", JournalTrial::aTargetTakenByManyGoesToOne),
                check("an unknown run is refused", JournalTrial::anUnknownRunIsRefused),
                check("a log that is taken up gives its past and goes on", JournalTrial::aLogThatIsTakenUpGoesOn),
                check("a closed log gives the lease back", JournalTrial::aClosedLogGivesTheLeaseBack),
                check("a dead owner is taken over and named", JournalTrial::aDeadOwnerIsTakenOver),
                check("a dead owner's target is free for another run", JournalTrial::aDeadOwnersTargetIsFree),
                check("a former owner can write no more", JournalTrial::aFormerOwnerCanWriteNoMore),
                check("reading changes nothing", JournalTrial::readingChangesNothing),
                check("runs are listed as they were created", JournalTrial::runsAreListedAsTheyWereCreated));
    }

    /**
     * Runs all checks.
     *
     * @throws AssertionError with all checks that failed
     */
    public void verify() {
        ContractCheck.verify(checks());
    }

    private ContractCheck check(String name, Consumer<JournalTrial> body) {
        return new ContractCheck(name, "journal", () -> {
            J here = empty.get();
            J there = elsewhere.apply(here);
            try {
                body.accept(new JournalTrial(here, there, () -> ownersDie.accept(here), within));
            } finally {
                close(there);
                if (there != here) {
                    close(here);
                }
            }
        });
    }

    private static void close(Object journal) {
        if (journal instanceof AutoCloseable it) {
            try {
                it.close();
            } catch (Exception e) {
                throw new AssertionError("closing it failed: " + e, e);
            }
        }
    }
}
