// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.Path;
import io.hybridpipe.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What of a pipe may change between a crash and its resume, and how a change that may not is told. */
class FingerprintTest {
    private static final Key<String> CIDR = Key.of("cidr", String.class);
    private static final Key<String> ENI = Key.of("eni", String.class);
    private static final Key<String> ITEM = Key.of("item", String.class);

    private record Work(Contract contract) implements Step {
        static Step of(String type) {
            return new Work(Contract.of(type));
        }

        @Override
        public Mono<Outputs> run(State state, StepContext context) {
            return Mono.empty();
        }
    }

    private static Pipe pipe(Consumer<Pipe.Builder> body) {
        Pipe.Builder builder = Pipe.named("net").needs(CIDR, ENI);
        body.accept(builder);
        return builder.build();
    }

    private static Element member(String name) {
        return Element.step(name, Work.of("Route"));
    }

    private static final Pipe PIPE = pipe(net -> net.step("fetch", Work.of("Fetch"))
            .step("create-vpc", Work.of("CreateVpc"))
            .concurrently("routes", member("fed"), member("vpc"))
            .during("access", Door.named("d"), open -> open.step("set-up", Work.of("SetUp"))
                    .forEach("peer", each(2), item -> item.step("tunnel", Work.of("Tunnel"))))
            .step("done", Work.of("Done")));

    private static Each<String> each(int bound) {
        return Each.of(Input.value(List.of("a", "b")), ITEM, UnaryOperator.<String>identity())
                .atMost(bound);
    }

    /** The difference as a resume asks for it: the fingerprint has been in a journal. */
    private static List<String> difference(Pipe then, Pipe now, String... reached) {
        Json json = Json.compact();
        List<?> written = (List<?>) Objects.requireNonNull(json.read(json.write(Fingerprint.of(then.describe()))));
        return Fingerprint.difference(new ArrayList<>(written), now.describe(), path -> List.of(reached).stream()
                .anyMatch(it -> path.contains(Path.of(it))));
    }

    // ---- what is written

    @Test
    void itSaysPathKindAndContractOfEachElement() {
        Pipe pipe = pipe(net -> net.step(
                        "route",
                        new Work(Contract.of("AddRoute")
                                .withVersion(2)
                                .reading(ENI, CIDR, Input.optional(ITEM))
                                .writing(Key.of("route", String.class))
                                .withEffect(Effect.irreversible("nobody knows how"))))
                .holding("helper", Door.named("d").reading(CIDR))
                .step("rotate", Step.reading().updating(CIDR).withoutEffect().as((state, context) -> Mono.empty()))
                .step("script", Step.opaque((state, context) -> Mono.empty()))
                .concurrently("none", Group.ofDefaults().atMost(3)));

        assertThat(Fingerprint.of(pipe.describe()))
                .extracting(Object::toString)
                .containsExactly(
                        "{path=net, kind=PIPE}",
                        "{path=net/route, kind=STEP, type=AddRoute, version=2, reads=[cidr, eni],"
                                + " optionalReads=[item], writes=[route], effect=irreversible}",
                        "{path=net/helper, kind=SCOPE, held=true, type=Door, version=1, reads=[cidr], effect=undoable}",
                        "{path=net/rotate, kind=STEP, type=lambda, version=1, updates=[cidr], effect=none}",
                        "{path=net/script, kind=STEP, type=opaque, version=1, effect=irreversible, opaque=true}",
                        "{path=net/none, kind=GROUP}");
    }

    // ---- what is accepted

    @Test
    void thePipeThatWasIsAccepted() {
        assertThat(difference(
                        PIPE, PIPE, "net/fetch", "net/create-vpc", "net/routes/fed", "net/access/set-up", "net/done"))
                .isEmpty();
    }

