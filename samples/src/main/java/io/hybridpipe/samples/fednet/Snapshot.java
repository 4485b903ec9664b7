// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Everything that exists on the stand-ins at one moment, one line a thing. */
final class Snapshot {
    private Snapshot() {}

    static List<String> of(StandIns world) {
        List<String> lines = new ArrayList<>();
        for (String account : List.of(StandIns.HUB_ACCOUNT, StandIns.ACCOUNT_A)) {
            world.aws
                    .inventory(account, StandIns.REGION)
                    .toString()
                    .lines()
                    .forEach(it -> lines.add(account + " " + it));
        }
        world.azure.inventory(StandIns.SUBSCRIPTION).forEach((id, body) -> lines.add(id + ": " + body));
        new TreeMap<>(world.controllers())
                .forEach((name, controller) ->
                        controller.inventory().toString().lines().forEach(it -> lines.add(name + " " + it)));
        return lines;
    }
}
