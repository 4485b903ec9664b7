// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.StepContext;
import io.hybridpipe.event.Resource;
import java.util.List;

/**
 * What a step said to have made, asked by kind and id: the rest is text for people, from which the engine takes out secrets, and
 * a controller may be named by its instance id, which is its first password.
 */
record Made(List<Resource> said) {
    static Made before(StepContext context) {
        return new Made(context.madeBefore());
    }

    boolean contains(Resource resource) {
        return said.stream()
                .anyMatch(
                        each -> each.kind().equals(resource.kind()) && each.id().equals(resource.id()));
    }
}
