// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.net.Cidr;
import java.util.Objects;

/**
 * A subnet that {@link CreateSubnets} has made.
 *
 * @param name its name among the subnets of its network, which is its {@code Name} tag too
 * @param id {@code subnet-…}
 * @param cidr its block
 * @param zone the availability zone, for instance {@code eu-central-1a}
 */
public record AwsSubnet(String name, String id, Cidr cidr, String zone) {
    /** Checks that all of it is there. */
    public AwsSubnet {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(cidr, "cidr");
        Objects.requireNonNull(zone, "zone");
    }
}
