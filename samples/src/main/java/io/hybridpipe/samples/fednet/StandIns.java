// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybridpipe.net.Ip;
import io.hybridpipe.samples.fednet.Federation.Member;
import io.hybridpipe.sim.CallLog;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.aws.InstanceEvent;
import io.hybridpipe.sim.aws.SimAws;
import io.hybridpipe.sim.azure.SimAzure;
import io.hybridpipe.sim.lab.IpsecLab;
import io.hybridpipe.sim.net.Site;
import io.hybridpipe.sim.net.World;
import io.hybridpipe.sim.vns3.SimVns3;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The world of the main job on stand-ins: an AWS organisation, an Azure subscription with the federation network, and
 * on-premises behind a gateway. All of the federation is built through the stand-ins' own APIs.
 */
final class StandIns implements AutoCloseable {
    static final String HUB_ACCOUNT = "999900001111";
    static final String ACCOUNT_A = "111122223333";
    static final String REGION = "eu-west-1";
    static final String ROLE = "network-builder";
    static final String ROLE_ARN = "arn:aws:iam::" + ACCOUNT_A + ":role/" + ROLE;
    static final String IMAGE = "ami-0c5f7e1a2b3d4f560";
    static final String SUBSCRIPTION = "5f0c0f3e-0000-4000-8000-00000000000b";
    static final String CALLER = "198.51.100.7";
    static final String ON_PREMISES_HOST = "10.0.0.10";

    static final String ON_PREMISES = "on-premises-gateway";

    private static final String ON_PREMISES_GATEWAY = "198.51.100.200";
    private static final String ON_PREMISES_GATEWAY_INSIDE = "10.0.0.1";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** All calls to all stand-ins since the federation was built, in one order. */
    final CallLog calls = new CallLog();
    /** What shall go wrong, for all stand-ins. */
    final Faults faults = new Faults();

    final SimClock clock;
    final World world;
    final SimAws aws;
    final SimAzure azure;
    final SecretValues secrets;

    private final Optional<IpsecLab> lab;
    private final Federation wanted;
    private final Map<Member, SimVns3> federation = new LinkedHashMap<>();
    private final Map<String, SimVns3> controllers = new ConcurrentHashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();

    /** @param speed how much faster than real time the stand-ins live; 1 is real time */
    StandIns(Federation federation, double speed, SecretValues secrets) {
        this(federation, speed, secrets, Optional.empty());
    }

    /** @param lab where the controllers have real gateways behind them; remains the caller's */
    StandIns(Federation federation, double speed, SecretValues secrets, Optional<IpsecLab> lab) {
        this.lab = lab;
        wanted = federation;
        this.secrets = secrets;
        clock = SimClock.scaled(speed);
        world = World.on(clock);
        world.caller(CALLER);
        aws = SimAws.builder()
                .clock(clock)
                .account(
                        HUB_ACCOUNT,
                        secrets.awsAccessKey(),
                        secrets.awsSecretKey().reveal())
                .account(ACCOUNT_A, "AKIA" + random(16), random(40))
                .role(ACCOUNT_A, ROLE, HUB_ACCOUNT)
                .image(IMAGE, "vns3-controller-6.0.0", Duration.ofSeconds(20))
                .log(calls)
                .faults(faults)
                .start();
        aws.onInstance(this::onInstance);
        azure = SimAzure.builder()
                .clock(clock)
                .subscription(SUBSCRIPTION)
                .publicAddresses("20.0.0.0/24")
                .calls(calls)
                .faults(faults)
                .start();
        world.add(aws.network(ACCOUNT_A, REGION));
        world.add(azure.network(SUBSCRIPTION));
        buildFederation();
        buildOnPremises();
        calls.clear();
    }

    private SimVns3.Builder controller() {
        SimVns3.Builder builder = SimVns3.builder().world(world).log(calls).faults(faults);
        return lab.map(builder::lab).orElse(builder);
    }

