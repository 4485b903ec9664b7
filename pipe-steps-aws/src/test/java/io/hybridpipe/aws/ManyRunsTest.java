// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.aws.ec2.CreateRouteTable;
import io.hybridpipe.aws.ec2.CreateVpc;
import io.hybridpipe.aws.ec2.TemporaryIngress;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.aws.SimAws;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;

/**
 * Many runs at once against one account that takes 20 requests a second: counted call by call, and compared with a lone run.
 *
 * <p>{@code ./mvnw -pl pipe-steps-aws -am test -Dtest=ManyRunsTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dtest.properties=-Druns=200} makes 200 runs at once.
 */
@Timeout(240)
class ManyRunsTest {
    private static final int RUNS = Integer.getInteger("runs", 20);
    private static final int LIMIT = 20;
    /** A security group takes 60 rules. */
    private static final int RUNS_IN_A_GROUP = 50;

    private static final Duration WITHIN = Duration.ofSeconds(200);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Key<String> VPC = Key.of("vpc", String.class);
    private static final SdkAsyncHttpClient HTTP = NettyNioAsyncHttpClient.create();

    private final StillTime time = new StillTime();
    private final SimAws aws = SimAws.builder()
            .clock(time.clock)
            .requestLimit(LIMIT)
            .vpcLimit(1000)
            .visibleAfter(Duration.ofMillis(500))
            .start();
    private AwsAccount account;
    private final List<String> groups = new ArrayList<>();

