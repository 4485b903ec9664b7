// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hybridpipe.Element;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.test.ToyTown.Bug;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

/** Whether a crash matrix is fine with what behaves well, and finds in the right cells what does not. */
class CrashMatrixTest {
    private final AtomicReference<ToyTown> town = new AtomicReference<>();

    private CrashMatrix matrix(Function<ToyTown, Pipe> pipe) {
        return CrashMatrix.of(() -> {
                    town.set(new ToyTown());
                    return pipe.apply(town.get());
                })
                .inventory(() -> town.get().inventory());
    }

    private static Pipe mill(ToyTown town, Bug... bugs) {
        return Pipe.named("town").step("mill", town.house("mill", bugs)).build();
    }

    private static Pipe hall(ToyTown town, Bug... ofTheDoor) {
        return Pipe.named("town")
                .during(
                        "gate",
                        town.door("gate", ofTheDoor),
                        inside -> inside.step("hall", town.house("hall").behind("gate")))
                .build();
    }

    private static Pipe everything(ToyTown town) {
        return Pipe.named("town")
                .step("mill", town.house("mill"))
                .concurrently(
                        "row", Element.step("left", town.house("left")), Element.step("right", town.house("right")))
                .during(
                        "gate",
                        town.door("gate"),
                        inside -> inside.step("hall", town.house("hall").behind("gate")))
                .step("barn", town.house("barn"))
                .build();
    }

    @Test
    void aWellBehavedPipePassesInAllCells() {
        String table = matrix(CrashMatrixTest::everything)
                .doors(() -> town.get().doors())
                .check();

        assertThat(table).isEqualTo("""
                crash matrix of town, seed 1: all 379 cells are fine
                undisturbed, then undone: 0
                                         fail                 hang                 cancel                crash
                                         self   res.   undo   self   res.   undo   self   res.   undo   res.   twice  undo
                town/mill run            0.100  1.111  0.000  0.0..  1.1..  0.0..  0.000  1.111  0.000  1.111  1.111  0.000
                town/row/left run        0.100  1.111  0.000  0.0..  1.1..  0.0..  0.000  1.111  0.000  1.111  1.111  0.000
                town/row/right run       0.100  1.111  0.000  0.0..  1.1..  0.0..  0.000  1.111  0.000  1.111  1.111  0.000
                town/gate open           0.100  1.111  0.000  0.0..  1.1..  0.0..  0.000  1.111  0.000  1.111  1.111  0.000
                town/gate/hall run       0.100  1.111  0.000  0.0..  1.1..  0.0..  0.000  1.111  0.000  1.111  1.111  0.000
                town/gate close          1.100  1.111  0.000  1.1..  1.1..  0.0..  0.000  1.111  0.000  1.111  1.111  0.000
                town/barn run            0.111  1.111  0.000  0.0..  1.1..  0.0..  0.011  1.111  0.000  1.111  1.111  0.000
                town/barn undo                                                                          0.000  0.000  0.000
                town/gate open in undo                                                                  0.000  0.000  0.000
                town/gate/hall undo                                                                     0.000  0.000  0.000
                town/gate close in undo                                                                 0.000  0.000  0.000
                town/row/right undo                                                                     0.000  0.000  0.000
                town/row/left undo                                                                      0.000  0.000  0.000
                town/mill undo                                                                          0.000  0.000  0.000
                1 exactly one of everything   0 nothing   i nothing but what cannot be undone   . does not occur
                + too much   - too little   # both   o a scope is open   ! no good end   z acts when it should be dead
                moments: before the call; in the call; after the call, the answer lost; after the answer, before the journal; after the journal""");
    }

    // ---- planted bugs

    private static String failure(CrashMatrix matrix) {
        Throwable failure = catchThrowable(matrix::check);
        assertThat(failure).isInstanceOf(AssertionError.class);
        return String.valueOf(failure.getMessage());
    }

    @Test
    void aStepThatIgnoresItsTokenMakesASecondThing() {
        String failure = failure(matrix(town -> mill(town, Bug.IGNORES_THE_TOKEN)));

        assertThat(failure)
                .contains(
                        "town/mill run   0.+11  1.+11  0.++0  0.+..  1.+..  0.+..  0.+11  1.+11  0.+00  1.++1  1.++1  0.++0")
                .contains("""
                        + town/mill run: fail after the call, the answer lost, left alone
                          there should be [mill], but there is [mill, mill]
                          journal:
                        """);
    }

