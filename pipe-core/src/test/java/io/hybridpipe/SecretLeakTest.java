// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.json.Json;
import io.hybridpipe.retry.StepFailure;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Steps that blurt out every secret wherever they can; each is a canary that is searched for in all that comes out. */
class SecretLeakTest {
    private record Peer(String name, Secret<String> psk) {}

    private static final Key<String> LICENSE = Key.of("license", String.class).secret();
    private static final Key<String> API_TOKEN =
            Key.of("api-token", String.class).secret();
    private static final Key<Peer> PEER = Key.of("peer", Peer.class);
    private static final Key<List<String>> NAMES = Key.listOf("names", String.class);
    private static final Key<Peer> ITEM = Key.of("item", Peer.class);
    private static final Key<String> INNER = Key.of("inner", String.class).secret();
    private static final Key<String> KEYSET = Key.of("keyset", String.class).secret();
    private static final Key<String> RECOVERED =
            Key.of("recovered", String.class).secret();

    private final Canaries canaries = new Canaries();
    private final String license = canaries.named("license");
    private final String token = canaries.named("token");
    private final String psk = canaries.named("psk");
    private final String item = canaries.named("item");
    private final String wired = canaries.named("wired");
    private final String keyset = canaries.named("keyset");
    private final String recovered = canaries.named("recovered");

    /** The secrets that have come into the run so far: what a run has not met nobody can look for. */
    private final List<String> met = new ArrayList<>(List.of(license, token, psk));

    private final List<String> wire = new ArrayList<>();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Appender<ILoggingEvent> console = root.getAppender("out");

    @BeforeEach
    void listenToTheLog() {
        // other classes run beside this one and log while it looks
        logged.list = new CopyOnWriteArrayList<>();
        logged.start();
        root.detachAppender(console);
        root.addAppender(logged);
        root.setLevel(Level.TRACE);
    }

    @AfterEach
    void leaveTheLog() {
        root.setLevel(Level.OFF);
        root.detachAppender(logged);
        root.addAppender(console);
    }

    private String meet(String secret) {
        met.add(secret);
        return secret;
    }

    private State input() {
        return State.of(LICENSE, license)
                .with(API_TOKEN, token)
                .with(PEER, new Peer("fed-1", Secret.of(psk)))
                .with(NAMES, List.of("one"));
    }

    /** All that the steps of these tests know, in every form. */
    private String everything() {
        String all = String.join("\n", met.stream().map(Canaries::blurt).toList());
        wire.add(all);
        return all;
    }

    private Throwable blurtingFailure(String start) {
        Throwable failure = StepFailure.of(
                io.hybridpipe.retry.FailureClass.TRANSIENT,
                start + everything(),
                new CompletionException(new IllegalStateException(everything())));
        failure.addSuppressed(new IllegalArgumentException(everything(), new RuntimeException(everything())));
        return failure;
    }

    /** Learns its output's secret, says everything, fails once, then goes well. */
    private Step blurting(Key<String> output, String value) {
        return Step.reading(LICENSE, Input.optional(API_TOKEN), PEER)
                .writing(output)
                .undo((state, context) -> Mono.error(StepFailure.permanent("undo: " + everything())))
                .as((state, context) -> {
                    context.progress(1, 2, everything());
                    context.made(new Resource("Thing", everything(), everything(), everything()));
                    if (context.attempt() == 1) {
                        return context.waiting(everything(), Mono.error(blurtingFailure("")));
                    }
                    return Mono.fromSupplier(() -> Outputs.of(output, meet(value)));
                });
    }

    private Step unknown() {
        return new Step() {
            @Override
            public Contract contract() {
                return Contract.of("Unknown").reading(KEYSET).writing(RECOVERED);
            }

            @Override
            public Mono<Outputs> run(State state, StepContext context) {
                return Mono.error(StepFailure.unknownOutcome("no answer"));
            }

            @Override
            public Mono<Found> reconcile(State state, StepContext context) {
                return Mono.fromSupplier(() -> Found.done(Outputs.of(RECOVERED, meet(recovered))));
            }

            @Override
            public Mono<Void> undo(State state, Found found, StepContext context) {
                return Mono.error(StepFailure.permanent("undo: " + everything()));
            }
        };
    }

    private Pipe pipe() {
        Pipe nested = Pipe.named("nested")
                .needs(INNER)
                .step("inside", Steps.reads(INNER))
                .build();
        return Pipe.named("p")
                .needs(LICENSE, PEER, NAMES)
                .pipe("nested", nested, wiring -> wiring.in(INNER, NAMES.map(names -> meet(wired))))
                .forEach(
                        "each",
                        Each.of(
                                NAMES.map(names -> names.stream()
                                        .map(name -> new Peer(name, Secret.of(meet(item))))
                                        .toList()),
                                ITEM,
                                Peer::name),
                        body -> body.step("look", Steps.reads(ITEM)))
                .step("keyset", blurting(KEYSET, keyset))
                .step("unknown", unknown())
                .when("never", NAMES.map(List::isEmpty), "there are peers", body -> body.step("x", Steps.reads()))
                .concurrently(
                        "group",
                        Group.ofDefaults().finishThenFail(),
                        Element.step("first", blurtingAndFailing("first "), once()),
                        Element.step("second", blurtingAndFailing("second "), once()))
                .build();
    }

