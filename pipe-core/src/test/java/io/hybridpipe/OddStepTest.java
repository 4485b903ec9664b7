// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunReport.Outcome;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** Steps that throw, keep silent, or break the rules of publishers: each has one defined end. */
class OddStepTest {
    private static final Key<String> ID = Key.of("id", String.class);

    private final Trial trial = new Trial();

    @Test
    void anEmptyMonoMeansNoOutputs() {
        Act a = trial.act("a").runs(context -> Mono.empty());

        trial.start(a.step());

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void anEmptyMonoOfAStepThatDeclaresAKeyIsAPermanentFailure() {
        Act a = trial.act("a").writing(ID, "x").runs(context -> Mono.empty());

        trial.start(a.step()).passAll();

        assertThat(trial.report().failure().orElseThrow().message())
                .isEqualTo("step p/a completed without key 'id', which its contract declares");
        assertThat(trial.timesOf("run a")).hasSize(1);
    }

    @Test
    void aStepThatThrowsFails() {
        Act a = trial.act("a").runs(context -> {
            throw new IllegalStateException("thrown");
        });

        trial.start(a.step()).passAll();

        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("thrown");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void aStepThatThrowsAnErrorFails() {
        Act a = trial.act("a").runs(context -> {
            throw new NoClassDefFoundError("io/example/Missing");
        });
        Act before = trial.act("before");

        trial.start(before.step(), a.step()).passAll();

        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("io/example/Missing");
        assertThat(before.there).isFalse();
    }

    @Test
    void aStepThatThrowsAnErrorWhenSubscribedFails() {
        Act a = trial.act("a")
                .runs(context -> Mono.fromSupplier(() -> {
                    throw new StackOverflowError("deep");
                }));

        trial.start(a.step()).passAll();

        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("deep");
    }

    @Test
    void anUndoThatThrowsAnErrorIsALeftover() {
        Act a = trial.act("a").undoes(context -> {
            throw new AssertionError("thrown");
        });
        Act b = trial.act("b").runs(context -> Act.refused());

        trial.start(a.step(), b.step()).passAll();

        assertThat(trial.leftovers()).containsExactly("p/a");
    }

    @Test
    void aReconcileThatThrowsAnErrorCountsAsUnknown() {
        Act a = trial.act("a").finds(context -> {
            throw new LinkageError("thrown");
        });
        a.runs(a::makeAndLose);

        trial.start(a.step()).passAll();

        assertThat(a.undone).containsExactly(Found.unknown("thrown"));
    }

    @Test
    void aStepThatReturnsNullFails() {
        Act a = trial.act("a").runs(context -> null);

        trial.start(a.step()).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void anErrorOnAForeignThreadGivesNoSignalAndEndsAsATimeout() {
        Act a = trial.act("a").attempts(1).options(it -> it.withAttemptTimeout(Duration.ofSeconds(7)));
        // what a fatal error on an event loop leaves behind: a subscriber that never hears anything
        a.runs(context -> Mono.create(sink -> {}));

        trial.start(a.step()).passAll();

        assertThat(trial.report().failure().orElseThrow().message()).contains("no answer within the timeout of PT7S");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void ofTwoValuesTheFirstCounts() {
        assertThat(outputOf(subscriber -> {
                    subscriber.onNext(Outputs.of(ID, "first"));
                    subscriber.onNext(Outputs.of(ID, "second"));
                    subscriber.onComplete();
                }))
                .isEqualTo("first");
    }

    @Test
    void whatFollowsTheEndIsIgnored() {
        assertThat(outputOf(subscriber -> {
                    subscriber.onNext(Outputs.of(ID, "first"));
                    subscriber.onComplete();
                    subscriber.onNext(Outputs.of(ID, "second"));
                    subscriber.onError(new IllegalStateException("late"));
                    subscriber.onComplete();
                }))
                .isEqualTo("first");
    }

    @Test
    void aValueThatFollowsAnEmptyEndIsIgnored() {
        trial.start(odd(subscriber -> {
                    subscriber.onComplete();
                    subscriber.onNext(Outputs.of(ID, "late"));
                }))
                .passAll();

        assertThat(trial.report().failure().orElseThrow().message()).contains("completed without key 'id'");
    }

    @Test
    void anErrorThatFollowsAValueCounts() {
        trial.start(odd(subscriber -> {
                    subscriber.onNext(Outputs.of(ID, "first"));
                    subscriber.onError(new IllegalStateException("after all"));
                    subscriber.onComplete();
                }))
                .passAll();

        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("after all");
    }

    @Test
    void ofTwoSubscriptionsTheSecondIsCancelled() {
        boolean[] cancelled = {false};
        String output = outputOf(subscriber -> {
            subscriber.onSubscribe(subscription(() -> cancelled[0] = true));
            subscriber.onNext(Outputs.of(ID, "x"));
            subscriber.onComplete();
        });

        assertThat(output).isEqualTo("x");
        assertThat(cancelled[0]).isTrue();
    }

    @Test
    void aLateSignalOfAnAttemptThatWasGivenUpIsIgnored() {
        AtomicReference<CoreSubscriber<? super Outputs>> first = new AtomicReference<>();
        Act a = trial.act("a").writing(ID, "second").options(it -> it.withAttemptTimeout(Duration.ofSeconds(1)));
        a.runs(
                context -> Mono.fromDirect(subscriber -> {
                    first.set((CoreSubscriber<? super Outputs>) subscriber);
                    subscriber.onSubscribe(subscription(() -> {}));
                }),
                context -> {
                    first.get().onNext(Outputs.of(ID, "late"));
                    first.get().onComplete();
                    return a.make(context);
                });

        trial.start(Pipe.named("p").step("a", a).build(), State.empty()).passAll();

        assertThat(trial.run().result().block().get(ID)).isEqualTo("second");
    }

    private String outputOf(Consumer<CoreSubscriber<? super Outputs>> signals) {
        trial.start(Pipe.named("p").element(odd(signals)).build(), State.empty())
                .passAll();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
        return trial.run().result().block().get(ID);
    }

    private Element odd(Consumer<CoreSubscriber<? super Outputs>> signals) {
        return trial.act("a")
                .contract(it -> it.writing(ID))
                // Mono.from would hide a second signal
                .runs(context -> Mono.fromDirect(subscriber -> {
                    subscriber.onSubscribe(subscription(() -> {}));
                    signals.accept((CoreSubscriber<? super Outputs>) subscriber);
                }))
                .step();
    }

    private static Subscription subscription(Runnable whenCancelled) {
        return new Subscription() {
            @Override
            public void request(long n) {
                // it signals as it likes
            }

            @Override
            public void cancel() {
                whenCancelled.run();
            }
        };
    }
}
