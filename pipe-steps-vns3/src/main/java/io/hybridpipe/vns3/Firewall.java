// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import java.util.List;
import reactor.core.publisher.Mono;

/** The rules of one controller's firewall, by the API that its version has. */
interface Firewall {
    /** The rules that stand there, in their order. */
    Mono<List<Rule>> rules();

    /** Inserts a rule at this position, 0 is first; ends when the controller has done it. */
    Mono<Void> insert(int position, Rule rule);

    /** Deletes this rule, which stands at this position; ends when the controller has done it. */
    Mono<Void> delete(int position, Rule rule);
}
