// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.VirtualNetworkPeeringInner;
import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.NameRule;
import io.hybridpipe.azure.TextRule;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.function.Tuple2;

/**
 * Peers two virtual networks, of one subscription or of two, in one region or in two, in both directions.
 *
 * <pre>{@code
 * PeerVnets.between(federation, HUB.map(AzureVnet::id)).and(spokes, SPOKE.map(AzureVnet::id))
 *         .allowForwardedTraffic()
 *         .into(PEERING)
 * }</pre>
 *
 * <p>Each virtual network gets a peering of its own; the step ends when both are {@code Connected}. Packets then pass as security
 * groups admit them; a peering is not transitive: it leads to the other virtual network and no further, unless routes lead
 * to an appliance there and {@link #allowForwardedTraffic} is said. Gateways are not shared.
 *
 * <p><b>Reads</b> the inputs of the ids; <b>writes</b> the ids of the two peerings.
 *
 * <p><b>Idempotent</b> by name: peerings cannot bear tags, so both are called {@code NAME-TOKEN} after the step's token. What an
 * earlier attempt made is gone on with; a side whose partner went away is of no use ({@code RemotePeeringIsDisconnected}), so both
 * are then deleted and made anew. A peering of the two that this step did not make is named and left as it is.
 *
 * <p><b>Retries:</b> throttling, lost connections, {@code AnotherOperationInProgress}, and {@code ReferencedResourceNotProvisioned}
 * while somebody changes one of the virtual networks; steps with the same account handles wait for their turn. Address spaces
 * that overlap ({@code VnetAddressSpacesOverlap}, {@code VnetAddressSpaceOverlapsWithAlreadyPeeredVnet}) and a virtual network
 * that is missing are permanent.
 *
 * <p><b>Undo</b> deletes both peerings, after operations that are still running on them have ended, and waits until they are gone;
 * also that of one side alone, and when a virtual network is gone.
 *
 * <p>Calls and needs, in both accounts, {@code Microsoft.Network/virtualNetworks/read}, {@code
 * …/virtualNetworks/virtualNetworkPeerings/} read, write and delete, and {@code …/virtualNetworks/peer/action} on the other
 * one; {@code Microsoft.Resources/subscriptions/read} for an id that is known only later in the run. Both subscriptions must
 * trust one tenant. Immutable.
 */
public final class PeerVnets implements Step {
    private static final Duration CONNECTED_WITHIN = Duration.ofMinutes(5);

    private final End near;
    private final End far;
    private final String name;
    private final boolean forwardedTraffic;
    private final @Nullable Key<AzurePeering> into;

    private PeerVnets(End near, End far, String name, boolean forwardedTraffic, @Nullable Key<AzurePeering> into) {
        this.near = near;
        this.far = far;
        this.name = name;
        this.forwardedTraffic = forwardedTraffic;
        this.into = into;
    }

    private record End(AzureAccount account, Input<? extends String> vnet) {
        static End in(AzureAccount account, Input<? extends String> vnetId) {
            return new End(account, Kind.VNET.idsIn(account).in("PeerVnets", vnetId));
        }

        End pollEvery(Duration interval) {
            return new End(account.pollEvery(interval), vnet);
        }
    }

    /**
     * Starts the description with the first virtual network.
     *
     * @throws IllegalArgumentException if it is no id of a virtual network in the account's subscription
     */
    public static First between(AzureAccount account, String vnetId) {
        return between(account, Input.value(vnetId));
    }

    /** Starts the description with the first virtual network. */
    public static First between(AzureAccount account, Input<? extends String> vnetId) {
        return new First(End.in(account, vnetId));
    }

    /** One half of a description; {@link #and} gives the other. Immutable. */
    public static final class First {
        private final End end;

        private First(End end) {
            this.end = end;
        }

        /** The second virtual network; its account may be the first one's. */
        public PeerVnets and(AzureAccount account, String vnetId) {
            return and(account, Input.value(vnetId));
        }

        /** The second virtual network; its account may be the first one's. */
        public PeerVnets and(AzureAccount account, Input<? extends String> vnetId) {
            return new PeerVnets(end, End.in(account, vnetId), "hybridpipe", false, null);
        }
    }

