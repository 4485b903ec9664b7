// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.Secret;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.vns3.api.Controller;
import java.util.List;
import java.util.function.Function;

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
    private static final Key<Controller> NEW = Key.of("new-controller", Controller.class);

    /** One for each step, and for each way in which it works. */
    static List<Scene> all() {
        return List.of(
                new Scene("WaitUntilReady", Scene::waitUntilReady),
                new Scene("SetUpController", Scene::setUpController),
                new Scene("IpsecPeer", stage -> peered(stage, peer(stage))),
                new Scene("IpsecPeer-route-based", stage -> peered(stage, routeBased(stage))),
                new Scene("AddRoute", Scene::addRoute),
                new Scene("AddRoute-through", Scene::addRouteThrough));
    }

    private static Pipe.Builder waitUntilReady(Stage stage) {
        return Pipe.named("faults")
                .step("launch", stage.launching("orders", "10.1.0.10", "203.0.113.1"))
                .step(
                        "wait",
                        WaitUntilReady.at(Ip.of("203.0.113.1"))
                                .password(Input.value(Lab.PASSWORD))
                                .over(stage.lab.access)
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
                .pollEvery(Lab.POLL);
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

    @Override
    public String toString() {
        return name;
    }
}
