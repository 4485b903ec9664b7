// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Model.Association;
import io.hybridpipe.sim.aws.Model.InternetGateway;
import io.hybridpipe.sim.aws.Model.Route;
import io.hybridpipe.sim.aws.Model.RouteTable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Internet gateways, route tables and routes over the API. */
final class RoutingActions {

    private static final Describe<InternetGateway> GATEWAYS = new Describe<InternetGateway>(
                    "InternetGatewayId", "internetGatewaySet", region -> region.gatewayStore)
            .filter("internet-gateway-id", InternetGateway::id)
            .filter("attachment.vpc-id", InternetGateway::vpc)
            .filter("attachment.state", gateway -> gateway.vpc().isEmpty() ? "" : "available");

    private static final Describe<RouteTable> TABLES = new Describe<RouteTable>(
                    "RouteTableId", "routeTableSet", region -> region.tableStore)
            .filter("route-table-id", RouteTable::id)
            .filter("vpc-id", RouteTable::vpc)
            .filters("association.main", (region, table) -> associations(region, table)
                    .map(made -> String.valueOf(made.subnet().isEmpty()))
                    .toList())
            .filters("association.subnet-id", (region, table) -> associations(region, table)
                    .map(Association::subnet)
                    .toList())
            .filters("association.route-table-association-id", (region, table) -> associations(region, table)
                    .map(Association::id)
                    .toList())
            .filters("route.destination-cidr-block", (region, table) -> routes(region, table)
                    .map(route -> route.destination().toString())
                    .toList())
            .filters(
                    "route.gateway-id",
                    (region, table) -> routes(region, table).map(Route::target).toList())
            .filters("route.vpc-peering-connection-id", (region, table) -> routes(region, table)
                    .map(Route::target)
                    .filter(target -> target.startsWith("pcx-"))
                    .toList())
            .filters("route.state", (region, table) -> routes(region, table)
                    .map(route -> region.routing.blackhole(table, route) ? "blackhole" : "active")
                    .toList());

    private RoutingActions() {}

    static void register(Map<String, Action> actions) {
        actions.put("CreateInternetGateway", (region, params, answer) -> {
            var tags = TagActions.given(params, "internet-gateway");
            var gateway = region.routing.createGateway();
            region.tags.put(gateway.id(), tags);
            region.made(gateway.id());
            answer.in("internetGateway", xml -> write(region, xml, gateway));
        });
        actions.put("AttachInternetGateway", (region, params, answer) -> {
            region.routing.attachGateway(params.get("InternetGatewayId"), params.get("VpcId"));
            answer.put("return", true);
        });
        actions.put("DetachInternetGateway", (region, params, answer) -> {
            region.routing.detachGateway(params.get("InternetGatewayId"), params.get("VpcId"));
            answer.put("return", true);
        });
        actions.put("DeleteInternetGateway", (region, params, answer) -> {
            region.routing.deleteGateway(params.get("InternetGatewayId"));
            answer.put("return", true);
        });
        actions.put(
                "DescribeInternetGateways", GATEWAYS.writing((region, out) -> write(region, out.xml(), out.item())));
        actions.put("CreateRouteTable", (region, params, answer) -> {
            var tags = TagActions.given(params, "route-table");
            var made = region.tokens.once(
                    "CreateRouteTable",
                    params.find("ClientToken"),
                    params.fingerprint("ClientToken", "DryRun"),
                    RouteTable.class,
                    () -> {
                        var table = region.routing.createTable(params.get("VpcId"));
                        region.tags.put(table.id(), tags);
                        region.made(table.id());
                        return table;
                    });
            var now = region.tableStore.find(made.id()).orElse(made);
            answer.in("routeTable", xml -> write(region, xml, now));
            params.find("ClientToken").ifPresent(token -> answer.put("clientToken", token));
        });
        actions.put("DeleteRouteTable", (region, params, answer) -> {
            region.routing.deleteTable(params.get("RouteTableId"));
            answer.put("return", true);
        });
        actions.put("DescribeRouteTables", TABLES.writing((region, out) -> write(region, out.xml(), out.item())));
        actions.put("AssociateRouteTable", (region, params, answer) -> {
            var made = region.routing.associate(params.get("RouteTableId"), params.get("SubnetId"));
            region.visibility.hide(made.id());
            answer.put("associationId", made.id()).in("associationState", xml -> xml.put("state", "associated"));
        });
        actions.put("DisassociateRouteTable", (region, params, answer) -> {
            region.routing.disassociate(params.get("AssociationId"));
            answer.put("return", true);
        });
        actions.put("ReplaceRouteTableAssociation", (region, params, answer) -> {
            var made = region.routing.replaceAssociation(params.get("AssociationId"), params.get("RouteTableId"));
            region.visibility.hide(made.id());
            answer.put("newAssociationId", made.id()).in("associationState", xml -> xml.put("state", "associated"));
        });
        actions.put("CreateRoute", (region, params, answer) -> {
            var table = params.get("RouteTableId");
            var route = region.routing.createRoute(table, params.get("DestinationCidrBlock"), targets(params));
            region.visibility.hide(key(table, route));
            answer.put("return", true);
        });
        actions.put("ReplaceRoute", (region, params, answer) -> {
            region.routing.replaceRoute(
                    params.get("RouteTableId"), params.get("DestinationCidrBlock"), targets(params));
            answer.put("return", true);
        });
        actions.put("DeleteRoute", (region, params, answer) -> {
            region.routing.deleteRoute(params.get("RouteTableId"), params.get("DestinationCidrBlock"));
            answer.put("return", true);
        });
    }

