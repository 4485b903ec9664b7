// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.aws.Model.Association;
import io.hybridpipe.sim.aws.Model.InternetGateway;
import io.hybridpipe.sim.aws.Model.Route;
import io.hybridpipe.sim.aws.Model.RouteTable;
import io.hybridpipe.sim.aws.Model.Vpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Internet gateways, route tables and their routes. */
final class Routing {

    private final Region region;

    Routing(Region region) {
        this.region = region;
    }

    InternetGateway createGateway() {
        return region.gatewayStore.put(new InternetGateway(region.ids.next("igw"), ""));
    }

    void attachGateway(String id, String vpc) {
        var gateway = region.gatewayStore.get(id);
        region.vpcStore.get(vpc);
        if (!gateway.vpc().isEmpty()) {
            throw AwsError.of(
                    "Resource.AlreadyAssociated", "resource %s is already attached to network %s", id, gateway.vpc());
        }
        if (gatewayOf(vpc).isPresent()) {
            throw AwsError.invalid("Network %s already has an internet gateway attached", vpc)
                    .asConflict();
        }
        region.gatewayStore.put(new InternetGateway(id, vpc));
    }

    void detachGateway(String id, String vpc) {
        var gateway = region.gatewayStore.get(id);
        region.vpcStore.get(vpc);
        if (!gateway.vpc().equals(vpc)) {
            throw AwsError.of("Gateway.NotAttached", "resource %s is not attached to network %s", id, vpc);
        }
        if (region.interfaceStore.any(card ->
                card.vpc().equals(vpc) && region.addresses.publicAddressOf(card).isPresent())) {
            throw AwsError.dependency(
                    "Network %s has some mapped public address(es). Please unmap those public address(es) before"
                            + " detaching the gateway.",
                    vpc);
        }
        region.gatewayStore.put(new InternetGateway(id, ""));
    }

    void deleteGateway(String id) {
        if (!region.gatewayStore.get(id).vpc().isEmpty()) {
            throw AwsError.dependency("The internetGateway '%s' has dependencies and cannot be deleted.", id);
        }
        region.gatewayStore.remove(id);
        region.tags.forget(id);
    }

    Optional<InternetGateway> gatewayOf(String vpc) {
        return region.gatewayStore.where(gateway -> gateway.vpc().equals(vpc)).stream()
                .findFirst();
    }

    RouteTable createMainTable(Vpc vpc) {
        return create(vpc, true, List.of(new Association(region.ids.next("rtbassoc"), "")));
    }

    RouteTable createTable(String vpcId) {
        return create(region.vpcStore.get(vpcId), false, List.of());
    }

    private RouteTable create(Vpc vpc, boolean main, List<Association> associations) {
        return region.tableStore.put(new RouteTable(
                region.ids.next("rtb"), vpc.id(), main, List.of(new Route(vpc.cidr(), "local")), associations));
    }

    void deleteTable(String id) {
        if (!region.tableStore.get(id).associations().isEmpty()) {
            throw AwsError.dependency("The routeTable '%s' has dependencies and cannot be deleted.", id);
        }
        region.tableStore.remove(id);
        region.tags.forget(id);
    }

    Association associate(String tableId, String subnetId) {
        var table = region.tableStore.get(tableId);
        var subnet = region.subnetStore.get(subnetId);
        if (!table.vpc().equals(subnet.vpc())) {
            throw AwsError.invalid("Route table %s and subnet %s belong to different networks", tableId, subnetId);
        }
        if (region.tableStore.any(other ->
                other.associations().stream().anyMatch(made -> made.subnet().equals(subnetId)))) {
            throw AwsError.of(
                    "Resource.AlreadyAssociated",
                    "the specified association for route table %s conflicts with an existing association",
                    tableId);
        }
        var association = new Association(region.ids.next("rtbassoc"), subnetId);
        region.tableStore.put(table.withAssociations(plus(table.associations(), association)));
        return association;
    }

    void disassociate(String associationId) {
        var table = tableOf(associationId);
        var association = association(table, associationId);
        if (association.subnet().isEmpty()) {
            throw AwsError.invalid("cannot disassociate the main route table association %s", associationId);
        }
        region.tableStore.put(table.withAssociations(minus(table.associations(), association)));
    }

    Association replaceAssociation(String associationId, String tableId) {
        var table = tableOf(associationId);
        var target = region.tableStore.get(tableId);
        var old = association(table, associationId);
        if (!target.vpc().equals(table.vpc())) {
            throw AwsError.invalid("the association %s cannot be moved to route table %s", associationId, tableId);
        }
        if (old.subnet().isEmpty()) {
            return makeMain(table, old, target);
        }
        region.tableStore.put(table.withAssociations(minus(table.associations(), old)));
        return associate(tableId, old.subnet());
    }

    private Association makeMain(RouteTable before, Association old, RouteTable after) {
        if (before.id().equals(after.id())) {
            return old;
        }
        var association = new Association(region.ids.next("rtbassoc"), "");
        region.tableStore.put(before.asMain(false).withAssociations(minus(before.associations(), old)));
        region.tableStore.put(after.asMain(true).withAssociations(plus(after.associations(), association)));
        return association;
    }

