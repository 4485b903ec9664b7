// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.aws.AwsCalls;
import io.hybridpipe.aws.AwsFailures;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/** Asking EC2 before a run whether it would permit a change: what the preflights share. */
final class DryRun {
    private DryRun() {}

    /**
     * Empty if EC2 would permit the change, else its refusal.
     *
     * @param what the action and what it is about, for messages
     * @param call the action with its DryRun flag set
     * @param asGood error codes that say no more than that the change is made already
     */
    static <T> Mono<Void> of(AwsCalls calls, String what, Supplier<CompletableFuture<T>> call, String... asGood) {
        String[] permitted =
                Stream.concat(Stream.of("DryRunOperation"), Stream.of(asGood)).toArray(String[]::new);
        return calls.reading(what + " (dry run)", call)
                .onErrorResume(AwsFailures.hasCode(permitted), allowed -> Mono.empty())
                .then();
    }
}
