// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.Journal;
import io.hybridpipe.journal.JournalException;
import io.hybridpipe.journal.JournalException.Reason;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.JournalRecord.Kind;
import io.hybridpipe.journal.Owner;
import io.hybridpipe.journal.RunLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** One check of a {@link JournalContract}: two views of one empty journal, of which the second stands for another process. */
final class JournalTrial {
    private static final RunId FIRST = RunId.of("run-1");
    private static final RunId SECOND = RunId.of("run-2");
    private static final String TARGET = "orders \"blue\" / ü";

    private final Journal here;
    private final Journal there;
    private final Runnable ownersDie;
    private final Duration within;

    JournalTrial(Journal here, Journal there, Runnable ownersDie, Duration within) {
        this.here = here;
        this.there = there;
        this.ownersDie = ownersDie;
        this.within = within;
    }

    // ---- the checks

    void nothingHappensBeforeSubscribe() {
        Objects.requireNonNull(here.create(FIRST, TARGET), "create returned null");
        requireEqual("the runs after a create that nobody subscribed to", List.of(), get(there.runs()));

        RunLog log = get(here.create(FIRST, TARGET));
        Objects.requireNonNull(log.close(), "close returned null");
        require(log.isHeld(), "a close that nobody subscribed to ended the lease");
        done(log.close());
        Objects.requireNonNull(there.takeUp(FIRST), "takeUp returned null");
        requireEqual("the owner after a takeUp that nobody subscribed to", Optional.empty(), get(here.owner(FIRST)));
        requireEqual("the records after it", 1, get(here.read(FIRST)).size());
    }

    void aNewLogBeginsWithWhoHoldsIt() {
        RunLog log = get(here.create(FIRST, TARGET));

        requireEqual("the past of a new log", List.of(), log.past());
        requireEqual("whose a free target was", Optional.empty(), log.takenFrom());
        require(log.isHeld(), "a log that was just created is not held");
        done(log.confirm());
        Owner owner = get(there.owner(FIRST)).orElseThrow(() -> new AssertionError("a held run has no owner"));
        requireEqual("the owner's run", FIRST, owner.run());
        requireEqual("the owner's process", ProcessHandle.current().pid(), owner.process());
        require(!owner.host().isBlank(), "the owner has no host");
        List<JournalRecord> records = get(there.read(FIRST));
        requireEqual("the kinds of a new log", List.of(Kind.HELD), TrialRecords.kinds(records));
        requireHeldBy(owner, records.get(0));
        done(log.close());
    }

    void recordsAreReadAsTheyWereWritten() {
        RunLog log = get(here.create(FIRST, TARGET));
        List<JournalRecord> written = TrialRecords.ofEveryKind();

        written.forEach(entry -> append(log, entry));

        requireWritten("what is read while it is held", written);
        done(log.close());
        requireWritten("what is read when it is closed", written);
    }

    private void requireWritten(String what, List<JournalRecord> written) {
        List<JournalRecord> read = TrialRecords.withoutHeld(get(there.read(FIRST)));
        requireEqual("the number of records, " + what, written.size(), read.size());
        for (int i = 0; i < read.size(); i++) {
            requireEqual(what, TrialRecords.byValue(written.get(i)), TrialRecords.byValue(read.get(i)));
        }
    }

    void eachAppendIsAnsweredOnceAndInOrder() {
        RunLog log = get(here.create(FIRST, TARGET));
        int many = 500;
        List<Integer> answers = Collections.synchronizedList(new ArrayList<>());
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<Boolean> last = new CompletableFuture<>();

        for (int i = 0; i < many; i++) {
            int number = i;
            log.append(TrialRecords.entry(i), failure -> {
                answers.add(number);
                if (failure != null) {
                    failures.add(failure);
                }
                if (number == many - 1) {
                    last.complete(true);
                }
            });
        }
        get(last);
        done(log.close());

        requireEqual("the failures", List.of(), List.copyOf(failures));
        requireEqual(
                "the order of the answers", IntStream.range(0, many).boxed().toList(), List.copyOf(answers));
        requireEqual(
                "the order of the records",
                TrialRecords.entries(many),
                TrialRecords.withoutHeld(get(there.read(FIRST))));
    }

    void whatAnAnswerAppendsComesNext() {
        RunLog log = get(here.create(FIRST, TARGET));
        int many = 100;
        CompletableFuture<Boolean> last = new CompletableFuture<>();

        appendInTurn(log, 0, many, last);
        get(last);
        done(log.close());

        requireEqual("the records", TrialRecords.entries(many), TrialRecords.withoutHeld(get(there.read(FIRST))));
    }