    @BeforeEach
    void makeSharedSecurityGroups() {
        SimAws.Account first = aws.accounts().get(0);
        account = AwsAccount.of("account-a", "eu-central-1")
                .endpoint(aws.endpoint())
                .httpClient(time.watching(HTTP))
                .credentials(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(first.accessKey(), first.secretKey())))
                .pacedBy(() -> time.scheduler);
        String vpc = account.ec2()
                .describeVpcs()
                .thenCompose(any -> account.ec2().createVpc(r -> r.cidrBlock("10.0.0.0/16")))
                .join()
                .vpc()
                .vpcId();
        pass(Duration.ofSeconds(1));
        for (int each = 0; each <= RUNS / RUNS_IN_A_GROUP; each++) {
            String name = "controllers-" + each;
            groups.add(account.ec2()
                    .createSecurityGroup(r -> r.vpcId(vpc).groupName(name).description("shared by many runs"))
                    .join()
                    .groupId());
        }
        pass(Duration.ofSeconds(5));
        aws.calls().clear();
    }

    @AfterEach
    void stop() {
        account.close();
        aws.close();
        time.close();
    }

    @AfterAll
    static void closeTheClient() {
        HTTP.close();
    }

    @Test
    void manyRunsKeepALimitThatIsKnownAndShareItFairly() {
        RunOptions options = RunOptions.ofDefaults();
        Course lone = start(account.requestsPerSecond(LIMIT), 1, options);
        Course many = start(account.requestsPerSecond(LIMIT), RUNS, options);
        tell("limit known", lone, many);

        assertThat(many.refused()).isEmpty();
        assertThat(many.made()).isEqualTo(times(RUNS, lone.made()));
        assertThat(many.runs).allSatisfy(run -> assertThat(many.madeBy(run)).isEqualTo(lone.madeBy(lone.runs.get(0))));
        assertThat(many.looks()).isLessThanOrEqualTo(13L * RUNS * lone.looks() / 10);
        assertThat(many.seconds()).isLessThan(1.2 * many.calls.size() / LIMIT);
        assertThat(many.spread()).as("of the times at which the runs end").isLessThan(0.35);
        assertThat(engineThreads())
                .isLessThanOrEqualTo(Math.max(2, Runtime.getRuntime().availableProcessors()));
    }

    @Test
    void manyRunsFindALimitThatNobodyHasTold() {
        // the engine's pauses after a refusal are in the same time as what they are compared with
        RunOptions options = RunOptions.ofDefaults().scheduler(time.scheduler);
        Course lone = start(account.requestsPerSecond(LIMIT), 1, options);
        Course many = start(account, RUNS, options);
        tell("limit unknown", lone, many);

        assertThat(many.refused()).isNotEmpty();
        // the preflights of a run's three elements ask at once, all of them before anybody can know of a limit
        assertThat(many.refused().size()).isLessThan(3 * RUNS + many.calls.size() / 10);
        assertThat(many.served("CreateVpc")).isEqualTo(RUNS);
        assertThat(many.seconds()).isLessThan(2.0 * many.calls.size() / LIMIT);
    }

    private Course start(AwsAccount paced, int runs, RunOptions options) {
        aws.calls().clear();
        List<String> ids = IntStream.rangeClosed(1, runs)
                .mapToObj(number -> String.format(Locale.ROOT, "run-%d-of-%d", number, runs))
                .toList();
        Instant begin = time.clock.instant();
        List<End> ends = Flux.fromIterable(ids)
                .flatMap(
                        id -> pipe(paced, ids.indexOf(id))
                                .start(State.empty(), options.runId(RunId.of(id)))
                                .settled()
                                .map(report -> new End(report, time.clock.instant())),
                        runs)
                .collectList()
                .block(WITHIN);
        assertThat(ends).allSatisfy(end -> assertThat(end.report.outcome())
                .as(end.report.toString())
                .isEqualTo(RunReport.Outcome.DONE));
        return new Course(
                ids,
                begin,
                ends.stream().map(End::at).sorted().toList(),
                aws.calls().all());
    }

    private record End(RunReport report, Instant at) {}

    private Pipe pipe(AwsAccount paced, int number) {
        String source = "198.51." + number / 250 + "." + number % 250 + "/32";
        return Pipe.named("orders")
                .step(
                        "vpc",
                        CreateVpc.in(paced)
                                .cidr(Cidr.of("10.1.0.0/16"))
                                .into(VPC)
                                .pollEvery(POLL))
                .during(
                        "access",
                        TemporaryIngress.in(paced)
                                .group(groups.get(number / RUNS_IN_A_GROUP))
                                .tcp(8000)
                                .from(Cidr.of(source))
                                .pollEvery(POLL),
                        body -> body.step(
                                "routes", CreateRouteTable.in(paced).vpc(VPC).pollEvery(POLL)))
                .build();
    }

    private void pass(Duration duration) {
        Instant goal = time.clock.instant().plus(duration);
        Flux.interval(Duration.ofMillis(1))
                .onBackpressureDrop()
                .takeUntil(tick -> time.clock.instant().isAfter(goal))
                .blockLast(WITHIN);
    }

    private static long engineThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("hybridpipe-\\d+"))
                .count();
    }

    private static Map<String, Long> times(int factor, Map<String, Long> counts) {
        Map<String, Long> all = new TreeMap<>(counts);
        all.replaceAll((action, count) -> count * factor);
        return all;
    }

    private static void tell(String how, Course lone, Course many) {
        System.out.printf(
                Locale.ROOT,
                "%n%s: %d runs, %d calls in %.1f s at %d a second (%.2f of what that allows), %d refused, looks %.2f of a lone"
                        + " run's, first end at %.1f s, last at %.1f s%n",
                how,
                many.runs.size(),
                many.calls.size(),
                many.seconds(),
                LIMIT,
                many.seconds() * LIMIT / many.calls.size(),
                many.refused().size(),
                (double) many.looks() / many.runs.size() / lone.looks(),
                many.seconds(0),
                many.seconds(many.ends.size() - 1));
        System.out.printf("  changing calls of a lone run: %s; of all: %s%n", lone.made(), many.made());
    }

    /** What many runs at once did. */
    private record Course(List<String> runs, Instant begin, List<Instant> ends, List<Call> calls) {
        double seconds() {
            return seconds(ends.size() - 1);
        }

        double seconds(int end) {
            return Duration.between(begin, ends.get(end)).toMillis() / 1000.0;
        }

        double spread() {
            return (seconds() - seconds(0)) / seconds();
        }

        List<Call> refused() {
            return calls.stream().filter(Course::isRefused).toList();
        }

        long looks() {
            return calls.stream().filter(call -> !call.changing()).count();
        }

        long served(String action) {
            return calls.stream()
                    .filter(call -> call.changing() && call.action().equals(action) && !isRefused(call))
                    .count();
        }

        Map<String, Long> made() {
            return count(calls);
        }

        /** The changing calls that bear the run's tags. */
        Map<String, Long> madeBy(String run) {
            return count(calls.stream()
                    .filter(call -> call.request().body().contains("=" + run + "&"))
                    .toList());
        }

        private static boolean isRefused(Call call) {
            return SimAws.errorCode(call)
                    .filter(code -> code.equals("RequestLimitExceeded") || code.equals("Throttling"))
                    .isPresent();
        }

        private static Map<String, Long> count(List<Call> calls) {
            return calls.stream().filter(Call::changing).collect(groupingBy(Call::action, TreeMap::new, counting()));
        }
    }
}
