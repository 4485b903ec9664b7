// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import static io.hybridpipe.aws.conformance.Ground.filter;
import static io.hybridpipe.aws.conformance.Scenario.ok;
import static io.hybridpipe.aws.conformance.Scenario.refused;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesResponse;

/** Instances, images, key pairs and tags. */
@SuppressWarnings("unchecked") // the SDK takes several lambdas as varargs
final class InstanceScenarios {
    private static final String NO_INSTANCE = "i-00000000000000000";
    private static final String NO_VPC = "vpc-00000000000000000";

    private InstanceScenarios() {}

    static List<Scenario> all() {
        return Stream.of(instances(), keys(), tags()).flatMap(List::stream).toList();
    }

    private static List<Scenario> instances() {
        return List.of(
                ok("RunInstances", "on an interface, with tags", g -> {
                    String card = g.card();
                    return run(g, r -> r.networkInterfaces(
                                    nic -> nic.deviceIndex(0).networkInterfaceId(card))
                            .tagSpecifications(t -> t.resourceType("instance")
                                    .tags(tag -> tag.key("pipe").value("fednet"))));
                }),
                ok("RunInstances", "in a subnet, in a group", g -> {
                    String subnet = g.subnet();
                    return run(
                            g,
                            r -> r.networkInterfaces(nic -> nic.deviceIndex(0)
                                    .subnetId(subnet)
                                    .privateIpAddress("10.1.1.20")
                                    .description("controller")
                                    .groups(g.group())));
                }),
                ok("RunInstances", "the same client token twice", g -> {
                    String subnet = g.subnet();
                    run(g, r -> r.subnetId(subnet).privateIpAddress("10.1.1.20").clientToken("once"))
                            .join();
                    return run(g, r -> r.subnetId(subnet)
                            .privateIpAddress("10.1.1.20")
                            .clientToken("once"));
                }),
                refused("RunInstances", "IdempotentParameterMismatch", "a used client token", g -> {
                    String subnet = g.subnet();
                    run(g, r -> r.subnetId(subnet).privateIpAddress("10.1.1.20").clientToken("once"))
                            .join();
                    return run(g, r -> r.subnetId(subnet)
                            .privateIpAddress("10.1.1.21")
                            .clientToken("once"));
                }),
                refused("RunInstances", "InvalidAMIID.NotFound", "an unknown image", g -> {
                    String subnet = g.subnet();
                    return run(g, r -> r.imageId("ami-00000000000000000").subnetId(subnet));
                }),
                refused("RunInstances", "InvalidAMIID.Malformed", "an image id that is none", g -> {
                    String subnet = g.subnet();
                    return run(g, r -> r.imageId("controller").subnetId(subnet));
                }),
                refused(
                        "RunInstances",
                        "InvalidSubnetID.NotFound",
                        "an unknown subnet",
                        g -> run(g, r -> r.subnetId("subnet-00000000000000000"))),
                refused("RunInstances", "InvalidKeyPair.NotFound", "an unknown key pair", g -> {
                    String subnet = g.subnet();
                    return run(g, r -> r.subnetId(subnet).keyName("none"));
                }),
                refused("RunInstances", "InvalidNetworkInterface.InUse", "on another's interface", g -> {
                    g.instance();
                    String card = g.card();
                    return run(
                            g,
                            r -> r.networkInterfaces(nic -> nic.deviceIndex(0).networkInterfaceId(card)));
                }),
                refused(
                        "RunInstances",
                        "InvalidNetworkInterfaceID.NotFound",
                        "on an unknown interface",
                        g -> run(
                                g,
                                r -> r.networkInterfaces(
                                        nic -> nic.deviceIndex(0).networkInterfaceId("eni-00000000000000000")))),
                ok("DescribeInstances", "a running one", g -> {
                    String id = g.instance();
                    return g.ec2().describeInstances(r -> r.instanceIds(id));
                }),
                ok("DescribeInstances", "a terminated one", g -> {
                    String id = g.instance();
                    g.ec2().terminateInstances(r -> r.instanceIds(id)).join();
                    g.awaitInstance(id, "terminated");
                    return g.ec2().describeInstances(r -> r.instanceIds(id));
                }),
                ok("DescribeInstances", "by tag and state, of which there is none", g -> {
                    g.instance();
                    return g.ec2()
                            .describeInstances(r ->
                                    r.filters(filter("tag:token", "nobody"), filter("instance-state-name", "running")));
                }),
                refused("DescribeInstances", "InvalidInstanceID.NotFound", "unknown", g -> g.ec2()
                        .describeInstances(r -> r.instanceIds(NO_INSTANCE))),
                refused("DescribeInstances", "InvalidInstanceID.Malformed", "an id that is none", g -> g.ec2()
                        .describeInstances(r -> r.instanceIds("controller"))),
                ok("DescribeInstanceStatus", "of a running one that has booted", g -> {
                    String id = g.instance();
                    g.await(
                            () -> g.ec2().describeInstanceStatus(r -> r.instanceIds(id)),
                            seen -> seen.instanceStatuses()
                                    .get(0)
                                    .instanceStatus()
                                    .statusAsString()
                                    .equals("ok"));
                    return g.ec2().describeInstanceStatus(r -> r.instanceIds(id));
                }),
                refused("DescribeInstanceStatus", "InvalidInstanceID.NotFound", "unknown", g -> g.ec2()
                        .describeInstanceStatus(r -> r.instanceIds(NO_INSTANCE))),
                ok("TerminateInstances", "a running one", g -> {
                    String id = g.instance();
                    return g.ec2().terminateInstances(r -> r.instanceIds(id));
                }),
                ok("TerminateInstances", "a terminated one", g -> {
                    String id = g.instance();
                    g.ec2().terminateInstances(r -> r.instanceIds(id)).join();
                    g.awaitInstance(id, "terminated");
                    return g.ec2().terminateInstances(r -> r.instanceIds(id));
                }),
                refused("TerminateInstances", "InvalidInstanceID.NotFound", "unknown", g -> g.ec2()
                        .terminateInstances(r -> r.instanceIds(NO_INSTANCE))),
                ok("DescribeImages", "by id", g -> g.ec2().describeImages(r -> r.imageIds(Ground.IMAGE)))
                        .leaving("images\\[0\\].*"),
                refused("DescribeImages", "InvalidAMIID.NotFound", "unknown", g -> g.ec2()
                        .describeImages(r -> r.imageIds("ami-00000000000000000"))));
    }

