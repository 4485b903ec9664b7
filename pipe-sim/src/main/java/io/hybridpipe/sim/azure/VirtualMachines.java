// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Virtual machines, as far as a network sees them: they hold interfaces. */
final class VirtualMachines implements Kind {

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
        var interfaces = Json.objects(Json.at(properties, "networkProfile", "networkInterfaces"));
        if (interfaces.isEmpty()) {
            throw ArmError.badRequest(
                    "InvalidParameter", "Required parameter 'networkProfile.networkInterfaces' is missing (null).");
        }
        for (var one : interfaces) {
            var id = Json.text(one, "id");
            if (id == null) {
                throw ArmError.badRequest(
                        "InvalidParameter", "Required parameter 'networkInterface.id' is missing (null).");
            }
            change.estate().referrers(id).stream()
                    .filter(user -> !user.equalsIgnoreCase(change.id().toString()))
                    .findFirst()
                    .ifPresent(user -> {
                        throw ArmError.badRequest(
                                "NicInUse", "Network Interface %s is used by existing resource %s.", id, user);
                    });
        }
        var before = change.before();
        var identity = before == null ? null : Json.text(before, "properties", "vmId");
        properties.put("vmId", identity == null ? change.estate().newIdentity() : identity);
    }

    @Override
    public void release(Change change) {
        // nothing that the stand-in knows depends on a virtual machine
    }

    @Override
    public void show(ObjectNode body, Estate estate) {
        // a virtual machine shows nothing that other resources decide
    }
}
