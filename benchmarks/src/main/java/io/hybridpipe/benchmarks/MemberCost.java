// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.benchmarks;

import io.hybridpipe.Element;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import java.time.Duration;
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
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What an asynchronous member of a group costs, beside {@code Flux.flatMap}. Divide by {@code members}. */
@org.openjdk.jmh.annotations.State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MemberCost {
    /** How many members the group has. */
    @Param({"100", "10000"})
    public int members;

    private Pipe pipe = Pipe.named("none").build();
    private RunOptions heard = RunOptions.ofDefaults();

    private static Mono<Outputs> work() {
        return Mono.fromSupplier(Outputs::none).delayElement(Duration.ofMillis(1));
    }

    /** Builds what the benchmarks run. */
    @Setup
    public void build(Blackhole hole) {
        Step step = Step.reading().withoutEffect().as((state, context) -> work());
        Element[] all = new Element[members];
        for (int i = 0; i < members; i++) {
            all[i] = Element.step("m" + i, step);
        }
        pipe = Pipe.named("p").concurrently("group", all).build();
        heard = RunOptions.ofDefaults().listener(hole::consume);
    }

    /** The engine, nobody listening. */
    @Benchmark
    public Object engine() {
        return pipe.run(State.empty()).block();
    }

    /** The engine with one listener. */
    @Benchmark
    public Object engineWithListener() {
        return pipe.run(State.empty(), heard).block();
    }

    /** (c) {@code Flux.flatMap} over the same calls. */
    @Benchmark
    public Object fluxFlatMap() {
        return Flux.range(0, members).flatMap(i -> work(), members).then().block();
    }
}
