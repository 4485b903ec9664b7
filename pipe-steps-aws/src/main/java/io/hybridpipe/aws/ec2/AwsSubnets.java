// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import java.util.List;
import java.util.NoSuchElementException;

/**
 * The subnets that one step has made, in the order of their blocks.
 *
 * @param all each of them
 */
public record AwsSubnets(List<AwsSubnet> all) {
    /** Copies the list. */
    public AwsSubnets {
        all = List.copyOf(all);
    }

    /** Their ids, for instance for the table that they are associated with: {@code SUBNETS.map(AwsSubnets::ids)}. */
    public List<String> ids() {
        return all.stream().map(AwsSubnet::id).toList();
    }

    /**
     * The one of this name.
     *
     * @throws NoSuchElementException if there is none; the message says which are there
     */
    public AwsSubnet named(String name) {
        return all.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("no subnet '" + name + "' among "
                        + all.stream().map(AwsSubnet::name).toList()));
    }
}