    private static void appendInTurn(RunLog log, int number, int many, CompletableFuture<Boolean> last) {
        if (number == many) {
            last.complete(true);
            return;
        }
        AtomicBoolean answered = new AtomicBoolean();
        log.append(TrialRecords.entry(number), failure -> {
            if (answered.getAndSet(true)) {
                last.completeExceptionally(new AssertionError("append " + number + " was answered again"));
            } else if (failure == null) {
                appendInTurn(log, number + 1, many, last);
            } else {
                last.completeExceptionally(failure);
            }
        });
    }

    void aLogIsNotCreatedTwice() {
        RunLog log = get(here.create(FIRST, TARGET));
        append(log, TrialRecords.entry(0));
        List<JournalRecord> before = get(there.read(FIRST));

        refused(Reason.EXISTS, there.create(FIRST, "another target"));
        done(log.close());
        refused(Reason.EXISTS, there.create(FIRST, TARGET));

        requireEqual("the records after a refused create", before, get(there.read(FIRST)));
        requireEqual("the runs after a refused create", List.of(FIRST), get(there.runs()));
        // a refusal keeps no lease
        done(get(here.create(SECOND, TARGET)).close());
        done(get(here.create(RunId.of("run-3"), "another target")).close());
    }

    void aHeldTargetIsRefused() {
        RunLog log = get(here.create(FIRST, TARGET));
        Owner owner = get(there.owner(FIRST)).orElseThrow(() -> new AssertionError("a held run has no owner"));

        for (Journal journal : List.of(there, here)) {
            for (Mono<RunLog> attempt : List.of(journal.create(SECOND, TARGET), journal.takeUp(FIRST))) {
                JournalException refusal = refused(Reason.HELD, attempt);
                requireEqual(
                        "the owner's run in the refusal",
                        Optional.of(FIRST),
                        refusal.owner().map(Owner::run));
                String message = String.valueOf(refusal.getMessage());
                for (String part : List.of(TARGET, FIRST.value(), String.valueOf(owner.process()), owner.host())) {
                    require(message.contains(part), "the refusal does not tell " + part + ": " + message);
                }
            }
        }

        requireEqual("the runs after a refused create", List.of(FIRST), get(there.runs()));
        refused(Reason.UNKNOWN_RUN, there.read(SECOND));
        requireEqual(
                "the kinds after a refused takeUp", List.of(Kind.HELD), TrialRecords.kinds(get(there.read(FIRST))));
        require(log.isHeld(), "a refusal took the lease from its owner");
        append(log, TrialRecords.entry(0));
        done(get(there.create(SECOND, "another target")).close());
        done(log.close());
    }

    void aTargetTakenByManyGoesToOne() {
        List<Optional<RunLog>> takers = get(Flux.range(0, 16)
                .flatMap(number -> (number % 2 == 0 ? here : there)
                        .create(RunId.of("taker-" + number), TARGET)
                        .map(Optional::of)
                        .onErrorResume(
                                failure -> failure instanceof JournalException it && it.reason() == Reason.HELD,
                                held -> Mono.just(Optional.empty()))
                        .subscribeOn(Schedulers.boundedElastic()))
                .collectList());

        List<RunLog> logs = takers.stream().flatMap(Optional::stream).toList();
        requireEqual("how many got the target", 1, logs.size());
        requireEqual("how many logs there are", 1, get(here.runs()).size());
        append(logs.get(0), TrialRecords.entry(0));
        done(logs.get(0).close());
    }

    void anUnknownRunIsRefused() {
        done(get(here.create(FIRST, TARGET)).close());

        refused(Reason.UNKNOWN_RUN, there.read(SECOND));
        refused(Reason.UNKNOWN_RUN, there.takeUp(SECOND));
        refused(Reason.UNKNOWN_RUN, there.owner(SECOND));

        requireEqual("the runs", List.of(FIRST), get(here.runs()));
    }