    @Test
    void aStepThatNeverSeesWhatIsThereLeavesIt() {
        String failure = failure(matrix(town -> mill(town, Bug.ALWAYS_SEES_NOTHING)));

        assertThat(failure)
                .contains(
                        "town/mill run   0.111  1.111  0.0+0  0.+..  1.1..  0.+..  0.+11  1.111  0.+00  1.111  1.111  0.++0")
                .contains(
                        "town/mill undo                                                                 +.000  +.000  +.000");
    }

    @Test
    void aStepThatForgetsToUndoLeavesWhatItMade() {
        String failure = failure(matrix(town -> mill(town, Bug.FORGETS_TO_UNDO)));

        assertThat(failure)
                .contains("undisturbed, then undone: +")
                .contains(
                        "town/mill run   0.111  1.111  0.+++  0.+..  1.1..  0.+..  0.+11  1.111  0.+++  1.111  1.111  0.+++")
                .contains(
                        "town/mill undo                                                                 +.+++  +.+++  +.+++");
    }

    @Test
    void aStepThatSendsItsCallsPastTheEngineActsAfterItsProcessShouldBeDead() {
        String failure = failure(matrix(town -> mill(town, Bug.SENDS_PAST_THE_ENGINE)));

        assertThat(failure)
                .contains(
                        "town/mill run   0.111  1.111  0.000  0.0..  1.1..  0.0..  0.011  1.111  0.000  1.111  1.111  z.000")
                .contains("the dead process was continued after another one had gone on with the run,"
                        + " and then there should be [], but there is [mill]");
    }

    @Test
    void aScopeThatNeverClosesIsFoundWhenItsRunIsUndone() {
        String failure = failure(matrix(town -> hall(town, Bug.NEVER_CLOSES)));

        assertThat(failure)
                .contains("undisturbed, then undone: +")
                .contains("there should be [], but there is [open gate, open gate]");
    }

    @Test
    void aScopeThatNeverClosesIsFoundAtOnceByWhoLooksAtTheDoors() {
        String failure = failure(matrix(town -> hall(town, Bug.NEVER_CLOSES))
                .doors(() -> town.get().doors()));

        assertThat(failure).isEqualTo("undisturbed, the run is done, and there is open [open gate]");
    }

    // ---- one cell

    @Test
    void aFailedCellPrintsTheJournalAndHowToRepeatIt() {
        String failure = failure(matrix(town -> mill(town, Bug.ALWAYS_SEES_NOTHING))
                .only("town/mill run: cancel after the call, the answer lost, left alone"));

        assertThat(failure.replaceAll("process=\\d+", "process=1"))
                .startsWith("crash matrix of town, seed 1: 1 of 2 cells failed\n")
                .endsWith("""
                        + town/mill run: cancel after the call, the answer lost, left alone
                          there should be [], but there is [mill]
                          journal:
                            1970-01-01T00:00:00Z  HELD           {fence=1, host=memory, process=1, target=town}
                            1970-01-01T00:00:00Z  RUN_STARTED  town  {input={}, outline=[{path=town, kind=PIPE},\
                         {path=town/mill, kind=STEP, type=House, version=1, writes=[mill], effect=undoable}], pipe=town}
                            1970-01-01T00:00:00Z  INTENT       town/mill #1
                            1970-01-01T00:00:00Z  MADE         town/mill #1  {id=mill, kind=house, show=, where=}
                            1970-01-01T00:00:00Z  TURN         town/mill  {class=UNKNOWN_OUTCOME,\
                         message=cancelled: says the crash matrix}
                            1970-01-01T00:00:00Z  UNDO_RESULT  town/mill #1
                            1970-01-01T00:00:00Z  SETTLED      town  {outcome=UNDONE}
                          to repeat it alone: .seed(1).only("town/mill run: cancel after the call, the answer lost,\
                         left alone")""");
    }

    @Test
    void aCellThatDoesNotExistIsNotFine() {
        assertThatThrownBy(() ->
                        matrix(town -> mill(town)).only("town/mull run: crash").check())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("there is no cell 'town/mull run: crash'");
    }

