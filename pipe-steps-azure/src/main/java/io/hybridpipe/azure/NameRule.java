// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What may name a resource of one type: Microsoft Learn, Naming rules and restrictions for Azure resources.
 *
 * @param noun what messages call such a resource
 * @param allowed all names
 * @param words the same in words, after "a name has"
 */
public record NameRule(String noun, Pattern allowed, String words) implements TextRule {
    /** Azure takes letters of every language here, and nowhere else. */
    public static final NameRule RESOURCE_GROUP = new NameRule(
            "resource group",
            Pattern.compile("[-\\w._()]{0,89}[-\\w_()]", Pattern.UNICODE_CHARACTER_CLASS),
            "1 to 90 letters, digits and any of -_.() and does not end with a dot");

    /** How the name of a deployment begins: it has at most 64 characters, of which 33 are a dash and a step's token. */
    public static final NameRule DEPLOYMENT = new NameRule(
            "deployment",
            Pattern.compile("[A-Za-z0-9_()][A-Za-z0-9._()-]{0,30}"),
            "1 to 31 letters, digits and any of -_.(), before a dash and the step's token, and does not begin with a dot or"
                    + " dash");

    /** How the name of a route, a security rule or a peering begins: of its 80 characters 33 are a dash and a step's token. */
    public static NameRule beginningOf(String noun) {
        return new NameRule(
                noun,
                Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,46}"),
                "1 to 47 letters, digits and any of -_., before a dash and the step's token, and begins with a letter or digit");
    }

    /** What may name a resource of this type of networks or machines. */
    public static NameRule of(String type, String noun) {
        return switch (type) {
            case "Microsoft.Network/virtualNetworks" -> ofLength(2, 64, noun);
            // of a Linux machine; an underscore, which the page excludes, is taken all the same, except at the
            // beginning
            case "Microsoft.Compute/virtualMachines" -> ofLength(1, 64, noun);
            default -> ofLength(1, 80, noun);
        };
    }

    private static NameRule ofLength(int min, int max, String noun) {
        return new NameRule(
                noun,
                Pattern.compile("(?=.{" + min + "," + max + "}$)[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?"),
                min + " to " + max
                        + " letters, digits and any of -_., begins with a letter or digit and does not end with a"
                        + " dot or dash");
    }

    @Override
    public Optional<String> problem(String name) {
        return allowed.matcher(name).matches()
                ? Optional.empty()
                : Optional.of("'" + name + "' cannot name a " + noun + ": a name has " + words);
    }
}
