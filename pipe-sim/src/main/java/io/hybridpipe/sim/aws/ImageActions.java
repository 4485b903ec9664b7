// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Model.Image;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;

/** Machine images over the API: all are public, and those of the caller's own account are also {@code self}'s. */
final class ImageActions {

    /** The accounts behind the two aliases that images of AWS and of its Marketplace show. */
    private static final Map<String, String> ALIASES =
            Map.of("amazon", "137112412989", "aws-marketplace", "679593333241");

    /** Always with milliseconds, so that texts sort as instants do. */
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private static final Describe<Image> IMAGES = new Describe<Image>(
                    "ImageId", "imagesSet", region -> region.imageStore)
            .pages(1, 1000)
            .filter("image-id", Image::id)
            .filter("name", image -> image.image().name())
            .filter("description", image -> image.image().name())
            .filter("state", image -> "available")
            .filter("is-public", image -> true)
            .filter("architecture", image -> "x86_64")
            .filter("image-type", image -> "machine")
            .filter("root-device-type", image -> "ebs")
            .filter("virtualization-type", image -> "hvm")
            .filter("creation-date", ImageActions::created)
            .filter("owner-id", ImageActions::owner)
            .filters("owner-alias", (region, image) -> alias(image));

    private ImageActions() {}

    static void register(Map<String, Action> actions) {
        actions.put(
                "DescribeImages",
                IMAGES.narrowed((region, params) -> {
                            var owners = params.list("Owner");
                            return image -> owners.isEmpty()
                                    || owners.contains(owner(image))
                                    || owners.stream().anyMatch(alias(image)::contains)
                                    || owners.contains("self") && owner(image).equals(region.account);
                        })
                        .writing((region, out) -> write(out.xml(), out.item())));
    }

    private static String owner(Image image) {
        return ALIASES.getOrDefault(image.image().owner(), image.image().owner());
    }

    private static List<String> alias(Image image) {
        var owner = image.image().owner();
        return ALIASES.containsKey(owner) ? List.of(owner) : List.of();
    }

    private static String created(Image image) {
        return DATE.format(image.image().created());
    }

    private static void write(Xml xml, Image image) {
        xml.put("imageId", image.id())
                .put("imageLocation", owner(image) + "/" + image.image().name())
                .put("imageState", "available")
                .put("imageOwnerId", owner(image))
                .put("creationDate", created(image))
                .put("isPublic", true)
                .put("architecture", "x86_64")
                .put("imageType", "machine")
                .put("name", image.image().name())
                .put("description", image.image().name())
                .put("rootDeviceType", "ebs")
                .put("virtualizationType", "hvm")
                .put("hypervisor", "xen");
        alias(image).forEach(alias -> xml.put("imageOwnerAlias", alias));
    }
}