    private static Stream<Route> routes(Region region, RouteTable table) {
        return table.routes().stream().filter(route -> region.visibility.shown(key(table.id(), route)));
    }

    private static Stream<Association> associations(Region region, RouteTable table) {
        return table.associations().stream().filter(made -> region.visibility.shown(made.id()));
    }

    /** A route has no id: its table and its destination are its identity. */
    private static String key(String table, Route route) {
        return table + " " + route.destination();
    }

    private static List<String> targets(Params params) {
        return Stream.of("GatewayId", "InstanceId", "NetworkInterfaceId", "VpcPeeringConnectionId")
                .flatMap(name -> params.find(name).stream())
                .toList();
    }

    private static void write(Region region, Xml xml, InternetGateway gateway) {
        xml.put("internetGatewayId", gateway.id()).put("ownerId", region.account);
        var attached = gateway.vpc().isEmpty() ? List.<String>of() : List.of(gateway.vpc());
        xml.each("attachmentSet", attached, (one, vpc) -> one.put("vpcId", vpc).put("state", "available"));
        TagActions.write(region, xml, gateway.id());
    }

    private static void write(Region region, Xml xml, RouteTable table) {
        xml.put("routeTableId", table.id()).put("vpcId", table.vpc()).put("ownerId", region.account);
        xml.each("routeSet", routes(region, table).toList(), (one, route) -> write(region, one, table, route));
        xml.each("associationSet", associations(region, table).toList(), (one, made) -> one.put(
                        "routeTableAssociationId", made.id())
                .put("routeTableId", table.id())
                .putIf("subnetId", made.subnet())
                .put("main", made.subnet().isEmpty())
                .in("associationState", state -> state.put("state", "associated")));
        TagActions.write(region, xml, table.id());
    }

    private static void write(Region region, Xml xml, RouteTable table, Route route) {
        xml.put("destinationCidrBlock", route.destination());
        if (route.target().startsWith("eni-")) {
            xml.put("networkInterfaceId", route.target());
            region.interfaceStore
                    .find(route.target())
                    .filter(card -> card.attachment().exists())
                    .ifPresent(card ->
                            xml.put("instanceId", card.attachment().instance()).put("instanceOwnerId", region.account));
        } else if (route.target().startsWith("pcx-")) {
            xml.put("vpcPeeringConnectionId", route.target());
        } else {
            xml.put("gatewayId", route.target());
        }
        xml.put("state", region.routing.blackhole(table, route) ? "blackhole" : "active")
                .put("origin", route.local() ? "CreateRouteTable" : "CreateRoute");
    }
}
