// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Managed disks: those that are made along with virtual machines, and empty ones. They hold nothing. */
final class Disks implements Kind {

    @Override
    public String namespace() {
        return "Microsoft.Compute";
    }

    @Override
    public String type() {
        return "disks";
    }

    @Override
    public List<String> derived() {
        return List.of("diskState", "uniqueId", "timeCreated", "diskSizeBytes");
    }

    @Override
    public String whenBusy() {
        return "OperationNotAllowed";
    }

    /** <a href="https://learn.microsoft.com/rest/api/compute/disks/create-or-update">Create Or Update</a>: 200 or 202, never 201. */
    @Override
    public boolean onlyAccepts() {
        return true;
    }

    /** Makes the disk that a machine boots from, if it is not there. */
    static void along(Resource machine, Estate estate) {
        var disk =
                Json.objectIn(Json.objectIn(Json.objectIn(machine.body(), "properties"), "storageProfile"), "osDisk");
        if (Json.text(disk, "managedDisk", "id") != null) {
            return;
        }
        var vm = machine.id();
        var id = new ArmId(
                vm.subscription(),
                vm.group(),
                "Microsoft.Compute",
                List.of("disks"),
                List.of(disk.path("name").asText()));
        var managed = Json.objectIn(disk, "managedDisk").put("id", id.toString());
        Json.putDefault(managed, "storageAccountType", "Standard_LRS");
        var body = Json.object()
                .put("name", id.name())
                .put("id", id.toString())
                .put("type", id.type())
                .put("location", machine.location());
        body.putObject("sku").put("name", managed.path("storageAccountType").asText());
        if (machine.body().get("tags") instanceof ObjectNode tags) {
            body.set("tags", tags.deepCopy());
        }
        var properties = body.putObject("properties")
                .put("diskSizeGB", disk.path("diskSizeGB").asInt(30))
                .put("uniqueId", estate.newIdentity())
                .put("provisioningState", "Succeeded");
        properties.putObject("creationData").put("createOption", "FromImage");
        var resource = new Resource(id, Kinds.find("Microsoft.Compute", "disks").orElseThrow(), body);
        estate.put(resource);
        estate.takeEffect(resource);
    }

    @Override
    public void settle(Change change) {
        var properties = change.properties();
        if (Json.text(properties, "creationData", "createOption") == null) {
            throw InvalidParameter.missing("disk.creationData");
        }
        if (!properties.hasNonNull("diskSizeGB")) {
            throw InvalidParameter.missing("disk.diskSizeGB");
        }
        Json.putDefault(Json.objectIn(change.body(), "sku"), "name", "Standard_LRS");
        var before = change.before();
        var identity = before == null ? null : Json.text(before, "properties", "uniqueId");
        properties.put("uniqueId", identity == null ? change.estate().newIdentity() : identity);
    }

    @Override
    public void release(Change change) {
        change.estate().referrers(change.id().toString()).stream().findFirst().ifPresent(user -> {
            throw ArmError.conflict(
                    "OperationNotAllowed",
                    "Disk %s is attached to VM %s.",
                    change.id().name(),
                    user);
        });
    }

    @Override
    public void show(ObjectNode body, Estate estate) {
        var user = estate.referrers(body.path("id").asText()).stream().findFirst();
        user.ifPresent(machine -> body.put("managedBy", machine));
        Json.objectIn(body, "properties").put("diskState", user.isPresent() ? "Attached" : "Unattached");
    }
}
