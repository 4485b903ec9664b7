// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Looks;
import io.hybridpipe.net.Subnets;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.AvailabilityZone;
import software.amazon.awssdk.services.ec2.model.AvailabilityZoneState;
import software.amazon.awssdk.services.ec2.model.CreateSubnetRequest;
import software.amazon.awssdk.services.ec2.model.CreateSubnetResponse;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.ec2.model.SubnetState;

/**
 * Makes the subnets of a VPC, spread over availability zones, and waits until EC2 shows all of them.
 *
 * <pre>{@code
 * CreateSubnets.in(accountA).vpc(VPC).subnets(NETWORK.map(NetworkConfig::allocate)).into(SUBNETS)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs of VPC, subnets and zones; <b>writes</b> the subnets in the order of their blocks. The first subnet
 * comes into the first zone, the next one into the second, and so on round the zones. Each bears its name in a {@code Name} tag.
 *
 * <p><b>Idempotent</b> by the tags of pipe, run, step and token, which the create call sets, since CreateSubnet takes no client
 * token, and by the block: what an earlier attempt made is gone on with, in the zone where it is.
 *
 * <p><b>Retries:</b> throttling, lost connections, a VPC that EC2 does not show yet. Permanent are blocks that overlap each other,
 * or an existing subnet ({@code InvalidSubnet.Conflict}; the message says whose that is), that are not in the VPC or not of size
 * /16 to /28 ({@code InvalidSubnet.Range}), and a zone that is not available.
 *
 * <p><b>Undo</b> deletes the subnets and waits until they are not seen any more; one that something still uses is tried again.
 *
 * <p>Calls and needs {@code ec2:} DescribeAvailabilityZones (before the run too, if zones are given), CreateSubnet (as a dry run
 * before the run, if all inputs are known by then), CreateTags, DescribeSubnets, ModifySubnetAttribute (only with
 * {@link #publicIps}), DeleteSubnet. Immutable.
 */
public final class CreateSubnets implements Step {
    private final AwsAccount account;
    private final Input<? extends String> vpc;
    private final Input<? extends Subnets> subnets;
    private final @Nullable Input<? extends List<String>> zones;
    private final boolean publicIps;
    private final @Nullable Key<AwsSubnets> into;
    private final Duration pollEvery;

    private CreateSubnets(
            AwsAccount account,
            Input<? extends String> vpc,
            Input<? extends Subnets> subnets,
            @Nullable Input<? extends List<String>> zones,
            boolean publicIps,
            @Nullable Key<AwsSubnets> into,
            Duration pollEvery) {
        this.account = account;
        this.vpc = vpc;
        this.subnets = subnets;
        this.zones = zones;
        this.publicIps = publicIps;
        this.into = into;
        this.pollEvery = pollEvery;
    }

    /** Starts the description of subnets in this account and region. */
    public static CreateSubnets in(AwsAccount account) {
        return new CreateSubnets(
                account,
                Missing.call("vpc(..)"),
                Missing.call("subnets(..) or blocks(..)"),
                null,
                false,
                null,
                Duration.ofSeconds(1));
    }

    /** The VPC's id. */
    public CreateSubnets vpc(String id) {
        return vpc(Input.value(id));
    }

    /** The VPC's id. */
    public CreateSubnets vpc(Input<? extends String> id) {
        return new CreateSubnets(account, id, subnets, zones, publicIps, into, pollEvery);
    }

    /** The subnets by name, as {@link io.hybridpipe.net.AllocateSubnets} gives them. */
    public CreateSubnets subnets(Input<? extends Subnets> placed) {
        return new CreateSubnets(account, vpc, placed, zones, publicIps, into, pollEvery);
    }

    /** The blocks of subnets that have no other names than these. */
    public CreateSubnets blocks(Cidr... blocks) {
        return blocks(Input.value(List.of(blocks)));
    }