    private void onInstance(InstanceEvent event) {
        if (event.kind() == InstanceEvent.Kind.RUNNING && event.image().id().equals(IMAGE)) {
            controllers.put(
                    event.instance(),
                    controller()
                            .name(event.instance())
                            .machine(event.port())
                            .password(event.instance())
                            .start());
        } else if (event.kind() == InstanceEvent.Kind.TERMINATED) {
            SimVns3 gone = controllers.remove(event.instance());
            if (gone != null) {
                gone.close();
            }
        }
    }

    private void buildFederation() {
        String group = "/subscriptions/" + SUBSCRIPTION + "/resourceGroups/" + wanted.resourceGroup();
        String network = group + "/providers/Microsoft.Network";
        put(group, "2024-03-01", "{'location': 'westeurope'}");
        put(network + "/networkSecurityGroups/" + wanted.securityGroup(), NETWORK_API, """
                {'location': 'westeurope', 'properties': {'securityRules': [
                  {'name': 'ike', 'properties': {'priority': 200, 'direction': 'Inbound', 'access': 'Allow',
                    'protocol': 'Udp', 'sourceAddressPrefix': '*', 'sourcePortRange': '*',
                    'destinationAddressPrefix': '*', 'destinationPortRanges': ['500', '4500']}},
                  {'name': 'routed', 'properties': {'priority': 210, 'direction': 'Inbound', 'access': 'Allow',
                    'protocol': '*', 'sourceAddressPrefix': '10.0.0.0/8', 'sourcePortRange': '*',
                    'destinationAddressPrefix': '*', 'destinationPortRange': '*'}}]}}""");
        put(network + "/routeTables/" + wanted.routeTable(), NETWORK_API, """
                {'location': 'westeurope', 'properties': {'routes': [
                  {'name': 'on-premises', 'properties': {'addressPrefix': '%s', 'nextHopType': 'VirtualAppliance',
                    'nextHopIpAddress': '%s'}}]}}""".formatted(
                        wanted.onPremises(), wanted.controllers().get(0).privateAddress()));
        String subnet = network + "/virtualNetworks/" + wanted.virtualNetwork() + "/subnets/controllers";
        put(network + "/virtualNetworks/" + wanted.virtualNetwork(), NETWORK_API, """
                {'location': 'westeurope', 'properties': {'addressSpace': {'addressPrefixes': ['%s']}, 'subnets': [
                  {'name': 'controllers', 'properties': {'addressPrefix': '%s',
                    'networkSecurityGroup': {'id': '%s'}, 'routeTable': {'id': '%s'}}}]}}""".formatted(
                        wanted.cidr(),
                        wanted.subnet(),
                        network + "/networkSecurityGroups/" + wanted.securityGroup(),
                        network + "/routeTables/" + wanted.routeTable()));
        wanted.controllers().forEach(member -> buildController(network, subnet, member));
    }

    static final String NETWORK_API = "2024-07-01";

    private void buildController(String network, String subnet, Member member) {
        String address = network + "/publicIPAddresses/" + member.name();
        JsonNode allocated = put(address, NETWORK_API, """
                {'location': 'westeurope', 'sku': {'name': 'Standard'},
                 'properties': {'publicIPAllocationMethod': 'Static'}}""");
        // as in Azure, nobody can wish for a public address
        Member real = new Member(
                member.name(),
                Ip.of(allocated.path("properties").path("ipAddress").asText()),
                member.privateAddress());
        String nic = network + "/networkInterfaces/" + member.name();
        put(nic, NETWORK_API, """
                {'location': 'westeurope', 'properties': {'enableIPForwarding': true, 'ipConfigurations': [
                  {'name': 'ip', 'properties': {'subnet': {'id': '%s'}, 'privateIPAllocationMethod': 'Static',
                    'privateIPAddress': '%s', 'publicIPAddress': {'id': '%s'}}}]}}""".formatted(subnet, member.privateAddress(), address));
        SimVns3 controller = controller()
                .name(member.name())
                .address(real.privateAddress().toString())
                .publicAddress(real.address().toString())
                .password(secrets.passwordOfStandIn(member.name()).reveal())
                .inService()
                .start();
        controllers.put(member.name(), controller);
        federation.put(real, controller);
    }

