// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.aws.InstanceEvent;
import io.hybridpipe.sim.aws.SimAws;
import io.hybridpipe.sim.azure.SimAzure;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.net.Site;
import io.hybridpipe.sim.net.Trace;
import io.hybridpipe.sim.net.World;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudformation.CloudFormationAsyncClient;
import software.amazon.awssdk.services.cloudformation.model.Output;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;

/** All stand-ins in one world: a stack on AWS boots a controller, which joins a federation on Azure and reaches on-premises. */
class ThreeCloudsTest {
    private static final String IMAGE = "ami-00000000000000001";
    private static final String REGION = "eu-west-1";
    private static final String CALLER = "203.0.113.7";

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final World world = World.on(clock);
    private final PacketTracer tracer = PacketTracer.in(world);
    private final Map<String, SimVns3> launched = new ConcurrentHashMap<>();
    private final SimAws aws = SimAws.builder()
            .clock(clock)
            .image(IMAGE, "vns3-controller", Duration.ofSeconds(60))
            .start();
    private final SimAzure azure = SimAzure.builder().clock(clock).start();
    private final HttpClient http = HttpClient.newHttpClient();
    private final StaticCredentialsProvider credentials = StaticCredentialsProvider.create(
            AwsBasicCredentials.create(SimAws.DEFAULT_ACCOUNT.accessKey(), SimAws.DEFAULT_ACCOUNT.secretKey()));
    private final Ec2AsyncClient ec2 = Ec2AsyncClient.builder()
            .endpointOverride(aws.endpoint())
            .region(Region.of(REGION))
            .credentialsProvider(credentials)
            .build();
    private final CloudFormationAsyncClient cloudFormation = CloudFormationAsyncClient.builder()
            .endpointOverride(aws.endpoint())
            .region(Region.of(REGION))
            .credentialsProvider(credentials)
            .build();
    private SimVns3 federation;
    private SimVns3 gateway;
    private String federationAddress = "";

    @BeforeEach
    void buildTheWorld() throws Exception {
        world.add(aws.network(SimAws.DEFAULT_ACCOUNT.id(), REGION));
        world.add(azure.network(azure.subscription()));
        world.add(Site.named("on-premises")
                .host("10.0.0.10", "host")
                .host("10.0.0.2", "198.51.100.2", "gateway")
                .route("10.0.0.0/8", "gateway"));
        aws.onInstance(event -> {
            if (event.kind() == InstanceEvent.Kind.RUNNING) {
                SimVns3 booted = SimVns3.builder()
                        .world(world)
                        .name("orders")
                        .machine(event.instance())
                        .start();
                launched.put(event.instance(), booted);
            } else if (event.kind() == InstanceEvent.Kind.TERMINATED) {
                launched.get(event.instance()).close();
            }
        });
        buildTheFederationOnAzure();
        federation = SimVns3.builder()
                .world(world)
                .name("fed-1")
                .machine(arm("networkInterfaces/fed"))
                .inService()
                .start();
        gateway = SimVns3.builder()
                .world(world)
                .name("gateway")
                .machine("gateway")
                .inService()
                .start();
        String vti = "{'name': '%s', 'ipaddress': '%s', 'secret': 'old', 'vpn_type': 'vti', 'ike_version': 2}";
        TwoSides.post(federation, "/ipsec/endpoints", vti.formatted("on-premises", "198.51.100.2"));
        TwoSides.post(federation, "/routes", "{'cidr': '10.0.0.0/16', 'tunnel': 1}");
        TwoSides.post(gateway, "/ipsec/endpoints", vti.formatted("federation", federationAddress));
        TwoSides.post(gateway, "/routes", "{'cidr': '10.0.0.0/8', 'tunnel': 1}");
    }

