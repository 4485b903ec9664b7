// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.Secret;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.vns3.api.Controller;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A step in a small pipe, on controllers of its own.
 *
 * @param name the step's name
 * @param pipe sets the controllers up and says what is done with them
 */
record Scene(String name, Function<Stage, Pipe.Builder> pipe) {
    private static final Cidr HERE = Cidr.of("10.1.0.0/16");
    private static final Cidr THERE = Cidr.of("10.0.0.0/16");
    private static final Key<Tunnel> TUNNEL = Key.of("tunnel", Tunnel.class);
    /** A minute of the stand-ins' time, and more. */
    private static final Duration SHORT = Duration.ofMillis(400);

    private static final Key<Controller> HELD = Key.of("controller", Controller.class);
    private static final Key<Controller> NEW = Key.of("new-controller", Controller.class);

    /** One for each step, and for each way in which it works. */
    static List<Scene> all() {
        return List.of(
                new Scene("WaitUntilReady", Scene::waitUntilReady),
                new Scene("SetUpController", Scene::setUpController),
                new Scene("IpsecPeer", stage -> peered(stage, peer(stage))),
                new Scene("IpsecPeer-route-based", stage -> peered(stage, routeBased(stage))),
                new Scene("AddRoute", Scene::addRoute),
                new Scene("AddRoute-through", Scene::addRouteThrough),
                new Scene("AdvertiseRoute", Scene::advertiseRoute),
                new Scene("FirewallRules-by-position", stage -> firewallRules(stage, "5.2.1-20230401", "_CUST")),
                new Scene("FirewallRules-by-id", stage -> firewallRules(stage, "6.0.0-20240101", "")),
                new Scene("FetchKeyset", Scene::fetchKeyset),
                new Scene("PeerMesh", Scene::peerMesh),
                new Scene("ChangePassword", Scene::changePassword),
                new Scene("CreateToken", Scene::createToken));
    }

    private static Pipe.Builder waitUntilReady(Stage stage) {
        return Pipe.named("faults")
                .step("launch", stage.launching("orders", "10.1.0.10", "203.0.113.1"))
                .step(
                        "wait",
                        WaitUntilReady.at(Ip.of("203.0.113.1"))
                                .password(Input.value(Lab.PASSWORD))
                                .over(stage.lab.access)
                                .unauthorizedGrace(SHORT)
                                .pollEvery(Lab.POLL),
                        Stage::hastened);
    }

    private static Pipe.Builder setUpController(Stage stage) {
        return Pipe.named("faults")
                .step("launch", stage.launching("orders", "10.1.0.10", "203.0.113.1"))
                .step(
                        "set-up",
                        SetUpController.at(Ip.of("203.0.113.1"))
                                .password(Input.value(Lab.PASSWORD))
                                .license(Input.value(Lab.LICENSE))
                                .keysetToken(Input.value(Lab.KEYSET_TOKEN))
                                .named("orders")
                                .topology("fednet")
                                .over(stage.lab.access)
                                .unauthorizedGrace(SHORT)
                                .rebootStartsWithin(SHORT)
                                .readyWithin(Duration.ofSeconds(5))
                                .pollEvery(Lab.POLL)
                                .into(NEW),
                        Stage::hastened);
    }

    private static IpsecPeer peer(Stage stage) {
        return unaddressed(stage).subnets(HERE, THERE);
    }

    private static IpsecPeer unaddressed(Stage stage) {
        return IpsecPeer.between(
                        Input.value(stage.standing("here", "10.1.0.10", "203.0.113.1")),
                        Input.value(stage.standing("there", "10.2.0.10", "203.0.113.2")))
                .psk(Input.value(Secret.of("psk-canary-1190")))
                .into(TUNNEL)
                .over(stage.lab.access)
                .pollEvery(Lab.POLL)
                // hours on the stand-ins, and less than a trial waits for its run
                .connectedWithin(Duration.ofMinutes(1));
    }

    private static IpsecPeer routeBased(Stage stage) {
        return unaddressed(stage).routeBased(Cidr.of("169.254.10.0/30"));
    }

    private static Pipe.Builder peered(Stage stage, IpsecPeer peer) {
        return Pipe.named("faults").step("tunnel", peer, Stage::hastened);
    }

    private static Pipe.Builder addRoute(Stage stage) {
        AddRoute route = AddRoute.on(Input.value(stage.standing("here", "10.1.0.10", "203.0.113.1")))
                .to(THERE)
                .via("eth0", Ip.of("10.1.0.1"))
                .over(stage.lab.access)
                .pollEvery(Lab.POLL);
        return Pipe.named("faults").step("route", route, Stage::hastened);
    }

