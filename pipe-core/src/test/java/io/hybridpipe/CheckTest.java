// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static io.hybridpipe.Steps.reads;
import static io.hybridpipe.Steps.updates;
import static io.hybridpipe.Steps.writes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Each problem that the check can find, by its whole message. */
class CheckTest {
    private static final Key<String> VPC = Key.of("vpc", String.class);
    private static final Key<Integer> VPC_AS_NUMBER = Key.of("vpc", Integer.class);
    private static final Key<String> SUBNET = Key.of("subnet", String.class);
    private static final Key<String> PEER = Key.of("peer", String.class);
    private static final Key<List<String>> PEERS = Key.listOf("peers", String.class);

    private static String problemsOf(UnaryOperator<Pipe.Builder> pipe) {
        return catchThrowableOfType(PipeCheckException.class, () -> pipe.apply(Pipe.named("p"))
                        .build())
                .getMessage();
    }

    private static String oneProblem(String text) {
        return "pipe 'p' has 1 problem:\n  " + text;
    }

    @Test
    void aKeyReadThatNothingBeforeWrites() {
        assertThat(problemsOf(p -> p.step("look", reads(VPC)).step("make", writes(SUBNET, "s"))))
                .isEqualTo(oneProblem("p/look: reads key 'vpc', which nothing before it writes"));
    }

    @Test
    void aKeyReadBeforeItIsWritten() {
        assertThat(problemsOf(p -> p.step("look", reads(VPC)).step("make", writes(VPC, "v"))))
                .isEqualTo(oneProblem("p/look: reads key 'vpc', which nothing before it writes"));
    }

    @Test
    void aMisspeltKeyAsksWhetherTheNearestWasMeant() {
        Key<String> misspelt = Key.of("subnt", String.class);

        assertThat(problemsOf(p -> p.step("make", writes(SUBNET, "s"))
                        .step("other", writes(VPC, "v"))
                        .step("look", reads(misspelt))))
                .isEqualTo(oneProblem(
                        "p/look: reads key 'subnt', which nothing before it writes; did you mean 'subnet'?"));
    }

    @Test
    void anUpdateOfAKeyThatNothingBeforeWrites() {
        assertThat(problemsOf(p -> p.step("change", updates(VPC))))
                .isEqualTo(oneProblem("p/change: updates key 'vpc', which nothing before it writes"));
    }

    @Test
    void aKeyGivenThatNothingWrites() {
        assertThat(problemsOf(p -> p.gives(VPC).step("make", writes(SUBNET, "s"))))
                .isEqualTo(oneProblem("p: gives key 'vpc', which nothing before it writes"));
    }

    @Test
    void theSameNameReadWithAnotherType() {
        assertThat(problemsOf(p -> p.step("make", writes(VPC, "v")).step("look", reads(VPC_AS_NUMBER))))
                .isEqualTo(oneProblem("p/look: key 'vpc' is java.lang.Integer here but java.lang.String at p/make"));
    }

    @Test
    void theSameNameReadOptionallyWithAnotherType() {
        assertThat(problemsOf(p -> p.step("make", writes(VPC, "v"))
                        .when(
                                "maybe",
                                Input.optional(VPC_AS_NUMBER).map(it -> it.isPresent()),
                                "none",
                                body -> body.step("look", reads(Input.optional(VPC_AS_NUMBER))))))
                .isEqualTo("pipe 'p' has 2 problems:\n"
                        + "  p/maybe: key 'vpc' is java.lang.Integer here but java.lang.String at p/make\n"
                        + "  p/maybe/look: key 'vpc' is java.lang.Integer here but java.lang.String at p/make");
    }

    @Test
    void theSameNameNeededWithTwoTypes() {
        assertThat(problemsOf(p -> p.needs(VPC, VPC_AS_NUMBER).step("make", writes(SUBNET, "s"))))
                .isEqualTo(oneProblem("p: needs key 'vpc' as java.lang.String and as java.lang.Integer"));
    }

    @Test
    void theSameNameGivenWithAnotherType() {
        assertThat(problemsOf(p -> p.gives(VPC_AS_NUMBER).step("make", writes(VPC, "v"))))
                .isEqualTo(oneProblem("p: key 'vpc' is java.lang.Integer here but java.lang.String at p/make"));
    }