    /** The blocks of subnets that have no other names than these. */
    public CreateSubnets blocks(Input<? extends List<Cidr>> blocks) {
        return subnets(blocks.map(CreateSubnets::toNamed));
    }

    /** The availability zones to use, by name; defaults to all that are available, in the order of their names. */
    public CreateSubnets zones(String... names) {
        if (names.length == 0) {
            throw new IllegalArgumentException("no zones are named; leave out zones(..) to use all that are available");
        }
        return zones(Input.value(List.of(names)));
    }

    /** The availability zones to use, by name; defaults to all that are available, in the order of their names. */
    public CreateSubnets zones(Input<? extends List<String>> names) {
        return new CreateSubnets(account, vpc, subnets, names.map(CreateSubnets::toSome), publicIps, into, pollEvery);
    }

    /** Every interface that is made in these subnets gets a public address; by default none does. */
    public CreateSubnets publicIps() {
        return new CreateSubnets(account, vpc, subnets, zones, true, into, pollEvery);
    }

    /** Writes the subnets under the key. */
    public CreateSubnets into(Key<AwsSubnets> key) {
        return new CreateSubnets(account, vpc, subnets, zones, publicIps, key, pollEvery);
    }

    /** How long to wait between two looks; defaults to one second. */
    public CreateSubnets pollEvery(Duration interval) {
        return new CreateSubnets(
                account, vpc, subnets, zones, publicIps, into, Looks.positive(interval, "poll interval"));
    }