    private Step blurtingAndFailing(String start) {
        return Step.reading().withoutEffect().as((state, context) -> Mono.error(() -> blurtingFailure(start)));
    }

    private static UnaryOperator<StepOptions> once() {
        return options -> options.withMaxAttempts(1);
    }

    private final RunListener throwing = new RunListener() {
        @Override
        public void on(PipeEvent event) {
            throw new IllegalStateException(everything());
        }
    };

    private static String stack(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    private String log() {
        StringBuilder text = new StringBuilder();
        for (ILoggingEvent event : logged.list) {
            text.append(event.getFormattedMessage()).append('\n');
            if (event.getThrowableProxy() != null) {
                text.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
        return text.toString();
    }

    @Test
    void noSecretGetsOutOfAFailingRunWhateverItsStepsSay() {
        Pipe pipe = pipe();
        VirtualRun run = VirtualRun.of(pipe, input(), options -> options.listener(throwing));
        run.after(java.time.Duration.ofMinutes(5));

        RunReport report = run.report();
        PipeFailedException failure = run.failure();
        assertThat(report.outcome()).isEqualTo(Outcome.LEFT_OVERS);
        assertThat(report.leftovers()).hasSize(2);
        assertThat(failure.getCause()).hasMessageStartingWith("first ***");
        assertThat(failure.getSuppressed()[0]).hasMessageStartingWith("second ***");

        assertThat(canaries.in(stack(failure))).as("exception").isEmpty();
        assertThat(canaries.in(failure.getMessage() + failure)).as("message").isEmpty();
        assertThat(canaries.in(run.events.toString())).as("events").isEmpty();
        assertThat(canaries.in(run.told(PipeEvent.StepProgressed.class).toString()))
                .as("progress")
                .isEmpty();
        Json json = Json.compact();
        assertThat(run.events).allSatisfy(event -> assertThat(canaries.in(json.write(event.fields())))
                .isEmpty());
        assertThat(canaries.in(report.toString())).as("report").isEmpty();
        assertThat(canaries.in(json.write(report.fields()) + json.indented().write(report.fields())))
                .as("report as JSON")
                .isEmpty();
        assertThat(log()).contains("left over").contains("threw");
        assertThat(canaries.in(log())).as("log").isEmpty();
        assertThat(canaries.in(
                        pipe + pipe.describe().mermaid() + pipe.describe().dot() + pipe.notes()))
                .as("drawings")
                .isEmpty();
        assertThat(canaries.in(input().toString())).as("state").isEmpty();

        assertThat(canaries.in(String.join("\n", wire)))
                .as("the same search finds every canary in every form where the steps sent it")
                .isEqualTo(canaries.all())
                .hasSize(7 * 7);
    }

    @Test
    void noSecretGetsOutWhenAPreflightRefusesTheRun() {
        Step refusing = new Step() {
            @Override
            public Contract contract() {
                return Contract.of("Refusing").reading(LICENSE, Input.optional(API_TOKEN), PEER);
            }

            @Override
            public Mono<Outputs> run(State state, StepContext context) {
                return Mono.empty();
            }

            @Override
            public Mono<Void> preflight(State state, StepContext context) {
                String all = Canaries.blurt(state.get(LICENSE))
                        + Canaries.blurt(state.find(API_TOKEN).orElseThrow())
                        + Canaries.blurt(state.get(PEER).psk().reveal());
                wire.add(all);
                return Mono.error(new IllegalStateException(all));
            }
        };
        VirtualRun run = VirtualRun.of(
                Pipe.named("p").needs(LICENSE, PEER).step("refuse", refusing).build(), input());

        assertThat(run.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(canaries.in(stack(run.failure()) + run.report() + run.events))
                .isEmpty();
        assertThat(canaries.in(String.join("", wire))).hasSize(3 * 7);
    }

    @Test
    void noSecretGetsIntoTheRunsRecordsAsText() {
        MemoryJournal journal = MemoryJournal.empty();
        Run run = pipe().start(
                        input(),
                        RunOptions.ofDefaults()
                                .journal(journal)
                                .scheduler(reactor.test.scheduler.VirtualTimeScheduler.create()));

        String records = journal.records(run.id()).toString();

        assertThat(records).contains("p/keyset");
        assertThat(canaries.in(records)).isEmpty();
    }

    @Test
    void theReasonOfACancelIsScrubbedToo() {
        Pipe pipe = Pipe.named("p")
                .needs(LICENSE)
                .step("wait", Step.reading(LICENSE).withoutEffect().as((state, context) -> Mono.never()))
                .build();
        VirtualRun run = VirtualRun.of(pipe, input());

        run.cancel("because of " + Canaries.blurt(license));

        assertThat(run.message()).startsWith("cancelled: because of ***");
        assertThat(canaries.in(run.events + run.report().toString() + stack(run.failure())))
                .isEmpty();
    }
}
