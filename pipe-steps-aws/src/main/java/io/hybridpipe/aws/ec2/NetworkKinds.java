// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import software.amazon.awssdk.services.ec2.model.DescribeInternetGatewaysResponse;
import software.amazon.awssdk.services.ec2.model.DescribeRouteTablesResponse;
import software.amazon.awssdk.services.ec2.model.DescribeSecurityGroupRulesResponse;
import software.amazon.awssdk.services.ec2.model.DescribeSecurityGroupsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeSubnetsResponse;
import software.amazon.awssdk.services.ec2.model.InternetGateway;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;
import software.amazon.awssdk.services.ec2.model.Subnet;

/** The kinds of things that a VPC is furnished with. */
final class NetworkKinds {
    static final Kind<Subnet> SUBNET = new Kind<>(
            "AWS::EC2::Subnet",
            ResourceType.SUBNET,
            "ec2 describe-subnets --subnet-ids",
            "subnet-id",
            Subnet::subnetId,
            Subnet::tags,
            (account, calls, filters) -> calls.readingAll(
                    "DescribeSubnets",
                    page -> account.ec2()
                            .describeSubnets(r -> r.filters(filters).nextToken(page)),
                    DescribeSubnetsResponse::subnets,
                    DescribeSubnetsResponse::nextToken));

    static final Kind<InternetGateway> INTERNET_GATEWAY = new Kind<>(
            "AWS::EC2::InternetGateway",
            ResourceType.INTERNET_GATEWAY,
            "ec2 describe-internet-gateways --internet-gateway-ids",
            "internet-gateway-id",
            InternetGateway::internetGatewayId,
            InternetGateway::tags,
            (account, calls, filters) -> calls.readingAll(
                    "DescribeInternetGateways",
                    page -> account.ec2()
                            .describeInternetGateways(r -> r.filters(filters).nextToken(page)),
                    DescribeInternetGatewaysResponse::internetGateways,
                    DescribeInternetGatewaysResponse::nextToken));

    static final Kind<RouteTable> ROUTE_TABLE = new Kind<>(
            "AWS::EC2::RouteTable",
            ResourceType.ROUTE_TABLE,
            "ec2 describe-route-tables --route-table-ids",
            "route-table-id",
            RouteTable::routeTableId,
            RouteTable::tags,
            (account, calls, filters) -> calls.readingAll(
                    "DescribeRouteTables",
                    page -> account.ec2()
                            .describeRouteTables(r -> r.filters(filters).nextToken(page)),
                    DescribeRouteTablesResponse::routeTables,
                    DescribeRouteTablesResponse::nextToken));

    static final Kind<SecurityGroup> SECURITY_GROUP = new Kind<>(
            "AWS::EC2::SecurityGroup",
            ResourceType.SECURITY_GROUP,
            "ec2 describe-security-groups --group-ids",
            "group-id",
            SecurityGroup::groupId,
            SecurityGroup::tags,
            (account, calls, filters) -> calls.readingAll(
                    "DescribeSecurityGroups",
                    page -> account.ec2()
                            .describeSecurityGroups(r -> r.filters(filters).nextToken(page)),
                    DescribeSecurityGroupsResponse::securityGroups,
                    DescribeSecurityGroupsResponse::nextToken));

    static final Kind<SecurityGroupRule> SECURITY_GROUP_RULE = new Kind<>(
            "AWS::EC2::SecurityGroupRule",
            ResourceType.SECURITY_GROUP_RULE,
            "ec2 describe-security-group-rules --security-group-rule-ids",
            "security-group-rule-id",
            SecurityGroupRule::securityGroupRuleId,
            SecurityGroupRule::tags,
            (account, calls, filters) -> calls.readingAll(
                    "DescribeSecurityGroupRules",
                    page -> account.ec2()
                            .describeSecurityGroupRules(r -> r.filters(filters).nextToken(page)),
                    DescribeSecurityGroupRulesResponse::securityGroupRules,
                    DescribeSecurityGroupRulesResponse::nextToken));

    private NetworkKinds() {}
}
