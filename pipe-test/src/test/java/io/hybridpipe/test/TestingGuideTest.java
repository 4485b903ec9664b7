// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import static io.hybridpipe.retry.FailureClass.PERMANENT;
import static io.hybridpipe.retry.FailureClass.TRANSIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.event.PipeEvent.ScopeClosed;
import io.hybridpipe.event.PipeEvent.StepFinished;
import io.hybridpipe.event.PipeEvent.StepReconciled;
import io.hybridpipe.event.PipeEvent.StepRetrying;
import io.hybridpipe.event.PipeEvent.StepStarted;
import io.hybridpipe.event.PipeEvent.StepUndone;
import io.hybridpipe.event.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import reactor.core.publisher.Mono;

/** The snippets of docs/testing.md, which run here; the last test compares them with the page. */
class TestingGuideTest {
    private static final Key<String> NAME = Key.of("name", String.class);

    // snippet: pipe
    static final Key<String> VPC = Key.of("vpc", String.class);

    static Pipe network(Step createVpc, Scope apiAccess, Step setUp) {
        return Pipe.named("net")
                .step("create-vpc", createVpc)
                .during("api-access", apiAccess, open -> open.step("set-up", setUp))
                .build();
    }
    // end

    // snippet: undone
    @Test
    void aFailedSetUpLeavesNothingBehind() {
        ScriptedStep createVpc = ScriptedStep.named("vpc").writes(VPC, "vpc-1");
        ScriptedScope apiAccess = ScriptedScope.named("rule");
        ScriptedStep setUp = ScriptedStep.named("controller").reads(VPC).fails(PERMANENT);

        PipeVerifier.of(network(createVpc, apiAccess, setUp)).verifyUndone();

        assertThat(createVpc.exists()).isFalse();
        assertThat(apiAccess.exists()).isFalse();
    }
    // end

    // snippet: lost
    @Test
    void aLostAnswerDoesNotMakeASecondVpc() {
        ScriptedStep createVpc = ScriptedStep.named("vpc").writes(VPC, "vpc-1").losesTheAnswer();

        PipeVerifier.of(network(createVpc, ScriptedScope.named("rule"), ScriptedStep.named("controller")))
                .lenient()
                .expect(StepReconciled.class, "net/create-vpc", event -> event.found()
                        .equals("done"))
                .expect(StepFinished.class, "net/create-vpc")
                .verifyDone();

        assertThat(createVpc.attempts()).isEqualTo(1);
        assertThat(createVpc.count()).isEqualTo(1);
    }
    // end

    // snippet: cancel
    @Test
    void aCancelInTheMiddleClosesTheDoorAndTakesTheVpcBack() {
        ScriptedStep createVpc = ScriptedStep.named("vpc");
        ScriptedScope apiAccess = ScriptedScope.named("rule");
        ScriptedStep setUp = ScriptedStep.named("controller").takes(Duration.ofMinutes(20));

        PipeVerifier.of(network(createVpc, apiAccess, setUp))
                .options(options -> options.deadline(Duration.ofHours(2)))
                .lenient()
                .expect(StepStarted.class, "net/api-access/set-up")
                .thenAwait(Duration.ofMinutes(5))
                .then(() -> assertThat(apiAccess.exists()).isTrue())
                .thenCancel("the operator pressed Ctrl-C")
                .expect(ScopeClosed.class, "net/api-access")
                .expect(StepUndone.class, "net/create-vpc")
                .verifyUndone();

        assertThat(apiAccess.exists()).isFalse();
    }
    // end

    private static final Pipe ONE = Pipe.named("net")
            .step("create-vpc", ScriptedStep.named("vpc").fails(TRANSIENT))
            .build();

    @Test
    void theFailureShownOnThePageIsWhatIsPrinted() throws IOException {
        Throwable failure = catchThrowable(
                () ->
                        // snippet: failing
                        PipeVerifier.of(ONE)
                                .expect(StepStarted.class, "net/create-vpc")
                                .expect(StepFinished.class, "net/create-vpc")
                                .verifyDone()
                // end
                );

        assertThat(failure).isInstanceOf(AssertionError.class);
        String upToTheArrow =
                failure.getMessage().substring(0, failure.getMessage().indexOf("\n     3 "));
        assertThat(page()).contains("```text\n" + upToTheArrow + "\n");
    }

