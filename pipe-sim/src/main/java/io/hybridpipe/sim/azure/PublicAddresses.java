// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Public IP addresses. A static one has its address from the start, a dynamic one while something uses it. */
final class PublicAddresses implements Kind {

    @Override
    public String namespace() {
        return "Microsoft.Network";
    }

    @Override
    public String type() {
        return "publicIPAddresses";
    }

    @Override
    public List<String> derived() {
        return List.of("ipAddress", "ipConfiguration", "resourceGuid");
    }

    @Override
    public void settle(Change change) {
        var sku = Json.objectIn(change.body(), "sku");
        Json.putDefault(sku, "name", "Basic");
        Json.putDefault(sku, "tier", "Regional");
        var skuName = Words.canonical(sku, "name", List.of("Basic", "Standard"));
        var properties = change.properties();
        Json.putDefault(properties, "publicIPAllocationMethod", "Dynamic");
        Json.putDefault(properties, "publicIPAddressVersion", "IPv4");
        var method = Words.canonical(properties, "publicIPAllocationMethod", List.of("Static", "Dynamic"));
        Words.canonical(properties, "publicIPAddressVersion", List.of("IPv4"));
        if (!properties.has("idleTimeoutInMinutes")) {
            properties.put("idleTimeoutInMinutes", 4);
        }
        Json.arrayIn(properties, "ipTags");
        if (skuName.equals("Standard") && method.equals("Dynamic")) {
            throw ArmError.badRequest(
                    "StandardAndStandardV2SkuPublicIPAddressesMustBeStatic",
                    "Standard sku publicIp %s must have AllocationMethod set to Static.",
                    change.id());
        }
        var before = change.before();
        var kept = before == null ? null : Json.text(before, "properties", "ipAddress");
        if (before != null && !skuName.equals(Json.text(before, "sku", "name"))) {
            throw ArmError.badRequest(
                    "PublicIPAddressSkuCannotBeChanged",
                    "Sku property is set at creation time and cannot be changed from %s to %s on resource update for"
                            + " resource %s.",
                    before.path("sku").path("name").asText(),
                    skuName,
                    change.id());
        }
        if (kept != null) {
            properties.put("ipAddress", kept);
        } else if (method.equals("Static")) {
            properties.put("ipAddress", change.estate().newPublicAddress());
        }
    }

    @Override
    public void release(Change change) {
        var users = change.estate().referrers(change.id().toString());
        if (!users.isEmpty()) {
            throw ArmError.badRequest(
                    "PublicIPAddressCannotBeDeleted",
                    "Public IP address %s can not be deleted since it is still allocated to resource %s.",
                    change.id(),
                    users.get(0));
        }
    }

    @Override
    public void show(ObjectNode body, Estate estate) {
        estate.referrers(body.path("id").asText()).stream().findFirst().ifPresent(user -> Json.objectIn(
                        Json.objectIn(body, "properties"), "ipConfiguration")
                .put("id", user));
    }

    /** Gives an address to each dynamic one that is used and has none, and takes it from those that are no longer used. */
    static void allocate(Estate estate) {
        for (var resource : estate.resources()) {
            var properties = Json.objectIn(resource.body(), "properties");
            if (!(resource.kind() instanceof PublicAddresses)
                    || !"Dynamic".equals(Json.text(properties, "publicIPAllocationMethod"))) {
                continue;
            }
            var used = !estate.referrers(resource.id().toString()).isEmpty();
            if (used && !properties.has("ipAddress")) {
                properties.put("ipAddress", estate.newPublicAddress());
                estate.takeEffect(resource);
            } else if (!used && properties.has("ipAddress")) {
                properties.remove("ipAddress");
                estate.takeEffect(resource);
            }
        }
    }
}