    /**
     * What the peerings' names begin with; the default is {@code hybridpipe}.
     *
     * @param name 1 to 47 letters, digits, dots, dashes and underscores, a letter or digit first
     */
    public PeerVnets named(String name) {
        return new PeerVnets(
                near,
                far,
                NameRule.beginningOf(PeeringSide.PEERING.noun()).checked("PeerVnets", name),
                forwardedTraffic,
                into);
    }

    /**
     * Lets each virtual network take what machines of the other one forward for somebody else: needed when a route leads to an
     * appliance, such as a controller, behind the peering, whose packets come from farther away. The default is not to.
     */
    public PeerVnets allowForwardedTraffic() {
        return new PeerVnets(near, far, name, true, into);
    }

    /** Writes the ids of the peerings under the key. */
    public PeerVnets into(Key<AzurePeering> key) {
        return new PeerVnets(near, far, name, forwardedTraffic, Objects.requireNonNull(key, "key"));
    }

    /** How often to look while something goes on; the default is the accounts', see {@link AzureAccount#pollEvery}. */
    public PeerVnets pollEvery(Duration interval) {
        return new PeerVnets(near.pollEvery(interval), far.pollEvery(interval), name, forwardedTraffic, into);
    }

    @Override
    public Contract contract() {
        TextRule.literal(near.vnet)
                .flatMap(one -> TextRule.literal(far.vnet).filter(one::equalsIgnoreCase))
                .ifPresent(same -> {
                    throw new IllegalStateException(withItself(same));
                });
        Contract contract = Contract.of("PeerVnets").reading(near.vnet, far.vnet);
        return into == null ? contract : contract.writing(into);
    }

