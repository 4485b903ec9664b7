// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.NetworkSecurityGroupInner;
import com.azure.resourcemanager.network.fluent.models.RouteTableInner;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkInner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a resource holds that Azure would delete together with it, and that can be somebody else's.
 *
 * <p>What the service adds by itself, as the default rules of a security group, is not among it.
 */
record Children(List<Child> all) {
    /** How many of them a failure lists. */
    private static final int LISTED = 10;

    /**
     * One of them.
     *
     * @param noun what messages call it
     */
    private record Child(String noun, String name) {
        @Override
        public String toString() {
            return noun + " " + name + ", which " + OwnName.maker(name);
        }
    }

    static Children none() {
        return new Children(List.of());
    }

    /** The subnets and peerings. */
    static Children of(VirtualNetworkInner vnet) {
        return none().and("subnet", vnet.subnets(), each -> each.name())
                .and("peering", vnet.virtualNetworkPeerings(), each -> each.name());
    }

    /** The routes. */
    static Children of(RouteTableInner table) {
        return none().and("route", table.routes(), each -> each.name());
    }

    /** The rules. */
    static Children of(NetworkSecurityGroupInner group) {
        return none().and("rule", group.securityRules(), each -> each.name());
    }

    private <C> Children and(String noun, @Nullable List<C> more, Function<C, @Nullable String> name) {
        List<Child> together = new ArrayList<>(all);
        if (more != null) {
            more.forEach(each -> together.add(new Child(noun, String.valueOf(name.apply(each)))));
        }
        return new Children(together);
    }

    /** Those with other names than these, in whatever case. */
    Children except(Collection<String> names) {
        TreeSet<String> known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        known.addAll(names);
        return new Children(
                all.stream().filter(each -> !known.contains(each.name())).toList());
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Each with who made it, for messages. */
    @Override
    public String toString() {
        int others = all.size() - LISTED;
        return all.stream().limit(LISTED).map(Child::toString).collect(Collectors.joining("; "))
                + (others > 0 ? "; and " + others + " more" : "");
    }
}
