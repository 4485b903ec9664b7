// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Pages of CloudFormation's lists. */
final class Pages {

    private Pages() {}

    /** Writes the page that the request asks for and, if there is more, the token for the next. */
    static <T> void write(
            Region region,
            Xml answer,
            String set,
            Params params,
            List<T> all,
            Function<T, String> id,
            int size,
            BiConsumer<Xml, T> each) {
        var page = Page.of(
                all,
                id,
                region.scope() + set + params.fingerprint("NextToken"),
                params.find("NextToken"),
                size,
                token -> AwsError.of("ValidationError", "Invalid NextToken: %s", token));
        answer.each(set, page.items(), each);
        page.next().ifPresent(token -> answer.put("NextToken", token));
    }
}
