// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Model.Instance;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Changes of instances that take effect only while they are stopped: each is stopped, changed and started again. What is
 * wanted last counts, also when a change is taken back before the instance has stopped. Guarded by the monitor of its region.
 */
final class Restarts {

    private static final Duration STEP = Duration.ofSeconds(1);

    private final Region region;
    private final Map<String, Instances.Launch> wanted = new HashMap<>();

    Restarts(Region region) {
        this.region = region;
    }

    /** Whether a change of the instance has not been made yet. */
    boolean pending(String id) {
        return wanted.containsKey(id);
    }

    void change(String id, Instances.Launch launch) {
        var underWay = pending(id);
        if (!underWay && same(region.instanceStore.get(id), launch)) {
            return;
        }
        wanted.put(id, launch);
        if (!underWay) {
            go(id);
        }
    }

    private static boolean same(Instance instance, Instances.Launch launch) {
        return instance.type().equals(launch.type()) && instance.userData().equals(launch.userData());
    }

    private void go(String id) {
        synchronized (region) {
            var alive = region.instanceStore.find(id).filter(Instance::alive);
            var launch = wanted.get(id);
            if (launch == null || alive.isEmpty()) {
                wanted.remove(id);
                return;
            }
            switch (alive.get().state()) {
                case STOPPED -> {
                    wanted.remove(id);
                    region.instanceStore.put(alive.get().ofType(launch.type()).withUserData(launch.userData()));
                    region.instances.start(id);
                    return;
                }
                case RUNNING -> {
                    if (same(alive.get(), launch)) {
                        wanted.remove(id);
                        return;
                    }
                    region.instances.stop(id);
                }
                default -> {}
            }
            region.allOrNothing.after(STEP, () -> go(id));
        }
    }
}
