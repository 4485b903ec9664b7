// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunId;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * What the engine offers to one call of a step: names, a token, progress, and the way to send calls that change something.
 *
 * <p>An interface, so that tests and other runners can supply it. Thread-safe; valid for one attempt.
 */
public interface StepContext {
    /** The run. */
    RunId runId();

    /** Where the step stands. */
    Path path();

    /** Which attempt this is, from 1. */
    int attempt();

    /**
     * A text of 32 hexadecimal digits that is the same for every attempt of this step in this run and for nothing else: for
     * client tokens, or for a tag set in the create call itself. After a completed undo it is another one.
     */
    String token();

    /**
     * The tags that every created resource bears: {@code hybridpipe:pipe}, {@code hybridpipe:run}, {@code hybridpipe:step}
     * and {@code hybridpipe:token}. Values hold only letters, digits and {@code . _ / @ -}, which all clouds accept,
     * and no more than 256 of them: a longer path is cut at its start and marked with its hash.
     */
    Map<String, String> tags();

    /** The run's clock. */
    Clock clock();

    /**
     * Says how far the step has come.
     *
     * @param done how many parts are done
     * @param total how many there are; 0 if nobody knows
     * @param text what is being done, in a few words
     */
    void progress(int done, int total, String text);

    /**
     * The permit, waited for without using up the attempt timeout; meanwhile the step shows as throttled.
     *
     * @param reason what is waited for, in a few words
     * @param permit completes when the step may go on
     */
    <T> Mono<T> waiting(String reason, Mono<T> permit);

    /** Says that a resource now exists; call it as soon as the id is known. Reports and leftovers live on this. */
    void made(Resource resource);

    /** Says that a resource is deleted. */
    void gone(Resource resource);

    /**
     * What earlier calls of this step said that they {@link #made} and not that it is {@link #gone}: those of other attempts, and
     * of a process that died. Empty again after a completed undo.
     *
     * <p>It is for things that cannot bear a mark: said to be made right before the call that makes it, a thing that is there
     * is known to be this step's. A runner that does not remember must not run such steps: their undo would do nothing.
     */
    List<Resource> madeBefore();

    /**
     * The call, sent so that its end is never lost: every remote call that changes something goes through here.
     *
     * <p>A timeout or cancel stops the step at once, but the engine keeps listening to the call for {@code cancelGrace} before
     * it looks, tries again or undoes. Once the step was told to stop, the returned Mono fails without sending.
     *
     * @param call sends one request each time it is subscribed
     */
    <T> Mono<T> mutate(Mono<T> call);
}
