// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.faults;

import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.faults.Stage;
import io.hybridpipe.net.Looks;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.aws.SimAws;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.services.cloudformation.CloudFormationAsyncClient;
import software.amazon.awssdk.services.cloudformation.model.Output;
import software.amazon.awssdk.services.cloudformation.model.StackStatus;

/** Two accounts of a stand-in, whose time runs fast, for one run. */
final class AwsStage implements Stage {
    private static final int SPEED = 100;

    static final Duration POLL = Duration.ofMillis(10);

    /** A machine that boots in no time. */
    static final String IMAGE = "ami-0c0ffee0c0ffee000";

    static final String REGION = "eu-central-1";
    static final String OTHER_REGION = "us-east-1";

    private static final String STANDING = """
            Resources:
              Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: %1$s.0.0/16}}
              Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: %1$s.1.0/24}}
              Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
              Group: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: controller}}
              Eni: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref Subnet}}
              OtherEni: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref Subnet}}
            Outputs:
              Vpc: {Value: !Ref Vpc}
              Subnet: {Value: !Ref Subnet}
              Table: {Value: !Ref Table}
              Group: {Value: !GetAtt Group.GroupId}
              Eni: {Value: !Ref Eni}
              OtherEni: {Value: !Ref OtherEni}
            """;

    private static final String GATEWAY = """
            Resources:
              Gateway: {Type: AWS::EC2::InternetGateway}
              Attachment:
                Type: AWS::EC2::VPCGatewayAttachment
                Properties: {VpcId: %s, InternetGatewayId: !Ref Gateway}
            """;

    private static final String ACCOUNT = "111122223333";
    private static final String OTHER_ACCOUNT = "444455556666";

    private static final Map<Pattern, String> BLURRED = Map.of(
            Pattern.compile("\\b([a-z]+)-[0-9a-f]{8,17}\\b"),
            "$1-ID",
            // an update that is taken back is another update
            Pattern.compile("\\b(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE\\b"),
            "COMPLETE",
            Pattern.compile("-[A-Z0-9]{12}\\b"),
            "-NAME",
            Pattern.compile("\\b198\\.18\\.\\d+\\.\\d+\\b"),
            "PUBLIC");

    private final SimClock clock = SimClock.scaled(SPEED);
    private final SimAws aws;
    private final AwsAccount account;
    private final AwsAccount otherAccount;
    private final AwsAccount host;
    private final AwsAccount otherHost;

    /**
     * @param http furnishes the stage; shared, since making one is costly
     * @param ofSteps what the steps call with
     * @param seenAfter what is made over the API is seen after this, by the stand-in's time
     */
    AwsStage(SdkAsyncHttpClient http, SdkAsyncHttpClient ofSteps, Duration seenAfter) {
        aws = SimAws.builder()
                .clock(clock)
                .account(ACCOUNT, "AKIAFAULTS0000000001", "secret-of-111122223333")
                .account(OTHER_ACCOUNT, "AKIAFAULTS0000000002", "secret-of-444455556666")
                .image(IMAGE, "machine", Duration.ofSeconds(1))
                .visibleAfter(seenAfter)
                .start();
        account = handle(ofSteps, "account-a", 0, REGION);
        otherAccount = handle(ofSteps, "account-b", 1, OTHER_REGION);
        host = handle(http, "account-a", 0, REGION);
        otherHost = handle(http, "account-b", 1, OTHER_REGION);
    }

    private AwsAccount handle(SdkAsyncHttpClient http, String alias, int which, String region) {
        SimAws.Account one = aws.accounts().get(which);
        return AwsAccount.of(alias, region)
                .endpoint(aws.endpoint())
                .httpClient(http)
                .credentials(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(one.accessKey(), one.secretKey())));
    }

    AwsAccount account() {
        return account;
    }

    /** Of another account, in another region. */
    AwsAccount otherAccount() {
        return otherAccount;
    }

    @Override
    public int speed() {
        return SPEED;
    }

    @Override
    public Faults faults() {
        return aws.faults();
    }

    @Override
    public List<Call> calls() {
        return aws.calls().all();
    }

    /** What both accounts have, in both regions. */
    @Override
    public Map<String, String> inventory() {
        Map<String, String> all = new TreeMap<>();
        List.of(ACCOUNT, OTHER_ACCOUNT)
                .forEach(id -> List.of(REGION, OTHER_REGION).forEach(region -> aws.inventory(id, region)
                        .kinds()
                        .forEach((kind, resources) -> resources.forEach((resource, content) ->
                                all.put(id + "/" + region + " " + kind + " " + resource, content)))));
        return all;
    }

    @Override
    public Map<Pattern, String> blurred() {
        return BLURRED;
    }

    /** A VPC 10.1.0.0/16 with a subnet, a route table, a security group and two network interfaces. */
    Network network() {
        return network(host, "10.1");
    }

    /** A VPC 10.2.0.0/16 of the other account, with the same in it. */
    Network otherNetwork() {
        return network(otherHost, "10.2");
    }

    /** The ids of a small network. */
    record Network(String vpc, String subnet, String table, String group, String eni, String otherEni) {}

    /** That of {@link #network()} with an internet gateway. */
    Network publicNetwork() {
        Network network = network();
        stack(host, "gateway", GATEWAY.formatted(network.vpc()));
        return network;
    }

    private static Network network(AwsAccount owner, String block) {
        Map<String, String> ids = stack(owner, "standing", STANDING.formatted(block));
        return new Network(
                ids.get("Vpc"),
                ids.get("Subnet"),
                ids.get("Table"),
                ids.get("Group"),
                ids.get("Eni"),
                ids.get("OtherEni"));
    }

    /** A stack of the account that is there before the run; its resources are seen at once. */
    void stack(String name, String template) {
        stack(host, name, template);
    }

    private static Map<String, String> stack(AwsAccount owner, String name, String template) {
        CloudFormationAsyncClient stacks = owner.cloudFormation();
        stacks.createStack(r -> r.stackName(name).templateBody(template)).join();
        return Looks.until(
                        Mono.fromFuture(() -> stacks.describeStacks(r -> r.stackName(name)))
                                .map(answer -> answer.stacks().get(0))
                                .filter(stack -> stack.stackStatus() == StackStatus.CREATE_COMPLETE),
                        POLL,
                        Duration.ofMinutes(1),
                        () -> Mono.error(new IllegalStateException("stack " + name + " does not come up")))
                .blockOptional()
                .orElseThrow()
                .outputs()
                .stream()
                .collect(Collectors.toMap(Output::outputKey, Output::outputValue));
    }

    @Override
    public void close() {
        account.close();
        otherAccount.close();
        host.close();
        otherHost.close();
        aws.close();
        clock.close();
    }
}