    /** Those of {@link AzureAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AzureAccount.stepOptions();
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Sides sides = sides(near.vnet.get(state), far.vnet.get(state), context);
            return sides.inTurns(sides.checkFree()
                            .then(sides.removeDisconnected())
                            .then(Mono.defer(() -> sides.near.make(forwardedTraffic)))
                            .then(Mono.defer(() -> sides.far.make(forwardedTraffic))))
                    .then(sides.connected())
                    .thenReturn(toOutputs(sides));
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            Sides sides = sides(near.vnet.get(state), far.vnet.get(state), context);
            return sides.settled().map(seen -> seen.toFound(toOutputs(sides)));
        });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(
                () -> sides(near.vnet.get(state), far.vnet.get(state), context).remove());
    }

    /**
     * Checks the credentials and, if the ids are known by then, that the virtual networks are there, that nobody else has peered
     * them, and that their address spaces do not overlap.
     */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> {
            Optional<? extends String> one = near.vnet.find(state);
            Optional<? extends String> other = far.vnet.find(state);
            return one.isPresent() && other.isPresent()
                    ? sides(one.get(), other.get(), context).checkFree()
                    : near.account.checkCredential().then(far.account.checkCredential());
        });
    }

    private Sides sides(String nearVnet, String farVnet, StepContext context) {
        if (nearVnet.equalsIgnoreCase(farVnet)) {
            throw StepFailure.permanent(withItself(nearVnet));
        }
        String own = OwnName.of(name, context.token());
        return new Sides(
                PeeringSide.of(near.account, context, nearVnet, own, farVnet),
                PeeringSide.of(far.account, context, farVnet, own, nearVnet));
    }

    private static String withItself(String vnet) {
        return "PeerVnets: peer " + vnet + " with itself: give two virtual networks";
    }

    private Outputs toOutputs(Sides sides) {
        return into == null
                ? Outputs.none()
                : Outputs.of(
                        into,
                        new AzurePeering(
                                sides.near.peering().id(), sides.far.peering().id()));
    }

    /** Both sides, with all inputs known. */
    private record Sides(PeeringSide near, PeeringSide far) {

        private String what() {
            return "peer " + near.vnet() + " with " + far.vnet();
        }

        /** Fails unless both virtual networks are there, with blocks of their own, and peered by nobody else. */
        Mono<Void> checkFree() {
            return near.checkFree(what())
                    .flatMap(blocks -> far.checkFree(what()).doOnNext(others -> refuseOverlap(blocks, others)))
                    .then();
        }

        private void refuseOverlap(List<Cidr> blocks, List<Cidr> others) {
            String overlap = blocks.stream()
                    .flatMap(block -> others.stream()
                            .filter(block::overlaps)
                            .map(other -> block.equals(other) ? block.toString() : block + " and " + other))
                    .collect(Collectors.joining(", "));
            if (!overlap.isEmpty()) {
                throw StepFailure.permanent(what() + ": their address spaces overlap: " + overlap + " ("
                        + near.vnet().account().where() + ")");
            }
        }

        /** The change with the turns of both virtual networks: each side's change is refused while the other one changes. */
        <T> Mono<T> inTurns(Mono<T> change) {
            List<PeeringSide> ordered = Stream.of(near, far)
                    .sorted(Comparator.comparing(PeeringSide::order))
                    .toList();
            return ordered.get(0).inTurn(ordered.get(1).inTurn(change));
        }

        /** Deletes what is left of an earlier attempt that was half undone. */
        Mono<Void> removeDisconnected() {
            return look().filter(Seen::isDisconnected).flatMap(seen -> remove());
        }

        /** Deletes both sides, the second one also when the first one's deletion fails. */
        Mono<Void> remove() {
            return inTurns(Flux.just(near, far)
                    // with a prefetch: without one Reactor (3.8.7) drops every failure but the first
                    .concatMapDelayError(side -> side.peering().remove(), 1)
                    .onErrorMap(Exceptions::isMultiple, Sides::joined)
                    .then());
        }

        /** Completes when both sides are connected. */
        Mono<Void> connected() {
            return settled()
                    .filter(seen -> !seen.isConnected())
                    .flatMap(seen -> Mono.error(StepFailure.of(
                            FailureClass.TRANSIENT,
                            what() + ": " + seen + " (" + near.vnet().account().where() + ")")));
        }

        /** Both sides as they are when neither will find the other without more being done. */
        Mono<Seen> settled() {
            return Looks.until(
                    Looks.patient(look()).filter(seen -> !seen.isOnItsWay()),
                    near.vnet().account().pause(),
                    CONNECTED_WITHIN,
                    this::look);
        }

        Mono<Seen> look() {
            return Mono.zipDelayError(near.look(), far.look())
                    .onErrorMap(Exceptions::isMultiple, Sides::joined)
                    .map(both -> new Seen(this, both));
        }

        /** Of both sides' failures one that passes, since both are tried again then; it keeps the other one. */
        private static Throwable joined(Throwable multiple) {
            List<Throwable> both = Exceptions.unwrapMultiple(multiple);
            Throwable first =
                    both.stream().filter(FailureClass::isPassing).findFirst().orElseGet(() -> both.get(0));
            both.stream().filter(other -> other != first).forEach(first::addSuppressed);
            return first;
        }
    }

    /** What was seen of both sides at once. */
    private record Seen(
            Sides sides, Tuple2<Optional<VirtualNetworkPeeringInner>, Optional<VirtualNetworkPeeringInner>> both) {

        private Stream<VirtualNetworkPeeringInner> there() {
            return Stream.of(both.getT1(), both.getT2()).flatMap(Optional::stream);
        }

        boolean isConnected() {
            return there().filter(PeeringSide::isConnected).count() == 2;
        }

        boolean isDisconnected() {
            return there().anyMatch(PeeringSide::isDisconnected);
        }

        /** Whether both are there and each may yet find the other, which one that failed does not. */
        boolean isOnItsWay() {
            return there().count() == 2
                    && !isDisconnected()
                    && !isConnected()
                    && there().noneMatch(PeeringSide::isFailed);
        }

        Found toFound(Outputs outputs) {
            both.getT1().ifPresent(one -> sides.near.peering().made());
            both.getT2().ifPresent(one -> sides.far.peering().made());
            return there().findAny().isEmpty()
                    ? Found.absent()
                    : isConnected() ? Found.done(outputs) : Found.partly(toString());
        }

        @Override
        public String toString() {
            return sides.near.describe(both.getT1().orElse(null)) + ", "
                    + sides.far.describe(both.getT2().orElse(null));
        }
    }
}
