// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.compute.models.ImageReference;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.AzureFailures;
import io.hybridpipe.azure.TextRule;
import io.hybridpipe.retry.StepFailure;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/** Images that are known by their id, perhaps of another subscription: managed images, and those of galleries. */
final class OwnImage {
    /** Managed images, and images or their versions in one's own, a shared, or a community gallery. */
    static final TextRule IDS = id -> isId(id)
            ? Optional.empty()
            : Optional.of("'" + id + "' is not the id of an image, which is like"
                    + " /subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Compute/images/NAME or"
                    + " .../galleries/NAME/images/NAME/versions/VERSION");

    private static final Pattern FOREIGN = Pattern.compile(
            "/(community|shared)Galleries/[^/]+/images/[^/]+(/versions/[^/]+)?", Pattern.CASE_INSENSITIVE);

    private static final List<String> TYPES = List.of(
            "Microsoft.Compute/images",
            "Microsoft.Compute/galleries/images",
            "Microsoft.Compute/galleries/images/versions");

    private OwnImage() {}

    private static boolean isId(String id) {
        return FOREIGN.matcher(id).matches()
                || TYPES.stream().anyMatch(type -> Place.in(id, type).isPresent());
    }

    /** How a new machine names it. */
    static ImageReference toReference(String id) {
        ImageReference reference = new ImageReference();
        if (startsWith(id, "/communityGalleries/")) {
            return reference.withCommunityGalleryImageId(id);
        }
        if (startsWith(id, "/sharedGalleries/")) {
            return reference.withSharedGalleryImageId(id);
        }
        reference.withId(id);
        return reference;
    }

    /** Fails when it is not there; of an image of somebody else's gallery only the launch can tell. */
    static Mono<Void> checkThere(AzureAccount account, String id) {
        String what = "look at image " + id;
        return Mono.justOrEmpty(version(id))
                .flatMap(version -> account.resources().getResources().getByIdAsync(id.substring(1), version))
                .onErrorMap(
                        AzureFailures::isMissing,
                        missing -> StepFailure.permanent("there is no image " + id + " (" + account.where() + ")"))
                .onErrorMap(failure -> account.failures().ofRead(what, failure))
                .then();
    }

    /** The version of the interface that knows the image's type: those of the SDK's own clients. */
    private static Optional<String> version(String id) {
        String type = id.toLowerCase(Locale.ROOT);
        return type.contains("/providers/microsoft.compute/images/")
                ? Optional.of("2024-11-01")
                : type.contains("/providers/microsoft.compute/galleries/")
                        ? Optional.of("2024-03-03")
                        : Optional.empty();
    }

    private static boolean startsWith(String id, String prefix) {
        return id.regionMatches(true, 0, prefix, 0, prefix.length());
    }
}
