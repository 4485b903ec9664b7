// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Task;
import io.hybridpipe.vns3.api.TaskStatus;
import io.hybridpipe.vns3.api.Vns3Client;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * The firewall before version 6: rules are known by their position, and each change is a task in the background.
 *
 * <p>Controllers before 4.11.1 have tasks but tell nothing of them; there a change counts as done when it is answered.
 */
final class FirewallOfTasks implements Firewall {
    private static final Duration DONE_WITHIN = Duration.ofMinutes(1);

    private final Vns3Client client;
    private final boolean tellsOfTasks;
    private final Duration every;

    FirewallOfTasks(Vns3Client client, boolean tellsOfTasks, Duration every) {
        this.client = client;
        this.tellsOfTasks = tellsOfTasks;
        this.every = every;
    }

    @Override
    public Mono<List<Rule>> rules() {
        return client.firewall()
                .rules()
                .map(rules -> rules.stream().map(Rule::of).toList());
    }

    @Override
    public Mono<Void> insert(int position, Rule rule) {
        return client.firewall().add(rule.text(), Optional.of(position)).flatMap(this::done);
    }

    @Override
    public Mono<Void> delete(int position, Rule rule) {
        return client.firewall().removeAt(position).flatMap(this::done);
    }

    private Mono<Void> done(Task task) {
        if (!tellsOfTasks || task.token().isEmpty()) {
            return Mono.empty();
        }
        return Looks.until(
                        Looks.patient(client.task(task.token().get())).filter(TaskStatus::over),
                        every,
                        DONE_WITHIN,
                        () -> Mono.error(StepFailure.unknownOutcome("a change of the firewall of " + client.address()
                                + " is not done after " + DONE_WITHIN)))
                .flatMap(status -> status.finishedWell()
                        ? Mono.empty()
                        : Mono.error(StepFailure.permanent("a change of the firewall of " + client.address()
                                + " was taken on and ended as '" + status.status() + "'")));
    }
}
