// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import java.util.List;
import java.util.Optional;

/** The resource types that the stand-in knows, and the places where they can be. */
final class Kinds {

    static final List<Kind> ALL = List.of(
            new VirtualNetworks(),
            new SecurityGroups(),
            new RouteTables(),
            new PublicAddresses(),
            new Interfaces(),
            new VirtualMachines(),
            new Disks());

    /** Names as in ids; the service also takes them with capitals and spaces. */
    static final List<String> LOCATIONS = List.of(
            "eastus",
            "eastus2",
            "centralus",
            "northcentralus",
            "southcentralus",
            "westcentralus",
            "westus",
            "westus2",
            "westus3",
            "canadacentral",
            "canadaeast",
            "brazilsouth",
            "northeurope",
            "westeurope",
            "uksouth",
            "ukwest",
            "francecentral",
            "germanywestcentral",
            "switzerlandnorth",
            "norwayeast",
            "swedencentral",
            "polandcentral",
            "italynorth",
            "spaincentral",
            "uaenorth",
            "southafricanorth",
            "eastasia",
            "southeastasia",
            "japaneast",
            "japanwest",
            "koreacentral",
            "centralindia",
            "southindia",
            "australiaeast",
            "australiasoutheast");

    private Kinds() {}

    /** The kind with this namespace and type, whatever the case. */
    static Optional<Kind> find(String namespace, String type) {
        return ALL.stream()
                .filter(kind -> kind.namespace().equalsIgnoreCase(namespace)
                        && kind.type().equalsIgnoreCase(type))
                .findFirst();
    }

    /** The namespace in its own spelling. */
    static Optional<String> namespace(String any) {
        return ALL.stream().map(Kind::namespace).filter(any::equalsIgnoreCase).findFirst();
    }
}