    /** The federation as it stands, with the addresses that the cloud gave its controllers. */
    Federation federation() {
        return wanted.withControllers(List.copyOf(federation.keySet()));
    }

    private void buildOnPremises() {
        world.add(Site.named("on-premises")
                .host(ON_PREMISES_HOST, "on-premises-host")
                .host(ON_PREMISES_GATEWAY_INSIDE, ON_PREMISES_GATEWAY, ON_PREMISES)
                .route("10.0.0.0/8", ON_PREMISES));
        SimVns3 gateway = controller()
                .name(ON_PREMISES)
                .machine(ON_PREMISES)
                .password(random(20))
                .inService()
                .start();
        controllers.put(ON_PREMISES, gateway);
        String psk = random(24);
        federation.forEach((member, controller) -> {
            connect(
                    controller,
                    "on-premises",
                    ON_PREMISES_GATEWAY,
                    ON_PREMISES_GATEWAY_INSIDE,
                    wanted.onPremises().toString(),
                    psk);
            connect(
                    gateway,
                    member.name(),
                    member.address().toString(),
                    member.privateAddress().toString(),
                    "10.0.0.0/8",
                    psk);
        });
    }

    /** One side of a route-based tunnel, and the route into it; behind translation, a peer calls itself by its inside address. */
    private static void connect(
            SimVns3 controller, String name, String address, String inside, String through, String psk) {
        JsonNode endpoint = controller.configure("POST", "/ipsec/endpoints", """
                {"name": "%s", "ipaddress": "%s", "private_ipaddress": "%s", "secret": "%s", "vpn_type": "vti",
                 "ike_version": 2}""".formatted(name, address, inside, psk));
        String tunnel = endpoint.findPath("tunnels").fieldNames().next();
        controller.configure("POST", "/routes", "{\"cidr\": \"%s\", \"tunnel\": %s}".formatted(through, tunnel));
    }

    /** Puts a resource through the stand-in's own API, and waits until it is there. */
    JsonNode put(String path, String version, String body) {
        try {
            URI uri = azure.endpoint().resolve(path + "?api-version=" + version);
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(uri)
                            .header("Content-Type", "application/json")
                            .PUT(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new IllegalStateException("the Azure stand-in refuses " + path + ": " + answer.body());
            }
            return awaitSucceeded(uri);
        } catch (IOException e) {
            throw new IllegalStateException("the Azure stand-in does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the stand-ins were built", e);
        }
    }

    private JsonNode awaitSucceeded(URI uri) throws IOException, InterruptedException {
        Instant until = Instant.now().plusSeconds(60);
        while (true) {
            HttpResponse<String> got =
                    http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            JsonNode resource = JSON.readTree(got.body());
            String state = resource.path("properties").path("provisioningState").asText();
            if (state.equals("Succeeded")) {
                return resource;
            }
            if (Instant.now().isAfter(until)) {
                throw new IllegalStateException("the Azure stand-in leaves " + uri.getPath() + " in state " + state);
            }
            Thread.sleep(20);
        }
    }

    /** The controllers that live now, by name; the new one under its instance id. */
    Map<String, SimVns3> controllers() {
        return Map.copyOf(controllers);
    }

    /** The controller that a run has made, if it has. */
    Optional<SimVns3> newController() {
        return controllers.values().stream()
                .filter(controller -> controller.name().startsWith("i-"))
                .findFirst();
    }

    /** Where the controllers' real gateways are, if they have any. */
    Optional<IpsecLab> lab() {
        return lab;
    }

    Optional<String> addressOfNewController() {
        return newController()
                .flatMap(world::place)
                .flatMap(place -> place.port().publicAddress())
                .map(Object::toString);
    }

    List<java.security.cert.X509Certificate> certificates() {
        return controllers.values().stream().map(SimVns3::certificate).toList();
    }

    static String random(int length) {
        return (UUID.randomUUID() + "" + UUID.randomUUID()).replace("-", "").substring(0, length);
    }

    @Override
    public void close() {
        controllers.values().forEach(SimVns3::close);
        aws.close();
        azure.close();
        clock.close();
    }
}
