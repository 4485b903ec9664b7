// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.compute.models.ImageReference;
import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.net.Looks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Launches a Linux machine that routes for others, with the network interfaces that it is given, and waits until it runs.
 *
 * <pre>{@code
 * LaunchController.in(federation).resourceGroup("fed").named("controller").location("westeurope")
 *         .size("Standard_B2s")
 *         .marketplace("cohesive", "vns3", "byol", "latest").plan("cohesive", "vns3", "byol").acceptingTerms()
 *         .networkInterface(CARD.map(AzureInterface::id))
 *         .adminKey("operator", PUBLIC_KEY)
 *         .into(CONTROLLER)
 * }</pre>
 *
 * <p>Make the interfaces with {@link CreateNetworkInterface#forwardingIp forwardingIp()}.
 *
 * <p><b>Reads</b> the inputs of everything it is given; <b>writes</b> an {@link AzureController}.
 *
 * <p><b>Idempotent</b> by its name and the tags of pipe, run, step and token: one PUT makes the machine with its disk, and that
 * of an earlier attempt is gone on with. A machine of that name that this step did not make is refused and never changed, before
 * the run if the name is known by then. Terms that are accepted already are not accepted again.
 *
 * <p><b>Retries:</b> throttling, lost connections, a lack of capacity ({@code AllocationFailed}, {@code ZonalAllocationFailed}),
 * failures of Azure's own while it provisions, an interface that is still kept for another machine
 * ({@code NicReservedForAnotherVm}). A machine that failed is deleted and launched anew. Permanent are a size that the region
 * does not offer ({@code SkuNotAvailable}), a quota ({@code OperationNotAllowed}), an image that never reports that it is
 * provisioned ({@code OSProvisioningTimedOut}, which Azure says after 20 minutes or so), a plan that does not fit the image
 * ({@code VMMarketplaceInvalidInput}), an interface that belongs to another machine, and a machine that does not run in time.
 * The codes: Microsoft Learn, Understand common error messages when you manage virtual machines in Azure.
 *
 * <p><b>Undo</b> deletes the machine, after an operation that is still running on it has ended, and waits until it is gone, and
 * its disk too. It does not wait for the machine to shut down. The interfaces stay, and are free again; accepted terms stay
 * accepted.
 *
 * <p>Calls and needs {@code Microsoft.Compute/virtualMachines/} and {@code Microsoft.Compute/disks/} read, write and delete,
 * {@code Microsoft.Compute/locations/operations/read}, {@code Microsoft.Network/networkInterfaces/} read and join/action, {@code
 * Microsoft.Network/publicIPAddresses/read}; {@code Microsoft.Compute/images/read} or {@code
 * Microsoft.Compute/galleries/images/versions/read} for an image by id; {@code
 * Microsoft.MarketplaceOrdering/offertypes/publishers/offers/plans/agreements/} read, and write to accept, with a plan; {@code
 * Microsoft.Resources/subscriptions/read} when the name is known only later in the run.
 *
 * <p>Immutable; each method returns a copy.
 */
public final class LaunchController extends PlacedStep<LaunchController> {
    /** Azure itself gives up a machine that does not report after 20 minutes. */
    private static final StepOptions OPTIONS = AzureAccount.stepOptions(Duration.ofMinutes(30));

    // assigned only before the copy that they belong to is handed out
    private @Nullable Input<? extends String> size;
    private List<Input<? extends String>> interfaces = List.of();
    private @Nullable Input<? extends String> imageId;
    private @Nullable Input<ImageReference> image;
    private @Nullable Input<? extends MarketplacePlan> plan;
    private boolean acceptingTerms;
    private @Nullable Input<Login> login;
    private @Nullable Input<? extends Secret<String>> customData;
    private @Nullable Input<? extends Secret<String>> userData;
    private @Nullable Input<? extends String> zone;
    private @Nullable String diskType;
    private @Nullable Integer diskSizeGb;
    private Duration runningWithin = Duration.ofMinutes(5);
    private @Nullable Key<AzureController> into;

    private LaunchController(Target target) {
        super(target);
    }

    private LaunchController(LaunchController from, Target target) {
        super(target);
        size = from.size;
        interfaces = from.interfaces;
        imageId = from.imageId;
        image = from.image;
        plan = from.plan;
        acceptingTerms = from.acceptingTerms;
        login = from.login;
        customData = from.customData;
        userData = from.userData;
        zone = from.zone;
        diskType = from.diskType;
        diskSizeGb = from.diskSizeGb;
        runningWithin = from.runningWithin;
        into = from.into;
    }

    /** Starts the description of a machine in this account. */
    public static LaunchController in(AzureAccount account) {
        return new LaunchController(Target.of("LaunchController", account, MachineKinds.MACHINE));
    }

    /** The size, such as {@code Standard_B2s}. */
    public LaunchController size(String size) {
        return size(Input.value(size));
    }

    /** The size, such as {@code Standard_B2s}. */
    public LaunchController size(Input<? extends String> size) {
        LaunchController copy = copy();
        copy.size = size;
        return copy;
    }

    /**
     * The id of one more network interface, which must be free; the first one is the primary one.
     *
     * @throws IllegalArgumentException if it is no such id
     */
    public LaunchController networkInterface(String id) {
        return networkInterface(Input.value(id));
    }

    /** The id of one more network interface, which must be free; the first one is the primary one. */
    public LaunchController networkInterface(Input<? extends String> id) {
        LaunchController copy = copy();
        copy.interfaces = new ArrayList<>(interfaces);
        copy.interfaces.add(MachineKinds.INTERFACE.idsIn(target.account()).in(target.step(), id));
        return copy;
    }

    /**
     * The id of an image of one's own: a managed image, or a version of a gallery's image.
     *
     * @throws IllegalArgumentException if it is no such id
     */
    public LaunchController imageId(String id) {
        return imageId(Input.value(id));
    }

    /** The id of an image of one's own: a managed image, or a version of a gallery's image. */
    public LaunchController imageId(Input<? extends String> id) {
        LaunchController copy = copy();
        copy.imageId = OwnImage.IDS.in(target.step(), id);
        copy.image = copy.imageId.map(OwnImage::toReference);
        return copy;
    }

    /**
     * An image of the Azure Marketplace; most that are not Linux distributions need a {@link #plan} too.
     *
     * @param version the version, or {@code latest}
     */
    public LaunchController marketplace(String publisher, String offer, String sku, String version) {
        return marketplace(Input.value(new MarketplaceImage(publisher, offer, sku, version)));
    }

    /** An image of the Azure Marketplace; most that are not Linux distributions need a {@link #plan} too. */
    public LaunchController marketplace(Input<? extends MarketplaceImage> image) {
        LaunchController copy = copy();
        copy.imageId = null;
        copy.image = image.map(MarketplaceImage::toReference);
        return copy;
    }

    /**
     * The plan under which the image is sold; defaults to none.
     *
     * @param product mostly the image's offer
     * @param name mostly the image's SKU
     */
    public LaunchController plan(String publisher, String product, String name) {
        return plan(Input.value(new MarketplacePlan(publisher, product, name)));
    }

    /** The plan under which the image is sold; defaults to none. */
    public LaunchController plan(Input<? extends MarketplacePlan> plan) {
        LaunchController copy = copy();
        copy.plan = plan;
        return copy;
    }

    /**
     * Accepts the legal terms of the plan for the subscription, if it has not done so before; undo does not take that back. By
     * default terms that are not accepted are refused, before the run if the plan is known by then.
     */
    public LaunchController acceptingTerms() {
        LaunchController copy = copy();
        copy.acceptingTerms = true;
        return copy;
    }

    /**
     * Its first user, who logs in over SSH with this key only. Without a first user the image must be specialized, with users of its
     * own.
     *
     * @param user the user's name
     * @param publicKey the public half of the key, as in {@code authorized_keys}
     */
    public LaunchController adminKey(String user, String publicKey) {
        return adminKey(Input.value(user), Input.value(publicKey));
    }

    /** Its first user, who logs in over SSH with this key only. */
    public LaunchController adminKey(Input<? extends String> user, Input<? extends String> publicKey) {
        LaunchController copy = copy();
        copy.login = Input.from(user, publicKey, (name, key) -> new Login(name, Optional.of(key), Optional.empty()));
        return copy;
    }

    /** Its first user, who logs in with this password, over SSH too; Azure wants 12 characters of three kinds. */
    public LaunchController adminPassword(String user, String password) {
        return adminPassword(Input.value(user), Input.value(Secret.of(password)));
    }

    /** Its first user, who logs in with this password, over SSH too; Azure wants 12 characters of three kinds. */
    public LaunchController adminPassword(Input<? extends String> user, Input<? extends Secret<String>> password) {
        LaunchController copy = copy();
        copy.login = Input.from(user, password, (name, word) -> new Login(name, Optional.empty(), Optional.of(word)));
        return copy;
    }

    /** What its first boot is told, such as a cloud-init file: plain text of at most 64 KB; defaults to nothing. */
    public LaunchController customData(String text) {
        return customData(Input.value(Secret.of(text)));
    }

    /** What its first boot is told, such as a cloud-init file: plain text of at most 64 KB; defaults to nothing. */
    public LaunchController customData(Input<? extends Secret<String>> text) {
        LaunchController copy = copy();
        copy.customData = text;
        return copy;
    }

    /** What it can ask its metadata service for, as long as it lives: plain text of at most 64 KB; defaults to nothing. */
    public LaunchController userData(String text) {
        return userData(Input.value(Secret.of(text)));
    }

    /** What it can ask its metadata service for, as long as it lives: plain text of at most 64 KB; defaults to nothing. */
    public LaunchController userData(Input<? extends Secret<String>> text) {
        LaunchController copy = copy();
        copy.userData = text;
        return copy;
    }

    /** The availability zone, such as {@code 1}; by default Azure decides. */
    public LaunchController zone(String zone) {
        return zone(Input.value(zone));
    }

    /** The availability zone, such as {@code 1}; by default Azure decides. */
    public LaunchController zone(Input<? extends String> zone) {
        LaunchController copy = copy();
        copy.zone = zone;
        return copy;
    }

    /** The kind of its disk, such as {@code Premium_LRS} or {@code StandardSSD_LRS}; by default Azure decides by the size. */
    public LaunchController diskType(String type) {
        LaunchController copy = copy();
        copy.diskType = type;
        return copy;
    }

    /** The size of its disk in GiB, at least that of the image, which is the default. */
    public LaunchController diskSizeGb(int size) {
        LaunchController copy = copy();
        copy.diskSizeGb = size;
        return copy;
    }

    /** How long it may take to run after it is provisioned; defaults to five minutes. */
    public LaunchController runningWithin(Duration time) {
        LaunchController copy = copy();
        copy.runningWithin = Looks.positive(time, "time");
        return copy;
    }

    /** Writes the machine under the key. */
    public LaunchController into(Key<AzureController> key) {
        LaunchController copy = copy();
        copy.into = key;
        return copy;
    }

    private LaunchController copy() {
        return new LaunchController(this, target);
    }

    @Override
    LaunchController with(Target changed) {
        return new LaunchController(this, changed);
    }

    @Override
    public Contract contract() {
        requireWhole();
        Stream<@Nullable Input<?>> given = Stream.of(
                target.groupInput(),
                target.nameInput(),
                target.locationInput(),
                sizeInput(),
                image,
                plan,
                login,
                customData,
                userData,
                zone);
        Contract contract = Contract.of("LaunchController")
                .reading(Stream.concat(given.filter(Objects::nonNull), interfaces.stream())
                        .toArray(Input<?>[]::new));
        return into == null ? contract : contract.writing(into);
    }

    /** Those of {@link AzureAccount#stepOptions(Duration)} for attempts of at most half an hour. */
    @Override
    public StepOptions options() {
        return OPTIONS;
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> acceptTerms(state, context)
                .then(Mono.defer(() -> launch(state, context).run(toBody(state))))
                .map(this::toOutputs));
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> launch(state, context).look(this::toOutputs));
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> launch(state, context).remove());
    }

    /**
     * Checks the credential, and, as far as it is known by then, that no other machine has the name, that the image is there, and
     * that the terms of the plan are accepted or will be.
     */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return target.checkFree(MachineKinds.MACHINE, state, context)
                .then(Mono.defer(() -> Mono.justOrEmpty(known(imageId, state)))
                        .flatMap(id -> OwnImage.checkThere(target.account(), id)))
                .then(Mono.defer(() -> Mono.justOrEmpty(known(plan, state)))
                        .filter(known -> !acceptingTerms)
                        .flatMap(known -> new PlanTerms(target.account(), known).checkAccepted()));
    }

    private Mono<Void> acceptTerms(State state, StepContext context) {
        return Mono.justOrEmpty(given(plan, state))
                .filter(given -> acceptingTerms)
                .flatMap(given -> new PlanTerms(target.account(), given).accept(context));
    }

    private Launch launch(State state, StepContext context) {
        return new Launch(target.own(MachineKinds.MACHINE, state, context), toInterfaces(state), runningWithin);
    }

    private MachineBody toBody(State state) {
        return new MachineBody(
                target.place(state).name(),
                target.locationInput().get(state),
                sizeInput().get(state),
                toInterfaces(state),
                target.given(image, "imageId(..) or marketplace(..)").get(state),
                given(plan, state),
                given(login, state),
                given(customData, state),
                given(userData, state),
                given(zone, state),
                Optional.ofNullable(diskType),
                Optional.ofNullable(diskSizeGb));
    }

    private List<String> toInterfaces(State state) {
        return interfaces.stream().<String>map(id -> id.get(state)).toList();
    }

    private Input<? extends String> sizeInput() {
        return target.given(size, "size(..)");
    }

    private void requireWhole() {
        require(!interfaces.isEmpty(), "call networkInterface(..)");
        require(image != null, "call imageId(..) or marketplace(..)");
        require(plan != null || !acceptingTerms, "acceptingTerms() needs plan(..)");
        require(login != null || customData == null, "customData(..) needs adminKey(..) or adminPassword(..)");
    }

    private static void require(boolean whole, String lack) {
        if (!whole) {
            throw new IllegalStateException("LaunchController: " + lack);
        }
    }

    private static <T> Optional<T> given(@Nullable Input<? extends T> input, State state) {
        return input == null ? Optional.empty() : Optional.of(input.get(state));
    }

    /** What the input is, if that is known before the run. */
    private static <T> Optional<T> known(@Nullable Input<? extends T> input, State state) {
        return input == null ? Optional.empty() : input.find(state).map(found -> found);
    }

    private Outputs toOutputs(AzureController made) {
        return into == null ? Outputs.none() : Outputs.of(into, made);
    }
}
