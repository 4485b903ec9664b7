// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.CallLog;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.RequestLimit;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.SimServer;
import io.hybridpipe.sim.net.CloudNetwork;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for Amazon Web Services on 127.0.0.1: STS, CloudFormation, EC2 and the Parameter Store over their real protocols.
 *
 * <p>One endpoint serves all services and regions: which one is meant stands in the signature of each request, as the SDKs
 * send it. Accounts and regions do not see each other. Signatures are checked. What is supported and what is not is listed
 * in the documentation of this package. Thread-safe.
 *
 * <pre>{@code
 * try (var aws = SimAws.start()) {
 *     var account = aws.accounts().get(0);
 *     var ec2 = Ec2AsyncClient.builder().endpointOverride(aws.endpoint()).region(Region.EU_WEST_1)
 *         .credentialsProvider(StaticCredentialsProvider.create(
 *             AwsBasicCredentials.create(account.accessKey(), account.secretKey()))).build();
 * }
 * }</pre>
 */
public final class SimAws implements AutoCloseable {

    /**
     * An account and the key that opens it.
     *
     * @param id twelve digits
     * @param accessKey the public half of the key
     * @param secretKey the secret half
     */
    public record Account(String id, String accessKey, String secretKey) {
        /** Leaves out the secret key. */
        @Override
        public String toString() {
            return "Account[" + id + ", " + accessKey + "]";
        }
    }

    /**
     * A machine image that instances can be launched from.
     *
     * @param id {@code ami-} and 8 to 17 hexadecimal digits
     * @param name what it is called; whoever listens to instances knows by it what to boot
     * @param owner the account that published it: twelve digits, or {@code amazon} or {@code aws-marketplace}
     * @param created when it was published
     * @param boot simulated time from running until the status checks pass
     */
    public record Image(String id, String name, String owner, Instant created, Duration boot) {}

    /** The account of a stand-in that was given none. */
    public static final Account DEFAULT_ACCOUNT =
            new Account("111122223333", "AKIASIMULATED0000001", "simulated-secret-key-of-111122223333");

    private final SimClock clock;
    private final boolean ownClock;
    private final List<Account> accounts;
    private final Region.Shared shared;
    private final SimServer server;
    private final Map<String, Region> regions = new ConcurrentHashMap<>();
    private final List<Consumer<InstanceEvent>> listeners = new CopyOnWriteArrayList<>();

    private SimAws(Builder builder) {
        var given = builder.clock;
        this.ownClock = given == null;
        this.clock = given == null ? SimClock.scaled(1) : given;
        this.accounts = builder.accounts.isEmpty() ? List.of(DEFAULT_ACCOUNT) : List.copyOf(builder.accounts);
        var ids = new Ids();
        var next = new AtomicLong(1);
        this.shared = new Region.Shared(
                clock,
                ids,
                () -> builder.publicAddresses.getLower().withoutPrefixLength().increment(next.getAndIncrement()),
                Collections.unmodifiableMap(new LinkedHashMap<>(builder.images)),
                Collections.unmodifiableMap(new TreeMap<>(builder.publicParameters)),
                builder.vpcLimit,
                builder.addressLimit,
                builder.visibleAfter,
                event -> listeners.forEach(listener -> listener.accept(event)),
                new Exchange());
        var identities = new Identities(clock, ids);
        accounts.forEach(identities::add);
        builder.roles.forEach(identities::add);
        var service = new AwsService(
                identities, ids, this::region, new RequestLimit(clock, builder.requestLimit), builder.denied);
        this.server = SimServer.of(service, clock)
                .faults(builder.faults)
                .log(builder.log)
                .start();
    }

    /** A stand-in with the {@linkplain #DEFAULT_ACCOUNT default account}, in real time. */
    public static SimAws start() {
        return builder().start();
    }

    /** Begins a stand-in; every setting has a default. */
    public static Builder builder() {
        return new Builder();
    }

    /** How a stand-in is made. Not thread-safe. */
    public static final class Builder {
        /** From "Amazon VPC quotas" and "Elastic IP address limit". */
        static final int VPCS = 5;

        static final int ADDRESSES = 5;

        private final List<Account> accounts = new ArrayList<>();
        private final List<Identities.Role> roles = new ArrayList<>();
        private final Map<String, Set<String>> denied = new HashMap<>();
        private final Map<String, Image> images = new LinkedHashMap<>();
        private final Map<String, String> publicParameters = new TreeMap<>();
        private @Nullable SimClock clock;
        private Faults faults = new Faults();
        private CallLog log = new CallLog();
        private IPAddress publicAddresses = block("198.18.0.0/16");
        private Duration visibleAfter = Duration.ZERO;
        private int vpcLimit = VPCS;
        private int addressLimit = ADDRESSES;
        private double requestLimit = Double.POSITIVE_INFINITY;

        private Builder() {}

        private static IPAddress block(String cidr) {
            return new IPAddressString(cidr).getAddress();
        }

        /** The time of everything asynchronous; defaults to a clock of its own in real time. The caller closes it. */
        public Builder clock(SimClock shared) {
            this.clock = shared;
            return this;
        }

        /** One more account; without any there is {@link SimAws#DEFAULT_ACCOUNT}. */
        public Builder account(String id, String accessKey, String secretKey) {
            accounts.add(new Account(id, accessKey, secretKey));
            return this;
        }

