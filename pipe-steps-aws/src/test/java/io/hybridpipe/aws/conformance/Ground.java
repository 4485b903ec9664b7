// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.aws.SimAws;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsAsyncClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.cloudformation.CloudFormationAsyncClient;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ssm.SsmAsyncClient;
import software.amazon.awssdk.services.sts.StsAsyncClient;
import software.amazon.awssdk.services.sts.model.Credentials;

/**
 * An account without anything in it but what a scenario asks for, on moto or on the stand-in. The resources below are made when
 * they are first asked for, each one once. Not thread-safe.
 */
@SuppressWarnings("unchecked") // the SDK takes several lambdas as varargs
final class Ground implements AutoCloseable {
    static final String ACCOUNT = "123456789012";
    static final String OTHER_ACCOUNT = "210987654321";
    static final String REGION = "eu-central-1";
    static final String ZONE = "eu-central-1a";

    /** An image that moto knows from the start. */
    static final String IMAGE = "ami-12c6146b";

    private static final AwsCredentials KEY = AwsBasicCredentials.create("AKIACONFORMANCE00001", "conformance-secret");

    // these two for all: making them costs more than a scenario
    private static final SdkAsyncHttpClient HTTP = NettyNioAsyncHttpClient.create();

    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "conformance-timer");
        thread.setDaemon(true);
        return thread;
    });

    private final URI endpoint;
    private final Consumer<Duration> time;
    private final Symbols symbols;
    private final Deque<Runnable> toClose;
    private final AwsCredentials credentials;
    private final Map<String, String> made = new HashMap<>();
    private final Map<String, Object> clients = new HashMap<>();

    private Ground(
            URI endpoint,
            Consumer<Duration> time,
            Symbols symbols,
            Deque<Runnable> toClose,
            AwsCredentials credentials) {
        this.endpoint = endpoint;
        this.time = time;
        this.symbols = symbols;
        this.toClose = toClose;
        this.credentials = credentials;
    }

    /** A stand-in of its own, whose time passes only when something is waited for. */
    static Ground onStandIn(UnaryOperator<SimAws.Builder> setting) {
        SimClock clock = SimClock.manual(Instant.parse("2026-01-01T00:00:00Z"));
        SimAws.Builder builder = SimAws.builder()
                .clock(clock)
                .account(ACCOUNT, KEY.accessKeyId(), KEY.secretAccessKey())
                .account(OTHER_ACCOUNT, "AKIACONFORMANCE00002", "another-secret")
                .role(OTHER_ACCOUNT, "network", ACCOUNT)
                .image(IMAGE, "a machine", Duration.ofSeconds(20));
        SimAws aws = setting.apply(builder).start();
        Deque<Runnable> toClose = new ArrayDeque<>();
        toClose.push(clock::close);
        toClose.push(aws::close);
        return new Ground(aws.endpoint(), clock::advance, new Symbols(), toClose, KEY);
    }

    /** An emulator whose changes take effect at once; the caller has emptied it. */
    static Ground onEmulator(URI endpoint) {
        return new Ground(endpoint, nothing -> {}, new Symbols(), new ArrayDeque<>(), KEY);
    }

    /** The same cloud for somebody else. */
    Ground as(AwsCredentials caller) {
        return new Ground(endpoint, time, symbols, toClose, caller);
    }

    /** The same cloud for the role {@code network} of the other account. */
    Ground inOtherAccount() {
        Credentials session = sts().assumeRole(r -> r.roleArn(role()).roleSessionName("conformance"))
                .join()
                .credentials();
        return as(
                AwsSessionCredentials.create(session.accessKeyId(), session.secretAccessKey(), session.sessionToken()));
    }

    static String role() {
        return "arn:aws:iam::" + OTHER_ACCOUNT + ":role/network";
    }

    AwsCredentials credentials() {
        return credentials;
    }

    Symbols symbols() {
        return symbols;
    }

    Ec2AsyncClient ec2() {
        return client(Ec2AsyncClient.class, Ec2AsyncClient::builder);
    }

    CloudFormationAsyncClient cloudFormation() {
        return client(CloudFormationAsyncClient.class, CloudFormationAsyncClient::builder);
    }

    StsAsyncClient sts() {
        return client(StsAsyncClient.class, StsAsyncClient::builder);
    }

    SsmAsyncClient ssm() {
        return client(SsmAsyncClient.class, SsmAsyncClient::builder);
    }

    private <B extends AwsClientBuilder<B, C> & AwsAsyncClientBuilder<B, C>, C extends SdkClient> C client(
            Class<C> type, Supplier<B> builder) {
        return type.cast(clients.computeIfAbsent(type.getName(), name -> {
            C client = builder.get()
                    .endpointOverride(endpoint)
                    .region(Region.of(REGION))
                    .httpClient(HTTP)
                    .credentialsProvider(StaticCredentialsProvider.create(credentials))
                    .asyncConfiguration(config -> config.advancedOption(
                            SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run))
                    .overrideConfiguration(config -> config.retryStrategy(DefaultRetryStrategy.doNotRetry())
                            .scheduledExecutorService(TIMER)
                            .apiCallTimeout(Duration.ofMinutes(1)))
                    .build();
            toClose.push(client::close);
            return client;
        }));
    }

    /** Lets time pass where it is simulated. */
    void pass(Duration duration) {
        time.accept(duration);
    }

    /** The answer once it is as wanted: two seconds pass between two looks, half an hour at most. */
    <T> T await(Supplier<CompletableFuture<T>> look, Predicate<T> wanted) {
        T seen = look.get().join();
        for (int i = 0; i < 900 && !wanted.test(seen); i++) {
            pass(Duration.ofSeconds(2));
            seen = look.get().join();
        }
        if (!wanted.test(seen)) {
            throw new AssertionError("still not as wanted: " + seen);
        }
        return seen;
    }

    /** Makes something once and keeps its id under a name. */
    String once(String name, Function<Ground, String> make) {
        String known = made.get(name);
        if (known == null) {
            known = make.apply(this);
            symbols.in(known);
            made.put(name, known);
        }
        return known;
    }

    /** A VPC 10.1.0.0/16. */
    String vpc() {
        return vpc("10.1.0.0/16");
    }

    String vpc(String cidr) {
        return once(
                "vpc " + cidr,
                g -> g.ec2().createVpc(r -> r.cidrBlock(cidr)).join().vpc().vpcId());
    }

    /** A subnet 10.1.1.0/24 of the VPC. */
    String subnet() {
        return subnet("10.1.1.0/24");
    }

    String subnet(String cidr) {
        return once("subnet " + cidr, g -> g.ec2()
                .createSubnet(r -> r.vpcId(g.vpc()).cidrBlock(cidr).availabilityZone(ZONE))
                .join()
                .subnet()
                .subnetId());
    }

    /** An internet gateway, attached to nothing. */
    String looseGateway() {
        return once(
                "loose gateway",
                g -> g.ec2().createInternetGateway().join().internetGateway().internetGatewayId());
    }

    /** An internet gateway, attached to the VPC. */
    String gateway() {
        return once("gateway", g -> {
            String vpc = g.vpc();
            String id = g.ec2().createInternetGateway().join().internetGateway().internetGatewayId();
            g.ec2()
                    .attachInternetGateway(r -> r.internetGatewayId(id).vpcId(vpc))
                    .join();
            return id;
        });
    }

    /** A route table of the VPC. */
    String table() {
        return once("table", g -> g.ec2()
                .createRouteTable(r -> r.vpcId(g.vpc()))
                .join()
                .routeTable()
                .routeTableId());
    }

    /** The association of the subnet with the table. */
    String association() {
        return once("association", g -> g.ec2()
                .associateRouteTable(r -> r.routeTableId(g.table()).subnetId(g.subnet()))
                .join()
                .associationId());
    }

    /** The table that the VPC came with. */
    String mainTable() {
        return once("main table", g -> g.ec2()
                .describeRouteTables(r -> r.filters(filter("vpc-id", g.vpc()), filter("association.main", "true")))
                .join()
                .routeTables()
                .get(0)
                .routeTableId());
    }

    /** The security group {@code web} of the VPC. */
    String group() {
        return group("web");
    }

    String group(String name) {
        return once("group " + name, g -> g.ec2()
                .createSecurityGroup(
                        r -> r.groupName(name).description("for " + name).vpcId(g.vpc()))
                .join()
                .groupId());
    }

    /** The group that the VPC came with. */
    String defaultGroup() {
        return once("default group", g -> g.ec2()
                .describeSecurityGroups(r -> r.filters(filter("vpc-id", g.vpc()), filter("group-name", "default")))
                .join()
                .securityGroups()
                .get(0)
                .groupId());
    }

    /** A network interface 10.1.1.10 in the subnet, in the group. */
    String card() {
        return card("10.1.1.10");
    }

    String card(String address) {
        return once("card " + address, g -> g.ec2()
                .createNetworkInterface(r -> r.subnetId(g.subnet())
                        .privateIpAddress(address)
                        .groups(g.group())
                        .description("card " + address))
                .join()
                .networkInterface()
                .networkInterfaceId());
    }

    /** An elastic address. */
    String address() {
        return address("first");
    }

    String address(String name) {
        return once("address " + name, g -> g.ec2().allocateAddress().join().allocationId());
    }

    /** The association of the elastic address with the network interface, in a VPC with a gateway. */
    String mappedAddress() {
        return once("mapped address", g -> {
            g.gateway();
            String card = g.card();
            return g.ec2()
                    .associateAddress(r -> r.allocationId(g.address()).networkInterfaceId(card))
                    .join()
                    .associationId();
        });
    }

    /** A running instance on the network interface. */
    String instance() {
        return once("instance", g -> {
            String card = g.card();
            String id = g.ec2()
                    .runInstances(r -> r.imageId(IMAGE)
                            .instanceType("t3.small")
                            .minCount(1)
                            .maxCount(1)
                            .networkInterfaces(nic -> nic.deviceIndex(0).networkInterfaceId(card)))
                    .join()
                    .instances()
                    .get(0)
                    .instanceId();
            g.awaitInstance(id, "running");
            return id;
        });
    }

    void awaitInstance(String id, String state) {
        await(() -> ec2().describeInstances(r -> r.instanceIds(id)), seen -> seen.reservations()
                .get(0)
                .instances()
                .get(0)
                .state()
                .nameAsString()
                .equals(state));
    }

    /** A stack that has come to rest. */
    String stack(String name, String template) {
        return once("stack " + name, g -> {
            String id = g.cloudFormation()
                    .createStack(r -> r.stackName(name).templateBody(template))
                    .join()
                    .stackId();
            g.awaitStack(id);
            return id;
        });
    }

    /** The stack once it has come to rest. */
    Stack awaitStack(String stack) {
        return await(
                        () -> cloudFormation().describeStacks(r -> r.stackName(stack)),
                        seen -> !seen.stacks().get(0).stackStatusAsString().endsWith("_IN_PROGRESS"))
                .stacks()
                .get(0);
    }

    /** What there is two minutes later, when what was begun has come to its end. */
    List<String> inventory() {
        pass(Duration.ofMinutes(2));
        return Inventory.of(ec2(), cloudFormation());
    }

    static Filter filter(String name, String... values) {
        return Filter.builder().name(name).values(values).build();
    }

    @Override
    public void close() {
        while (!toClose.isEmpty()) {
            toClose.pop().run();
        }
    }
}