    @Test
    void twoWritersInAGroup() {
        assertThat(problemsOf(p -> p.concurrently(
                        "both", Element.step("a", writes(VPC, "1")), Element.step("b", writes(VPC, "2")))))
                .isEqualTo(oneProblem("p/both/b: writes key 'vpc', which p/both/a writes at the same time;"
                        + " two members of a group cannot write one key"));
    }

    @Test
    void twoWritersDeepInsideAGroup() {
        assertThat(problemsOf(p -> p.concurrently(
                        "both",
                        Element.sequence(
                                "a",
                                body -> body.during(
                                        "door", Door.named("d"), inner -> inner.step("make", writes(VPC, "1")))),
                        Element.concurrently("b", Group.ofDefaults(), Element.step("make", writes(VPC, "2"))))))
                .isEqualTo(oneProblem("p/both/b: writes key 'vpc', which p/both/a writes at the same time;"
                        + " two members of a group cannot write one key"));
    }

    @Test
    void twoUpdatersInAGroup() {
        assertThat(problemsOf(p -> p.needs(VPC)
                        .concurrently("both", Element.step("a", updates(VPC)), Element.step("b", updates(VPC)))))
                .isEqualTo(oneProblem("p/both/b: writes key 'vpc', which p/both/a writes at the same time;"
                        + " two members of a group cannot write one key"));
    }

    @Test
    void twoNestedPipesInAGroupThatUpdateOneKey() {
        Pipe nested = Pipe.named("n")
                .needs(SUBNET)
                .gives(SUBNET)
                .step("change", updates(SUBNET))
                .build();

        assertThat(problemsOf(p -> p.needs(VPC)
                        .concurrently(
                                "both",
                                Element.pipe("a", nested, wiring -> wiring.in(SUBNET, VPC)
                                        .out(SUBNET, VPC)),
                                Element.pipe("b", nested, wiring -> wiring.in(SUBNET, VPC)
                                        .out(SUBNET, VPC)))))
                .isEqualTo("pipe 'p' has 2 problems:\n"
                        + "  p/both/b: needs key 'vpc', which p/both/a updates at the same time; put it behind the group\n"
                        + "  p/both/b: writes key 'vpc', which p/both/a writes at the same time;"
                        + " two members of a group cannot write one key");
    }

    @Test
    void aMemberThatReadsWhatASiblingWrites() {
        assertThat(problemsOf(p ->
                        p.concurrently("both", Element.step("a", reads(VPC)), Element.step("b", writes(VPC, "1")))))
                .isEqualTo(oneProblem(
                        "p/both/a: reads key 'vpc', which p/both/b writes at the same time; put it behind the group"));
    }

    @Test
    void aMemberThatReadsOptionallyWhatASiblingWrites() {
        assertThat(problemsOf(p -> p.concurrently(
                        "both", Element.step("a", writes(VPC, "1")), Element.step("b", reads(Input.optional(VPC))))))
                .isEqualTo(oneProblem(
                        "p/both/b: reads key 'vpc', which p/both/a writes at the same time; put it behind the group"));
    }

    @Test
    void aMemberThatReadsWhatASiblingUpdates() {
        assertThat(problemsOf(p -> p.needs(VPC)
                        .concurrently("both", Element.step("a", updates(VPC)), Element.step("b", reads(VPC)))))
                .isEqualTo(oneProblem(
                        "p/both/b: reads key 'vpc', which p/both/a updates at the same time; put it behind the group"));
    }

    @Test
    void aConditionInAMemberThatReadsWhatASiblingUpdates() {
        assertThat(problemsOf(p -> p.needs(VPC)
                        .concurrently(
                                "both",
                                Element.step("a", updates(VPC)),
                                Element.when(
                                        "b",
                                        VPC.map(String::isEmpty),
                                        "none",
                                        body -> body.step("make", writes(SUBNET, "s"))))))
                .isEqualTo(oneProblem(
                        "p/both/b: reads key 'vpc', which p/both/a updates at the same time; put it behind the group"));
    }

    @Test
    void aSecondWriterWithoutDeclaredUpdate() {
        assertThat(problemsOf(p -> p.step("a", writes(VPC, "1")).step("b", writes(VPC, "2"))))
                .isEqualTo(oneProblem(
                        "p/b: writes key 'vpc', which p/a writes already; declare an update if that is meant"));
    }

    @Test
    void aWriterOfAKeyThatTheCallerSupplies() {
        assertThat(problemsOf(p -> p.needs(VPC).step("a", writes(VPC, "1"))))
                .isEqualTo(
                        oneProblem(
                                "p/a: writes key 'vpc', which the caller supplies already; declare an update if that is meant"));
    }

