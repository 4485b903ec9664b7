// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Peering.Side;
import java.util.List;
import java.util.Map;

/** VPC peering connections over the API. */
final class PeeringActions {

    private static final Describe<Peering> PEERINGS = new Describe<Peering>(
                    "VpcPeeringConnectionId", "vpcPeeringConnectionSet", region -> region.peeringStore)
            .filter("vpc-peering-connection-id", Peering::id)
            .filter("status-code", peering -> peering.state().text)
            .filter("status-message", Peering::message)
            .filter("expiration-time", peering -> peering.created().plus(Peering.EXPIRY))
            .filter("requester-vpc-info.vpc-id", peering -> peering.requester().vpc())
            .filter("requester-vpc-info.owner-id", peering -> peering.requester()
                    .account())
            .filters("requester-vpc-info.cidr-block", (region, peering) -> cidr(peering.requester()))
            .filter("accepter-vpc-info.vpc-id", peering -> peering.accepter().vpc())
            .filter("accepter-vpc-info.owner-id", peering -> peering.accepter().account())
            .filters("accepter-vpc-info.cidr-block", (region, peering) -> cidr(peering.accepter()));

    private PeeringActions() {}

    static void register(Map<String, Action> actions) {
        actions.put("CreateVpcPeeringConnection", (region, params, answer) -> {
            var tags = TagActions.given(params, "vpc-peering-connection");
            var known = region.peeringStore.all();
            var peering = region.peerings.request(
                    params.get("VpcId"),
                    params.find("PeerOwnerId").orElse(region.account),
                    params.find("PeerRegion").orElse(region.name),
                    params.get("PeerVpcId"));
            if (known.stream().noneMatch(old -> old.id().equals(peering.id()))) {
                region.tags.put(peering.id(), tags);
                region.made(peering.id());
            }
            answer.in("vpcPeeringConnection", xml -> write(region, xml, peering));
        });
        actions.put("AcceptVpcPeeringConnection", (region, params, answer) -> {
            var peering = region.peerings.accept(params.get("VpcPeeringConnectionId"));
            answer.in("vpcPeeringConnection", xml -> write(region, xml, peering));
        });
        actions.put("RejectVpcPeeringConnection", (region, params, answer) -> {
            region.peerings.reject(params.get("VpcPeeringConnectionId"));
            answer.put("return", true);
        });
        actions.put("DeleteVpcPeeringConnection", (region, params, answer) -> {
            region.peerings.delete(params.get("VpcPeeringConnectionId"));
            answer.put("return", true);
        });
        actions.put(
                "DescribeVpcPeeringConnections",
                PEERINGS.writing((region, out) -> write(region, out.xml(), out.item())));
    }

    private static List<String> cidr(Side side) {
        return side.cidr().map(Object::toString).stream().toList();
    }

    private static void write(Region region, Xml xml, Peering peering) {
        var known = peering.state().established();
        xml.put("vpcPeeringConnectionId", peering.id())
                .in("requesterVpcInfo", one -> write(one, peering.requester(), true, known))
                .in("accepterVpcInfo", one -> write(one, peering.accepter(), known, known))
                .in("status", one -> one.put("code", peering.state().text).put("message", peering.message()));
        if (peering.state().requested()) {
            xml.put("expirationTime", peering.created().plus(Peering.EXPIRY));
        }
        TagActions.write(region, xml, peering.id());
    }

    /** The accepter's block and both sides' options show once it has accepted. */
    private static void write(Xml xml, Side side, boolean withCidr, boolean withOptions) {
        xml.put("ownerId", side.account()).put("vpcId", side.vpc()).put("region", side.region());
        if (withCidr) {
            cidr(side).forEach(block -> xml.put("cidrBlock", block));
            xml.each("cidrBlockSet", cidr(side), (one, block) -> one.put("cidrBlock", block));
        }
        if (withOptions) {
            xml.in("peeringOptions", one -> one.put("allowDnsResolutionFromRemoteVpc", false)
                    .put("allowEgressFromLocalClassicLinkToRemoteVpc", false)
                    .put("allowEgressFromLocalVpcToRemoteClassicLink", false));
        }
    }
}