    @Test
    void whatStandsBehindThePointReachedMayBeAddedRemovedAndChanged() {
        Pipe now = pipe(net -> net.step("fetch", Work.of("Fetch"))
                .step("create-vpc", Work.of("CreateVpc"))
                .step("new", Work.of("New"))
                .when("routes", Input.value(true), "", body -> body.step("x", Work.of("X"))));

        assertThat(difference(PIPE, now, "net/fetch", "net/create-vpc")).isEmpty();
    }

    @Test
    void aRunThatReachedNothingYetMayGoOnWithAnyPipeOfItsName() {
        assertThat(difference(PIPE, pipe(net -> net.step("new", Work.of("New")))))
                .isEmpty();
    }

    @Test
    void boundsAndReasonsMayChange() {
        Pipe then = pipe(net -> net.forEach("peer", each(2), item -> item.step("tunnel", Work.of("Tunnel")))
                .step("a", new Work(Contract.of("A").withEffect(Effect.irreversible("so it is"))))
                .step("b", Work.of("B")));
        Pipe now = pipe(net -> net.forEach("peer", each(8), item -> item.step("tunnel", Work.of("Tunnel")))
                .step("a", new Work(Contract.of("A").withEffect(Effect.irreversible("as everybody knows"))))
                .step("b", Work.of("B")));

        assertThat(difference(then, now, "net/peer/tunnel", "net/a", "net/b")).isEmpty();
    }

    @Test
    void inAGroupEachMemberMayChangeBehindItsOwnPoint() {
        Pipe then = pipe(net -> net.concurrently(
                "g",
                Element.sequence("x", x -> x.step("x1", Work.of("X1")).step("x2", Work.of("X2"))),
                Element.sequence("y", y -> y.step("y1", Work.of("Y1")).step("y2", Work.of("Y2"))),
                member("z")));
        Pipe now = pipe(net -> net.concurrently(
                "g",
                member("new"),
                Element.sequence("y", y -> y.step("y1", Work.of("Y1")).step("y2", Work.of("Y2"))),
                Element.sequence("x", x -> x.step("x1", Work.of("X1")).step("x3", Work.of("X3")))));

        assertThat(difference(then, now, "net/g/x/x1", "net/g/y/y1", "net/g/y/y2"))
                .isEmpty();
    }

    @Test
    void anElementMayBeAppendedInsideTheScopeThatIsOpen() {
        Pipe then = pipe(net -> net.holding("door", Door.named("d")).step("a", Work.of("A")));
        Pipe now = pipe(net ->
                net.holding("door", Door.named("d")).step("a", Work.of("A")).step("b", Work.of("B")));

        assertThat(difference(then, now, "net/door", "net/a")).isEmpty();
    }

    // ---- what is refused

    @Test
    void anotherPipeIsRefused() {
        assertThat(difference(PIPE, Pipe.named("other").build(), "net/fetch"))
                .containsExactly("the run is one of pipe 'net', and this is pipe 'other'");
    }

    @Test
    void aRenamedElementIsGuessedByItsContract() {
        Pipe now = pipe(net -> net.step("fetch", Work.of("Fetch"))
                .step("make-vpc", Work.of("CreateVpc"))
                .concurrently("routes", member("fed"), member("vpc")));

        assertThat(difference(PIPE, now, "net/fetch", "net/create-vpc", "net/routes/fed"))
                .containsExactly("net/create-vpc: finished in this run, but the pipe has no such element now"
                        + " (renamed to net/make-vpc?)");
        assertThat(difference(PIPE, now, "net/fetch", "net/create-vpc"))
                .containsExactly("net/create-vpc: reached in this run, but the pipe has no such element now"
                        + " (renamed to net/make-vpc?)");
    }

    @Test
    void aRenamedElementWithAnotherContractIsGuessedByItsName() {
        Pipe now = pipe(net -> net.step("fetch", Work.of("Fetch")).step("create-vpcs", Work.of("CreateVpcs")));

        assertThat(difference(PIPE, now, "net/fetch", "net/create-vpc"))
                .containsExactly("net/create-vpc: reached in this run, but the pipe has no such element now;"
                        + " did you mean 'create-vpcs'?");
    }