    private void buildTheFederationOnAzure() throws Exception {
        put("/subscriptions/" + azure.subscription() + "/resourceGroups/rg", "{'location':'eastus'}");
        put(
                arm("networkSecurityGroups/fed"),
                "{'location':'eastus','properties':{'securityRules':[{'name':'ike','properties':{'priority':200,"
                        + "'access':'Allow','direction':'Inbound','protocol':'Udp','sourceAddressPrefix':'*',"
                        + "'sourcePortRange':'*','destinationAddressPrefix':'*','destinationPortRanges':['500','4500']}}]}}");
        put(
                arm("virtualNetworks/v"),
                "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.2.0.0/16']},'subnets':["
                        + "{'name':'gates','properties':{'addressPrefix':'10.2.2.0/24','networkSecurityGroup':{'id':'"
                        + arm("networkSecurityGroups/fed") + "'}}}]}}");
        put(
                arm("publicIPAddresses/fed"),
                "{'location':'eastus','sku':{'name':'Standard'},'properties':{'publicIPAllocationMethod':'Static'}}");
        put(
                arm("networkInterfaces/fed"),
                "{'location':'eastus','properties':{'enableIPForwarding':true,'ipConfigurations':[{'name':'one',"
                        + "'properties':{'publicIPAddress':{'id':'" + arm("publicIPAddresses/fed")
                        + "'},'subnet':{'id':'" + arm("virtualNetworks/v/subnets/gates") + "'}}}]}}");
        federationAddress = new ObjectMapper()
                .readTree(azure("GET", arm("publicIPAddresses/fed"), ""))
                .at("/properties/ipAddress")
                .asText();
    }

    @AfterEach
    void close() {
        launched.values().forEach(SimVns3::close);
        federation.close();
        gateway.close();
        ec2.close();
        cloudFormation.close();
        aws.close();
        azure.close();
        clock.close();
    }

    @Test
    void aStacksControllerJoinsTheFederationWhileItsDoorIsOpenAndOnPremisesIsReachedBothWays() throws Exception {
        Map<String, String> stack = createTheStack();
        String address = stack.get("ControllerIp");
        SimVns3 controller = launched.get(stack.get("ControllerId"));
        assertThat(world.uriOf(address)).isEqualTo(controller.uri());
        of(ec2.createRoute(route -> route.routeTableId(stack.get("RouteTable"))
                .destinationCidrBlock("10.0.0.0/16")
                .networkInterfaceId(stack.get("ControllerEni"))));
        String app = createTheApp(stack.get("VpcId"));

        world.caller(CALLER);
        ApiClient api = ApiClient.of(controller, stack.get("ControllerId"));
        assertNoAnswer(api);
        IpPermission door = IpPermission.builder()
                .ipProtocol("tcp")
                .fromPort(8000)
                .toPort(8000)
                .ipRanges(from(CALLER + "/32"))
                .build();
        of(ec2.authorizeSecurityGroupIngress(
                rule -> rule.groupId(stack.get("ControllerGroup")).ipPermissions(door)));
        assertThat(api.put("/license", SimVns3.licenseText("x")).status()).isEqualTo(200);
        assertThat(api.put("/license/parameters", "{'default': true}").status()).isEqualTo(200);
        clock.advance(Duration.ofMinutes(1));
        assertThat(api.get("/config").status()).isEqualTo(200);
        peer(controller, federationAddress, "10.1.0.0/16", "10.0.0.0/16");
        peer(federation, address, "10.0.0.0/16", "10.1.0.0/16");
        clock.advance(Duration.ofSeconds(10));
        assertThat(api.get("/status/ipsec").response().at("/1/connected").asBoolean())
                .as(controller.explain(1))
                .isTrue();
        of(ec2.revokeSecurityGroupIngress(
                rule -> rule.groupId(stack.get("ControllerGroup")).ipPermissions(door)));
        assertNoAnswer(api);

        Trace.BothWays traces = tracer.traceBothWays(Packet.icmp(app, "10.0.0.10"));
        assertThat(traces.passed()).as("%s", traces).isTrue();
        Trace stopped = tracer.trace(Packet.tcp(CALLER, address, 8000));
        assertThat(stopped.passed()).isFalse();
        assertThat(stopped.end().toString())
                .contains(stack.get("ControllerGroup"))
                .contains("orders-controller");

        of(ec2.terminateInstances(end -> end.instanceIds(stack.get("ControllerId"))));
        clock.advance(Duration.ofMinutes(2));
        assertThat(world.uriOf(address)).hasToString("https://127.0.0.1:1");
        assertThat(federation.explain(2)).isEqualTo("no answer from " + address);
    }