    // snippet: recording
    @Test
    void theReportNamesWhatWasMade() {
        RecordingListener told = new RecordingListener();
        Pipe pipe = network(ScriptedStep.named("vpc"), ScriptedScope.named("rule"), ScriptedStep.named("controller"));

        pipe.run(State.empty(), RunOptions.ofDefaults().listener(told)).block(Duration.ofSeconds(60));

        assertThat(told.of(StepRetrying.class)).isEmpty();
        assertThat(told.report().orElseThrow().made())
                .extracting(Resource::id)
                .containsExactly("vpc-1", "controller-1");
    }
    // end

    private final Map<String, String> cloud = new ConcurrentHashMap<>();

    /** A step as a reader of the page would write it, against a map that plays the cloud. */
    private record CreateBucket(Input<String> name, Key<String> id, Map<String, String> cloud) implements Step {
        @Override
        public Contract contract() {
            return Contract.of("CreateBucket").reading(name).writing(id);
        }

        @Override
        public Mono<Outputs> run(State state, StepContext context) {
            String bucket = name.get(state) + "-" + context.token();
            return context.mutate(Mono.fromRunnable(() -> cloud.put(bucket, context.token())))
                    .then(Mono.fromSupplier(() -> {
                        context.made(Resource.of("bucket", bucket, "here"));
                        return Outputs.of(id, bucket);
                    }));
        }

        @Override
        public Mono<Found> reconcile(State state, StepContext context) {
            String bucket = name.get(state) + "-" + context.token();
            return Mono.fromSupplier(
                    () -> cloud.containsKey(bucket) ? Found.done(Outputs.of(id, bucket)) : Found.absent());
        }

        @Override
        public Mono<Void> undo(State state, Found found, StepContext context) {
            return context.mutate(Mono.fromRunnable(() -> cloud.remove(name.get(state) + "-" + context.token())));
        }
    }

    // snippet: alone
    @Test
    void aBucketIsMadeUnderItsNameAndToken() {
        TestContext context = TestContext.at("net/bucket");
        Step step = new CreateBucket(NAME, VPC, cloud);

        Outputs outputs = step.run(State.of(NAME, "logs"), context).block(Duration.ofSeconds(60));

        assertThat(outputs).isEqualTo(Outputs.of(VPC, "logs-" + context.token()));
        assertThat(context.made()).hasSize(1);
        assertThat(context.mutations()).isEqualTo(1);
    }
    // end

    // snippet: contract
    @TestFactory
    Stream<DynamicTest> createBucketKeepsTheContract() {
        return StepContract.of(new CreateBucket(NAME, VPC, cloud))
                .state(State.of(NAME, "logs"))
                .inventory(() -> Map.copyOf(cloud)) // an independent look, compared by equals
                .checks()
                .stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }
    // end

    // snippet: crash
    @Test
    void afterACrashAnywhereThereIsOneBucketOrNone() {
        String table = bucketMatrix().check();

        assertThat(table).contains("cells are fine");
    }

    private CrashMatrix bucketMatrix() {
        return CrashMatrix.of(() -> {
                    cloud.clear(); // a fresh stand-in for each cell
                    return Pipe.named("net")
                            .needs(NAME)
                            .step("bucket", new CreateBucket(NAME, VPC, cloud))
                            .build();
                })
                .input(State.of(NAME, "logs"))
                .inventory(() -> Collections.nCopies(cloud.size(), "bucket"));
    }
    // end

    @Test
    void theTableShownOnThePageIsTheOneThatIsReturned() throws IOException {
        assertThat(page()).contains("```text\n" + bucketMatrix().check() + "\n```");
    }

    @Test
    void everySnippetOnThePageIsTheOneThatRunsHere() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/hybridpipe/test/TestingGuideTest.java"));
        Matcher onPage = Pattern.compile("<!-- snippet: (\\w+) -->\n```java\n(.*?)```", Pattern.DOTALL)
                .matcher(page());
        int compared = 0;
        while (onPage.find()) {
            Matcher here = Pattern.compile("// snippet: " + onPage.group(1) + "\n(.*?)\n *// end\n", Pattern.DOTALL)
                    .matcher(source);
            assertThat(here.find())
                    .as("snippet " + onPage.group(1) + " of docs/testing.md")
                    .isTrue();
            assertThat(onPage.group(2).strip())
                    .as("copy the snippet '" + onPage.group(1) + "' from TestingGuideTest to docs/testing.md")
                    .isEqualTo(here.group(1).stripIndent().strip());
            compared++;
        }
        assertThat(compared)
                .isEqualTo(Pattern.compile("```java").matcher(page()).results().count())
                .isGreaterThan(5);
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("../docs/testing.md"));
    }
}
