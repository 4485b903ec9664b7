// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.NOTHING;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Access to the web user interface, which this controller does not have; a change of it resets the API process. */
final class AdminUi {
    private final Box box;
    private boolean enabled = true;
    private String username = "vnscubed";
    private String password;

    AdminUi(Box box, String password) {
        this.box = box;
        this.password = password;
    }

    void register(Operations api) {
        api.on("PUT", "/admin_ui", NOTHING, call -> change(call.body()));
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        data.put("admin_ui", enabled + " " + username + " " + Inventory.disguise(password));
        return data;
    }

    private ObjectNode change(Fields wanted) {
        Optional<String> name = wanted.text("admin_username");
        if (name.filter(text -> !text.matches("[A-Za-z0-9_.-]+")).isPresent()) {
            throw ApiError.argument("admin_username is invalid");
        }
        Optional<String> secret = wanted.text("admin_password");
        if (secret.filter(String::isBlank).isPresent()) {
            throw ApiError.argument("admin_password is invalid");
        }
        enabled = wanted.flag("enabled").orElse(enabled);
        username = name.orElse(username);
        password = secret.orElse(password);
        box.resetApi();
        return Json.object().put("enabled", enabled).put("username", username);
    }
}