    private static void peer(SimVns3 one, String address, String local, String remote) {
        String endpoint = "{'name': 'peer', 'ipaddress': '%s', 'secret': 'new', 'ike_version': 2}";
        String id = TwoSides.post(one, "/ipsec/endpoints", endpoint.formatted(address));
        String tunnel = "{'local_subnet': '%s', 'remote_subnet': '%s'}";
        TwoSides.post(one, "/ipsec/endpoints/" + id + "/tunnels", tunnel.formatted(local, remote));
    }

    private static void assertNoAnswer(ApiClient api) {
        assertThatThrownBy(() -> api.tryCall("GET", "/config", "", Duration.ofMillis(300)))
                .isInstanceOf(HttpTimeoutException.class);
    }

    private Map<String, String> createTheStack() throws IOException {
        of(ec2.createKeyPair(key -> key.keyName("orders")));
        String template;
        try (var in = ThreeCloudsTest.class.getResourceAsStream("/aws/orders-vpc.yaml")) {
            template = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        of(cloudFormation.createStack(create -> create.stackName("orders-vpc")
                .templateBody(template)
                .parameters(
                        parameter("VpcCidr", "10.1.0.0/16"),
                        parameter("KeyName", "orders"),
                        parameter("ControllerImage", IMAGE))));
        clock.advance(Duration.ofMinutes(10));
        Stack stack = of(cloudFormation.describeStacks(one -> one.stackName("orders-vpc")))
                .stacks()
                .get(0);
        assertThat(stack.stackStatusAsString()).isEqualTo("CREATE_COMPLETE");
        return stack.outputs().stream().collect(Collectors.toMap(Output::outputKey, Output::outputValue));
    }

    private static Parameter parameter(String name, String value) {
        return Parameter.builder().parameterKey(name).parameterValue(value).build();
    }

    /** An interface in the application subnet that on-premises may reach; returns its address. */
    private String createTheApp(String vpc) {
        String subnet = of(ec2.describeSubnets(all -> all.filters(Filter.builder()
                        .name("cidr-block")
                        .values("10.1.1.0/24")
                        .build())))
                .subnets()
                .get(0)
                .subnetId();
        String group = of(ec2.createSecurityGroup(
                        create -> create.groupName("app").description("app").vpcId(vpc)))
                .groupId();
        of(ec2.authorizeSecurityGroupIngress(rule -> rule.groupId(group)
                .ipPermissions(IpPermission.builder()
                        .ipProtocol("-1")
                        .ipRanges(from("10.0.0.0/16"))
                        .build())));
        return of(ec2.createNetworkInterface(
                        create -> create.subnetId(subnet).groups(group).privateIpAddress("10.1.1.10")))
                .networkInterface()
                .privateIpAddress();
    }

    private static IpRange from(String cidr) {
        return IpRange.builder().cidrIp(cidr).build();
    }

    private String arm(String resource) {
        return "/subscriptions/" + azure.subscription() + "/resourceGroups/rg/providers/Microsoft.Network/" + resource;
    }

    private void put(String path, String body) throws Exception {
        azure("PUT", path, body.replace('\'', '"'));
        clock.advance(Duration.ofSeconds(30));
    }

    private String azure(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(azure.endpoint() + path + "?api-version=2024-07-01"))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 202);
        return answer.body();
    }

    private static <T> T of(CompletableFuture<T> call) {
        return call.orTimeout(60, TimeUnit.SECONDS).join();
    }
}
