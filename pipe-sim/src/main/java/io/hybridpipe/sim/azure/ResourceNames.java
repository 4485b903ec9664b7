// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import java.util.regex.Pattern;

/**
 * What may name a resource: letters and digits, and {@code . - _} behind the first of them; the last is neither dot nor dash
 * (<a href="https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules">Naming rules and
 * restrictions for Azure resources</a>).
 */
final class ResourceNames {

    static final int LONGEST = 80;

    /** Of virtual networks and of machines. */
    static final int LONGEST_OF_SOME = 64;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?");

    private ResourceNames() {}

    /** Refuses a name of a resource, each provider in its own words. */
    static void check(ArmId id) {
        switch (id.type()) {
            case "Microsoft.Compute/virtualMachines" -> checkEntity("vmName", id.name(), LONGEST_OF_SOME);
            case "Microsoft.Compute/disks" -> checkEntity("diskName", id.name(), LONGEST);
            case "Microsoft.Network/virtualNetworks" -> checkResource(id.name(), LONGEST_OF_SOME);
            default -> checkResource(id.name(), LONGEST);
        }
    }

    /**
     * Refuses the name of something that compute knows by this word. Code and text as
     * <a href="https://github.com/Azure/azure-powershell/issues/4706">seen at the service</a>.
     */
    static void checkEntity(String word, String name, int longest) {
        if (!fits(name, longest)) {
            throw InvalidParameter.of(
                    word,
                    "The entity name '%s' is invalid according to its validation rule: ^[^_\\W][\\w-._]{0,%d}(?<![-.])$."
                            .formatted(word, longest - 1));
        }
    }

    /** Code and text as <a href="https://github.com/pivotal-cf/terraforming-azure/issues/76">seen at the service</a>. */
    private static void checkResource(String name, int longest) {
        if (!fits(name, longest)) {
            throw ArmError.badRequest(
                    "InvalidResourceName",
                    "Resource name %s is invalid. The name can be up to %d characters long. It must begin with a word character,"
                            + " and it must end with a word character or with '_'. The name may contain word characters or '.',"
                            + " '-', '_'.",
                    name,
                    longest);
        }
    }

    private static boolean fits(String name, int longest) {
        return name.length() <= longest && NAME.matcher(name).matches();
    }
}
