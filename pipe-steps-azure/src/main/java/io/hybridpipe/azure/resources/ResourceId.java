// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.TextRule;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The id of one resource of Resource Manager: {@code [SCOPE]/providers/NAMESPACE/TYPE/NAME[/TYPE/NAME]…}. Ids that differ in
 * upper and lower case only are equal, as for the service.
 */
final class ResourceId {
    private static final String PROVIDERS = "/providers/";

    /** A part that would make another request of an id, or that names nothing. */
    private static final Pattern UNFIT =
            Pattern.compile("\\.{0,2}|.*[?#%\\\\<>*&:+\\p{IsWhite_Space}\\p{Cc}].*", Pattern.DOTALL);

    private final String text;
    private final String lower;
    /** Where its own part begins; an id may have the id of another resource as its scope. */
    private final int own;

    private ResourceId(String text, int own) {
        this.text = text;
        this.own = own;
        lower = text.toLowerCase(Locale.ROOT);
    }

    /**
     * Reads an id.
     *
     * @throws IllegalArgumentException if it is not the id of a resource
     */
    static ResourceId of(String id) {
        int providers = id.toLowerCase(Locale.ROOT).lastIndexOf(PROVIDERS);
        String[] parts = providers < 0
                ? new String[0]
                : id.substring(providers + PROVIDERS.length()).split("/", -1);
        boolean whole = parts.length >= 3 && parts.length % 2 == 1;
        for (String part : parts) {
            whole &= !part.isBlank();
        }
        if (!id.startsWith("/") || !whole) {
            throw new IllegalArgumentException(
                    "'" + id + "' is not the id of a resource, which is .../providers/NAMESPACE/TYPE/NAME");
        }
        return new ResourceId(id, providers + PROVIDERS.length());
    }

    /**
     * What is the id of a resource in the account's subscription, and stands in a URL as it is: no part is empty or dots only, or
     * has white space, control characters, or any of {@code ?#%\<>*&:+}, which names of hardly any type may have (Microsoft Learn,
     * Naming rules and restrictions for Azure resources).
     */
    static TextRule idsIn(AzureAccount account) {
        return text -> {
            Optional<String> unfit = Stream.of(text.split("/", -1))
                    .skip(1)
                    .filter(part -> UNFIT.matcher(part).matches())
                    .findFirst();
            if (unfit.isPresent()) {
                return Optional.of("'" + shown(text) + "' is not the id of a resource: '" + shown(unfit.get())
                        + "' cannot stand in it");
            }
            try {
                return of(text).isIn(account.subscription())
                        ? Optional.empty()
                        : Optional.of(
                                "'" + text + "' is not in the subscription of the account (" + account.where() + ")");
            } catch (IllegalArgumentException malformed) {
                return Optional.of(String.valueOf(malformed.getMessage()));
            }
        };
    }

    private static String shown(String text) {
        return text.replaceAll("\\p{Cc}", "\uFFFD");
    }

    /** Namespace and types, such as {@code Microsoft.Network/virtualNetworks/subnets}. */
    String type() {
        String[] parts = text.substring(own).split("/");
        StringBuilder type = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length; i += 2) {
            type.append('/').append(parts[i]);
        }
        return type.toString();
    }

    /** The namespace, such as {@code Microsoft.Network}. */
    String namespace() {
        return text.substring(own).split("/", 2)[0];
    }

    /** The resource that it is a child of, or its own: what Resource Manager locks while it changes. */
    String parent() {
        String[] parts = text.substring(own).split("/");
        return text.substring(0, own) + parts[0] + "/" + parts[1] + "/" + parts[2];
    }

    /** Whether it is in this subscription. */
    boolean isIn(String subscription) {
        return lower.startsWith("/subscriptions/" + subscription.toLowerCase(Locale.ROOT) + "/");
    }

    /** Whether it is a part of the other one. */
    boolean isInside(ResourceId other) {
        return lower.startsWith(other.lower + "/");
    }

    /** The id in lower case, for comparing. */
    String key() {
        return lower;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ResourceId id && lower.equals(id.lower);
    }

    @Override
    public int hashCode() {
        return lower.hashCode();
    }

    /** The id as it was given. */
    @Override
    public String toString() {
        return text;
    }
}
