// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.ControllerConfig;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Makes the rules of a controller's firewall exactly these, in this order, with as few edits as that takes.
 *
 * <p>What is there and wanted stays where it is; what is missing is inserted from the first to the last, and then what is not
 * wanted is deleted from the last to the first. <b>In this order each packet fares at each moment as under the old list or as
 * under the new one</b>, as far as the first rule that fits decides (ACCEPT, DROP, REJECT, MASQUERADE and the like): there is no
 * moment at which the firewall is open to what both lists shut out. A rule that moves is there twice for a moment.
 *
 * <p><b>Reads</b> the controller and the rules; <b>writes</b> nothing. The rules are of the whole firewall: one that is not
 * listed is deleted, whoever made it. They are compared by their text, spaces aside, so write them as the controller does.
 *
 * <p><b>Idempotent</b>, because each edit follows from what stands there at that moment. Before the first edit the rules that
 * stand there are written down with the run, as what this step made.
 *
 * <p><b>Retryable</b> is what {@link Vns3Client} calls so. A rule that the controller refuses is permanent, and the message names
 * it: there is no way to ask beforehand, so those before it have been inserted already, until the undo takes them out again. A
 * rule that the controller writes otherwise than it was given, so that no edit brings the list nearer, is permanent too, and so
 * is a rule there whose text or comment holds a secret of the controller: it could not be written down, so nothing is edited.
 *
 * <p><b>Undo</b> restores the rules that were written down, by the same kind of edits and with the same promise: their texts
 * and order, and from version 6.0 on their comments and groups and whether they are disabled, but not their ids. What others
 * changed in the meantime is lost.
 *
 * <p><b>Calls</b>, before version 6.0: {@code GET|POST /firewall/rules}, {@code DELETE /firewall/rules/POSITION}, and {@code
 * GET /status/task} (from 4.11.1 on) until the change is done; from 6.0 on: {@code GET|POST /v2/firewall/rules}, {@code DELETE
 * /v2/firewall/rules/ID}, with the run's tags in the comment of each rule that it makes; and {@code GET /config} for the
 * version; as the user {@code api}.
 *
 * <p>Immutable; each method returns a copy.
 */
public final class FirewallRules implements Step {
    private final Input<? extends Controller> controller;
    private final @Nullable Input<List<String>> rules;
    private final Vns3Access access;
    private final Duration every;

    private FirewallRules(
            Input<? extends Controller> controller,
            @Nullable Input<List<String>> rules,
            Vns3Access access,
            Duration every) {
        this.controller = controller;
        this.rules = rules;
        this.access = access;
        this.every = every;
    }

    /** Sets the rules of this controller. */
    public static FirewallRules on(Input<? extends Controller> controller) {
        return new FirewallRules(controller, null, Vns3Access.ofDefaults(), Duration.ofSeconds(1));
    }

    /** Sets the rules of this controller. */
    public static FirewallRules on(Controller controller) {
        return on(Input.value(controller));
    }

    /**
     * To these; needed. They begin with their chain, such as {@code FORWARD_CUST} or {@code MACRO_CUST}, and from version 6.0 on
     * with their table, such as {@code FORWARD}.
     */
    public FirewallRules rules(Input<List<String>> rules) {
        return new FirewallRules(controller, rules, access, every);
    }

    /** To these. */
    public FirewallRules rules(List<String> rules) {
        return rules(Input.value(List.copyOf(rules)));
    }

    /** Over this access; the default is {@link Vns3Access#ofDefaults()}. */
    public FirewallRules over(Vns3Access access) {
        return new FirewallRules(controller, rules, access, every);
    }

    /** With this time between two looks when waiting for a change to be done; default one second. */
    public FirewallRules pollEvery(Duration interval) {
        return new FirewallRules(controller, rules, access, Looks.positive(interval, "pollEvery"));
    }

    @Override
    public Contract contract() {
        return Contract.of("FirewallRules").reading(controller, rules());
    }

    @Override
    public StepOptions options() {
        return Patience.options();
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> {
            rules().find(state).ifPresent(FirewallRules::toRules);
            return Preflight.of(controller, access, state);
        });
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            List<Rule> wanted = toRules(rules().get(state));
            return editing(state, context)
                    .flatMap(editing -> editing.to(wanted))
                    .thenReturn(Outputs.none());
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            List<Rule> wanted = toRules(rules().get(state));
            return editing(state, context).flatMap(editing -> editing.find(wanted));
        });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> FormerRules.in(context)
                .map(former -> editing(state, context).flatMap(editing -> editing.backTo(former)))
                .orElse(Mono.empty()));
    }

    private Mono<FirewallEditing> editing(State state, StepContext context) {
        return Mono.defer(() -> {
            Controller on = controller.get(state);
            Vns3Client client = access.client(on);
            return client.config()
                    .map(config -> new FirewallEditing(on, firewall(config, client, context), context, every));
        });
    }

    private Firewall firewall(ControllerConfig config, Vns3Client client, StepContext context) {
        return isAtLeast(config, 6, 0, 0)
                ? new FirewallOfIds(client, Mark.of(context))
                : new FirewallOfTasks(client, isAtLeast(config, 4, 11, 1), every);
    }

    private static boolean isAtLeast(ControllerConfig config, int major, int minor, int patch) {
        return config.version()
                .filter(version -> version.isAtLeast(major, minor, patch))
                .isPresent();
    }

    private static List<Rule> toRules(List<String> texts) {
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).isBlank() || texts.get(i).strip().contains("\n")) {
                throw StepFailure.permanent("firewall rule " + (i + 1) + " of " + texts.size() + " is "
                        + (texts.get(i).isBlank() ? "empty" : "more than one line"));
            }
        }
        return texts.stream().map(Rule::of).toList();
    }

    private Input<List<String>> rules() {
        if (rules == null) {
            throw new IllegalStateException("FirewallRules.on(..) needs .rules(..)");
        }
        return rules;
    }
}