    void aLogThatIsTakenUpGoesOn() {
        RunLog first = get(here.create(FIRST, TARGET));
        append(first, TrialRecords.entry(0));
        done(first.close());

        RunLog second = get(there.takeUp(FIRST));
        requireEqual("the past's kinds", List.of(Kind.HELD, Kind.INTENT), TrialRecords.kinds(second.past()));
        requireEqual("whose a target was that had been given back", Optional.empty(), second.takenFrom());
        require(second.isHeld(), "a log that was just taken up is not held");
        append(second, TrialRecords.entry(1));
        done(second.close());
        RunLog third = get(here.takeUp(FIRST));

        requireEqual("the third owner's past", TrialRecords.entries(2), TrialRecords.withoutHeld(third.past()));
        requireEqual(
                "the kinds",
                List.of(Kind.HELD, Kind.INTENT, Kind.HELD, Kind.INTENT, Kind.HELD),
                TrialRecords.kinds(get(here.read(FIRST))));
        requireEqual(
                "the second owner's past after all that",
                List.of(Kind.HELD, Kind.INTENT),
                TrialRecords.kinds(second.past()));
        Owner owner = get(there.owner(FIRST)).orElseThrow(() -> new AssertionError("a held run has no owner"));
        requireHeldBy(owner, get(there.read(FIRST)).get(4));
        done(third.close());
    }

    void aClosedLogGivesTheLeaseBack() {
        RunLog log = get(here.create(FIRST, TARGET));
        done(log.close());

        require(!log.isHeld(), "a closed log is held");
        requireEqual("the owner of a closed log", Optional.empty(), get(there.owner(FIRST)));
        appendRefused(log, TrialRecords.entry(0));
        RunLog other = get(there.create(SECOND, TARGET));
        requireEqual("whose a target was that had been given back", Optional.empty(), other.takenFrom());
        done(log.close());
        require(other.isHeld(), "closing a log again took the target from its next owner");
        requireEqual("the first run's records", List.of(Kind.HELD), TrialRecords.kinds(get(there.read(FIRST))));
        requireEqual(
                "who holds the first run's target",
                Optional.of(SECOND),
                get(here.owner(FIRST)).map(Owner::run));
        done(other.close());
    }

    void aDeadOwnerIsTakenOver() {
        RunLog former = get(here.create(FIRST, TARGET));
        append(former, TrialRecords.entry(0));
        Owner dead = get(there.owner(FIRST)).orElseThrow(() -> new AssertionError("a held run has no owner"));
        ownersDie.run();

        requireEqual("the owner of a run whose owner died", Optional.empty(), get(there.owner(FIRST)));
        RunLog log = get(there.takeUp(FIRST));

        requireEqual(
                "the run it was taken from", Optional.of(FIRST), log.takenFrom().map(Owner::run));
        requireEqual(
                "the fence it was taken from",
                Optional.of(dead.fence()),
                log.takenFrom().map(Owner::fence));
        requireEqual("the past", TrialRecords.entries(1), TrialRecords.withoutHeld(log.past()));
        Owner owner = get(here.owner(FIRST)).orElseThrow(() -> new AssertionError("a held run has no owner"));
        require(owner.fence() > dead.fence(), "the fence fell from " + dead.fence() + " to " + owner.fence());
        append(log, TrialRecords.entry(1));
        requireEqual("the records", TrialRecords.entries(2), TrialRecords.withoutHeld(get(here.read(FIRST))));
        done(log.close());
    }

    void aDeadOwnersTargetIsFree() {
        RunLog former = get(here.create(FIRST, TARGET));
        ownersDie.run();

        RunLog other = get(there.create(SECOND, TARGET));

        requireEqual(
                "the run it was taken from",
                Optional.of(FIRST),
                other.takenFrom().map(Owner::run));
        refused(Reason.HELD, here.takeUp(FIRST));
        require(!former.isHeld(), "the former owner believes that it holds the lease");
        requireLost(former);
        append(other, TrialRecords.entry(0));
        requireEqual("the former run's kinds", List.of(Kind.HELD), TrialRecords.kinds(get(here.read(FIRST))));
        done(other.close());
        done(former.close());
    }

    void aFormerOwnerCanWriteNoMore() {
        RunLog former = get(here.create(FIRST, TARGET));
        append(former, TrialRecords.entry(0));
        ownersDie.run();
        RunLog log = get(there.takeUp(FIRST));
        List<JournalRecord> before = get(there.read(FIRST));

        require(!former.isHeld(), "the former owner believes that it holds the lease");
        requireLost(former);

        requireEqual("the records", before, get(there.read(FIRST)));
        append(log, TrialRecords.entry(1));
        done(former.close());
        require(log.isHeld(), "the former owner's close took the lease from the next one");
        append(log, TrialRecords.entry(2));
        done(log.close());
        requireEqual("the records", TrialRecords.entries(3), TrialRecords.withoutHeld(get(here.read(FIRST))));
    }

