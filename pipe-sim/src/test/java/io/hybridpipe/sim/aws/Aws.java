// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.SimRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.cloudformation.CloudFormationAsyncClient;
import software.amazon.awssdk.services.cloudformation.model.Output;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ssm.SsmAsyncClient;
import software.amazon.awssdk.services.sts.StsAsyncClient;

/** A stand-in whose time the test moves, and the real SDK's clients for it, with their own retries off. */
final class Aws implements AutoCloseable {

    static final String IMAGE = "ami-00000000000000001";
    static final String ACCOUNT = SimAws.DEFAULT_ACCOUNT.id();
    static final String REGION = "eu-west-1";

    // one pool of event loops for all tests: making one costs more than a test
    private static final SdkAsyncHttpClient HTTP = NettyNioAsyncHttpClient.create();

    private static final HttpClient PLAIN = HttpClient.newHttpClient();

    final SimClock clock = SimClock.manual(Instant.parse("2026-01-01T00:00:00Z"));
    final SimAws sim;
    final Ec2AsyncClient ec2;
    final CloudFormationAsyncClient cloudFormation;
    final StsAsyncClient sts;

    Aws(SimAws.Builder builder) {
        this.sim = builder.clock(clock)
                .image(IMAGE, "vns3-controller", Duration.ofSeconds(60))
                .start();
        this.ec2 = ec2(sim.accounts().get(0), REGION);
        this.cloudFormation = client(
                        CloudFormationAsyncClient.builder(),
                        credentials(sim.accounts().get(0)),
                        REGION)
                .httpClient(HTTP)
                .build();
        this.sts = sts(credentials(sim.accounts().get(0)));
    }

    Aws() {
        this(SimAws.builder());
    }

    Ec2AsyncClient ec2(SimAws.Account account, String region) {
        return ec2(credentials(account), region);
    }

    Ec2AsyncClient ec2(AwsCredentials credentials, String region) {
        return client(Ec2AsyncClient.builder(), credentials, region)
                .httpClient(HTTP)
                .build();
    }

    SsmAsyncClient ssm(AwsCredentials credentials) {
        return client(SsmAsyncClient.builder(), credentials, REGION)
                .httpClient(HTTP)
                .build();
    }

    StsAsyncClient sts(AwsCredentials credentials) {
        return client(StsAsyncClient.builder(), credentials, REGION)
                .httpClient(HTTP)
                .build();
    }

    static AwsCredentials credentials(SimAws.Account account) {
        return AwsBasicCredentials.create(account.accessKey(), account.secretKey());
    }

    private <B extends AwsClientBuilder<B, ?>> B client(B builder, AwsCredentials credentials, String region) {
        return builder.endpointOverride(sim.endpoint())
                .region(Region.of(region))
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .overrideConfiguration(config ->
                        config.retryStrategy(DefaultRetryStrategy.doNotRetry()).apiCallTimeout(Duration.ofSeconds(20)));
    }

    static Filter filter(String name, String value) {
        return Filter.builder().name(name).values(value).build();
    }

    static TagSpecification tagged(ResourceType type, String key, String value) {
        return TagSpecification.builder()
                .resourceType(type)
                .tags(Tag.builder().key(key).value(value).build())
                .build();
    }

    static InstanceNetworkInterfaceSpecification primary(String card) {
        return InstanceNetworkInterfaceSpecification.builder()
                .deviceIndex(0)
                .networkInterfaceId(card)
                .build();
    }

    static IpPermission tcp(int port, String cidr, String description) {
        var range = IpRange.builder().cidrIp(cidr);
        return IpPermission.builder()
                .ipProtocol("tcp")
                .fromPort(port)
                .toPort(port)
                .ipRanges((description.isEmpty() ? range : range.description(description)).build())
                .build();
    }

    /** The answer of a call, or its own exception. */
    static <T> T of(CompletableFuture<T> call) {
        try {
            return call.orTimeout(60, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** The error code with which a call is refused. */
    static String refusal(CompletableFuture<?> call) {
        try {
            of(call);
            return "no error";
        } catch (AwsServiceException e) {
            return e.awsErrorDetails().errorCode();
        }
    }

    static String template(String name) {
        try (var in = Aws.class.getResourceAsStream("/aws/" + name)) {
            assertThat(in).as(name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String create(String name, String template, Map<String, String> parameters) {
        return of(cloudFormation.createStack(request ->
                        request.stackName(name).templateBody(template).parameters(parameters(parameters))))
                .stackId();
    }

    static List<Parameter> parameters(Map<String, String> values) {
        return values.entrySet().stream()
                .map(value -> Parameter.builder()
                        .parameterKey(value.getKey())
                        .parameterValue(value.getValue())
                        .build())
                .toList();
    }

    Stack describe(String stack) {
        return of(cloudFormation.describeStacks(request -> request.stackName(stack)))
                .stacks()
                .get(0);
    }

    /** The stack once nothing is in progress any more. */
    Stack settled(String stack) {
        return await(() -> describe(stack), now -> !now.stackStatusAsString().endsWith("_IN_PROGRESS"));
    }

    /** All events of a stack, newest first. */
    List<StackEvent> events(String stack) {
        var events = new ArrayList<StackEvent>();
        String token = null;
        do {
            var from = token;
            var page = of(cloudFormation.describeStackEvents(
                    request -> request.stackName(stack).nextToken(from)));
            events.addAll(page.stackEvents());
            token = page.nextToken();
        } while (token != null);
        return events;
    }

    static Map<String, String> outputs(Stack stack) {
        return stack.outputs().stream().collect(Collectors.toMap(Output::outputKey, Output::outputValue));
    }

    /** Lets time go by, two seconds at a step and at most half an hour, until the answer is as wanted. */
    <T> T await(Supplier<T> ask, Predicate<T> wanted) {
        var answer = ask.get();
        for (var step = 0; step < 900 && !wanted.test(answer); step++) {
            clock.advance(Duration.ofSeconds(2));
            answer = ask.get();
        }
        assertThat(answer).as("after " + clock.instant()).matches(wanted);
        return answer;
    }

    /** The answer to a query request that is written by hand and signed now by the first account. */
    String post(String service, String query) throws Exception {
        return post(Instant.now(), service, query, query);
    }

    /** Signs one query, as if at another time, and sends another. */
    String post(Instant at, String service, String signed, String sent) throws Exception {
        var account = sim.accounts().get(0);
        var date = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
                .withZone(ZoneOffset.UTC)
                .format(at);
        var claim = new Identities.Claim(
                account.accessKey(), date.substring(0, 8), REGION, service, List.of("x-amz-date"), "");
        var headers = Map.of("X-Amz-Date", List.of(date));
        var signature = Signature.of(new SimRequest("POST", "/", "", headers, signed), claim, account.secretKey());
        var request = HttpRequest.newBuilder(sim.endpoint().resolve("/"))
                .timeout(Duration.ofSeconds(20))
                .header("X-Amz-Date", date)
                .header(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=" + account.accessKey() + "/" + claim.scope()
                                + ", SignedHeaders=x-amz-date, Signature=" + signature)
                .POST(HttpRequest.BodyPublishers.ofString(sent))
                .build();
        return PLAIN.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    Inventory inventory() {
        return sim.inventory(ACCOUNT, REGION);
    }

    @Override
    public void close() {
        ec2.close();
        cloudFormation.close();
        sts.close();
        sim.close();
        clock.close();
    }
}