    @Test
    void aRemovedElementIsToldWithoutAGuess() {
        Pipe now = pipe(net -> net.step("create-vpc", Work.of("CreateVpc")));

        assertThat(difference(PIPE, now, "net/fetch", "net/create-vpc"))
                .containsExactly("net/fetch: finished in this run, but the pipe has no such element now");
    }

    @Test
    void anElementThatNowStandsInsideAnotherIsFoundThere() {
        Pipe now = pipe(net -> net.during("access", Door.named("d"), open -> open.step("fetch", Work.of("Fetch")))
                .step("create-vpc", Work.of("CreateVpc")));
        Pipe held = pipe(net -> net.holding("helper", Door.named("d"))
                .step("fetch", Work.of("Fetch"))
                .step("create-vpc", Work.of("CreateVpc")));

        assertThat(difference(PIPE, now, "net/fetch"))
                .containsExactly("net/fetch: reached in this run, but now stands inside net/access");
        assertThat(difference(PIPE, held, "net/fetch"))
                .containsExactly("net/fetch: reached in this run, but now stands inside net/helper");
    }

    @Test
    void anElementPutInBeforeThePointReachedIsRefused() {
        Pipe now = pipe(net -> net.step("check", Work.of("Check"))
                .step("fetch", Work.of("Fetch"))
                .step("create-vpc", Work.of("CreateVpc")));

        assertThat(difference(PIPE, now, "net/fetch"))
                .containsExactly("net/check: new, but stands before net/fetch, which this run has reached");
    }

    @Test
    void anotherOrderIsRefused() {
        Pipe now = pipe(net -> net.step("done", Work.of("Done"))
                .step("create-vpc", Work.of("CreateVpc"))
                .step("fetch", Work.of("Fetch"))
                .concurrently("routes", member("fed"), member("vpc")));

        assertThat(difference(PIPE, now, "net/fetch", "net/create-vpc", "net/routes"))
                .containsExactly(
                        "net/create-vpc: stood behind net/fetch, now stands before it",
                        "net/done: stood behind net/routes, which this run has reached, now stands before it");
    }

    @Test
    void anotherContractIsRefusedWithAllThatChanged() {
        Pipe then = pipe(net -> net.step(
                "route", new Work(Contract.of("AddRoute").reading(CIDR).writing(Key.of("route", String.class)))));
        Pipe now = pipe(net -> net.step(
                "route",
                new Work(Contract.of("AddRoute")
                        .withVersion(2)
                        .reading(CIDR, ENI)
                        .reading(Input.optional(ITEM))
                        .withEffect(Effect.none()))));

        assertThat(difference(then, now, "net/route"))
                .containsExactly("net/route: was AddRoute v1, is AddRoute v2; reads were [cidr], are [cidr, eni];"
                        + " optional reads were [], are [item]; writes were [route], are [];"
                        + " effect was undoable, is none");
    }

    @Test
    void aStepThatDeclaresNothingAnyMoreIsRefused() {
        Pipe then = pipe(net -> net.step("a", Steps.reads()));
        Pipe now = pipe(net -> net.step("a", Step.opaque((state, context) -> Mono.empty())));

        assertThat(difference(then, now, "net/a"))
                .containsExactly("net/a: was lambda v1, is opaque v1; effect was none, is irreversible;"
                        + " declared what it does, now declares nothing");
    }

    @Test
    void anotherKindIsRefusedAndItsInsideIsNotListed() {
        Pipe now = pipe(net -> net.step("fetch", Work.of("Fetch"))
                .step("create-vpc", Work.of("CreateVpc"))
                .forEach("routes", each(1), item -> item.step("fed", Work.of("Route")))
                .step("access", Work.of("Access")));

        assertThat(difference(PIPE, now, "net/routes/fed", "net/access"))
                .containsExactly("net/routes: was group, is fan-out", "net/access: was scope Door v1, is Access v1");
    }