    private void requireLost(RunLog former) {
        for (int i = 0; i < 2; i++) {
            JournalException refusal = appendRefused(former, TrialRecords.entry(99));
            requireEqual("why the former owner cannot write", Reason.LOST, refusal.reason());
        }
        JournalException refusal = refused(Reason.LOST, former.confirm());
        require(refusal.owner().isPresent(), "it does not say who has taken it over: " + refusal.getMessage());
    }

    void readingChangesNothing() {
        RunLog log = get(here.create(FIRST, TARGET));
        append(log, TrialRecords.entry(0));
        for (int i = 0; i < 2; i++) {
            requireEqual("the records", TrialRecords.entries(1), TrialRecords.withoutHeld(get(there.read(FIRST))));
            requireEqual("the runs", List.of(FIRST), get(there.runs()));
            requireEqual(
                    "the owner's run",
                    Optional.of(FIRST),
                    get(there.owner(FIRST)).map(Owner::run));
        }
        require(log.isHeld(), "reading took the lease from its owner");
        append(log, TrialRecords.entry(1));
        ownersDie.run();
        requireEqual(
                "the dead owner's records", TrialRecords.entries(2), TrialRecords.withoutHeld(get(there.read(FIRST))));
        requireEqual("the owner", Optional.empty(), get(there.owner(FIRST)));

        RunLog next = get(there.takeUp(FIRST));
        requireEqual(
                "whom reading left the lease with",
                Optional.of(FIRST),
                next.takenFrom().map(Owner::run));
        done(next.close());
    }

    void runsAreListedAsTheyWereCreated() {
        List<RunId> runs = new ArrayList<>();
        for (String name : List.of("m", "a", "z", "b", "A", "0")) {
            RunId run = RunId.of(name);
            done(get((runs.size() % 2 == 0 ? here : there).create(run, TARGET)).close());
            runs.add(run);
        }
        requireEqual("the runs", runs, get(there.runs()));

        RunLog second = get(here.takeUp(runs.get(1)));
        append(second, TrialRecords.entry(0));
        done(second.close());

        requireEqual("the runs after one was taken up", runs, get(there.runs()));
    }

    // ---- what is required

    private static void requireHeldBy(Owner owner, JournalRecord held) {
        Map<String, Object> data = held.data();
        requireEqual("the target of HELD", TARGET, data.get("target"));
        requireEqual("the host of HELD", owner.host(), data.get("host"));
        requireEqual("the process of HELD", owner.process(), asLong(data.get("process")));
        requireEqual("the fence of HELD", owner.fence(), asLong(data.get("fence")));
    }

    private static @Nullable Long asLong(@Nullable Object number) {
        return number instanceof Number it ? it.longValue() : null;
    }

    // ---- calls

    private void append(RunLog log, JournalRecord entry) {
        Throwable failure = answer(log, entry).orElse(null);
        if (failure != null) {
            throw new AssertionError("append failed: " + failure, failure);
        }
    }

    private JournalException appendRefused(RunLog log, JournalRecord entry) {
        Throwable failure = answer(log, entry).orElseThrow(() -> new AssertionError("append did not fail"));
        if (failure instanceof JournalException it) {
            return it;
        }
        throw new AssertionError("append failed with " + failure, failure);
    }

    private Optional<Throwable> answer(RunLog log, JournalRecord entry) {
        CompletableFuture<Optional<Throwable>> answer = new CompletableFuture<>();
        log.append(entry, failure -> answer.complete(Optional.ofNullable(failure)));
        return get(answer);
    }

    private JournalException refused(Reason reason, Mono<?> attempt) {
        Object answer = get(attempt.map(given -> (Object) given)
                .defaultIfEmpty("nothing")
                .onErrorResume(JournalException.class, Mono::just));
        if (answer instanceof JournalException it && it.reason() == reason) {
            return it;
        }
        throw new AssertionError("expected " + reason + ", not " + answer);
    }

    private void done(Mono<Void> call) {
        get(call.thenReturn(true));
    }

    private <T> T get(Mono<T> call) {
        return get(call.toFuture());
    }

    private <T> T get(CompletableFuture<T> call) {
        try {
            return Objects.requireNonNull(call.get(within.toNanos(), TimeUnit.NANOSECONDS), "it gave nothing");
        } catch (ExecutionException e) {
            throw new AssertionError("it failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("it did not end within " + within, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new AssertionError(message);
        }
    }

    private static void requireEqual(String what, @Nullable Object expected, @Nullable Object actual) {
        require(Objects.equals(expected, actual), what + ": expected " + expected + ", not " + actual);
    }
}
