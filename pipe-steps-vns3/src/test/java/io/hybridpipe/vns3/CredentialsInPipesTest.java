// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Element;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.PipeCheckException;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Runs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.TypeRef;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.vns3.Inventory;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Credentials;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run in whose middle the password and the token of a controller change: all that follows, and a resume, goes by the new. */
@Timeout(180)
class CredentialsInPipesTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String CHANGE = "PUT /api_password";
    private static final Ip ADDRESS = Ip.of("203.0.113.1");
    private static final Key<Controller> CONTROLLER = Key.of("controller", Controller.class);
    private static final Key<Secret<String>> WANTED =
            Key.of("wanted", new TypeRef<Secret<String>>() {}).secret();
    private static final Secret<String> NEW = Secret.of("new-canary-2201");

    private final Lab lab = new Lab();
    private final List<PipeEvent> events = new CopyOnWriteArrayList<>();
    private final MemoryJournal journal = MemoryJournal.empty();
    private final RunId id = RunId.of("run-1");
    private final RunOptions options = RunOptions.ofDefaults()
            .listener(events::add)
            .cancelGrace(Duration.ofMillis(200))
            .journal(journal)
            .secretsKey(new SecretKeySpec(new byte[32], "AES"))
            .runId(id);
    private final State input =
            State.of(CONTROLLER, Controller.of("orders", ADDRESS, Lab.PASSWORD)).with(WANTED, NEW);

    private SimVns3 box;
    private Inventory before;

    @BeforeEach
    void start() {
        box = lab.licensed("orders", "10.1.0.10", "203.0.113.1");
        before = box.inventory();
        box.calls().clear();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private ChangePassword change() {
        return ChangePassword.on(CONTROLLER)
                .to(WANTED)
                .over(lab.newAccess())
                .pollEvery(Lab.POLL)
                .settledWithin(Duration.ofSeconds(10));
    }

    private CreateToken token() {
        return CreateToken.on(CONTROLLER)
                .lifetime(Duration.ofDays(300))
                .over(lab.newAccess())
                .pollEvery(Lab.POLL);
    }

    private AddRoute route(String cidr) {
        return AddRoute.on(CONTROLLER)
                .to(Cidr.of(cidr))
                .via("eth0", Ip.of("10.1.0.1"))
                .over(lab.newAccess())
                .pollEvery(Lab.POLL);
    }

    private Pipe pipe(Step last) {
        return Pipe.named("credentials")
                .needs(CONTROLLER, WANTED)
                .step("first-route", route("10.7.0.0/16"))
                .step("change-password", change(), Lab::seenSoon)
                .step("second-route", route("10.8.0.0/16"))
                .step("create-token", token(), Lab::seenSoon)
                .step("third-route", route("10.9.0.0/16"))
                .step("last", last)
                .build();
    }

    private static Step nothing() {
        return Step.using(CONTROLLER, controller -> {});
    }

    private static Step broken(AtomicBoolean broken) {
        return Step.using(CONTROLLER, controller -> {
            if (broken.get()) {
                throw new IllegalStateException("no");
            }
        });
    }

    private RunReport settled(Run run) {
        return run.settled().blockOptional(SOON).orElseThrow();
    }

    private boolean accepts(Secret<String> password) {
        return Lab.get(lab.access
                .client(ADDRESS, Credentials.password(password))
                .config()
                .thenReturn(true)
                .onErrorReturn(false));
    }

    private void assertAllIsMade() {
        assertThat(accepts(NEW)).isTrue();
        assertThat(accepts(Lab.PASSWORD)).isFalse();
        assertThat(box.inventory().of("route")).hasSize(4);
        assertThat(box.inventory().of("token")).hasSize(1);
    }

    @Test
    void theStepsThatFollowGoByTheNewPasswordAndThenByTheToken() {
        State done = pipe(nothing()).run(input, options).blockOptional(SOON).orElseThrow();
        assertAllIsMade();
        assertThat(done.get(CONTROLLER).password()).isEqualTo(NEW);
        assertThat(done.get(CONTROLLER).token()).isPresent();
    }

    @Test
    void whenALaterStepFailsAllIsTakenBackThePasswordToo() {
        RunReport report = settled(pipe(broken(new AtomicBoolean(true))).start(input, options));
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.UNDONE);
        assertThat(box.inventory()).isEqualTo(before);
        assertThat(accepts(Lab.PASSWORD)).isTrue();
    }

    @Test
    void aResumeGoesByTheNewCredentials() {
        AtomicBoolean broken = new AtomicBoolean(true);
        RunOptions keep = options.onFailure(RunOptions.OnFailure.KEEP);
        settled(pipe(broken(broken)).start(input, keep));
        broken.set(false);
        State done = Runs.of(journal)
                .resume(pipe(broken(broken)), id, State.empty(), keep)
                .blockOptional(SOON)
                .orElseThrow();
        assertAllIsMade();
        assertThat(done.get(CONTROLLER).formerPassword()).contains(Lab.PASSWORD);
    }

    @Test
    void anUndoFromTheJournalSetsTheFormerPasswordAgain() {
        AtomicBoolean broken = new AtomicBoolean(true);
        settled(pipe(broken(broken)).start(input, options.onFailure(RunOptions.OnFailure.KEEP)));
        assertAllIsMade();
        RunReport report = Runs.of(journal)
                .undo(pipe(broken(broken)), id, State.empty(), options)
                .blockOptional(SOON)
                .orElseThrow();
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.UNDONE);
        assertThat(box.inventory()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        CHANGE + ", dropAfter",
        CHANGE + ", dropBefore",
        CHANGE + ", 503",
        CHANGE + ", 502",
        "POST /access/token, dropAfter",
        "POST /access/token, dropBefore",
        "GET /access/tokens, 503",
        "GET /config, 502"
    })
    void aFaultInTheMiddleIsLookedIntoAndTheRunEndsWithOneOfEverything(String action, String fault) {
        Fault struck =
                switch (fault) {
                    case "dropAfter" -> box.faults().on(action).dropAfter();
                    case "dropBefore" -> box.faults().on(action).dropBefore();
                    default -> box.faults().on(action).nth(2).status(Integer.parseInt(fault));
                };
        if (fault.startsWith("50") && !action.startsWith("GET")) {
            struck.remove();
            struck = box.faults().on(action).status(Integer.parseInt(fault));
        }
        pipe(nothing()).run(input, options).blockOptional(SOON).orElseThrow();
        assertThat(struck.reached()).isCompleted();
        assertAllIsMade();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancelWhileThePasswordIsBeingChangedLocksNobodyOut(boolean takesEffect) {
        Fault held = takesEffect
                ? box.faults().on(CHANGE).holdAfter()
                : box.faults().on(CHANGE).holdBefore();
        Run run = pipe(nothing()).start(input, options.cancelGrace(Duration.ofSeconds(10)));
        Lab.get(held.reached());
        run.cancel("enough");
        held.release();
        RunReport report = settled(run);
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.UNDONE);
        assertThat(box.inventory()).isEqualTo(before);
    }

    @Test
    void anAnswerOfUndoThatGotLostIsLookedInto() {
        Fault lost = box.faults().on(CHANGE).nth(2).dropAfter();
        RunReport report = settled(pipe(broken(new AtomicBoolean(true))).start(input, options));
        assertThat(lost.reached()).isCompleted();
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.UNDONE);
        assertThat(box.inventory()).isEqualTo(before);
    }

    @Test
    void aPasswordThatCannotBeSetBackStillOpensTheUndoOfEarlierSteps() {
        box.faults().on(CHANGE).nth(2).error("APIArgumentError", "Invalid password");
        RunReport report = settled(pipe(broken(new AtomicBoolean(true))).start(input, options));
        assertThat(report.outcome()).isEqualTo(Outcome.LEFT_OVERS);
        assertThat(accepts(NEW)).isTrue();
        assertThat(box.inventory().of("route")).isEqualTo(before.of("route"));
        assertThat(box.inventory().of("token")).isEmpty();
    }

    @Test
    void twoChangesAreTakenBackOneAfterTheOther() {
        Key<Secret<String>> third =
                Key.of("third", new TypeRef<Secret<String>>() {}).secret();
        Pipe pipe = Pipe.named("twice")
                .needs(CONTROLLER, WANTED, third)
                .step("once", change())
                .step("twice", change().to(third))
                .step("route", route("10.7.0.0/16"))
                .step("last", broken(new AtomicBoolean(true)))
                .build();
        RunReport report = settled(pipe.start(input.with(third, Secret.of("third-canary")), options));
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.UNDONE);
        assertThat(box.inventory()).isEqualTo(before);
    }

    @Test
    void theCheckRefusesAStepThatReadsTheControllerBesideTheChange() {
        assertThatThrownBy(() -> Pipe.named("beside")
                        .needs(CONTROLLER, WANTED)
                        .concurrently(
                                "both", Element.step("change", change()), Element.step("route", route("10.7.0.0/16")))
                        .build())
                .isInstanceOf(PipeCheckException.class)
                .hasMessageContaining("controller");
    }

    @Test
    void aStepThatSpeaksToTheControllerByAnotherKeyMeets401AfterTheChangeAndTheRunIsUndone() {
        Key<Controller> same = Key.of("same", Controller.class);
        Pipe pipe = Pipe.named("two-keys")
                .needs(CONTROLLER, WANTED, same)
                .step("change", change())
                .step(
                        "route",
                        AddRoute.on(same).to(Cidr.of("10.7.0.0/16")).via("eth0").over(lab.access))
                .build();
        RunReport report = settled(pipe.start(input.with(same, input.get(CONTROLLER)), options));
        assertThat(report.failure().orElseThrow().message()).contains("answered 401");
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.UNDONE);
        assertThat(box.inventory()).isEqualTo(before);
    }

    @Test
    void noPasswordAndNoTokenIsInAnyEventReportOrJournal() {
        State done = pipe(nothing()).run(input, options).blockOptional(SOON).orElseThrow();
        String told = events + " " + events.stream().map(PipeEvent::fields).toList() + " "
                + Runs.of(journal).show(id).block(SOON);
        assertThat(told)
                .doesNotContain("canary")
                .doesNotContain(done.get(CONTROLLER).token().orElseThrow().reveal());
    }
}