    @Test
    void duplicatePaths() {
        assertThat(problemsOf(p -> p.step("a", writes(VPC, "1")).step("a", writes(SUBNET, "2"))))
                .isEqualTo(oneProblem("p/a: there is another element of this path"));
    }

    @Test
    void duplicatePathsBesideAScopeThatIsHeld() {
        assertThat(problemsOf(p -> p.step("a", writes(VPC, "1"))
                        .holding("door", Door.named("d"))
                        .step("a", writes(SUBNET, "2"))))
                .isEqualTo(oneProblem("p/a: there is another element of this path"));
    }

    @Test
    void aNameWithOtherCharacters() {
        assertThat(problemsOf(p -> p.step("make it", writes(VPC, "1"))))
                .isEqualTo(oneProblem("p/make it: the name 'make it' must match [A-Za-z0-9._-]+"));
    }

    @Test
    void anUndoThatMayReadMoreThanItsInputsAndOutputs() {
        Contract unseen = Step.opaque((state, context) -> Mono.empty()).contract();
        Step step = new Step() {
            @Override
            public Contract contract() {
                return unseen.withEffect(Effect.undoable());
            }

            @Override
            public Mono<Outputs> run(State state, StepContext context) {
                return Mono.empty();
            }
        };

        assertThat(problemsOf(p -> p.step("blind", step)))
                .isEqualTo(oneProblem(
                        "p/blind: its undo may read more than its inputs and outputs; declare what it reads"));
    }

    @Test
    void aCloseThatMayReadMoreThanItsInputsAndOutputs() {
        Contract unseen = Step.opaque((state, context) -> Mono.empty()).contract();
        Scope scope = new Scope() {
            @Override
            public Contract contract() {
                return unseen;
            }

            @Override
            public Mono<Outputs> open(State state, StepContext context) {
                return Mono.empty();
            }

            @Override
            public Mono<Void> close(State state, Found found, StepContext context) {
                return Mono.empty();
            }
        };

        assertThat(problemsOf(p -> p.during("blind", scope, body -> body.step("a", writes(VPC, "1")))))
                .isEqualTo(oneProblem(
                        "p/blind: its close may read more than its inputs and outputs; declare what it reads"));
    }

    @Test
    void aKeyOfAScopeReadOutside() {
        assertThat(problemsOf(p -> p.during("door", Door.named("d").writing(VPC), body -> body.step("in", reads(VPC)))
                        .step("out", reads(VPC))))
                .isEqualTo(oneProblem("p/out: reads key 'vpc', which nothing before it writes"));
    }

    @Test
    void aKeyOfAnItemsBodyReadOutside() {
        assertThat(problemsOf(p -> p.needs(PEERS)
                        .forEach(
                                "each", Each.of(PEERS, PEER, name -> name), body -> body.step("make", writes(VPC, "v")))
                        .step("out", reads(VPC))))
                .isEqualTo(oneProblem("p/out: reads key 'vpc', which nothing before it writes"));
    }

    @Test
    void aFanOutWhoseItemsUpdateAnOuterKey() {
        assertThat(problemsOf(p -> p.needs(PEERS, VPC)
                        .forEach(
                                "each", Each.of(PEERS, PEER, name -> name), body -> body.step("change", updates(VPC)))))
                .isEqualTo(oneProblem("p/each: its items update key 'vpc', so several write it at the same time;"
                        + " collect their results instead"));
    }

    @Test
    void aFanOutThatCollectsWhatItsBodyDoesNotWrite() {
        assertThat(problemsOf(p -> p.needs(PEERS)
                        .forEach(
                                "each",
                                Each.of(PEERS, PEER, name -> name).collect(VPC, Key.listOf("vpcs", String.class)),
                                body -> body.step("make", writes(SUBNET, "s")))))
                .isEqualTo(oneProblem("p/each: collects key 'vpc', which nothing before it writes"));
    }

    @Test
    void aFanOutOverAKeyThatNothingWrites() {
        assertThat(problemsOf(p ->
                        p.forEach("each", Each.of(PEERS, PEER, name -> name), body -> body.step("look", reads(PEER)))))
                .isEqualTo(oneProblem("p/each: reads key 'peers', which nothing before it writes"));
    }

