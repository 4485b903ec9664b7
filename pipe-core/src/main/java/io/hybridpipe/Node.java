// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.ElementKind;
import io.hybridpipe.event.Path;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport.Status;
import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One started element of a run: walked forward once, and back at most once.
 *
 * <p>Touched only inside the run's mailbox.
 */
abstract class Node {
    final Execution execution;
    final Outline outline;
    /** The nearest scope round this element, if there is one. */
    final @Nullable ScopeNode scope;

    private final @Nullable Path dynamicPath;

    State in = State.empty();

    @Nullable
    Throwable error;

    boolean ended;
    boolean undone;
    /** Only what the journal knows is rebuilt; nothing is called. */
    boolean restoring;

    long startedAt;
    long endedAt;

    @Nullable
    Consumer<Node> done;

    private @Nullable State out;

    /** @param dynamicPath the path, where it is not the outline's own because a fan-out's item is in it */
    Node(Execution execution, Outline outline, @Nullable ScopeNode scope, @Nullable Path dynamicPath) {
        this.execution = execution;
        this.outline = outline;
        this.scope = scope;
        this.dynamicPath = dynamicPath;
    }

    static Node of(Outline outline, Execution execution, @Nullable ScopeNode scope, @Nullable Path dynamicPath) {
        Element element = outline.element;
        if (element instanceof Element.OfStep) {
            return new StepNode(execution, outline, scope, dynamicPath);
        }
        if (element instanceof Element.OfScope) {
            return new ScopeNode(execution, outline, scope, dynamicPath);
        }
        if (element instanceof Element.OfGroup) {
            return new GroupNode(execution, outline, scope, dynamicPath);
        }
        if (element instanceof Element.OfFanOut) {
            return new FanOutNode(execution, outline, scope, dynamicPath);
        }
        if (element instanceof Element.OfCondition) {
            return new ConditionNode(execution, outline, scope, dynamicPath);
        }
        if (element instanceof Element.OfPipe) {
            return new NestedNode(execution, outline, scope, dynamicPath);
        }
        return new BodyNode(execution, outline, scope, dynamicPath);
    }

    /** The node of an element inside this one. */
    final Node child(Outline inner, @Nullable ScopeNode scope) {
        return of(inner, execution, scope, dynamicPath == null ? null : below(inner));
    }

    private Path below(Outline inner) {
        // the item's part of the path comes from above, the rest is the outline's own
        String from = base(outline).value();
        String own = dynamicPath == null ? from : base(dynamicPath).value();
        return Path.of(own + inner.path().value().substring(from.length()));
    }

    private Path base(Outline outline) {
        return outline.isFlat() ? parent(outline.path()) : outline.path();
    }

    private Path base(Path path) {
        return outline.isFlat() ? parent(path) : path;
    }

    private static Path parent(Path path) {
        return Path.of(path.value().substring(0, path.value().lastIndexOf('/')));
    }

    Path path() {
        return dynamicPath == null ? outline.path() : dynamicPath;
    }

    ElementKind kind() {
        return outline.kind();
    }

    final void start(Consumer<Node> whenDone) {
        done = whenDone;
        startedAt = execution.now();
        if (execution.isHeard() && !restoring) {
            heardStart();
        }
        forward();
    }

    /** Does the work; ends by {@link #ok} or {@link #fail}, now or later. */
    abstract void forward();

    /** Told to stop: what runs is told, what has not started will not. */
    abstract void stop(Throwable why);

    /** Takes back what was done, then continues; never fails. */
    abstract void undo(Runnable then);

    /** Adds the keys that this element shows outside. */
    abstract void outputs(Map<String, Cell> into);

    /** The elements inside that were started, in declared order. */
    abstract List<? extends Node> inner();

    Status status() {
        return error != null ? Status.FAILED : undone ? Status.UNDONE : Status.FINISHED;
    }

    final State out() {
        return Objects.requireNonNull(out, "out");
    }

    final void ok(State state) {
        out = state;
        end();
    }

    final void fail(Throwable failure) {
        error = failure;
        if (restoring) {
            execution.cannotRestore(failure);
            end();
            return;
        }
        execution.failed(this, failure, this::end);
    }

    private void end() {
        if (ended) {
            throw new IllegalStateException(path() + " ended twice");
        }
        ended = true;
        endedAt = execution.now();
        if (execution.isHeard() && !restoring) {
            heardEnd();
        }
        Objects.requireNonNull(done).accept(this);
    }

    void heardStart() {
        execution.emit(this, 0, header -> new PipeEvent.ElementStarted(header, kind()));
    }

    void heardEnd() {
        Duration took = Duration.ofMillis(endedAt - startedAt);
        Throwable failure = error;
        if (failure == null) {
            execution.emit(this, 0, header -> new PipeEvent.ElementFinished(header, kind(), took));
        } else {
            execution.emit(
                    this,
                    0,
                    header -> new PipeEvent.ElementFailed(
                            header, kind(), FailureClass.of(failure), execution.message(failure), took));
        }
    }
}
