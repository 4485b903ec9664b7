// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepInterceptor.Phase;
import io.hybridpipe.StepOptions;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * A scope that is told what each attempt to open it does, in order; its close is scripted by {@link #undoing}.
 *
 * <pre>{@code
 * ScriptedScope door = ScriptedScope.named("rule").undoing(close -> close.fails(3, TRANSIENT));
 * Pipe pipe = Pipe.named("net").during("door", door, inside -> inside.step("work", work)).build();
 * PipeVerifier.of(pipe).verifyDone();
 * assertThat(door.exists()).isFalse();
 * }</pre>
 *
 * <p>Attempts beyond the script succeed. Thread-safe.
 */
public final class ScriptedScope extends Scripted<ScriptedScope> implements Scope {
    private volatile Duration expiry = Duration.ofHours(1);

    private ScriptedScope(String name) {
        super(name);
    }

    /** A scope that opens and closes, and writes no keys; the name is that of the things it makes. */
    public static ScriptedScope named(String name) {
        return new ScriptedScope(name);
    }

    /** One opening lasts at most this long; the default is one hour. */
    public ScriptedScope expiry(Duration expiry) {
        this.expiry = expiry;
        return this;
    }

    @Override
    ScriptedScope self() {
        return this;
    }

    @Override
    public Contract contract() {
        return declared();
    }

    @Override
    public Duration expiry() {
        return expiry;
    }

    @Override
    public StepOptions options() {
        return asked();
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return check();
    }

    @Override
    public Mono<Outputs> open(State state, StepContext context) {
        return act(Phase.OPEN, state, context);
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return look(state, context);
    }

    @Override
    public Mono<Void> close(State state, Found found, StepContext context) {
        return takeBack(Phase.CLOSE, context);
    }
}
