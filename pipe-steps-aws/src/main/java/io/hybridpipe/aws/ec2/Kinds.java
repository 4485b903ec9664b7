// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.retry.StepFailure;
import java.util.Map;
import java.util.TreeMap;

/** The kinds of resources by the prefixes of their ids. */
final class Kinds {
    private static final Map<String, Kind<?>> BY_PREFIX = new TreeMap<>(Map.of(
            "vpc", Kind.VPC,
            "subnet", NetworkKinds.SUBNET,
            "igw", NetworkKinds.INTERNET_GATEWAY,
            "rtb", NetworkKinds.ROUTE_TABLE,
            "sg", NetworkKinds.SECURITY_GROUP,
            "eni", MachineKinds.NETWORK_INTERFACE,
            "eipalloc", MachineKinds.ADDRESS,
            "i", MachineKinds.INSTANCE,
            "pcx", OwnPeering.LIVE));

    private Kinds() {}

    /** The kind that an id is of. */
    static Kind<?> of(String id) {
        Kind<?> kind = BY_PREFIX.get(id.substring(0, Math.max(0, id.indexOf('-'))));
        if (kind == null) {
            throw StepFailure.permanent("'" + id + "' is not the id of a kind that is known; known are those that begin"
                    + " with " + String.join("-, ", BY_PREFIX.keySet()) + "-");
        }
        return kind;
    }
}
