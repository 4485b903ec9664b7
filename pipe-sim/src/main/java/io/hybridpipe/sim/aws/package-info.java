// SPDX-License-Identifier: Apache-2.0
/**
 * The stand-in for Amazon Web Services: {@link io.hybridpipe.sim.aws.SimAws} and what it tells its user.
 *
 * <p>What it supports; everything else answers as the service does to what it does not know ({@code InvalidAction}, an
 * unrecognized resource type, an extraneous property).
 *
 * <table>
 * <caption>Supported</caption>
 * <tr><th>Service</th><th>Actions</th></tr>
 * <tr><td>All</td><td>Signature Version 4 is checked (not the age of the signature); sessions expire by the stand-in's clock;
 * {@code deny} makes actions unauthorized</td></tr>
 * <tr><td>STS</td><td>AssumeRole (roles with trusted accounts), GetCallerIdentity</td></tr>
 * <tr><td>CloudFormation</td><td>CreateStack, UpdateStack, DeleteStack, DescribeStacks, ListStacks, DescribeStackEvents,
 * DescribeStackResources, ListStackResources, GetTemplate, ValidateTemplate; Create-, Describe-, List-, Execute- and
 * DeleteChangeSet. Everything is asynchronous on the clock: events for each resource in the order of dependencies, rollback,
 * deletes that fail for a minute of DependencyViolation</td></tr>
 * <tr><td>Templates</td><td>JSON and YAML with short forms; Parameters with their constraints, Mappings, Conditions, Outputs;
 * Ref, GetAtt, Sub, Join, Select, Split, If, Equals, And, Or, Not, FindInMap, GetAZs, Cidr, Base64; DependsOn,
 * DeletionPolicy (Delete, Retain). {@code AWS::EC2::} VPC, Subnet, InternetGateway, VPCGatewayAttachment, RouteTable,
 * SubnetRouteTableAssociation, Route, SecurityGroup, SecurityGroupIngress, SecurityGroupEgress, NetworkInterface, EIP,
 * EIPAssociation, Instance, KeyPair, with the properties that have an effect here</td></tr>
 * <tr><td>EC2</td><td>VPCs, subnets, internet gateways, route tables and IPv4 routes to gateways, interfaces, instances and
 * peerings
 * ({@code blackhole} included), security groups and rules, network interfaces, elastic addresses, instances (run, describe,
 * status, terminate), images, key pairs, tags, availability zones. Filters, pages, DryRun, client tokens where the service
 * has them, dependency violations, VPC limit, delayed visibility</td></tr>
 * </table>
 *
 * <p>Not supported: default VPCs, IPv6, network ACLs, NAT and VPN gateways, prefix lists, stopping and
 * starting instances, volumes, IAM policies, nested stacks, macros, imports and exports between stacks, stack policies,
 * drift, the time limit of a stack. Event pages are smaller than the service's (20 instead of 100), so that a client that
 * forgets to page is found out.
 */
@NullMarked
package io.hybridpipe.sim.aws;

import org.jspecify.annotations.NullMarked;
