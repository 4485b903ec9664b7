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
        var storage = properties.path("storageProfile");
        var disk = storage.path("osDisk");
        var image = storage.path("imageReference");
        if (image.isEmpty() && disk.isEmpty()) {
            throw missing("storageProfile");
        }
        keepDisk(change, Json.objectIn(Json.objectIn(properties, "storageProfile"), "osDisk"));
        if (!image.isEmpty()) {
            checkImage(image);
            checkProfile(change, image);
        } else if ("Attach".equalsIgnoreCase(Json.text(properties, "storageProfile", "osDisk", "createOption"))
                && properties.has("osProfile")) {
            throw invalid("osProfile", "Parameter 'osProfile' is not allowed.");
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
            throw missing("hardwareProfile.vmSize");
        }
        if (!SIZE.matcher(size).matches()) {
            throw invalid("vmSize", "The value %s provided for the VM size is not valid.".formatted(size));
        }
    }

    private static void checkInterfaces(Change change) {
        var interfaces = Json.objects(Json.at(change.properties(), "networkProfile", "networkInterfaces"));
        if (interfaces.isEmpty()) {
            throw missing("networkProfile.networkInterfaces");
        }
        for (var one : interfaces) {
            var id = Json.text(one, "id");
            if (id == null) {
                throw missing("networkInterface.id");
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

    /** Gives the disk a name, and keeps the disk of a machine that is there. */
    private static void keepDisk(Change change, ObjectNode disk) {
        var before = change.before();
        var known = before == null ? Json.object() : Json.at(before, "properties", "storageProfile", "osDisk");
        if (!known.isEmpty()) {
            checkSame(known, disk, "name");
            checkSame(known, disk, "createOption");
            checkSame(known, disk, "managedDisk", "id");
            disk.put("name", known.path("name").asText());
            disk.set("managedDisk", known.path("managedDisk").deepCopy());
        }
        var name = Json.text(disk, "name");
        if (known.isEmpty() && name != null && "FromImage".equalsIgnoreCase(Json.text(disk, "createOption"))) {
            checkFree(change, name);
        }
        if (!disk.hasNonNull("createOption")) {
            if (known.isEmpty()) {
                throw missing("osDisk.createOption");
            }
            disk.set("createOption", known.path("createOption"));
        }
        Json.putDefault(
                disk,
                "name",
                change.id().name() + "_OsDisk_1_"
                        + change.estate().newIdentity().replace("-", ""));
        Json.putDefault(disk, "caching", "ReadWrite");
        Json.putDefault(disk, "deleteOption", "Detach");
    }

    /** A disk that an earlier machine left behind is not written over. */
    private static void checkFree(Change change, String disk) {
        var id = new ArmId(
                change.id().subscription(), change.id().group(), "Microsoft.Compute", List.of("disks"), List.of(disk));
        if (change.estate().top(id).isPresent()) {
            throw ArmError.conflict(
                    "ConflictingUserInput",
                    "Disk %s already exists in resource group %s. Only CreateOption.Attach is supported.",
                    disk,
                    change.id().group());
        }
    }

    private static void checkImage(JsonNode image) {
        if (image.hasNonNull("id")) {
            return;
        }
        for (var part : List.of("publisher", "offer", "sku", "version")) {
            if (Json.text(image, part) == null) {
                throw missing("imageReference." + part);
            }
        }
    }

    /** Images by id may be of a machine with its users in it; those of the marketplace ask for a user. */
    private static void checkProfile(Change change, JsonNode image) {
        if (!(change.properties().get("osProfile") instanceof ObjectNode profile)) {
            if (image.hasNonNull("id")) {
                return;
            }
            throw missing("osProfile");
        }
        for (var part : List.of("computerName", "adminUsername")) {
            if (Json.text(profile, part) == null) {
                throw missing(part);
            }
        }
        var keys = Json.at(profile, "linuxConfiguration", "ssh", "publicKeys");
        if (change.before() == null && !profile.hasNonNull("adminPassword") && keys.isEmpty()) {
            throw invalid(
                    "linuxConfiguration",
                    "Authentication using either SSH or by user name and password must be enabled in Linux profile.");
        }
    }

    private static void checkPlan(Change change) {
        var plan = change.body().path("plan");
        if (!plan.isMissingNode()) {
            for (var part : List.of("name", "publisher", "product")) {
                if (Json.text(plan, part) == null) {
                    throw missing("plan." + part);
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

    /** What is said of the disk must be what it is; what is left out stays. */
    private static void checkSame(JsonNode known, JsonNode disk, String... names) {
        var sent = Json.text(disk, names);
        if (sent != null && !sent.equalsIgnoreCase(Json.text(known, names))) {
            throw notChangeable("osDisk." + String.join(".", names));
        }
    }

    private static ArmError notChangeable(String property) {
        return ArmError.conflict("PropertyChangeNotAllowed", "Changing property '%s' is not allowed.", property)
                .at(property);
    }

    private static ArmError missing(String parameter) {
        return invalid(parameter, "Required parameter '%s' is missing (null).".formatted(parameter));
    }

    private static ArmError invalid(String target, String message) {
        return ArmError.badRequest("InvalidParameter", "%s", message).at(target);
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
