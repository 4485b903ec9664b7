// SPDX-License-Identifier: Apache-2.0
/**
 * The stand-in for Amazon Web Services: {@link io.hybridpipe.sim.aws.SimAws} and what it tells its user.
 *
 * <p>EC2, CloudFormation, STS and the Parameter Store, over their real protocols. {@code docs/sim-aws.md} lists every action,
 * limit and delay, and what is not known; everything that is not listed answers as the service does to what it does not know
 * ({@code InvalidAction}, an unrecognized resource type, an extraneous property). {@code docs/sim-aws-cloudformation.md} does
 * the same for templates and stacks.
 *
 * <p>How it is built: {@code AwsService} finds the service and the action of a request in its {@code Dialect}; the
 * {@code …Actions} read parameters and write answers; the classes named for what they hold ({@code Vpcs}, {@code Routing},
 * {@code Peerings}, {@code Parameters} and so on) have the rules; a {@code Region} is all that one account has in one region,
 * and the {@code Exchange} is what regions know of one another.
 */
@NullMarked
package io.hybridpipe.sim.aws;

import org.jspecify.annotations.NullMarked;