        /** A role {@code arn:aws:iam::ACCOUNT:role/NAME} that callers of the trusted accounts may assume. */
        public Builder role(String account, String name, String... trustedAccounts) {
            roles.add(new Identities.Role(
                    "arn:aws:iam::" + account + ":role/" + name, Set.copyOf(List.of(trustedAccounts))));
            return this;
        }

        /** Actions that the account is not permitted; defaults to none. */
        public Builder deny(String account, String... actions) {
            denied.computeIfAbsent(account, id -> new HashSet<>()).addAll(List.of(actions));
            return this;
        }

        /** An image from {@code aws-marketplace} that instances can be launched from; defaults to none. */
        public Builder image(String id, String name, Duration boot) {
            return image(new Image(id, name, "aws-marketplace", Instant.parse("2025-01-01T00:00:00Z"), boot));
        }

        /** An image that instances of all accounts can be launched from; defaults to none. */
        public Builder image(Image image) {
            images.put(image.id(), image);
            return this;
        }

        /**
         * A public parameter that every account and region reads from its Parameter Store, such as the id of the newest image
         * of a kind; defaults to none.
         *
         * @param name begins with {@code /aws/service/}
         * @throws IllegalArgumentException for another name
         */
        public Builder publicParameter(String name, String value) {
            if (!name.startsWith(Parameters.PUBLIC)) {
                throw new IllegalArgumentException("a public parameter begins with " + Parameters.PUBLIC + ": " + name);
            }
            publicParameters.put(name, value);
            return this;
        }

        /** Where public addresses are taken from, in ascending order, never twice; defaults to 198.18.0.0/16. */
        public Builder publicAddresses(String cidr) {
            this.publicAddresses = block(cidr);
            return this;
        }

        /**
         * How long what is made over the EC2 API is not seen everywhere, as by eventual consistency; defaults to zero.
         *
         * <p>During the first half calls that name the id of a new VPC, subnet, gateway, table, group, interface, address,
         * instance or peering are answered as if it did not exist. During the whole time lists and filters leave it out, and
         * its tags are not shown; the same holds for a new rule, route, association, or a tag that an older resource is
         * given. The answer of the call itself shows everything. What is deleted is gone at once. Stacks do not notice any of
         * this, nor do their resources; neither do key pairs, attachments and the Parameter Store.
         */
        public Builder visibleAfter(Duration delay) {
            this.visibleAfter = delay;
            return this;
        }

        /**
         * How many calls a second each account may make in each region, all services together, by the stand-in's clock;
         * defaults to no limit. One second's worth may come at once. A call beyond it has no effect and is answered
         * {@code RequestLimitExceeded} (EC2), {@code Throttling} (CloudFormation, STS) or {@code ThrottlingException}
         * (Parameter Store); {@link SimAws#errorCode} tells such calls in the log from those that were served.
         *
         * @throws IllegalArgumentException if the number is not positive
         */
        public Builder requestLimit(double perSecond) {
            if (!(perSecond > 0)) {
                throw new IllegalArgumentException("a request limit is positive, was " + perSecond);
            }
            this.requestLimit = perSecond;
            return this;
        }

        /** How many VPCs an account may have in a region; defaults to 5, as with the service. */
        public Builder vpcLimit(int limit) {
            this.vpcLimit = limit;
            return this;
        }

        /** How many elastic IP addresses an account may have in a region; defaults to 5, as with the service. */
        public Builder addressLimit(int limit) {
            this.addressLimit = limit;
            return this;
        }

        /** Fault rules, perhaps shared with other stand-ins; defaults to its own. */
        public Builder faults(Faults rules) {
            this.faults = rules;
            return this;
        }

        /** The call log, perhaps shared with other stand-ins; defaults to its own. */
        public Builder log(CallLog calls) {
            this.log = calls;
            return this;
        }

        /** Starts to listen. */
        public SimAws start() {
            return new SimAws(this);
        }
    }

    /** The endpoint of all services and regions, {@code http://127.0.0.1:PORT}. */
    public URI endpoint() {
        return server.uri();
    }

    /** The accounts there are. */
    public List<Account> accounts() {
        return accounts;
    }

    /**
     * The error code that a call in the log was answered with; empty when it succeeded, has no answer, or the answer is not
     * one of the service, as from a rule that sends a bare status.
     */
    public static Optional<String> errorCode(Call call) {
        return call.response().filter(answer -> answer.status() >= 400).flatMap(AwsError::codeIn);
    }

    /** The calls that arrived. */
    public CallLog calls() {
        return server.calls();
    }

    /** The rules for what shall go wrong; the actions have the services' names, such as {@code CreateVpc}. */
    public Faults faults() {
        return server.faults();
    }

    /** The server behind the endpoint, to make it refuse connections for a while. */
    public SimServer server() {
        return server;
    }

    /** All that an account has in a region now. */
    public Inventory inventory(String account, String region) {
        var asked = region(account, region);
        synchronized (asked) {
            return Inventory.of(asked);
        }
    }

    /** The network of an account in a region, as packets see it; always up to date. */
    public CloudNetwork network(String account, String region) {
        return new AwsNetwork(region(account, region), this::region);
    }

    /** Calls the listener for everything that happens to instances from now on, one event at a time, on the clock's thread. */
    public void onInstance(Consumer<InstanceEvent> listener) {
        listeners.add(listener);
    }

    /** Stops to listen. */
    @Override
    public void close() {
        server.close();
        if (ownClock) {
            clock.close();
        }
    }

    private Region region(String account, String name) {
        return regions.computeIfAbsent(account + "/" + name, key -> new Region(account, name, shared));
    }
}
