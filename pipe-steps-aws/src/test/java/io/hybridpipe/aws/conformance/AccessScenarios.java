// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import static io.hybridpipe.aws.conformance.Scenario.ok;
import static io.hybridpipe.aws.conformance.Scenario.refused;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.services.sts.model.Credentials;

/** Who may call and how often: credentials, roles, permissions, limits of requests, what is not yet visible. */
@SuppressWarnings("unchecked") // the SDK takes several lambdas as varargs
final class AccessScenarios {
    private AccessScenarios() {}

    static List<Scenario> all() {
        return Stream.of(roles(), credentials(), permissions(), limits())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Scenario> roles() {
        return List.of(
                ok("GetCallerIdentity", "of a key", g -> g.sts().getCallerIdentity())
                        .leaving("userId", "arn"),
                ok("GetCallerIdentity", "of a role's session", g -> g.inOtherAccount()
                                .sts()
                                .getCallerIdentity())
                        .leaving("userId"),
                ok("AssumeRole", "of another account", g -> g.sts()
                                .assumeRole(r -> r.roleArn(Ground.role()).roleSessionName("conformance")))
                        .leaving("credentials\\..*", "assumedRoleUser.assumedRoleId"),
                refused("AssumeRole", "AccessDenied", "that is not there", g -> g.sts()
                        .assumeRole(r -> r.roleArn(Ground.role() + "-not").roleSessionName("conformance"))),
                refused("AssumeRole", "ValidationError", "for a minute", g -> g.sts()
                        .assumeRole(r -> r.roleArn(Ground.role())
                                .roleSessionName("conformance")
                                .durationSeconds(60))));
    }

    private static List<Scenario> credentials() {
        return List.of(
                refused("DescribeVpcs", "AuthFailure", "an unknown key", g -> unknown(g)
                        .ec2()
                        .describeVpcs()),
                refused("CreateVpc", "SignatureDoesNotMatch", "a wrong secret", g -> wrongSecret(g)
                        .ec2()
                        .createVpc(r -> r.cidrBlock("10.1.0.0/16"))),
                refused("DescribeVpcs", "RequestExpired", "a session that is over", g -> expired(g)
                        .ec2()
                        .describeVpcs()),
                refused("GetCallerIdentity", "InvalidClientTokenId", "an unknown key", g -> unknown(g)
                        .sts()
                        .getCallerIdentity()),
                refused("GetCallerIdentity", "SignatureDoesNotMatch", "a wrong secret", g -> wrongSecret(g)
                        .sts()
                        .getCallerIdentity()),
                refused("GetCallerIdentity", "ExpiredToken", "a session that is over", g -> expired(g)
                        .sts()
                        .getCallerIdentity()),
                refused("GetParameter", "UnrecognizedClientException", "an unknown key", g -> unknown(g)
                        .ssm()
                        .getParameter(r -> r.name("/networks/orders"))),
                refused("GetParameter", "InvalidSignatureException", "a wrong secret", g -> wrongSecret(g)
                        .ssm()
                        .getParameter(r -> r.name("/networks/orders"))),
                refused("GetParameter", "ExpiredTokenException", "a session that is over", g -> expired(g)
                        .ssm()
                        .getParameter(r -> r.name("/networks/orders"))),
                refused("DescribeStacks", "InvalidClientTokenId", "an unknown key", g -> unknown(g)
                        .cloudFormation()
                        .describeStacks()),
                refused("DescribeStacks", "SignatureDoesNotMatch", "a wrong secret", g -> wrongSecret(g)
                        .cloudFormation()
                        .describeStacks()),
                refused("DescribeStacks", "ExpiredToken", "a session that is over", g -> expired(g)
                        .cloudFormation()
                        .describeStacks()));
    }

    private static Ground unknown(Ground g) {
        return g.as(AwsBasicCredentials.create("AKIANOBODYKNOWS00001", "secret"));
    }

    private static Ground wrongSecret(Ground g) {
        return g.as(AwsBasicCredentials.create(g.credentials().accessKeyId(), "another secret"));
    }

    private static Ground expired(Ground g) {
        Credentials session = g.sts()
                .assumeRole(r ->
                        r.roleArn(Ground.role()).roleSessionName("conformance").durationSeconds(900))
                .join()
                .credentials();
        g.pass(Duration.ofSeconds(901));
        return g.as(
                AwsSessionCredentials.create(session.accessKeyId(), session.secretAccessKey(), session.sessionToken()));
    }

    private static List<Scenario> permissions() {
        return List.of(
                refused("CreateSubnet", "UnauthorizedOperation", "not permitted", g -> g.ec2()
                                .createSubnet(r -> r.vpcId(g.vpc()).cidrBlock("10.1.1.0/24")))
                        .given(sim -> sim.deny(Ground.ACCOUNT, "CreateSubnet")),
                refused("RunInstances", "UnauthorizedOperation", "not permitted, dry", g -> g.ec2()
                                .runInstances(r -> r.imageId(Ground.IMAGE)
                                        .minCount(1)
                                        .maxCount(1)
                                        .dryRun(true)))
                        .given(sim -> sim.deny(Ground.ACCOUNT, "RunInstances")),
                refused("GetParameter", "AccessDeniedException", "not permitted", g -> g.ssm()
                                .getParameter(r -> r.name("/networks/orders")))
                        .given(sim -> sim.deny(Ground.ACCOUNT, "GetParameter")),
                refused("CreateStack", "AccessDenied", "not permitted", g -> g.cloudFormation()
                                .createStack(r -> r.stackName("network").templateBody(StackScenarios.ONE_GATEWAY)))
                        .given(sim -> sim.deny(Ground.ACCOUNT, "CreateStack")));
    }

    private static List<Scenario> limits() {
        return List.of(
                refused("DescribeSubnets", "RequestLimitExceeded", "the second within a second", g -> {
                            g.ec2().describeVpcs().join();
                            return g.ec2().describeSubnets();
                        })
                        .given(sim -> sim.requestLimit(1)),
                refused("DescribeStacks", "Throttling", "the second within a second", g -> {
                            g.cloudFormation().listStacks().join();
                            return g.cloudFormation().describeStacks();
                        })
                        .given(sim -> sim.requestLimit(1)),
                refused("GetParametersByPath", "ThrottlingException", "the second within a second", g -> {
                            g.ssm()
                                    .getParametersByPath(r -> r.path("/networks"))
                                    .join();
                            return g.ssm().getParametersByPath(r -> r.path("/networks"));
                        })
                        .given(sim -> sim.requestLimit(1)),
                refused("CreateRouteTable", "InvalidVpcID.NotFound", "a VPC made just now", g -> g.ec2()
                                .createRouteTable(r -> r.vpcId(g.vpc())))
                        .given(sim -> sim.visibleAfter(Duration.ofSeconds(5))));
    }
}
