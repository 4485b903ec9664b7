// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.Filter;

/**
 * Waits until EC2 shows what was made elsewhere: by a stack, by another account, by hand.
 *
 * <pre>{@code
 * AwaitVisible.in(accountA).id(VPC_ROUTES).id(CONTROLLER_ENI).inARow(3)
 * }</pre>
 *
 * <p>EC2 is eventually consistent: an id that one call answered may be {@code ….NotFound} for the next one, which another part
 * of the service answers, for seconds. Steps that make something wait for it by themselves, and steps that use something are
 * tried again; this one is for what neither of them covers. The Describe action is chosen by the id's prefix: {@code vpc-},
 * {@code subnet-}, {@code igw-}, {@code rtb-}, {@code sg-}, {@code eni-}, {@code eipalloc-}, {@code i-} (an instance that is
 * not terminated) and {@code pcx-} (a peering that has not ended).
 *
 * <p><b>Reads</b> the inputs of the ids; <b>writes</b> nothing and changes nothing, so there is nothing to undo.
 *
 * <p><b>Retries:</b> a look that fails in passing counts as having seen nothing. What is not seen in time is permanent, and so
 * is an id of another kind.
 *
 * <p>Calls and needs the {@code ec2:Describe…} action of each kind. Immutable.
 */
public final class AwaitVisible implements Step {
    // the engine's own timeout comes a little later, since it does not know what is missing
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final AwsAccount account;
    private final List<Input<? extends String>> ids;
    private final int inARow;
    private final Duration within;
    private final Duration pollEvery;

    private AwaitVisible(
            AwsAccount account, List<Input<? extends String>> ids, int inARow, Duration within, Duration pollEvery) {
        this.account = account;
        this.ids = ids;
        this.inARow = inARow;
        this.within = within;
        this.pollEvery = pollEvery;
    }

    /** Starts the description of a wait for things of this account and region. */
    public static AwaitVisible in(AwsAccount account) {
        return new AwaitVisible(account, List.of(), 1, Duration.ofMinutes(5), Duration.ofSeconds(1));
    }

    /** One more thing to wait for, by its id. */
    public AwaitVisible id(String id) {
        return id(Input.value(id));
    }

    /** One more thing to wait for, by its id. */
    public AwaitVisible id(Input<? extends String> id) {
        List<Input<? extends String>> more = new ArrayList<>(ids);
        more.add(id);
        return new AwaitVisible(account, List.copyOf(more), inARow, within, pollEvery);
    }

    /**
     * How many looks in a row must see all of them; defaults to one. More are more certain, since one look asks one part of the
     * service.
     */
    public AwaitVisible inARow(int looks) {
        if (looks < 1) {
            throw new IllegalArgumentException("looks in a row are " + looks + ", they must be at least 1");
        }
        return new AwaitVisible(account, ids, looks, within, pollEvery);
    }

    /** How long it may take; defaults to five minutes. */
    public AwaitVisible within(Duration time) {
        return new AwaitVisible(account, ids, inARow, Looks.positive(time, "time"), pollEvery);
    }

    /** How long to wait between two looks; defaults to one second. */
    public AwaitVisible pollEvery(Duration interval) {
        return new AwaitVisible(account, ids, inARow, within, Looks.positive(interval, "poll interval"));
    }

    @Override
    public Contract contract() {
        return Contract.of("AwaitVisible").reading(ids.toArray(Input<?>[]::new)).withEffect(Effect.none());
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Set<String> wanted = new HashSet<>();
            ids.forEach(id -> wanted.add(id.get(state)));
            Map<Kind<?>, List<String>> byKind = toKinds(wanted);
            Tally tally = new Tally(wanted, context);
            Mono<Boolean> look = Looks.patient(getSeen(byKind, context))
                    .defaultIfEmpty(Set.of())
                    .doOnNext(tally::count)
                    .filter(seen -> tally.good >= inARow)
                    .map(seen -> true);
            return Looks.until(look, pollEvery, within, () -> late(tally.lacking()))
                    .thenReturn(Outputs.none());
        });
    }

    /** Checks the credentials, and that ids which are known are of kinds that the step can look for. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return account.identity(account.calls(context)).then(Mono.fromRunnable(() -> {
            Set<String> known = new HashSet<>();
            ids.forEach(id -> id.find(state).ifPresent(known::add));
            toKinds(known);
        }));
    }

    /** Those of {@link AwsAccount#stepOptions()}, with a timeout that fits {@link #within}. */
    @Override
    public StepOptions options() {
        return AwsAccount.stepOptions().withStepTimeout(within.plus(MARGIN));
    }

    private Mono<Set<String>> getSeen(Map<Kind<?>, List<String>> byKind, StepContext context) {
        return Flux.fromIterable(byKind.entrySet())
                .concatMap(each -> getSeen(each.getKey(), each.getValue(), context))
                .<Set<String>>collect(HashSet::new, Set::add);
    }

    private <R> Flux<String> getSeen(Kind<R> kind, List<String> wanted, StepContext context) {
        List<Filter> byId =
                List.of(Filter.builder().name(kind.idFilter()).values(wanted).build());
        return Flux.defer(() -> kind.search().all(account, account.calls(context), byId))
                .map(kind.id());
    }

    private <T> Mono<T> late(Set<String> missing) {
        return Mono.error(() ->
                StepFailure.permanent(toText(missing, "not seen") + " in " + account.where() + " within " + within));
    }

    private static String toText(Set<String> ids, String seen) {
        return ids.stream().sorted().collect(Collectors.joining(", ")) + (ids.size() == 1 ? " is " : " are ") + seen;
    }

    private static Map<Kind<?>, List<String>> toKinds(Set<String> wanted) {
        return wanted.stream()
                .sorted()
                .collect(Collectors.groupingBy(Kinds::of, LinkedHashMap::new, Collectors.toList()));
    }

    /** The looks of one subscription so far; counted by one thread at a time. */
    private final class Tally {
        private final Set<String> wanted;
        private final StepContext context;
        private volatile Set<String> missing;
        private volatile int good;

        Tally(Set<String> wanted, StepContext context) {
            this.wanted = wanted;
            this.context = context;
            missing = Set.of();
        }

        /** What was not seen at the last look; all, if none has ended yet or if it saw all, and that not often enough. */
        Set<String> lacking() {
            Set<String> last = missing;
            return last.isEmpty() ? wanted : last;
        }

        void count(Set<String> seen) {
            Set<String> rest = new HashSet<>(wanted);
            rest.removeAll(seen);
            good = rest.isEmpty() ? good + 1 : 0;
            // that the same is missing for minutes is one piece of news
            if (rest.isEmpty() || !rest.equals(missing)) {
                context.progress(good, inARow, rest.isEmpty() ? toText(wanted, "seen") : toText(rest, "not seen"));
            }
            missing = rest;
        }
    }
}
