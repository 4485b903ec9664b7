// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.vns3.api.FirewallRule;
import io.hybridpipe.vns3.api.NewFirewallRule;
import io.hybridpipe.vns3.api.Vns3Client;
import io.hybridpipe.vns3.api.Vns3Error;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** The firewall from version 6.0 on: rules have ids, comments and groups, and each change is done when it is answered. */
final class FirewallOfIds implements Firewall {
    private final Vns3Client client;
    private final Mark mark;

    /**
     * A firewall of this client.
     *
     * @param mark goes into the comment of a rule that has none of its own
     */
    FirewallOfIds(Vns3Client client, Mark mark) {
        this.client = client;
        this.mark = mark;
    }

    @Override
    public Mono<List<Rule>> rules() {
        return client.firewallV2().rules().map(rules -> rules.stream()
                .sorted(Comparator.comparingInt(FirewallRule::position))
                .map(FirewallOfIds::toRule)
                .toList());
    }

    @Override
    public Mono<Void> insert(int position, Rule rule) {
        NewFirewallRule placed = NewFirewallRule.of(rule.text()).withPosition(position);
        NewFirewallRule wanted = rule.extras()
                .map(extras -> placed.withComment(extras.comment())
                        .withGroups(extras.groups())
                        .withDisabled(extras.disabled()))
                .orElseGet(() -> placed.withComment(mark.text()));
        return client.firewallV2().add(wanted).then();
    }

    @Override
    public Mono<Void> delete(int position, Rule rule) {
        return client.firewallV2()
                .delete(rule.id().orElseThrow())
                .onErrorResume(Vns3Error::isNotFound, gone -> Mono.empty());
    }

    private static Rule toRule(FirewallRule rule) {
        return new Rule(
                rule.rule(),
                Optional.of(rule.id()),
                Optional.of(new Rule.Extras(rule.comment(), rule.groups(), rule.disabled())));
    }
}
