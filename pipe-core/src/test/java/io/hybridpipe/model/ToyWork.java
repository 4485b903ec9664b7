// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.model;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.event.Resource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** A step or scope that makes one or two things in the toy cloud, under its token, and takes them back. */
final class ToyWork implements Step, Scope {
    static final Key<String> CREDENTIAL = Key.of("credential", String.class);

    /** Which safety rules the steps keep; each one taken out must make the model fail. */
    record Rules(boolean mutates, boolean generations, boolean reconciles) {
        static final Rules ALL = new Rules(true, true, true);
    }

    private final ToyCloud cloud;
    private final Key<String> key;
    private final Optional<Key<String>> reads;
    private final int parts;
    private final Contract contract;
    private final Function<String, Optional<String>> door;
    private final boolean isScope;
    private final StepOptions options;
    private final Rules rules;

    ToyWork(
            ToyCloud cloud,
            Key<String> key,
            Optional<Key<String>> reads,
            int parts,
            Effect effect,
            Function<String, Optional<String>> door,
            boolean isScope,
            StepOptions options,
            Rules rules) {
        this.cloud = cloud;
        this.key = key;
        this.reads = reads;
        this.parts = parts;
        this.door = door;
        this.isScope = isScope;
        this.options = options;
        this.rules = rules;
        Contract declared = Contract.of("toy").reading(CREDENTIAL).writing(key).withEffect(effect);
        contract = reads.isPresent() ? declared.reading(reads.get()) : declared;
    }

    @Override
    public Contract contract() {
        return contract;
    }

    @Override
    public StepOptions options() {
        return options;
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        String path = context.path().value();
        cloud.begins(path, "run");
        if (contract.effect() == Effect.none()) {
            return cloud.look(path, "none", state.get(CREDENTIAL)).thenReturn(Outputs.of(key, "none"));
        }
        notStale(state, "run");
        Mono<String> made = makePart("a", state, context);
        if (parts == 2) {
            made = made.flatMap(id -> makePart("b", state, context).thenReturn(id));
        }
        return made.map(id -> Outputs.of(key, (isScope ? "S" : "") + id));
    }

    private Mono<String> makePart(String part, State state, StepContext context) {
        String path = context.path().value();
        Set<String> needs = reads.map(state::get)
                .filter(id -> !id.equals("none") && !id.startsWith("S"))
                .map(Set::of)
                .orElse(Set.of());
        Mono<String> call = cloud.create(path, part, token(context), door.apply(path), needs, state.get(CREDENTIAL));
        return (rules.mutates ? context.mutate(call) : call)
                .doOnNext(id -> context.made(Resource.of("thing", id, "toy")));
    }

    private String token(StepContext context) {
        return rules.generations ? context.token() : context.path().value();
    }

    /** What reads a scope's key must see that of the scope's latest opening. */
    private void notStale(State state, String what) {
        reads.map(state::get).filter(id -> id.startsWith("S")).ifPresent(id -> {
            if (cloud.things.stream()
                    .noneMatch(thing -> thing.alive() && thing.id().equals(id.substring(1)))) {
                cloud.faultsOfTheEngine.add(what + " of " + key + " saw the key of a closed scope: " + id);
            }
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        cloud.begins(context.path().value(), "reconcile");
        if (!rules.reconciles) {
            return Mono.just(Found.absent());
        }
        return cloud.look(context.path().value(), token(context), state.get(CREDENTIAL))
                .map(seen -> {
                    if (seen.isEmpty()) {
                        return Found.absent();
                    }
                    String id = seen.iterator().next().substring(2);
                    return seen.size() == parts
                            ? Found.done(Outputs.of(key, (isScope ? "S" : "") + id))
                            : Found.partly(seen.toString());
                });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        String path = context.path().value();
        cloud.begins(path, "undo");
        if (found instanceof Found.Done) {
            state.get(key);
        }
        if (!isScope) {
            notStale(state, "undo");
        }
        Mono<Boolean> call = cloud.delete(path, token(context), door.apply(path), state.get(CREDENTIAL));
        return (rules.mutates ? context.mutate(call) : call).then();
    }

    @Override
    public Mono<Outputs> open(State state, StepContext context) {
        return run(state, context);
    }

    @Override
    public Mono<Void> close(State state, Found found, StepContext context) {
        return undo(state, found, context);
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.empty();
    }

    /** A step that changes the credential under which all others work. */
    static final class Rotation implements Step {
        private final ToyCloud cloud;
        private final Key<String> before;
        private final StepOptions options;

        Rotation(ToyCloud cloud, Key<String> before, StepOptions options) {
            this.cloud = cloud;
            this.before = before;
            this.options = options;
        }

        @Override
        public Contract contract() {
            return Contract.of("rotation").updating(CREDENTIAL).writing(before);
        }

        @Override
        public StepOptions options() {
            return options;
        }

        @Override
        public Mono<Outputs> run(State state, StepContext context) {
            String path = context.path().value();
            cloud.begins(path, "run");
            return context.mutate(cloud.rotate(path, context.token())).map(old -> outputs(old, context));
        }

        private Outputs outputs(String old, StepContext context) {
            return Outputs.of(before, old).and(CREDENTIAL, ToyCloud.rotated(context.token()));
        }

        @Override
        public Mono<Found> reconcile(State state, StepContext context) {
            return cloud.lookForRotation(context.path().value(), context.token())
                    .map(old -> old.map(it -> Found.done(outputs(it, context))).orElseGet(Found::absent));
        }

        @Override
        public Mono<Void> undo(State state, Found found, StepContext context) {
            cloud.begins(context.path().value(), "undo");
            return context.mutate(cloud.rotateBack(context.path().value(), context.token()))
                    .then();
        }
    }
}
