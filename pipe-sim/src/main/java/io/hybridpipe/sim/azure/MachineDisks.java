// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.azure.Kind.Change;
import java.util.List;

/** The disks that a virtual machine names: the one that it boots from, and data disks that it takes. */
final class MachineDisks {

    private MachineDisks() {}

    /** Checks the disks, gives the new one a name, and keeps the disk of a machine that is there. */
    static void settle(Change change) {
        var storage = Json.objectIn(change.properties(), "storageProfile");
        if (storage.path("imageReference").isEmpty() && storage.path("osDisk").isEmpty()) {
            throw InvalidParameter.missing("storageProfile");
        }
        var disk = Json.objectIn(storage, "osDisk");
        var before = change.before();
        if (before == null) {
            checkNew(change, disk, storage.path("imageReference"));
        } else {
            keep(Json.at(before, "properties", "storageProfile", "osDisk"), disk);
        }
        Json.putDefault(
                disk,
                "name",
                change.id().name() + "_OsDisk_1_"
                        + change.estate().newIdentity().replace("-", ""));
        Json.putDefault(disk, "caching", "ReadWrite");
        Json.putDefault(disk, "deleteOption", "Detach");
        checkUnused(change, disk);
        Json.objects(storage.path("dataDisks")).forEach(data -> checkUnused(change, data));
    }

    private static void checkNew(Change change, ObjectNode disk, JsonNode image) {
        var option = disk.path("createOption").asText();
        if (option.isEmpty()) {
            throw InvalidParameter.missing("osDisk.createOption");
        }
        var id = Json.text(disk, "managedDisk", "id");
        if (option.equalsIgnoreCase("FromImage")) {
            if (id != null) {
                throw InvalidParameter.notAllowed("osDisk.managedDisk.id");
            }
            if (image.isEmpty() && disk.path("image").isEmpty()) {
                throw InvalidParameter.missing("imageReference");
            }
            checkFree(change, disk);
        } else if (option.equalsIgnoreCase("Attach")
                && id == null
                && disk.path("vhd").isEmpty()) {
            throw InvalidParameter.missing("osDisk.managedDisk");
        }
    }

    private static void keep(JsonNode known, ObjectNode disk) {
        checkSame(known, disk, "name");
        checkSame(known, disk, "createOption");
        checkSame(known, disk, "managedDisk", "id");
        for (var part : List.of("name", "createOption", "managedDisk")) {
            disk.set(part, known.path(part).deepCopy());
        }
    }

    /** What is said of the disk must be what it is; what is left out stays. */
    private static void checkSame(JsonNode known, JsonNode disk, String... names) {
        var sent = Json.text(disk, names);
        if (sent != null && !sent.equalsIgnoreCase(Json.text(known, names))) {
            throw VirtualMachines.notChangeable("osDisk." + String.join(".", names));
        }
    }

    /** A disk that an earlier machine left behind is not written over. */
    private static void checkFree(Change change, ObjectNode disk) {
        var name = Json.text(disk, "name");
        if (name == null) {
            return;
        }
        ResourceNames.checkEntity("osDisk.name", name, ResourceNames.LONGEST);
        var id = new ArmId(
                change.id().subscription(), change.id().group(), "Microsoft.Compute", List.of("disks"), List.of(name));
        if (change.estate().top(id).isPresent()) {
            throw ArmError.conflict(
                    "ConflictingUserInput",
                    "Disk %s already exists in resource group %s. Only CreateOption.Attach is supported.",
                    name,
                    change.id().group());
        }
    }

    /**
     * A disk serves one machine until that is gone. Code, text and target as
     * <a href="https://github.com/kubernetes-sigs/azuredisk-csi-driver/issues/1378">seen at the service</a>.
     */
    private static void checkUnused(Change change, ObjectNode disk) {
        var id = Json.text(disk, "managedDisk", "id");
        if (id == null) {
            return;
        }
        change.estate().referrers(id).stream()
                .filter(user -> !user.equalsIgnoreCase(change.id().toString()))
                .findFirst()
                .ifPresent(user -> {
                    throw ArmError.conflict(
                                    "ConflictingUserInput",
                                    "Cannot attach the disk %s to VM %s because it is already attached to VM %s. A disk can be"
                                            + " attached to only one VM at a time.",
                                    id.substring(id.lastIndexOf('/') + 1),
                                    change.id(),
                                    user)
                            .at(id);
                });
    }
}
