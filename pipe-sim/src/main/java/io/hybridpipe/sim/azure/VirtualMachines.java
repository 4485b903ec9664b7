// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Virtual machines: what they are made of. What they do is said by {@link Machines}. */
final class VirtualMachines implements Kind {

    private static final Pattern SIZE = Pattern.compile("(Standard|Basic)_[A-Z]\\w*");

    @Override
    public String namespace() {
        return "Microsoft.Compute";
    }

    @Override
    public String type() {
        return "virtualMachines";
    }

    @Override
    public List<String> derived() {
        return List.of("vmId", "timeCreated", "instanceView");
    }

    @Override
    public String whileCreating() {
        return "Creating";
    }

    @Override
    public String whenBusy() {
        return "OperationNotAllowed";
    }

    @Override
    public void settle(Change change) {
        var properties = change.properties();
        checkSize(Json.text(properties, "hardwareProfile", "vmSize"));
        checkInterfaces(change);
        MachineDisks.settle(change);
        var image = properties.path("storageProfile").path("imageReference");
        if (!image.isEmpty()) {
            checkImage(image);
            Logins.check(change, image);
        } else if ("Attach".equalsIgnoreCase(Json.text(properties, "storageProfile", "osDisk", "createOption"))
                && properties.has("osProfile")) {
            throw InvalidParameter.notAllowed("osProfile");
        }
        if (properties.get("osProfile") instanceof ObjectNode profile) {
            // as with the service, no answer ever shows these again
            profile.remove(List.of("adminPassword", "customData"));
        }
        checkPlan(change);
        var before = change.before();
        var identity = before == null ? null : Json.text(before, "properties", "vmId");
        properties.put("vmId", identity == null ? change.estate().newIdentity() : identity);
        if (before != null) {
            for (var fixed :
                    List.of("/properties/storageProfile/imageReference", "/properties/osProfile/adminUsername")) {
                checkUnchanged(before.at(fixed), change.body().at(fixed), fixed);
            }
        }
    }

    private static void checkSize(@Nullable String size) {
        if (size == null) {
            throw InvalidParameter.missing("hardwareProfile.vmSize");
        }
        if (!SIZE.matcher(size).matches()) {
            throw InvalidParameter.of("vmSize", "The value %s provided for the VM size is not valid.".formatted(size));
        }
    }

    private static void checkInterfaces(Change change) {
        var interfaces = Json.objects(Json.at(change.properties(), "networkProfile", "networkInterfaces"));
        if (interfaces.isEmpty()) {
            throw InvalidParameter.missing("networkProfile.networkInterfaces");
        }
        for (var one : interfaces) {
            var id = Json.text(one, "id");
            if (id == null) {
                throw InvalidParameter.missing("networkInterface.id");
            }
            change.estate().referrers(id).stream()
                    .filter(user -> !user.equalsIgnoreCase(change.id().toString()))
                    .findFirst()
                    .ifPresent(user -> {
                        throw ArmError.badRequest(
                                "NicInUse", "Network Interface %s is used by existing resource %s.", id, user);
                    });
        }
        var primaries = interfaces.stream()
                .filter(one -> one.path("properties").path("primary").asBoolean())
                .count();
        if (interfaces.size() > 1 && primaries != 1) {
            throw ArmError.badRequest(
                    "NetworkInterfaceMustHavePrimaryPropertySet",
                    "Virtual machine %s has more than one network interface. Exactly one of them must have the primary"
                            + " property set.",
                    change.id().name());
        }
    }

    private static void checkImage(JsonNode image) {
        if (image.hasNonNull("id")) {
            return;
        }
        for (var part : List.of("publisher", "offer", "sku", "version")) {
            if (Json.text(image, part) == null) {
                throw InvalidParameter.missing("imageReference." + part);
            }
        }
    }

    private static void checkPlan(Change change) {
        var plan = change.body().path("plan");
        if (!plan.isMissingNode()) {
            for (var part : List.of("name", "publisher", "product")) {
                if (Json.text(plan, part) == null) {
                    throw InvalidParameter.missing("plan." + part);
                }
            }
            change.estate().terms().check(change.id().subscription(), plan);
        }
    }

    private static void checkUnchanged(JsonNode before, JsonNode after, String path) {
        if (!before.isMissingNode() && !before.equals(after)) {
            var name = path.substring(path.lastIndexOf('/') + 1);
            throw notChangeable(name);
        }
    }

    static ArmError notChangeable(String property) {
        return ArmError.conflict("PropertyChangeNotAllowed", "Changing property '%s' is not allowed.", property)
                .at(property);
    }

    /** What a machine was made from: an id, or publisher, offer, SKU and version. */
    static String image(JsonNode machine) {
        var image = Json.at(machine, "properties", "storageProfile", "imageReference");
        return Optional.ofNullable(Json.text(image, "id"))
                .orElseGet(() -> image.isEmpty()
                        ? ""
                        : String.join(
                                ":",
                                image.path("publisher").asText(),
                                image.path("offer").asText(),
                                image.path("sku").asText(),
                                image.path("version").asText()));
    }

    @Override
    public void accepted(Resource machine, Estate estate) {
        Disks.along(machine, estate);
        if (machine.power().isEmpty()) {
            machine.power("starting");
        }
    }

    @Override
    public void inEffect(Resource machine) {
        if (machine.power().equals("starting")) {
            machine.power("running");
        }
    }

    @Override
    public void release(Change change) {
        // nothing that the stand-in knows depends on a virtual machine
    }

    @Override
    public void gone(Resource machine, Estate estate) {
        var body = machine.body();
        var disk = Json.at(body, "properties", "storageProfile", "osDisk");
        if ("Delete".equalsIgnoreCase(Json.text(disk, "deleteOption"))) {
            remove(Json.text(disk, "managedDisk", "id"), estate);
        }
        for (var nic : Json.objects(Json.at(body, "properties", "networkProfile", "networkInterfaces"))) {
            if ("Delete".equalsIgnoreCase(Json.text(nic, "properties", "deleteOption"))) {
                remove(Json.text(nic, "id"), estate);
            }
        }
    }

    private static void remove(@Nullable String id, Estate estate) {
        Optional.ofNullable(id).flatMap(ArmId::parse).flatMap(estate::top).ifPresent(estate::remove);
    }

    @Override
    public void show(ObjectNode body, Estate estate) {
        // a virtual machine shows nothing that other resources decide
    }
}
