// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** All that is configured on one controller, area by area of its API; used under the controller's lock. */
final class Configuration {
    private static final Duration KEYSET_TIME = Duration.ofSeconds(10);

    private final Box box;
    private final Settings settings;
    private final Licensing licensing;
    private final Keyset keyset;
    private final Peering peering;
    private final Tokens tokens;
    private final AccessUrls accessUrls;
    private final AdminUi adminUi;
    private final RemoteSupport remoteSupport = new RemoteSupport();
    private final Certificates certificates;
    private final Tasks tasks;
    private final Clientpacks clientpacks;
    private final Interfaces interfaces;
    private final Links links;
    private final Ipsec ipsec;
    private final TrafficPairs trafficPairs;
    private final Routes routes;
    private final FirewallApis firewall;

    /**
     * @param sharedKeys the keyset as other controllers see it
     * @param endpoints what is configured under {@code /ipsec}, for whoever does not hold the lock
     * @param negotiate to be told when that has changed
     */
    Configuration(
            Box box,
            Licensing.Grant grant,
            String password,
            TlsIdentity identity,
            Supplier<Optional<Keyset.Keys>> sharedKeys,
            Supplier<List<Endpoint>> endpoints,
            Runnable negotiate,
            BiConsumer<Endpoint, Tunnel> end) {
        this.box = box;
        this.licensing = new Licensing(box, grant);
        this.peering = new Peering(box, licensing, sharedKeys);
        this.settings = new Settings(box, licensing, peering, password);
        this.keyset = new Keyset(box, settings, KEYSET_TIME);
        this.tokens = new Tokens(box);
        this.accessUrls = new AccessUrls(box);
        this.adminUi = new AdminUi(box, password);
        this.certificates = new Certificates(box, identity);
        this.tasks = new Tasks(box);
        ClientpackFiles files =
                new ClientpackFiles(keyset::keys, () -> box.address().toString());
        this.clientpacks = new Clientpacks(licensing, tasks, files);
        this.interfaces = new Interfaces(box);
        this.links = new Links(box, endpoints, negotiate, end);
        this.ipsec = new Ipsec(box, licensing, links, tasks);
        this.trafficPairs = new TrafficPairs(ipsec, box.clock());
        this.routes = new Routes(box, ipsec);
        this.firewall = new FirewallApis(licensing, tasks, box.clock());
    }

    /** The API over it, as the box's version knows it. */
    Api api() {
        Operations operations = new Operations(box.release());
        settings.register(operations);
        licensing.register(operations);
        keyset.register(operations);
        peering.register(operations);
        tokens.register(operations);
        accessUrls.register(operations);
        adminUi.register(operations);
        remoteSupport.register(operations);
        certificates.register(operations);
        tasks.register(operations);
        clientpacks.register(operations);
        interfaces.register(operations);
        links.register(operations);
        ipsec.register(operations);
        trafficPairs.register(operations);
        routes.register(operations);
        firewall.register(operations);
        return new Api(operations, settings, tokens, licensing, keyset);
    }

    Keyset keyset() {
        return keyset;
    }

    Peering peering() {
        return peering;
    }

    Ipsec ipsec() {
        return ipsec;
    }

    Links links() {
        return links;
    }

    Routes routes() {
        return routes;
    }

    Forwarder forwarder() {
        return new Forwarder(box.name(), ipsec, links, routes, firewall.filter());
    }

    /** A controller that has long had its license, the default addressing, a keyset and a place in its mesh. */
    void inService(int place, String keysetToken) {
        licensing.inService(LicenseText.of(box.name()));
        keyset.inService(keysetToken);
        peering.inService(place);
    }

    /** The machine went down. */
    void interrupted() {
        keyset.interrupted();
        certificates.interrupted();
        links.down();
    }

    Inventory inventory() {
        Map<String, Map<String, String>> all = new TreeMap<>(firewall.inventory());
        all.put("config", settings.inventory());
        all.put("license", licensing.inventory());
        all.put("keyset", keyset.inventory());
        all.put("peering", peering.inventory());
        all.put("ipsec", ipsec.localInventory());
        all.put("endpoint", ipsec.endpointInventory());
        all.put("tunnel", ipsec.tunnelInventory());
        all.put("route", routes.inventory());
        all.put("token", tokens.inventory());
        all.put("access-url", accessUrls.inventory());
        all.put("interface", interfaces.inventory());
        all.put("certificate", certificates.inventory());
        all.put("clientpack", clientpacks.inventory());
        all.put("admin-ui", adminUi.inventory());
        all.put("support", remoteSupport.inventory());
        SortedMap<String, SortedMap<String, String>> sorted = new TreeMap<>();
        all.forEach((kind, resources) -> sorted.put(kind, new TreeMap<>(resources)));
        return new Inventory(sorted);
    }
}
