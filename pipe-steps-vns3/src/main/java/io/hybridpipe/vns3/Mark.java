// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.StepContext;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The sign by which a step knows what it made: the run's tags, in the description of an endpoint, tunnel or route.
 *
 * <p>Controllers have no tags and no client tokens; a description is set in the create call itself, so that no instant exists
 * in which the thing is there without it.
 *
 * @param text what to put into a description
 * @param sign the part that is the same for every attempt of the step, and for nothing else
 */
record Mark(String text, String sign) {
    static Mark of(StepContext context) {
        String sign = "hybridpipe:token=" + context.token();
        // the sign first: nobody knows where a controller cuts off long descriptions
        String rest = context.tags().entrySet().stream()
                .filter(tag -> !tag.getKey().equals("hybridpipe:token"))
                .map(tag -> tag.getKey() + "=" + tag.getValue())
                .sorted()
                .collect(Collectors.joining(" "));
        return new Mark((sign + " " + rest).strip(), sign);
    }

    boolean isOn(String description) {
        return Arrays.asList(description.split("\\s+")).contains(sign);
    }
}