    private static CompletableFuture<RunInstancesResponse> run(
            Ground g, Consumer<RunInstancesRequest.Builder> particulars) {
        return g.ec2().runInstances(r -> {
            r.imageId(Ground.IMAGE).instanceType("t3.small").minCount(1).maxCount(1);
            particulars.accept(r);
        });
    }

    private static List<Scenario> keys() {
        return List.of(
                ok("CreateKeyPair", "a name", g -> g.ec2().createKeyPair(r -> r.keyName("bootstrap")))
                        .leaving("keyMaterial", "keyFingerprint"),
                refused("CreateKeyPair", "InvalidKeyPair.Duplicate", "a used name", g -> {
                    g.ec2().createKeyPair(r -> r.keyName("bootstrap")).join();
                    return g.ec2().createKeyPair(r -> r.keyName("bootstrap"));
                }),
                ok("DeleteKeyPair", "by name", g -> {
                    g.ec2().createKeyPair(r -> r.keyName("bootstrap")).join();
                    return g.ec2().deleteKeyPair(r -> r.keyName("bootstrap"));
                }),
                ok("DeleteKeyPair", "that is not there", g -> g.ec2().deleteKeyPair(r -> r.keyName("bootstrap"))),
                ok("DescribeKeyPairs", "by name", g -> {
                            g.ec2().createKeyPair(r -> r.keyName("bootstrap")).join();
                            return g.ec2().describeKeyPairs(r -> r.keyNames("bootstrap"));
                        })
                        .leaving(".*keyFingerprint"),
                refused("DescribeKeyPairs", "InvalidKeyPair.NotFound", "unknown", g -> g.ec2()
                        .describeKeyPairs(r -> r.keyNames("bootstrap"))));
    }

    private static List<Scenario> tags() {
        return List.of(
                ok("CreateTags", "one more and one changed", g -> {
                    tag(g, "stage", "test");
                    return g.ec2().createTags(r -> r.resources(g.vpc())
                            .tags(t -> t.key("stage").value("live"), t -> t.key("pipe")
                                    .value("fednet")));
                }),
                refused("CreateTags", "InvalidVpcID.NotFound", "an unknown resource", g -> g.ec2()
                        .createTags(
                                r -> r.resources(NO_VPC).tags(t -> t.key("a").value("b")))),
                refused("CreateTags", "InvalidParameterValue", "a reserved key", g -> g.ec2()
                        .createTags(r ->
                                r.resources(g.vpc()).tags(t -> t.key("aws:x").value("b")))),
                ok("DeleteTags", "by key", g -> {
                    tag(g, "stage", "test");
                    return g.ec2().deleteTags(r -> r.resources(g.vpc()).tags(t -> t.key("stage")));
                }),
                ok("DeleteTags", "only with another value", g -> {
                    tag(g, "stage", "test");
                    return g.ec2().deleteTags(r -> r.resources(g.vpc())
                            .tags(t -> t.key("stage").value("live")));
                }),
                ok("DescribeTags", "of a resource", g -> {
                    tag(g, "stage", "test");
                    return g.ec2().describeTags(r -> r.filters(filter("resource-id", g.vpc())));
                }));
    }

    private static void tag(Ground g, String key, String value) {
        g.ec2()
                .createTags(r -> r.resources(g.vpc()).tags(t -> t.key(key).value(value)))
                .join();
    }
}
