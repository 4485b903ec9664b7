// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.json.Json;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class EventsTest {
    private static final Step TWICE = Step.reading()
            .withoutEffect()
            .as((state, context) -> context.attempt() == 1
                    ? Mono.error(StepFailure.throttled(Duration.ofSeconds(2), "slow down", null))
                    : Mono.empty());

    private static VirtualRun run() {
        return VirtualRun.of(
                        Pipe.named("net")
                                .concurrently("both", Element.step("a", TWICE), Element.step("b", Steps.reads()))
                                .build(),
                        State.empty(),
                        options -> options.label("team", "core").label("stage", "test"))
                .after(Duration.ofMinutes(1));
    }

    @Test
    void theFamilyIsSealedAndEachEventARecord() {
        assertThat(PipeEvent.class.isSealed()).isTrue();
        assertThat(PipeEvent.class.getPermittedSubclasses()).allMatch(Class::isRecord);
    }

    @Test
    void eventsComeInTheOrderOfTheirSequenceWithoutGaps() {
        List<PipeEvent> events = run().events;

        assertThat(events)
                .extracting(event -> event.header().sequence())
                .containsExactlyElementsOf(
                        LongStream.range(0, events.size()).boxed().toList());
    }

    @Test
    void theStoryOfARunIsToldInThePastTense() {
        assertThat(run().told())
                .containsExactly(
                        "RunStarted net",
                        "ElementStarted net/both",
                        "StepStarted net/both/a",
                        "StepRetrying net/both/a",
                        "StepStarted net/both/b",
                        "StepFinished net/both/b",
                        "StepStarted net/both/a",
                        "StepFinished net/both/a",
                        "ElementFinished net/both",
                        "RunSettled net");
    }

    @Test
    void everyEventBearsRunPathAttemptInstantAndLabels() {
        PipeEvent.StepFinished finished =
                run().told(PipeEvent.StepFinished.class).get(1);

        assertThat(finished.header().run()).isEqualTo(RunId.of("run-1"));
        assertThat(finished.path()).isEqualTo(Path.of("net/both/a"));
        assertThat(finished.header().attempt()).isEqualTo(2);
        assertThat(finished.header().at()).isEqualTo(Instant.EPOCH.plusSeconds(2));
        assertThat(finished.took()).isEqualTo(Duration.ofSeconds(2));
        assertThat(finished.header().labels())
                .containsExactly(java.util.Map.entry("team", "core"), java.util.Map.entry("stage", "test"));
    }

    @Test
    void aRetryingEventSaysClassMessageAndDelay() {
        assertThat(run().told(PipeEvent.StepRetrying.class)).singleElement().satisfies(it -> {
            assertThat(it.failureClass()).isEqualTo(FailureClass.THROTTLED);
            assertThat(it.message()).isEqualTo("slow down");
            assertThat(it.delay()).isEqualTo(Duration.ofSeconds(2));
            assertThat(it.header().attempt()).isEqualTo(1);
        });
    }

    @Test
    void theJsonOfAnEventIsStable() {
        Json json = Json.compact();
        VirtualRun run = run();

        assertThat(run.events.stream()
                        .map(event -> json.write(event.fields()))
                        .toList()
                        .subList(2, 6))
                .containsExactly(
                        "{\"schema\":1,\"type\":\"StepStarted\",\"run\":\"run-1\",\"sequence\":2,\"path\":\"net/both/a\","
                                + "\"attempt\":1,\"at\":\"1970-01-01T00:00:00Z\",\"labels\":{\"team\":\"core\",\"stage\":\"test\"},"
                                + "\"stepType\":\"lambda\"}",
                        "{\"schema\":1,\"type\":\"StepRetrying\",\"run\":\"run-1\",\"sequence\":3,\"path\":\"net/both/a\","
                                + "\"attempt\":1,\"at\":\"1970-01-01T00:00:00Z\",\"labels\":{\"team\":\"core\",\"stage\":\"test\"},"
                                + "\"failureClass\":\"THROTTLED\",\"message\":\"slow down\",\"delay\":\"PT2S\"}",
                        "{\"schema\":1,\"type\":\"StepStarted\",\"run\":\"run-1\",\"sequence\":4,\"path\":\"net/both/b\","
                                + "\"attempt\":1,\"at\":\"1970-01-01T00:00:00Z\",\"labels\":{\"team\":\"core\",\"stage\":\"test\"},"
                                + "\"stepType\":\"lambda\"}",
                        "{\"schema\":1,\"type\":\"StepFinished\",\"run\":\"run-1\",\"sequence\":5,\"path\":\"net/both/b\","
                                + "\"attempt\":1,\"at\":\"1970-01-01T00:00:00Z\",\"labels\":{\"team\":\"core\",\"stage\":\"test\"},"
                                + "\"took\":\"PT0S\"}");
    }

    @Test
    void theJsonOfAReportIsStable() {
        RunReport report = VirtualRun.of(Pipe.named("net")
                        .step("make", Step.reading().as((state, context) -> Mono.empty()))
                        .step("fail", Steps.fails(new IllegalStateException("no\nroute")))
                        .build())
                .report();

        assertThat(Json.compact().write(report.fields()))
                .isEqualTo("{\"run\":\"run-1\",\"pipe\":\"net\",\"outcome\":\"undone\","
                        + "\"startedAt\":\"1970-01-01T00:00:00Z\",\"endedAt\":\"1970-01-01T00:00:00Z\","
                        + "\"failure\":{\"path\":\"net/fail\",\"failureClass\":\"PERMANENT\",\"message\":\"no route\",\"causes\":[],\"others\":[]},"
                        + "\"elements\":["
                        + "{\"path\":\"net/make\",\"kind\":\"step\",\"status\":\"not-undone\",\"attempts\":1,"
                        + "\"startedAt\":\"1970-01-01T00:00:00Z\",\"endedAt\":\"1970-01-01T00:00:00Z\"},"
                        + "{\"path\":\"net/fail\",\"kind\":\"step\",\"status\":\"failed\",\"attempts\":1,"
                        + "\"startedAt\":\"1970-01-01T00:00:00Z\",\"endedAt\":\"1970-01-01T00:00:00Z\",\"message\":\"no route\"}],"
                        + "\"made\":[],\"notUndone\":[{\"path\":\"net/make\",\"reason\":\"it has no undo\"}],"
                        + "\"leftovers\":[],\"criticalPath\":[\"net/make\",\"net/fail\"],\"schema\":1}");
    }

    @Test
    void indentedJsonHasTheSameFields() {
        assertThat(Json.compact()
                        .indented()
                        .write(java.util.Map.of("schema", 1))
                        .replaceAll("\\s", ""))
                .isEqualTo("{\"schema\":1}");
    }

    @Test
    void everyFieldOfEveryEventHasAPlainForm() {
        assertThat(PipeEvent.class.getPermittedSubclasses()).allSatisfy(event -> assertThat(
                        Arrays.stream(event.getRecordComponents()).map(RecordComponent::getType))
                .allMatch(type -> type.isPrimitive()
                        || type.isEnum()
                        || type.isRecord()
                        || List.of(String.class, Instant.class, Duration.class).contains(type)));
    }

    @Test
    void aRunWithoutListenersTellsTheSameStoryInItsReport() {
        Pipe pipe = Pipe.named("net").step("a", Steps.reads()).build();

        RunReport report =
                pipe.start(State.empty(), RunOptions.ofDefaults()).settled().block(VirtualRun.SOON);

        assertThat(report.element(Path.of("net/a")).orElseThrow().attempts()).isEqualTo(1);
    }
}