    private static Pipe.Builder addRouteThrough(Stage stage) {
        AddRoute route = AddRoute.on(Input.value(Controller.of("here", Ip.of("203.0.113.1"), Lab.PASSWORD)))
                .to(THERE)
                .through(TUNNEL)
                .over(stage.lab.access)
                .pollEvery(Lab.POLL);
        return peered(stage, routeBased(stage)).step("route", route, Stage::hastened);
    }

    private static Pipe.Builder advertiseRoute(Stage stage) {
        AdvertiseRoute route = AdvertiseRoute.on(stage.standing("here", "10.1.0.10", "203.0.113.1"))
                .to(HERE)
                .over(stage.lab.access)
                .pollEvery(Lab.POLL);
        return Pipe.named("faults").step("route", route, Stage::hastened);
    }

    private static Pipe.Builder firewallRules(Stage stage, String version, String chains) {
        Controller here = stage.standing("here", "10.1.0.10", "203.0.113.1", builder -> builder.version(version)
                .inService());
        String path = (chains.isEmpty() ? "/v2" : "") + "/firewall/rules";
        String forward = "FORWARD" + chains;
        String admit = forward + " -s 10.9.0.0/16 -j ACCEPT";
        String shut = forward + " -j DROP";
        for (String rule : List.of(forward + " -s 10.7.0.0/16 -j ACCEPT", admit, shut)) {
            stage.controller("here").configure("POST", path, "{\"rule\":\"" + rule + "\"}");
        }
        FirewallRules rules = FirewallRules.on(here)
                .rules(List.of(shut, forward + " -s 10.8.0.0/16 -j ACCEPT", admit))
                .over(stage.lab.access)
                .pollEvery(Lab.POLL);
        return Pipe.named("faults").step("rules", rules, Stage::hastened);
    }

    private static Pipe.Builder fetchKeyset(Stage stage) {
        stage.standing(
                "source", "10.2.0.10", "203.0.113.2", builder -> builder.inService(1, Lab.KEYSET_TOKEN.reveal()));
        FetchKeyset fetch = FetchKeyset.on(Controller.of("orders", Ip.of("203.0.113.1"), Lab.PASSWORD))
                .from(Ip.of("203.0.113.2"))
                .token(Input.value(Lab.KEYSET_TOKEN))
                .over(stage.lab.access)
                .rebootStartsWithin(SHORT)
                .keysetWithin(Duration.ofSeconds(3))
                .readyWithin(Duration.ofSeconds(3))
                .pollEvery(Lab.POLL);
        return Pipe.named("faults")
                .step("launch", stage.launchingLicensed("orders", "10.1.0.10", "203.0.113.1"))
                .step("fetch", fetch, Stage::hastened);
    }

    private static Pipe.Builder peerMesh(Stage stage) {
        List<Controller> three = IntStream.rangeClosed(1, 3)
                .mapToObj(n -> stage.standing(
                        "fed-" + n, "10.2.0.1" + n, "203.0.113." + n, builder -> builder.inService(n, "shared")))
                .toList();
        PeerMesh mesh = PeerMesh.of(Input.value(three)).over(stage.lab.access).pollEvery(Lab.POLL);
        return Pipe.named("faults").step("mesh", mesh, Stage::hastened);
    }

    /** The route is made, and taken back, with the new password. */
    private static Pipe.Builder changePassword(Stage stage) {
        stage.giving(HELD, stage.standing("here", "10.1.0.10", "203.0.113.1"));
        ChangePassword change = ChangePassword.on(HELD)
                .to(Input.value(Secret.of("new-password-canary-5512")))
                .over(stage.lab.access)
                .settledWithin(SHORT)
                .pollEvery(Lab.POLL);
        return Pipe.named("faults")
                .needs(HELD)
                .step("change", change, Stage::hastened)
                .step("route", heldRoute(stage), Stage::hastened);
    }

    /** The route is made, and taken back, with the token. */
    private static Pipe.Builder createToken(Stage stage) {
        stage.giving(HELD, stage.standing("here", "10.1.0.10", "203.0.113.1"));
        // a year, since the stand-ins' time flies
        CreateToken create = CreateToken.on(HELD)
                .lifetime(Duration.ofDays(365))
                .over(stage.lab.access)
                .pollEvery(Lab.POLL);
        return Pipe.named("faults")
                .needs(HELD)
                .step("token", create, Stage::hastened)
                .step("route", heldRoute(stage), Stage::hastened);
    }

    private static AddRoute heldRoute(Stage stage) {
        return AddRoute.on(HELD)
                .to(THERE)
                .via("eth0", Ip.of("10.1.0.1"))
                .over(stage.lab.access)
                .pollEvery(Lab.POLL);
    }

    @Override
    public String toString() {
        return name;
    }
}
