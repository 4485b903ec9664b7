// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.StepContext;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Controller;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** The editing of one controller's rules in one call of {@link FirewallRules}; for one subscription at a time. */
final class FirewallEditing {
    private final Controller on;
    private final Firewall firewall;
    private final StepContext context;
    private final Duration every;
    private final Optional<List<Rule>> former;

    FirewallEditing(Controller on, Firewall firewall, StepContext context, Duration every) {
        this.on = on;
        this.firewall = firewall;
        this.context = context;
        this.every = every;
        this.former = FormerRules.in(context);
    }

    /** Makes the rules these, having written down those that stand there. */
    Mono<Void> to(List<Rule> wanted) {
        return firewall.rules().flatMap(current -> {
            if (next(current, wanted).isEmpty()) {
                return Mono.empty();
            }
            Optional<String> problem = former.isPresent() ? Optional.empty() : FormerRules.problem(current, on);
            if (problem.isPresent()) {
                return Mono.error(StepFailure.permanent(problem.get()));
            }
            sayMade(former.orElse(current));
            return edited(wanted);
        });
    }

    /** Makes the rules those that were written down. */
    Mono<Void> backTo(List<Rule> before) {
        return edited(before)
                .then(Mono.fromRunnable(() -> FormerRules.resource(context).ifPresent(context::gone)));
    }

    /** Looks how far the rules are from those before and from the wanted ones. */
    Mono<Found> find(List<Rule> wanted) {
        return firewall.rules().map(current -> {
            if (former.isEmpty() || next(current, former.get()).isEmpty()) {
                return Found.absent();
            }
            sayMade(former.get());
            return next(current, wanted)
                    .map(missing -> Found.partly(
                            "the firewall of " + on + " is " + edits(missing) + " away from the wanted rules"))
                    .orElseGet(() -> Found.done(Outputs.none()));
        });
    }

    private void sayMade(List<Rule> before) {
        context.made(FormerRules.resource(before, on));
    }

    private Mono<Void> edited(List<Rule> wanted) {
        return Mono.defer(() -> {
            EditRounds<Rule> rounds = new EditRounds<>();
            Mono<Boolean> round = firewall.rules().flatMap(current -> {
                Optional<ListEdit> edit = next(current, wanted);
                if (edit.isEmpty()) {
                    return Mono.just(true);
                }
                if (rounds.mayMake(edit.get(), current)) {
                    return request(edit.get(), current, wanted).then(Mono.empty());
                }
                return rounds.mayWait()
                        ? Mono.delay(every).then(Mono.empty())
                        : Mono.error(noNearer(current, edit.get(), wanted));
            });
            return round.repeatWhenEmpty(Integer.MAX_VALUE, again -> again).then();
        });
    }

    private Mono<Void> request(ListEdit edit, List<Rule> current, List<Rule> wanted) {
        context.progress(0, 0, edits(edit) + " to be made in the firewall of " + on);
        if (edit.inserted().isEmpty()) {
            Rule rule = current.get(edit.position());
            return context.mutate(Mono.defer(() -> firewall.delete(edit.position(), rule)));
        }
        int which = edit.inserted().get();
        Rule rule = wanted.get(which);
        return context.mutate(Mono.defer(() -> firewall.insert(edit.position(), rule)))
                .onErrorMap(
                        failure -> FailureClass.of(failure) == FailureClass.PERMANENT,
                        failure -> StepFailure.of(
                                FailureClass.PERMANENT,
                                "firewall rule " + (which + 1) + " of " + wanted.size() + " " + rule + ": "
                                        + failure.getMessage(),
                                failure));
    }

    private StepFailure noNearer(List<Rule> current, ListEdit edit, List<Rule> wanted) {
        String what = edit.inserted()
                .map(which -> "rule " + wanted.get(which) + " was inserted and is not there")
                .orElseGet(() -> "rule " + current.get(edit.position()) + " was deleted and is there");
        return StepFailure.permanent("the firewall of " + on + " does not become as wanted: " + what
                + "; it writes rules otherwise, or somebody else changes them too; it has " + current);
    }

    private static Optional<ListEdit> next(List<Rule> current, List<Rule> wanted) {
        return ListEdit.next(current, wanted, Rule::is);
    }

    private static String edits(ListEdit edit) {
        return edit.distance() == 1 ? "1 edit" : edit.distance() + " edits";
    }
}
