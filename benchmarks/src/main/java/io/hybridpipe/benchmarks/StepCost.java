// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.benchmarks;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.vavr.collection.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import reactor.core.publisher.Mono;

/** What a run of trivial steps costs, beside hand-written chains that do the same. Divide by {@code steps}. */
@org.openjdk.jmh.annotations.State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xss16m") // a chain of 1,000 flatMaps overflows the default stack
public class StepCost {
    /** How many steps the pipe has. */
    @Param({"10", "100", "1000"})
    public int steps;

    private static final Key<Integer> FIRST = Key.of("a", Integer.class);

    private State input = State.empty();
    private Pipe pipe = Pipe.named("none").build();
    private RunOptions heard = RunOptions.ofDefaults();
    private String[] keys = {};
    private Mono<HashMap<String, Object>> assembled = Mono.empty();

    /** Builds what the benchmarks run. */
    @Setup
    public void build(Blackhole hole) {
        keys = new String[steps + 1];
        keys[0] = "a";
        Pipe.Builder builder = Pipe.named("p").needs(FIRST);
        Key<Integer> before = FIRST;
        Mono<HashMap<String, Object>> chain = Mono.just(HashMap.of("a", 1));
        for (int i = 1; i <= steps; i++) {
            keys[i] = "k" + i;
            Key<Integer> key = Key.of(keys[i], Integer.class);
            builder.step("s" + i, new Copy(before, key));
            before = key;
            int at = i;
            chain = chain.flatMap(state ->
                    Mono.just(state.put(keys[at], state.get(keys[at - 1]).get())));
        }
        pipe = builder.build();
        input = State.of(FIRST, 1);
        heard = RunOptions.ofDefaults().listener(hole::consume);
        assembled = chain;
    }

    /** The engine, nobody listening. */
    @Benchmark
    public Object engine() {
        return pipe.run(input).block();
    }

    /** The engine with one listener. */
    @Benchmark
    public Object engineWithListener() {
        return pipe.run(input, heard).block();
    }

    /** (a) A flatMap chain assembled for each run, with outputs as a map: what a user's hand-written run does. */
    @Benchmark
    public Object chainForEachRun() {
        Mono<HashMap<String, Object>> chain = Mono.just(HashMap.of("a", 1));
        for (int i = 1; i <= steps; i++) {
            int at = i;
            chain = chain.flatMap(
                    state -> Mono.just(Map.of(keys[at], state.get(keys[at - 1]).get()))
                            .map(outputs -> {
                                HashMap<String, Object> next = state;
                                for (Map.Entry<String, Object> each : outputs.entrySet()) {
                                    next = next.put(each.getKey(), each.getValue());
                                }
                                return next;
                            }));
        }
        return chain.block();
    }

    /** (b) A chain assembled beforehand, without outputs. */
    @Benchmark
    public Object chainAssembledBefore() {
        return assembled.block();
    }

    private record Copy(Key<Integer> from, Key<Integer> to, Contract contract) implements Step {
        Copy(Key<Integer> from, Key<Integer> to) {
            this(from, to, Contract.of("copy").reading(from).writing(to).withEffect(Effect.none()));
        }

        @Override
        public Mono<Outputs> run(State state, StepContext context) {
            return Mono.just(Outputs.of(to, state.get(from)));
        }
    }
}
