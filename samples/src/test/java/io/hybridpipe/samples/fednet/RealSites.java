// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import io.hybridpipe.Secret;
import io.hybridpipe.net.Ip;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.lab.Gateway;
import io.hybridpipe.sim.lab.Host;
import io.hybridpipe.sim.lab.IpsecLab;
import io.hybridpipe.sim.net.Site;
import io.hybridpipe.sim.net.World;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Vns3Access;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Sites in the internet, each with a controller in service that has a real gateway behind it. */
final class RealSites implements AutoCloseable {
    final IpsecLab lab = IpsecLab.open();
    private final SimClock clock = SimClock.scaled(40);
    private final World world = World.on(clock);
    private final Map<String, SimVns3> controllers = new ConcurrentHashMap<>();
    final Vns3Access access = Vns3Access.over(CertificatesOf.client(() ->
                    controllers.values().stream().map(SimVns3::certificate).toList()))
            .withUris(ip -> world.uriOf(ip.toString()));

    /** One more site, with its controller. */
    Controller add(String name, String privateAddress, String publicAddress) throws IOException {
        world.add(Site.named("site of " + name).host(privateAddress, publicAddress, name));
        String password = StandIns.random(20);
        controllers.put(
                name,
                SimVns3.builder()
                        .world(world)
                        .name(name)
                        .machine(name)
                        .password(password)
                        .lab(lab)
                        .inService()
                        .start());
        // it is in service, so its charon has long been started
        gateway(name).up();
        return new Controller(name, Ip.of(publicAddress), Ip.of(privateAddress), Secret.of(password));
    }

    SimVns3 controller(String name) {
        return Objects.requireNonNull(controllers.get(name), name);
    }

    Gateway gateway(String name) {
        return controller(name).gateway().orElseThrow();
    }

    Host host(String address, String behind) throws IOException {
        return lab.host(address, gateway(behind));
    }

    List<Gateway> gateways() {
        return controllers.keySet().stream().sorted().map(this::gateway).toList();
    }

    @Override
    public void close() {
        controllers.values().forEach(SimVns3::close);
        clock.close();
        lab.close();
    }
}