    @Test
    void aScopeHeldToTheEndIsNotOneHeldRoundABody() {
        Pipe then = pipe(net -> net.holding("door", Door.named("d")).step("a", Work.of("A")));
        Pipe now = pipe(net -> net.during("door", Door.named("d"), open -> open.step("a", Work.of("A"))));

        assertThat(difference(then, now, "net/a"))
                .containsExactly("net/door: was scope Door v1 held to the end, is scope Door v1");
    }

    @Test
    void aMemberThatWasReachedMustBeThere() {
        Pipe now = pipe(net -> net.step("fetch", Work.of("Fetch"))
                .step("create-vpc", Work.of("CreateVpc"))
                .concurrently("routes", member("vpc"), member("federation")));

        assertThat(difference(PIPE, now, "net/routes/fed"))
                .containsExactly("net/routes/fed: reached in this run, but the pipe has no such element now"
                        + " (renamed to net/routes/federation?)");
        assertThat(difference(PIPE, now, "net/routes/vpc")).isEmpty();
    }

    @Test
    void inAFinishedGroupNothingMayChange() {
        Pipe then = pipe(net -> net.concurrently("g", member("x"), member("y")).step("a", Work.of("A")));
        Pipe added = pipe(net ->
                net.concurrently("g", member("x"), member("y"), member("z")).step("a", Work.of("A")));
        Pipe removed = pipe(net -> net.concurrently("g", member("x")).step("a", Work.of("A")));

        assertThat(difference(then, added, "net/g/x", "net/g/y", "net/a"))
                .containsExactly("net/g/z: new, but stands inside net/g, which this run has finished");
        assertThat(difference(then, removed, "net/g/x", "net/g/y", "net/a"))
                .containsExactly("net/g/y: finished in this run, but the pipe has no such element now");
    }

    @Test
    void whatWasPassedWithoutARecordMustBeTheSameToo() {
        Pipe then = pipe(net -> net.when("check", Input.value(false), "", body -> body.step("ping", Work.of("Ping")))
                .concurrently("none")
                .step("a", Work.of("A")));
        Pipe now = pipe(net -> net.when("check", Input.value(false), "", body -> body.step("ping", Work.of("Pong")))
                .step("a", Work.of("A")));

        assertThat(difference(then, now, "net/a"))
                .containsExactly(
                        "net/check/ping: was Ping v1, is Pong v1",
                        "net/none: finished in this run, but the pipe has no such element now");
    }

    @Test
    void insideAHeldScopeTheSameHoldsAlthoughPathsStandBesideIt() {
        Pipe then = pipe(net -> net.step("a", Work.of("A"))
                .holding("door", Door.named("d"))
                .step("b", Work.of("B"))
                .step("c", Work.of("C"))
                .step("d", Work.of("D")));
        Pipe now = pipe(net -> net.step("a", Work.of("A"))
                .holding("door", Door.named("d"))
                .step("b", Work.of("B2"))
                .step("c", Work.of("C"))
                .step("e", Work.of("E")));

        assertThat(difference(then, now, "net/a", "net/door", "net/b", "net/c"))
                .containsExactly("net/b: was B v1, is B2 v1");
    }

    @Test
    void inAFanOutThePointReachedIsThatOfTheItemThatCameFurthest() {
        Pipe then = pipe(net -> net.forEach("peer", each(2), item -> item.step("key", Work.of("Key"))
                .step("tunnel", Work.of("Tunnel"))
                .step("ping", Work.of("Ping"))));
        Pipe now = pipe(net -> net.forEach(
                "peer", each(2), item -> item.step("tunnel", Work.of("Tunnel")).step("pong", Work.of("Ping"))));

        assertThat(difference(then, now, "net/peer/key", "net/peer/tunnel"))
                .containsExactly("net/peer/key: finished in this run, but the pipe has no such element now");
    }
}
