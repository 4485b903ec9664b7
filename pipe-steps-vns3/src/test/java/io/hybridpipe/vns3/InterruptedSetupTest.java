// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.PipeFailedException;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.RunOptions.OnFailure;
import io.hybridpipe.Runs;
import io.hybridpipe.State;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.net.Ip;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.vns3.Inventory;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Vns3Access;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A setup is interrupted in each of its calls, as an undisturbed setup makes them, and goes on: the controller ends as one
 * that was never interrupted, and each of its changes has been made once.
 *
 * <p>{@code ./mvnw -pl pipe-steps-vns3 -am test -Dtest=InterruptedSetupTest -Dtest.properties=-Dsetup.all=true} interrupts each
 * call in each way.
 */
@Timeout(180)
class InterruptedSetupTest {
    private static final String ADDRESS = "203.0.113.1";
    private static final Key<Controller> CONTROLLER = Key.of("controller", Controller.class);
    private static final Duration GRACE = Duration.ofMillis(250);
    private static final int AT_ONCE = 6;

    /** How the run ends in which the setup is interrupted. */
    private enum End {
        /** It is cancelled, and keeps what it has. */
        CANCELLED,
        /** Its process dies: nothing more is sent, and nothing is written down. */
        DIES
    }

    /** The moment of the interruption: a call by its action and number, or a state of the controller. */
    private record Moment(String name, boolean isChange, Function<SimVns3, CompletableFuture<?>> reached) {}

    private record Case(Moment moment, End end) {
        @Override
        public String toString() {
            return moment.name() + ", " + end;
        }
    }

    /** What is there in the end, how often each change took effect, and whether there was an interruption at all. */
    private record Verdict(Map<String, Map<String, String>> configured, Map<String, Long> effects, boolean occurred) {}

    @Test
    void aSetupThatIsInterruptedAnywhereEndsAsAnUndisturbedOneAndDoesNothingTwice() {
        List<Call> calls = new ArrayList<>();
        Verdict undisturbed = play(Optional.empty(), calls);
        assertThat(undisturbed.effects()).hasSize(5).allSatisfy((action, times) -> assertThat(times)
                .isEqualTo(1));

        List<Case> cases = cases(calls);
        Map<Case, Verdict> verdicts = Flux.fromIterable(cases)
                .flatMap(
                        each -> Mono.fromCallable(() -> Map.entry(each, play(Optional.of(each), new ArrayList<>())))
                                .subscribeOn(Schedulers.boundedElastic()),
                        AT_ONCE)
                .collectMap(Map.Entry::getKey, Map.Entry::getValue)
                .blockOptional(Duration.ofSeconds(110))
                .orElseThrow();

        System.out.println(table(cases, verdicts));
        verdicts.forEach((each, verdict) -> {
            assertThat(verdict.configured()).as(each.toString()).isEqualTo(undisturbed.configured());
            assertThat(verdict.effects()).as(each.toString()).isEqualTo(undisturbed.effects());
            assertThat(verdict.occurred() || !each.moment().isChange())
                    .as(each + " occurs")
                    .isTrue();
        });
        // how often a run looks while it waits differs from run to run
        assertThat(verdicts.values().stream().filter(Verdict::occurred).count()).isGreaterThan(cases.size() / 2L);
    }

    @Test
    void aControllerThatIsSetUpAlreadyIsOnlyLookedAt() {
        try (Lab lab = new Lab()) {
            SimVns3 controller = launch(lab);
            Lab.get(pipe(lab.access).run(State.empty(), options(MemoryJournal.empty())));
            Inventory before = controller.inventory();
            controller.calls().clear();
            Lab.get(pipe(lab.newAccess()).run(State.empty(), options(MemoryJournal.empty())));
            assertThat(controller.calls().changing()).isEmpty();
            assertThat(controller.inventory()).isEqualTo(before);
        }
    }

    /** All of them on request; otherwise the ways take turns, and of the looks every other one is interrupted. */
    private static List<Case> cases(List<Call> calls) {
        boolean all = Boolean.getBoolean("setup.all");
        List<Case> cases = new ArrayList<>();
        int looks = 0;
        for (Moment moment : moments(calls)) {
            if (all) {
                Stream.of(End.values()).forEach(end -> cases.add(new Case(moment, end)));
            } else if (moment.isChange() || looks++ % 2 == 0) {
                cases.add(new Case(moment, End.values()[cases.size() % 2]));
            }
        }
        return cases;
    }

    private static List<Moment> moments(List<Call> calls) {
        List<Moment> moments = new ArrayList<>();
        Map<String, Integer> counted = new HashMap<>();
        for (Call call : calls) {
            int nth = counted.merge(call.action(), 1, Integer::sum);
            String name = call.action() + " #" + nth;
            moments.add(new Moment("before " + name, call.changing(), controller -> rule(controller, call.action(), nth)
                    .dropBefore()
                    .reached()));
            if (call.changing()) {
                moments.add(new Moment("after " + name, true, controller -> rule(controller, call.action(), nth)
                        .dropAfter()
                        .reached()));
            }
        }
        moments.add(new Moment("while it is down", true, controller -> whileRebooting(controller, true)));
        moments.add(new Moment("when it is up again", true, controller -> whileRebooting(controller, false)));
        return moments;
    }