    void forgetAssociationsOf(String subnet) {
        for (var table : region.tableStore.all()) {
            region.tableStore.put(table.withAssociations(table.associations().stream()
                    .filter(made -> !made.subnet().equals(subnet))
                    .toList()));
        }
    }

    Route createRoute(String tableId, String destination, List<String> targets) {
        var table = region.tableStore.get(tableId);
        var block = Cidr.block(destination, "destinationCidrBlock");
        var target = resolve(table, targets);
        if (find(table, block).isPresent()) {
            throw AwsError.of("RouteAlreadyExists", "The route identified by %s already exists.", block);
        }
        var route = new Route(block, target);
        region.tableStore.put(table.withRoutes(plus(table.routes(), route)));
        return route;
    }

    void replaceRoute(String tableId, String destination, List<String> targets) {
        var table = region.tableStore.get(tableId);
        var block = Cidr.block(destination, "destinationCidrBlock");
        var target = resolve(table, targets);
        var old = find(table, block).filter(route -> !route.local());
        if (old.isEmpty()) {
            throw AwsError.invalid(
                            "There is no route defined for '%s' in the route table. Use CreateRoute instead.", block)
                    .asConflict();
        }
        region.tableStore.put(table.withRoutes(plus(minus(table.routes(), old.get()), new Route(block, target))));
    }

    void deleteRoute(String tableId, String destination) {
        var table = region.tableStore.get(tableId);
        var block = Cidr.block(destination, "destinationCidrBlock");
        var route = find(table, block).orElseThrow(() -> AwsError.of(
                        "InvalidRoute.NotFound",
                        "no route with destination-cidr-block %s in route table %s",
                        block,
                        tableId)
                .asConflict());
        if (route.local()) {
            throw AwsError.invalid("cannot remove local route %s in route table %s", block, tableId);
        }
        region.tableStore.put(table.withRoutes(minus(table.routes(), route)));
    }

    Optional<Route> find(RouteTable table, IPAddress block) {
        return table.routes().stream()
                .filter(route -> route.destination().equals(block))
                .findFirst();
    }

    /** Whether packets on this route end: the gateway is not attached, nothing is behind the interface, the peering is not active. */
    boolean blackhole(RouteTable table, Route route) {
        if (route.local()) {
            return false;
        }
        if (route.target().startsWith("igw-")) {
            return region.gatewayStore
                    .find(route.target())
                    .filter(gateway -> gateway.vpc().equals(table.vpc()))
                    .isEmpty();
        }
        if (route.target().startsWith("pcx-")) {
            return !region.peerings.active(route.target());
        }
        return region.interfaceStore
                .find(route.target())
                .filter(card -> card.attachment().exists())
                .isEmpty();
    }

    /** The table that serves a subnet: its own, else the VPC's main one. */
    RouteTable tableFor(Model.Subnet subnet) {
        return region
                .tableStore
                .where(table -> table.associations().stream()
                        .anyMatch(made -> made.subnet().equals(subnet.id())))
                .stream()
                .findFirst()
                .orElseGet(() -> region.tableStore
                        .where(table -> table.main() && table.vpc().equals(subnet.vpc()))
                        .get(0));
    }

    private String resolve(RouteTable table, List<String> targets) {
        if (targets.size() != 1) {
            throw AwsError.of(
                    targets.isEmpty() ? "MissingParameter" : "InvalidParameterCombination",
                    "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId,"
                            + " vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId,"
                            + " carrierGatewayId, instanceId");
        }
        var target = targets.get(0);
        if (target.startsWith("igw-")) {
            if (!region.gatewayStore.get(target).vpc().equals(table.vpc())) {
                throw AwsError.invalid(
                        "route table %s and network gateway %s belong to different networks", table.id(), target);
            }
            return target;
        }
        if (target.startsWith("pcx-")) {
            return resolvePeering(table, target);
        }
        var card = target.startsWith("i-") ? region.instances.onlyInterface(target) : region.interfaceStore.get(target);
        if (!card.vpc().equals(table.vpc())) {
            throw AwsError.invalid("route table %s and interface %s belong to different networks", table.id(), target);
        }
        return card.id();
    }

    /** A request that is not yet accepted will do; the route is a blackhole until then, as the VPC Peering Guide says. */
    private String resolvePeering(RouteTable table, String id) {
        var peering = region.peeringStore.get(id);
        if (!peering.state().live()) {
            throw region.peeringStore.notFound(id);
        }
        if (peering.farFrom(region, table.vpc()).isEmpty()) {
            throw AwsError.invalid(
                    "route table %s and vpc peering connection %s belong to different networks", table.id(), id);
        }
        return id;
    }

    private RouteTable tableOf(String associationId) {
        return region
                .tableStore
                .where(table ->
                        table.associations().stream().anyMatch(made -> made.id().equals(associationId)))
                .stream()
                .findFirst()
                .orElseThrow(() -> AwsError.of(
                        "InvalidAssociationID.NotFound", "The association ID '%s' does not exist", associationId));
    }

    private static Association association(RouteTable table, String id) {
        return table.associations().stream()
                .filter(made -> made.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static <T> List<T> plus(List<T> list, T more) {
        var longer = new ArrayList<>(list);
        longer.add(more);
        return longer;
    }

    private static <T> List<T> minus(List<T> list, T less) {
        return list.stream().filter(item -> !item.equals(less)).toList();
    }
}
