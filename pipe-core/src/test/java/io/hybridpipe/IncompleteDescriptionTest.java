// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Steps and scopes that cannot say their contract, since something of their description was forgotten. */
class IncompleteDescriptionTest {
    private static final Key<String> VPC = Key.of("vpc", String.class);
    private static final Key<String> SUBNET = Key.of("subnet", String.class);

    @Test
    void whatEachStepLacksIsToldByItsPathWithAllOtherProblems() {
        PipeCheckException refused = refused(p -> p.step("look", Steps.reads(SUBNET))
                .step("make", step("CreateVpc: call named(..)"))
                .concurrently(
                        "both",
                        Element.step("one", step("AddRoute: call to(..)")),
                        Element.sequence("other", body -> body.step("last", step("AddRoute: call via(..)"))))
                .step("make", Steps.writes(VPC, "v")));

        assertThat(refused.problems())
                .containsExactly(
                        "p/look: reads key 'subnet', which nothing before it writes",
                        "p/make: CreateVpc: call named(..)",
                        "p/both/one: AddRoute: call to(..)",
                        "p/both/other/last: AddRoute: call via(..)",
                        "p/make: there is another element of this path");
        assertThat(refused.getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("CreateVpc: call named(..)", "AddRoute: call to(..)", "AddRoute: call via(..)");
    }

    @Test
    void whatAScopeLacksIsToldAndItsBodyIsCheckedToo() {
        assertThat(refused(p -> p.holding("held", scope("Door: call key(..)"))
                                .during(
                                        "open",
                                        scope("Door: call port(..)"),
                                        body -> body.step("in", step("Walk: call to(..)"))))
                        .problems())
                .containsExactly(
                        "p/held: Door: call key(..)", "p/open: Door: call port(..)", "p/open/in: Walk: call to(..)");
    }

    @Test
    void keysThatTheStepMayHaveWrittenAreNoProblemBehindIt() {
        assertThat(refused(p -> p.step("make", step("CreateVpc: call named(..)"))
                                .step("look", Steps.reads(VPC))
                                .gives(VPC))
                        .problems())
                .containsExactly("p/make: CreateVpc: call named(..)");
    }

    @Test
    void aFaultInAStepIsToldByItsKindToo() {
        assertThat(refused(p -> p.step("odd", step(() -> {
                            throw new ArithmeticException("/ by zero");
                        })))
                        .problems())
                .containsExactly("p/odd: java.lang.ArithmeticException: / by zero");
        assertThat(refused(p -> p.step("none", step(() -> null))).problems())
                .containsExactly("p/none: java.lang.NullPointerException: contract");
    }

    private static PipeCheckException refused(UnaryOperator<Pipe.Builder> body) {
        Pipe.Builder described = body.apply(Pipe.named("p"));
        return catchThrowableOfType(PipeCheckException.class, described::build);
    }

    private static Step step(String lack) {
        return step(() -> {
            throw new IllegalStateException(lack);
        });
    }

    @SuppressWarnings("NullAway")
    private static Step step(Supplier<@Nullable Contract> contract) {
        return new Step() {
            @Override
            public Contract contract() {
                return contract.get();
            }

            @Override
            public Mono<Outputs> run(State state, StepContext context) {
                return Mono.error(StepFailure.permanent("no pipe holds it"));
            }
        };
    }

    private static Scope scope(String lack) {
        return new Scope() {
            @Override
            public Contract contract() {
                throw new IllegalStateException(lack);
            }

            @Override
            public Duration expiry() {
                return Duration.ofMinutes(1);
            }

            @Override
            public Mono<Outputs> open(State state, StepContext context) {
                return Mono.error(StepFailure.permanent("no pipe holds it"));
            }

            @Override
            public Mono<Void> close(State state, Found found, StepContext context) {
                return Mono.empty();
            }
        };
    }
}