    @Override
    public Contract contract() {
        Contract contract = Contract.of("CreateSubnets").reading(vpc, subnets);
        Contract reading = zones == null ? contract : contract.reading(zones);
        return into == null ? reading : reading.writing(into);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Own<Subnet> own = own(context);
            Map<String, Cidr> wanted = toWanted(subnets.get(state));
            return own.all()
                    .flatMap(all -> makeMissing(own, state, wanted, byBlock(own.current(all))))
                    .flatMap(ids -> own.waitUntilAll(ids, CreateSubnets::isAvailable, "is not available"))
                    .flatMap(made -> givePublicIps(own, made))
                    .map(made -> toOutputs(wanted, made));
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            Own<Subnet> own = own(context);
            Map<String, Cidr> wanted = toWanted(subnets.get(state));
            return own.all().map(all -> toFound(wanted, all, own.current(all)));
        });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        Own<Subnet> own = own(context);
        return own.toRemove().flatMap(all -> own.remove(all, subnet -> requestDelete(own, subnet)));
    }

    /**
     * Checks the credentials and, as far as the inputs are known, that no blocks overlap, that the zones are available, and by a
     * dry run that EC2 permits the subnets.
     */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        Own<Subnet> own = own(context);
        return account.identity(own.calls()).then(Mono.defer(() -> {
            Optional<? extends String> knownVpc = vpc.find(state);
            Optional<Map<String, Cidr>> wanted = subnets.find(state).map(CreateSubnets::toWanted);
            return checkZones(own, state)
                    .then(
                            knownVpc.isEmpty() || wanted.isEmpty()
                                    ? Mono.empty()
                                    : Flux.fromIterable(wanted.get().entrySet())
                                            .next()
                                            .flatMap(first -> requestDryRun(own, knownVpc.get(), first)));
        }));
    }

    /** Those of {@link AwsAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AwsAccount.stepOptions();
    }

    private Own<Subnet> own(StepContext context) {
        return new Own<>(NetworkKinds.SUBNET, account, context, pollEvery);
    }

    private Mono<List<String>> makeMissing(
            Own<Subnet> own, State state, Map<String, Cidr> wanted, Map<Cidr, Subnet> there) {
        List<String> known = wanted.values().stream()
                .flatMap(block -> Optional.ofNullable(there.get(block)).stream())
                .map(Subnet::subnetId)
                .toList();
        if (known.size() == wanted.size()) {
            return Mono.just(known);
        }
        return getZones(own, state).flatMap(names -> Flux.fromIterable(wanted.entrySet())
                .index()
                .concatMap(each -> {
                    Subnet made = there.get(each.getT2().getValue());
                    int zone = (int) (each.getT1() % names.size());
                    return made == null ? make(own, vpc.get(state), each.getT2(), names.get(zone)) : Mono.just(made);
                })
                .map(Subnet::subnetId)
                .collectList());
    }

    private Mono<Subnet> make(Own<Subnet> own, String in, Map.Entry<String, Cidr> wanted, String zone) {
        Predicate<Subnet> inTheWay = there -> Cidr.of(there.cidrBlock()).overlaps(wanted.getValue());
        return requestSubnet(own, in, wanted, zone)
                .onErrorResume(
                        AwsFailures.hasCode("InvalidSubnet.Conflict"),
                        refusal -> own.oursOrRefused(
                                refusal, own.search("vpc-id", List.of(in)).filter(inTheWay)));
    }

    private Mono<List<Subnet>> givePublicIps(Own<Subnet> own, List<Subnet> made) {
        List<String> without = made.stream()
                .filter(subnet -> !hasWantedIps(subnet))
                .map(Subnet::subnetId)
                .toList();
        return without.isEmpty()
                ? Mono.just(made)
                : Flux.fromIterable(without)
                        .concatMap(id -> requestPublicIps(own, id))
                        .then(own.waitUntilAll(
                                made.stream().map(Subnet::subnetId).toList(),
                                this::hasWantedIps,
                                "does not map public addresses"));
    }

    private Mono<List<String>> getZones(Own<Subnet> own, State state) {
        return zones == null ? getAvailableZones(own, true) : Mono.just(zones.get(state));
    }

    private Mono<Void> checkZones(Own<Subnet> own, State state) {
        Optional<? extends List<String>> known = zones == null ? Optional.empty() : zones.find(state);
        return known.isEmpty()
                ? Mono.empty()
                : getAvailableZones(own, false)
                        .filter(available -> !available.containsAll(known.get()))
                        .flatMap(available -> Mono.error(StepFailure.permanent("of the zones " + known.get() + " only "
                                + known.get().stream()
                                        .filter(available::contains)
                                        .toList()
                                + " are available in " + account.where() + ", which has " + available)));
    }

    /** By default without local and wavelength zones, whose subnets are not like others. */
    private Mono<List<String>> getAvailableZones(Own<Subnet> own, boolean plainOnly) {
        return own.calls()
                .reading("DescribeAvailabilityZones", () -> account.ec2().describeAvailabilityZones())
                .map(answer -> answer.availabilityZones().stream()
                        .filter(zone -> zone.state() == AvailabilityZoneState.AVAILABLE)
                        .filter(zone -> !plainOnly || "availability-zone".equals(zone.zoneType()))
                        .map(AvailabilityZone::zoneName)
                        .sorted()
                        .toList())
                .filter(names -> !names.isEmpty())
                .switchIfEmpty(Mono.error(() -> StepFailure.of(
                        FailureClass.TRANSIENT, "no availability zone of " + account.where() + " is available")));
    }

    private Mono<Subnet> requestSubnet(Own<Subnet> own, String in, Map.Entry<String, Cidr> wanted, String zone) {
        return own.calls()
                .changing(
                        "CreateSubnet " + wanted.getValue() + " in " + in,
                        () -> account.ec2()
                                .createSubnet(toRequest(own, in, wanted)
                                        .availabilityZone(zone)
                                        .build()),
                        made -> own.made(made.subnet().subnetId()))
                .map(CreateSubnetResponse::subnet);
    }

    private Mono<Void> requestDryRun(Own<Subnet> own, String in, Map.Entry<String, Cidr> wanted) {
        return DryRun.of(own.calls(), "CreateSubnet " + wanted.getValue() + " in " + in, () -> account.ec2()
                .createSubnet(toRequest(own, in, wanted).dryRun(true).build()));
    }

    private Mono<Void> requestPublicIps(Own<Subnet> own, String id) {
        return own.calls()
                .changing("ModifySubnetAttribute " + id, () -> account.ec2()
                        .modifySubnetAttribute(r -> r.subnetId(id).mapPublicIpOnLaunch(value -> value.value(true))))
                .then();
    }

    private Mono<?> requestDelete(Own<Subnet> own, Subnet subnet) {
        String id = subnet.subnetId();
        return own.calls().changing("DeleteSubnet " + id, () -> account.ec2().deleteSubnet(r -> r.subnetId(id)));
    }

    private static CreateSubnetRequest.Builder toRequest(Own<Subnet> own, String in, Map.Entry<String, Cidr> wanted) {
        Map<String, String> tags = new TreeMap<>(own.context().tags());
        tags.put("Name", wanted.getKey());
        CreateSubnetRequest.Builder request =
                CreateSubnetRequest.builder().vpcId(in).tagSpecifications(own.tags(tags));
        return request.cidrBlock(wanted.getValue().toString());
    }

    /** By name, none of them in the way of another one. */
    private static Map<String, Cidr> toWanted(Subnets placed) {
        Map<String, Cidr> before = new LinkedHashMap<>();
        placed.byName().forEach((name, block) -> {
            before.forEach((other, its) -> {
                if (its.overlaps(block)) {
                    throw StepFailure.permanent("subnet '" + name + "', " + block + ", overlaps subnet '" + other
                            + "', " + its + "; nothing is made");
                }
            });
            before.put(name, block);
        });
        return before;
    }

    private static List<String> toSome(List<String> zones) {
        if (zones.isEmpty()) {
            throw StepFailure.permanent(
                    "the list of zones is empty; leave out zones(..) to use all that are available");
        }
        return zones;
    }

    private static Subnets toNamed(List<Cidr> blocks) {
        Map<String, Cidr> named = new LinkedHashMap<>();
        for (Cidr block : blocks) {
            if (named.put(block.toString(), block) != null) {
                throw StepFailure.permanent("the block " + block + " is there twice");
            }
        }
        return Subnets.of(named);
    }

    private Found toFound(Map<String, Cidr> wanted, List<Subnet> all, List<Subnet> current) {
        if (all.isEmpty()) {
            return Found.absent();
        }
        List<Subnet> ready = current.stream()
                .filter(subnet -> isAvailable(subnet) && hasWantedIps(subnet))
                .toList();
        Map<Cidr, Subnet> there = byBlock(ready);
        if (all.size() > ready.size() || !there.keySet().equals(Set.copyOf(wanted.values()))) {
            return Found.partly(all.stream().map(Subnet::subnetId).toList() + ": " + ready.size() + " of "
                    + wanted.size() + " subnets are ready");
        }
        return Found.done(toOutputs(wanted, List.copyOf(there.values())));
    }

    private Outputs toOutputs(Map<String, Cidr> wanted, List<Subnet> made) {
        if (into == null) {
            return Outputs.none();
        }
        Map<Cidr, Subnet> there = byBlock(made);
        return Outputs.of(
                into,
                new AwsSubnets(wanted.entrySet().stream()
                        .map(each -> toOutput(
                                each.getKey(),
                                Optional.ofNullable(there.get(each.getValue())).orElseThrow()))
                        .toList()));
    }

    private static AwsSubnet toOutput(String name, Subnet made) {
        return new AwsSubnet(name, made.subnetId(), Cidr.of(made.cidrBlock()), made.availabilityZone());
    }

    private static Map<Cidr, Subnet> byBlock(List<Subnet> subnets) {
        return subnets.stream().collect(Collectors.toMap(each -> Cidr.of(each.cidrBlock()), each -> each));
    }

    private static boolean isAvailable(Subnet subnet) {
        return subnet.state() == SubnetState.AVAILABLE;
    }

    private boolean hasWantedIps(Subnet subnet) {
        return !publicIps || Boolean.TRUE.equals(subnet.mapPublicIpOnLaunch());
    }
}
