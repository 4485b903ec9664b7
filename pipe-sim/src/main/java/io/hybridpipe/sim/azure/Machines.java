// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import java.util.List;
import java.util.Locale;

/**
 * What virtual machines do: they are started, stopped, restarted and deallocated, and say how they are
 * (<a href="https://learn.microsoft.com/azure/virtual-machines/states-billing">Microsoft's list of states</a>). Guarded by the
 * estate's monitor.
 */
final class Machines {

    /**
     * An action.
     *
     * @param during the power state while it runs
     * @param after the power state it leads to
     */
    private record Action(String name, String during, String after) {}

    private static final List<Action> ACTIONS = List.of(
            new Action("start", "starting", "running"),
            new Action("restart", "starting", "running"),
            new Action("powerOff", "stopping", "stopped"),
            new Action("deallocate", "deallocating", "deallocated"));

    private final Estate estate;
    private final Resources resources;
    private final Answers answers;

    Machines(Estate estate, Resources resources, Answers answers) {
        this.estate = estate;
        this.resources = resources;
        this.answers = answers;
    }

    /** Whether a path leads to something that a machine does, or to how it is. */
    static boolean covers(ArmPath path) {
        return !path.group().isEmpty()
                && path.namespace().equalsIgnoreCase("Microsoft.Compute")
                && path.rest().size() == 3
                && path.rest().get(0).equalsIgnoreCase("virtualMachines");
    }

    SimResponse answer(ArmPath path, SimRequest request) {
        var id = new ArmId(
                path.subscription(),
                path.group(),
                "Microsoft.Compute",
                List.of("virtualMachines"),
                List.of(path.rest().get(1)));
        var word = path.rest().get(2);
        if (word.equalsIgnoreCase("instanceView") && Answers.reads(request)) {
            return Answers.ok(view(resources.existing(id)));
        }
        var action = ACTIONS.stream()
                .filter(one -> one.name().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> Answers.unknownRoute(request));
        if (!request.method().equals("POST")) {
            throw Answers.notAllowed(request);
        }
        return act(id, action, request);
    }

    private SimResponse act(ArmId id, Action action, SimRequest request) {
        var machine = resources.existing(id);
        if (action.name().equals("restart") && !machine.power().equals("running")) {
            throw ArmError.conflict(
                    "OperationNotAllowed",
                    "Operation 'restart' is not allowed on VM '%s' since the VM is either stopped, deallocated or marked to be"
                            + " deallocated.",
                    id.name());
        }
        var before = machine.power();
        var operation = resources.act(
                machine, action.name() + "/action", () -> machine.power(action.after()), () -> machine.power(before));
        machine.power(action.after().equals(before) && action.name().equals("start") ? before : action.during());
        Ripples.spread(estate);
        return answers.withResult(answers.withStatus(SimResponse.of(202), operation, request), operation, request);
    }

    /** Adds how a machine is to what is shown of it. */
    void expand(ArmId id, ObjectNode shown) {
        Json.objectIn(shown, "properties").set("instanceView", view(resources.existing(id)));
    }

    private static ObjectNode view(Resource machine) {
        var view = Json.object();
        var profile = Json.at(machine.body(), "properties", "osProfile");
        if (profile.hasNonNull("computerName")) {
            view.set("computerName", profile.path("computerName"));
        }
        var disk = view.putArray("disks")
                .addObject()
                .put(
                        "name",
                        Json.at(machine.body(), "properties", "storageProfile", "osDisk", "name")
                                .asText());
        disk.putArray("statuses").add(status("ProvisioningState/succeeded", "Info", "Provisioning succeeded"));
        var statuses = view.putArray("statuses");
        statuses.add(provisioning(machine));
        if (!machine.power().isEmpty()) {
            statuses.add(status("PowerState/" + machine.power(), "Info", "VM " + machine.power()));
        }
        return view;
    }

    private static ObjectNode provisioning(Resource machine) {
        var state = Bodies.stateOf(machine.body()).toLowerCase(Locale.ROOT);
        var failure = machine.failure();
        if (failure != null) {
            return status("ProvisioningState/failed/" + failure.code(), "Error", "Provisioning failed")
                    .put("message", failure.text());
        }
        var display = state.equals("succeeded") || state.equals("failed")
                ? "Provisioning " + state
                : state.substring(0, 1).toUpperCase(Locale.ROOT) + state.substring(1);
        return status("ProvisioningState/" + state, "Info", display);
    }

    private static ObjectNode status(String code, String level, String display) {
        return Json.object().put("code", code).put("level", level).put("displayStatus", display);
    }
}