    @Test
    void anItemUnderAKeyThatExistsAlready() {
        assertThat(problemsOf(p -> p.needs(PEERS, PEER)
                        .forEach("each", Each.of(PEERS, PEER, name -> name), body -> body.step("look", reads(PEER)))))
                .isEqualTo(oneProblem("p/each: writes key 'peer', which the caller supplies already;"
                        + " declare an update if that is meant"));
    }

    @Test
    void aKeyWrittenOnlyUnderAConditionAndReadOutside() {
        assertThat(problemsOf(p -> p.when("maybe", Input.value(true), "no", body -> body.step("make", writes(VPC, "1")))
                        .step("look", reads(VPC))))
                .isEqualTo(oneProblem("p/look: reads key 'vpc', which is written only under the condition at"
                        + " p/maybe/make; read it with Input.optional"));
    }

    @Test
    void aNestedPipeWhoseNeedsNothingWrites() {
        Pipe nested = Pipe.named("n").needs(VPC).step("look", reads(VPC)).build();

        assertThat(problemsOf(p -> p.pipe("inner", nested)))
                .isEqualTo(oneProblem("p/inner: needs key 'vpc', which nothing before it writes"));
    }

    @Test
    void aNestedPipeThatIsWiredToAKeyOfAnotherType() {
        Pipe nested = Pipe.named("n").needs(VPC).step("look", reads(VPC)).build();
        Key<Integer> number = Key.of("number", Integer.class);

        assertThat(problemsOf(p -> p.needs(number).pipe("inner", nested, wiring -> raw(wiring, VPC, number))))
                .isEqualTo(oneProblem("p/inner: needs key 'vpc' as java.lang.String but is wired to 'number',"
                        + " which is java.lang.Integer"));
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // what a caller with raw types may do
    private static Wiring raw(Wiring wiring, Key inner, Input outer) {
        return wiring.in(inner, outer);
    }

    @Test
    void aNestedPipeThatIsWiredAKeyItDoesNotNeed() {
        Pipe nested = Pipe.named("n").needs(SUBNET).step("look", reads(SUBNET)).build();
        Key<String> misspelt = Key.of("subnets", String.class);

        assertThat(problemsOf(
                        p -> p.needs(SUBNET).pipe("inner", nested, wiring -> wiring.in(misspelt, Input.value("x")))))
                .isEqualTo(oneProblem(
                        "p/inner: is wired a key 'subnets' that it does not need;" + " did you mean 'subnet'?"));
    }

    @Test
    void aNestedPipeThatIsAskedForAKeyItDoesNotGive() {
        Pipe nested =
                Pipe.named("n").gives(SUBNET).step("make", writes(SUBNET, "s")).build();

        assertThat(problemsOf(p -> p.pipe("inner", nested, wiring -> wiring.out(VPC, VPC))))
                .isEqualTo(oneProblem("p/inner: is asked for a key 'vpc' that it does not give"));
    }

    @Test
    void aNestedPipeThatGivesAKeyThatExistsAlready() {
        Pipe nested = Pipe.named("n").gives(VPC).step("make", writes(VPC, "v")).build();

        assertThat(problemsOf(p -> p.needs(SUBNET).pipe("inner", nested, wiring -> wiring.out(VPC, SUBNET))))
                .isEqualTo(oneProblem("p/inner: writes key 'subnet', which the caller supplies already;"
                        + " declare an update if that is meant"));
    }

    @Test
    void aNestedPipeDoesNotShowWhatItDoesNotGive() {
        Pipe nested = Pipe.named("n").step("make", writes(VPC, "v")).build();

        assertThat(problemsOf(p -> p.pipe("inner", nested).step("look", reads(VPC))))
                .isEqualTo(oneProblem("p/look: reads key 'vpc', which nothing before it writes"));
    }

    @Test
    void allProblemsComeInOneExceptionInThePipesOrder() {
        PipeCheckException problems = catchThrowableOfType(PipeCheckException.class, () -> Pipe.named("p")
                .step("b", reads(SUBNET, VPC))
                .step("a", writes(VPC, "1"))
                .step("a", writes(VPC, "2"))
                .build());

        assertThat(problems.problems())
                .containsExactly(
                        "p/b: reads key 'subnet', which nothing before it writes",
                        "p/b: reads key 'vpc', which nothing before it writes",
                        "p/a: there is another element of this path",
                        "p/a: writes key 'vpc', which p/a writes already; declare an update if that is meant");
        assertThat(problems).hasMessageStartingWith("pipe 'p' has 4 problems:\n  p/b: reads key 'subnet'");
    }
}