    @Test
    void theSeedDecidesTheRunsTokens() {
        Set<String> runs = ConcurrentHashMap.newKeySet();
        for (long seed : new long[] {1, 1, 2}) {
            matrix(CrashMatrixTest::mill)
                    .seed(seed)
                    .options(options -> options.listener(
                            event -> runs.add(event.header().run().value())))
                    .check();
        }

        assertThat(runs).containsExactlyInAnyOrder("seed-1", "seed-2");
    }

    @Test
    void aPipeThatDoesNotComeThroughUndisturbedIsNoMatterForAMatrix() {
        assertThat(failure(matrix(town -> Pipe.named("town")
                        .step("hall", town.house("hall").behind("gate"))
                        .build())))
                .startsWith("undisturbed, the run ended undone:")
                .contains("it is locked out: open gate is not open");
    }

    // ---- what else a pipe may hold

    @Test
    void whatCannotBeUndoneStaysAndThatIsFine() {
        String table = matrix(town -> Pipe.named("town")
                        .step("mill", town.house("mill"))
                        .step("sold", town.sale("sold"))
                        .step("barn", town.house("barn"))
                        .build())
                .check();

        assertThat(table)
                .contains("undisturbed, then undone: i")
                .contains(
                        "town/barn run   i.111  1.111  i.iii  i.i..  1.1..  i.i..  i.i11  1.111  i.iii  1.111  1.111  i.iii");
    }

    @Test
    void secretsAreGivenToWhoeverResumes() {
        Key<String> password = Key.of("password", String.class).secret();
        Function<ToyTown, Pipe> pipe = town -> Pipe.named("town")
                .needs(password)
                .step("mill", town.house("mill"))
                .step("tell", Step.using(password, secret -> {}))
                .build();
        State secrets = State.of(password, "s3cret");

        assertThat(matrix(pipe).input(secrets).secrets(secrets).check()).contains("cells are fine");
        assertThat(failure(matrix(pipe).input(secrets))).contains("password");
    }

    @Test
    void scriptedStepsCanStandInForAnyStep() {
        AtomicReference<ScriptedStep> vpc = new AtomicReference<>();
        AtomicReference<ScriptedScope> rule = new AtomicReference<>();

        String table = CrashMatrix.of(() -> {
                    vpc.set(ScriptedStep.named("vpc").takes(Duration.ofMinutes(2)));
                    rule.set(ScriptedScope.named("rule"));
                    return Pipe.named("net")
                            .during("access", rule.get(), open -> open.step("create-vpc", vpc.get()))
                            .build();
                })
                .inventory(() -> Collections.nCopies(vpc.get().count(), "vpc"))
                .doors(() -> Collections.nCopies(rule.get().count(), "rule"))
                .options(options -> options.cancelGrace(Duration.ofMinutes(3)))
                .check();

        assertThat(table).contains("cells are fine");
    }

    @Test
    void aStandInMayLiveInVirtualTimeToo() {
        String table = CrashMatrix.inVirtualTime(time -> {
                    town.set(new ToyTown(Duration.ofSeconds(7), time));
                    return everything(town.get());
                })
                .inventory(() -> town.get().inventory())
                .doors(() -> town.get().doors())
                .check();

        assertThat(table).contains("cells are fine");
    }

    @Test
    void whatTakesEffectLongAfterItsRunWasUndoneIsFound() {
        String failure = failure(CrashMatrix.inVirtualTime(time -> {
                    town.set(new ToyTown(Duration.ofSeconds(20), time));
                    return mill(town.get());
                })
                .inventory(() -> town.get().inventory()));

        assertThat(failure)
                .contains(
                        "town/mill run   01111  11111  00000  0.0..  1.1..  0.0..  00011  11111  00000  11111  11111  0z000");
    }

    @Test
    void aStandInMayLiveInRealTime() {
        String table = CrashMatrix.of(() -> {
                    town.set(new ToyTown(Duration.ofMillis(1), Schedulers.parallel()));
                    return mill(town.get());
                })
                .inRealTime()
                .inventory(() -> town.get().inventory())
                .only(Disturbance.CRASH)
                .check();

        assertThat(table).contains("cells are fine");
    }
}
