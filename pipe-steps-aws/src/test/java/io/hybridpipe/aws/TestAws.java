// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import io.hybridpipe.StepOptions;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.aws.Inventory;
import io.hybridpipe.sim.aws.SimAws;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;

/** A stand-in of AWS whose time runs a thousand times as fast, a handle of its account, and a small network in it. */
public final class TestAws implements AutoCloseable {
    /** How long a test waits for anything at most. */
    public static final Duration SOON = Duration.ofSeconds(60);

    /** How often steps look. */
    public static final Duration POLL = Duration.ofMillis(5);

    /** A machine that boots in no time. */
    public static final String IMAGE = "ami-0c0ffee0c0ffee000";

    public static final String REGION = "eu-central-1";

    // one for all tests: making and closing it costs more than a test
    private static final SdkAsyncHttpClient HTTP = NettyNioAsyncHttpClient.create();

    private final SimClock clock = SimClock.scaled(1000);
    private final SimAws aws;
    private final AwsAccount account;

    private TestAws(UnaryOperator<SimAws.Builder> settings) {
        aws = settings.apply(SimAws.builder().clock(clock).image(IMAGE, "machine", Duration.ofSeconds(1)))
                .start();
        account = newHandle();
    }

    public static TestAws start() {
        return start(UnaryOperator.identity());
    }

    public static TestAws start(UnaryOperator<SimAws.Builder> settings) {
        return new TestAws(settings);
    }

    /** The handle of the stand-in's first account. */
    public AwsAccount account() {
        return account;
    }

    /** Another handle of the same account, with clients of its own, for the caller to close. */
    public AwsAccount newHandle() {
        SimAws.Account first = aws.accounts().get(0);
        return account(first.accessKey(), first.secretKey());
    }

    /** A handle with other keys. */
    public AwsAccount account(String accessKey, String secretKey) {
        return AwsAccount.of("account-a", REGION)
                .endpoint(aws.endpoint())
                .httpClient(HTTP)
                .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)));
    }

    /** The options that a step asks for, without the waits that only a real cloud needs. */
    public static StepOptions hastened(StepOptions options) {
        return options.withVisibility(Duration.ZERO)
                .withRetry(options.retry().withEach(backoff -> backoff.withDelays(POLL, POLL)));
    }

    public URI endpoint() {
        return aws.endpoint();
    }

    /** The stand-in's time. */
    public SimClock clock() {
        return clock;
    }

    public SimAws sim() {
        return aws;
    }

    public Faults faults() {
        return aws.faults();
    }

    public List<Call> calls(String action) {
        return aws.calls().of(action);
    }

    /** The calls of an action that changed something or tried to: dry runs are none. */
    public List<Call> changes(String action) {
        return calls(action).stream().filter(Call::changing).toList();
    }

    /** A fault for calls of an action that change something: dry runs are none. */
    public Faults.Rule onChange(String action) {
        return faults().on(call -> call.action().equals(action) && call.changing());
    }

    public Inventory inventory() {
        return aws.inventory(aws.accounts().get(0).id(), REGION);
    }

    /** A VPC 10.1.0.0/16 with a subnet, a route table, a security group and two network interfaces, all of them seen. */
    public Network network() {
        Ec2AsyncClient ec2 = account.ec2();
        String vpc = ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16")).join().vpc().vpcId();
        String subnet = seen(() -> ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.1.0/24")))
                .subnet()
                .subnetId();
        String table =
                seen(() -> ec2.createRouteTable(r -> r.vpcId(vpc))).routeTable().routeTableId();
        String group = seen(() -> ec2.createSecurityGroup(
                        r -> r.vpcId(vpc).groupName("controller").description("controller")))
                .groupId();
        Network made =
                new Network(vpc, subnet, table, group, networkInterface(ec2, subnet), networkInterface(ec2, subnet));
        seen(() -> ec2.describeRouteTables(r -> r.routeTableIds(made.table)));
        seen(() -> ec2.describeSecurityGroups(r -> r.groupIds(made.group)));
        seen(() -> ec2.describeNetworkInterfaces(r -> r.networkInterfaceIds(made.eni, made.otherEni)));
        return made;
    }

    /** The same with an internet gateway, so that elastic addresses have a use. */
    public Network publicNetwork() {
        Network network = network();
        Ec2AsyncClient ec2 = account.ec2();
        String gateway = ec2.createInternetGateway().join().internetGateway().internetGatewayId();
        seen(() -> ec2.attachInternetGateway(r -> r.internetGatewayId(gateway).vpcId(network.vpc())));
        return network;
    }

    /** The ids of a small network. */
    public record Network(String vpc, String subnet, String table, String group, String eni, String otherEni) {}

    private static String networkInterface(Ec2AsyncClient ec2, String subnet) {
        return seen(() -> ec2.createNetworkInterface(r -> r.subnetId(subnet)))
                .networkInterface()
                .networkInterfaceId();
    }

    /** The answer, as soon as the stand-in shows what the call is about. */
    private static <T> T seen(Supplier<CompletableFuture<T>> call) {
        return Objects.requireNonNull(Mono.fromFuture(call)
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, POLL)
                        .filter(failure -> String.valueOf(failure.getMessage()).contains("does not exist")))
                .block(SOON));
    }

    @Override
    public void close() {
        account.close();
        aws.close();
        clock.close();
    }
}
