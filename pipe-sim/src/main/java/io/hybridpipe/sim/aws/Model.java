// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import inet.ipaddr.IPAddress;
import java.time.Instant;
import java.util.List;

/** The shapes of EC2's resources: plain values that a {@link Store} holds and replaces. An empty text means none. */
interface Model {

    /** A resource with an id. */
    interface Resource {
        String id();
    }

    record Vpc(String id, IPAddress cidr, boolean dnsSupport, boolean dnsHostnames) implements Resource {
        Vpc withDns(boolean support, boolean hostnames) {
            return new Vpc(id, cidr, support, hostnames);
        }
    }

    record Subnet(String id, String vpc, IPAddress cidr, String zone, boolean mapPublicIp) implements Resource {
        Subnet withMapPublicIp(boolean map) {
            return new Subnet(id, vpc, cidr, zone, map);
        }
    }

    record InternetGateway(String id, String vpc) implements Resource {}

    /** {@code main} tables serve all subnets of their VPC that have no association of their own. */
    record RouteTable(String id, String vpc, boolean main, List<Route> routes, List<Association> associations)
            implements Resource {
        RouteTable asMain(boolean mainNow) {
            return new RouteTable(id, vpc, mainNow, routes, associations);
        }

        RouteTable withRoutes(List<Route> other) {
            return new RouteTable(id, vpc, main, List.copyOf(other), associations);
        }

        RouteTable withAssociations(List<Association> other) {
            return new RouteTable(id, vpc, main, routes, List.copyOf(other));
        }
    }

    /** The target is {@code local} or the id of a gateway, network interface or peering. */
    record Route(IPAddress destination, String target) {
        boolean local() {
            return target.equals("local");
        }
    }

    /** The main association of a VPC has no subnet. */
    record Association(String id, String subnet) {}

    record SecurityGroup(String id, String name, String description, String vpc, List<Rule> rules) implements Resource {
        SecurityGroup withRules(List<Rule> other) {
            return new SecurityGroup(id, name, description, vpc, List.copyOf(other));
        }
    }

    /** The protocol is {@code tcp}, {@code udp}, {@code icmp}, a number, or {@code -1} for all; the peer a CIDR or a group's id. */
    record Rule(String id, boolean egress, String protocol, int from, int to, String peer, String description) {
        boolean sameAs(Rule other) {
            return egress == other.egress
                    && protocol.equals(other.protocol)
                    && from == other.from
                    && to == other.to
                    && peer.equals(other.peer);
        }

        boolean peerIsGroup() {
            return peer.startsWith("sg-");
        }

        Rule with(String otherId, String otherDescription) {
            return new Rule(otherId, egress, protocol, from, to, peer, otherDescription);
        }
    }

    record NetworkInterface(
            String id,
            String subnet,
            String vpc,
            IPAddress privateIp,
            List<String> groups,
            boolean sourceDestCheck,
            String description,
            Attachment attachment,
            String autoPublicIp)
            implements Resource {
        NetworkInterface withSourceDestCheck(boolean check) {
            return new NetworkInterface(
                    id, subnet, vpc, privateIp, groups, check, description, attachment, autoPublicIp);
        }

        NetworkInterface withGroups(List<String> other) {
            return new NetworkInterface(
                    id,
                    subnet,
                    vpc,
                    privateIp,
                    List.copyOf(other),
                    sourceDestCheck,
                    description,
                    attachment,
                    autoPublicIp);
        }

        NetworkInterface withDescription(String other) {
            return new NetworkInterface(
                    id, subnet, vpc, privateIp, groups, sourceDestCheck, other, attachment, autoPublicIp);
        }

        NetworkInterface withAttachment(Attachment other) {
            return new NetworkInterface(
                    id, subnet, vpc, privateIp, groups, sourceDestCheck, description, other, autoPublicIp);
        }

        NetworkInterface withAutoPublicIp(String other) {
            return new NetworkInterface(
                    id, subnet, vpc, privateIp, groups, sourceDestCheck, description, attachment, other);
        }
    }

    record Attachment(String id, String instance, int index, boolean deleteOnTermination) {
        static final Attachment NONE = new Attachment("", "", 0, false);

        boolean exists() {
            return !id.isEmpty();
        }

        Attachment deletedOnTermination(boolean delete) {
            return new Attachment(id, instance, index, delete);
        }
    }

    record ElasticIp(String id, IPAddress publicIp, String association, String networkInterface) implements Resource {
        ElasticIp associated(String newAssociation, String toInterface) {
            return new ElasticIp(id, publicIp, newAssociation, toInterface);
        }
    }

    record Image(SimAws.Image image) implements Resource {
        @Override
        public String id() {
            return image.id();
        }
    }

    record KeyPair(String id, String name, String type, String fingerprint, Instant created) implements Resource {}

    enum InstanceState {
        PENDING(0, "pending"),
        RUNNING(16, "running"),
        SHUTTING_DOWN(32, "shutting-down"),
        TERMINATED(48, "terminated"),
        STOPPING(64, "stopping"),
        STOPPED(80, "stopped");

        final int code;
        final String text;

        InstanceState(int code, String text) {
            this.code = code;
            this.text = text;
        }
    }

    record Instance(
            String id,
            String image,
            String type,
            String keyName,
            InstanceState state,
            Instant since,
            Instant launched,
            String subnet,
            String vpc,
            String zone,
            String userData,
            String reservation,
            boolean kept)
            implements Resource {
        Instance in(InstanceState other, Instant from) {
            return new Instance(
                    id, image, type, keyName, other, from, launched, subnet, vpc, zone, userData, reservation, kept);
        }

        /** Not ended: it may be stopped. */
        boolean alive() {
            return state != InstanceState.SHUTTING_DOWN && state != InstanceState.TERMINATED;
        }

        Instance ofType(String other) {
            return new Instance(
                    id, image, other, keyName, state, since, launched, subnet, vpc, zone, userData, reservation, kept);
        }

        Instance withUserData(String other) {
            return new Instance(
                    id, image, type, keyName, state, since, launched, subnet, vpc, zone, other, reservation, kept);
        }

        Instance keptFromTermination(boolean kept) {
            return new Instance(
                    id, image, type, keyName, state, since, launched, subnet, vpc, zone, userData, reservation, kept);
        }
    }
}
