// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepInterceptor.Phase;
import io.hybridpipe.StepOptions;
import reactor.core.publisher.Mono;

/**
 * A step that is told what each attempt does, in order.
 *
 * <pre>{@code
 * ScriptedStep create = ScriptedStep.named("vpc").writes(VPC, "vpc-1").fails(2, TRANSIENT).losesTheAnswer();
 * Pipe pipe = Pipe.named("net").step("create", create).build();
 * PipeVerifier.of(pipe).verifyDone();
 * assertThat(create.attempts()).isEqualTo(3);
 * assertThat(create.count()).isEqualTo(1);
 * }</pre>
 *
 * <p>Attempts beyond the script succeed. Thread-safe.
 */
public final class ScriptedStep extends Scripted<ScriptedStep> implements Step {
    private ScriptedStep(String name) {
        super(name);
    }

    /** A step that succeeds, has an undoable effect and no keys; the name is that of the things it makes. */
    public static ScriptedStep named(String name) {
        return new ScriptedStep(name);
    }

    @Override
    ScriptedStep self() {
        return this;
    }

    @Override
    public Contract contract() {
        return declared();
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
    public Mono<Outputs> run(State state, StepContext context) {
        return act(Phase.RUN, state, context);
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return look(state, context);
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return takeBack(Phase.UNDO, context);
    }
}