    private static Faults.Rule rule(SimVns3 controller, String action, int nth) {
        return controller.faults().on(action).nth(nth);
    }

    private static CompletableFuture<?> whileRebooting(SimVns3 controller, boolean down) {
        Fault parameters = controller.faults().on("PUT /license/parameters").delay(Duration.ZERO);
        return Lab.goesDownAfter(parameters, controller).thenApplyAsync(goesDown -> {
            Lab.until(goesDown);
            Lab.until(() -> down || controller.isUp());
            return goesDown;
        });
    }

    private static Verdict play(Optional<Case> interruption, List<Call> calls) {
        try (Lab lab = new Lab()) {
            SimVns3 controller = launch(lab);
            MemoryJournal journal = MemoryJournal.empty();
            AtomicBoolean dead = new AtomicBoolean();
            Vns3Access mortal = lab.mortalAccess(dead);
            boolean dies = interruption.filter(each -> each.end() == End.DIES).isPresent();
            Optional<CompletableFuture<?>> reached = interruption
                    .<CompletableFuture<?>>map(each -> each.moment().reached().apply(controller))
                    .map(moment -> dies ? moment.thenRun(() -> die(dead, journal)) : moment);
            Run run = pipe(mortal).start(State.empty(), options(journal));
            CompletableFuture<RunReport> settled = run.settled().toFuture();
            reached.ifPresent(moment -> {
                Lab.get(CompletableFuture.anyOf(moment, settled));
                if (!dies) {
                    run.cancel("interrupted");
                }
            });
            boolean occurred = reached.filter(CompletableFuture::isDone).isPresent();
            boolean isDone = (!dies || !occurred) && Lab.get(settled).outcome() == Outcome.DONE;
            if (!isDone) {
                goOn(lab, journal, run.id());
            }
            calls.addAll(controller.calls().all());
            return new Verdict(configured(controller), effects(controller, interruption), occurred);
        }
    }

    /** On the thread of the call that is the moment, before it is answered or lost: a dead process hears nothing more. */
    private static void die(AtomicBoolean dead, MemoryJournal journal) {
        dead.set(true);
        journal.ownersDie();
    }

    private static void goOn(Lab lab, MemoryJournal journal, RunId run) {
        try {
            Runs.of(journal)
                    .resume(pipe(lab.newAccess()), run, State.empty(), options(journal))
                    .block(Lab.SOON);
        } catch (PipeFailedException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** All but the certificate, which each controller makes for itself when it is launched. */
    private static Map<String, Map<String, String>> configured(SimVns3 controller) {
        Map<String, Map<String, String>> configured =
                new TreeMap<>(controller.inventory().byKind());
        configured.remove("certificate");
        return configured;
    }

    private static Map<String, Long> effects(SimVns3 controller, Optional<Case> interruption) {
        Map<String, Long> effects = new TreeMap<>(Lab.changes(controller));
        interruption
                .map(each -> each.moment().name())
                .filter(name -> name.startsWith("before "))
                .map(name -> name.substring("before ".length(), name.indexOf(" #")))
                .ifPresent(action -> effects.computeIfPresent(action, (same, times) -> times - 1));
        return effects;
    }

    private static SimVns3 launch(Lab lab) {
        return lab.launch("c", "10.1.0.10", ADDRESS);
    }

    private static RunOptions options(MemoryJournal journal) {
        return RunOptions.ofDefaults()
                .journal(journal)
                .onFailure(OnFailure.KEEP)
                .cancelGrace(GRACE);
    }

    private static Pipe pipe(Vns3Access access) {
        return Pipe.named("setup")
                .step(
                        "set-up-controller",
                        SetUpController.at(Ip.of(ADDRESS))
                                .password(Input.value(Lab.PASSWORD))
                                .license(Input.value(Lab.LICENSE))
                                .keysetToken(Input.value(Lab.KEYSET_TOKEN))
                                .topology("fednet")
                                .named("orders")
                                .into(CONTROLLER)
                                .over(access)
                                .pollEvery(Lab.POLL)
                                .readyWithin(Duration.ofSeconds(15)),
                        Stage::hastened)
                .build();
    }

    private static String table(List<Case> cases, Map<Case, Verdict> verdicts) {
        return cases.stream()
                .map(each -> "%-60s %s"
                        .formatted(
                                each,
                                verdicts.get(each).occurred()
                                        ? "changes "
                                                + verdicts.get(each).effects().values()
                                        : "did not occur"))
                .collect(Collectors.joining("\n", "interrupted setups: " + cases.size() + "\n", ""));
    }
}
