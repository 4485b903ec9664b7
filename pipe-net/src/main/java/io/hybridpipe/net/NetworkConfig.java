// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One network to be built: its block, the subnets it is to have, and the on-premises blocks it must reach.
 *
 * <p>A network that cannot be is refused when it is made: a subnet outside of it, subnets that overlap each other or do not
 * fit, two of one name, an on-premises block that overlaps it. Immutable.
 *
 * @param name letters, digits, dots, dashes and underscores
 * @param cidr the whole block
 * @param subnets in the order in which they get their places
 * @param onPremises what is reached through the tunnels
 */
public record NetworkConfig(String name, Cidr cidr, List<SubnetRequest> subnets, List<Cidr> onPremises) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

    /**
     * Checks the whole.
     *
     * @throws IllegalArgumentException at the first thing that is wrong; the message is one line that names the place as a
     *     JSON pointer and the value
     */
    public NetworkConfig {
        Objects.requireNonNull(cidr, "cidr");
        subnets = List.copyOf(subnets);
        onPremises = List.copyOf(onPremises);
        requireName("/name", name);
        for (int i = 0; i < subnets.size(); i++) {
            requireName("/subnets/" + i + "/name", subnets.get(i).name());
        }
        Subnets.allocate(cidr, subnets, List.of());
        for (int i = 0; i < onPremises.size(); i++) {
            if (onPremises.get(i).overlaps(cidr)) {
                throw new Misfit(
                        "/onPremises/" + i,
                        Quoted.of(onPremises.get(i).toString()) + " overlaps the network's " + cidr);
            }
        }
    }

    /** A network without subnets that reaches nothing yet. */
    public static NetworkConfig of(String name, Cidr cidr) {
        return new NetworkConfig(name, cidr, List.of(), List.of());
    }

    /** A copy that has this subnet too. */
    public NetworkConfig withSubnet(SubnetRequest subnet) {
        return new NetworkConfig(name, cidr, and(subnets, subnet), onPremises);
    }

    /** A copy that must reach this on-premises block too. */
    public NetworkConfig withOnPremises(Cidr block) {
        return new NetworkConfig(name, cidr, subnets, and(onPremises, block));
    }

    /** Every subnet with its place, see {@link Subnets#allocate}. */
    public Subnets allocate() {
        return Subnets.allocate(cidr, subnets, List.of());
    }

    private static void requireName(String pointer, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new Misfit(pointer, Quoted.of(name) + " is not a name: letters, digits, '.', '_' and '-' only");
        }
    }

    private static <T> List<T> and(List<T> list, T one) {
        List<T> longer = new ArrayList<>(list);
        longer.add(one);
        return longer;
    }
}
