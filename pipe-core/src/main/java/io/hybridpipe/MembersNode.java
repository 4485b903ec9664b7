// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import io.hybridpipe.retry.StepFailure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a group and a fan-out share: members that run concurrently within a bound, by a countdown of our own.
 *
 * <p>It ends only when every member that was started has settled.
 */
abstract class MembersNode extends Node {
    final List<Node> members = new ArrayList<>();

    private int bound = Integer.MAX_VALUE;
    private boolean finishThenFail;
    private int count;
    private int next;
    private int running;
    private boolean starting;
    private @Nullable Throwable first;
    private @Nullable Throwable stop;
    private boolean cut;

    MembersNode(Execution execution, Outline outline, @Nullable ScopeNode scope, @Nullable Path dynamicPath) {
        super(execution, outline, scope, dynamicPath);
    }

    abstract Node member(int index);

    /** All members have finished. */
    abstract void finished();

    final void startMembers(int count, int bound, boolean finishThenFail) {
        this.count = count;
        this.bound = bound;
        this.finishThenFail = finishThenFail;
        startMore();
    }

    private void startMore() {
        if (starting) {
            return;
        }
        starting = true;
        while (running < bound && next < count && (mayStartAnother() || execution.isResumed())) {
            Node member = member(next++);
            member.restoring = restoring || stop != null;
            cut |= stop != null;
            if (member.restoring && !execution.hasReached(member)) {
                continue;
            }
            members.add(member);
            running++;
            member.start(this::memberEnded);
        }
        starting = false;
        if (running == 0 && !ended && (next == count || stop != null)) {
            conclude();
        }
    }

    private boolean mayStartAnother() {
        execution.heed();
        return stop == null;
    }

    private void memberEnded(Node member) {
        running--;
        if (member.error != null && first == null) {
            first = member.error;
            if (!finishThenFail && stop == null) {
                stopMembers(StepFailure.unknownOutcome("stopped because " + member.path() + " failed"));
            }
        }
        startMore();
    }

    private void stopMembers(Throwable why) {
        stop = why;
        // a member that stops at once may end others' waiting, but never adds one, since stop is set
        for (int i = 0; i < members.size(); i++) {
            if (!members.get(i).ended) {
                members.get(i).stop(why);
            }
        }
    }

    private void conclude() {
        if (first == null && next == count && !cut) {
            finished();
            return;
        }
        Throwable failure = first != null ? first : stop;
        for (Node member : members) {
            if (member.error != null && member.error != failure && member.error != stop) {
                execution.alsoFailed(member.error);
            }
        }
        fail(failure == null ? StepFailure.unknownOutcome("stopped") : failure);
    }

    @Override
    void stop(Throwable why) {
        if (!ended && !restoring && stop == null) {
            stopMembers(why);
        }
    }

    /** In reverse, with the group's bound. */
    @Override
    void undo(Runnable then) {
        new Object() {
            private int left = members.size();
            private int undoing;
            private boolean inside;
            private boolean over;

            void next() {
                if (inside || over) {
                    return;
                }
                inside = true;
                while (undoing < bound && left > 0) {
                    undoing++;
                    members.get(--left).undo(() -> {
                        undoing--;
                        next();
                    });
                }
                inside = false;
                if (undoing == 0 && left == 0) {
                    over = true;
                    undone = true;
                    then.run();
                }
            }
        }.next();
    }

    @Override
    List<Node> inner() {
        return members;
    }
}
