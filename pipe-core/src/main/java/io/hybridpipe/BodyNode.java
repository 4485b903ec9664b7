// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.ElementKind;
import io.hybridpipe.event.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Elements that run one after the other; a run's own body is one, and so is what a scope or an item holds. */
class BodyNode extends Node {
    private final List<Outline> elements;
    private final @Nullable ScopeNode around;
    private final boolean silent;
    private final List<Node> started;
    private State state = State.empty();
    private int next;
    private @Nullable Node current;
    private @Nullable Throwable stop;
    private @Nullable Throwable failure;
    private boolean looping;
    private boolean childEndedAtOnce;

    /** The callback for all children: allocated once, since there may be very many. */
    private final Consumer<Node> childEnded = this::childEnded;

    BodyNode(Execution execution, Outline outline, @Nullable ScopeNode scope, @Nullable Path dynamicPath) {
        this(execution, outline, scope, dynamicPath, false);
    }

    private BodyNode(
            Execution execution,
            Outline outline,
            @Nullable ScopeNode around,
            @Nullable Path dynamicPath,
            boolean silent) {
        super(execution, outline, around, dynamicPath);
        this.elements = outline.children();
        this.around = around;
        this.silent = silent;
        started = new ArrayList<>(elements.size());
    }

    /** The run's own body. */
    static BodyNode root(Execution execution, Outline outline) {
        return new BodyNode(execution, outline, null, null, true);
    }

    /** The body inside a scope, condition or nested pipe, which stands at the path of its element. */
    static BodyNode inside(Node element, @Nullable ScopeNode scope) {
        Path path = element.path();
        return new BodyNode(
                element.execution, element.outline, scope, path == element.outline.path() ? null : path, true);
    }

    /** The body of one item of a fan-out. */
    static BodyNode item(Node fanOut, Path path) {
        return new BodyNode(fanOut.execution, fanOut.outline, fanOut.scope, path, false);
    }

    @Override
    ElementKind kind() {
        return ElementKind.PIPE;
    }

    @Override
    void forward() {
        state = in;
        loop();
    }

    /** The one visible loop over the elements; a child that ends at once is followed by the next without a deeper stack. */
    private void loop() {
        looping = true;
        while (next < elements.size()) {
            execution.heed();
            failure = failure == null ? stop : failure;
            if (failure != null && !execution.isResumed()) {
                break;
            }
            Node child = child(elements.get(next++), around);
            child.restoring = restoring || failure != null;
            if (child.restoring && !execution.hasReached(child)) {
                continue;
            }
            child.in = state;
            started.add(child);
            current = child;
            childEndedAtOnce = false;
            child.start(childEnded);
            if (!childEndedAtOnce) {
                looping = false;
                return;
            }
            took(child);
        }
        looping = false;
        if (failure == null) {
            ok(state);
        } else {
            fail(failure);
        }
    }

    private void childEnded(Node child) {
        current = null;
        if (looping) {
            childEndedAtOnce = true;
        } else {
            took(child);
            loop();
        }
    }

    /** After a failure nothing more is done, but what an earlier process did behind it must be known to be undone. */
    private void took(Node child) {
        if (child.error == null) {
            state = child.out();
        } else if (failure == null && !restoring) {
            failure = child.error;
        }
    }

    @Override
    void stop(Throwable why) {
        if (ended || restoring || stop != null) {
            // what is only rebuilt, and closed if need be, goes on to its end
            return;
        }
        stop = why;
        if (current != null && !current.ended) {
            current.stop(why);
        }
    }

    /** Back through the started elements in reverse, without a deeper stack for each. */
    @Override
    void undo(Runnable then) {
        new Object() {
            private int left = started.size();
            private boolean inside;
            private boolean again;

            void next() {
                again = true;
                if (inside) {
                    return;
                }
                inside = true;
                while (again) {
                    again = false;
                    if (left == 0) {
                        undone = true;
                        then.run();
                        return;
                    }
                    started.get(--left).undo(this::next);
                }
                inside = false;
            }
        }.next();
    }

    @Override
    void outputs(Map<String, Cell> into) {
        started.forEach(each -> each.outputs(into));
    }

    @Override
    List<Node> inner() {
        return started;
    }

    boolean isSilent() {
        return silent;
    }

    @Override
    void heardStart() {
        if (!silent) {
            super.heardStart();
        }
    }

    @Override
    void heardEnd() {
        if (!silent) {
            super.heardEnd();
        }
    }
}
