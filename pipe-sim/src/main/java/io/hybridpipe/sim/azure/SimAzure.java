// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.CallLog;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.RequestLimit;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.SimServer;
import io.hybridpipe.sim.net.CloudNetwork;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for Azure Resource Manager on a loopback port: resource groups, networks and what belongs to them, with the
 * long-running operations, error codes and derived properties of the service. The Azure SDK takes it for the service.
 *
 * <pre>{@code
 * try (var azure = SimAzure.start()) {
 *     var environment = new AzureEnvironment(Map.of(
 *             "resourceManagerEndpointUrl", azure.endpoint() + "/", "managementEndpointUrl", azure.endpoint() + "/"));
 *     var profile = new AzureProfile(null, azure.subscription(), environment);
 *     var network = NetworkManager.authenticate(new HttpPipelineBuilder().build(), profile);
 * }
 * }</pre>
 *
 * <p>Actions in {@link #faults()} and {@link #calls()} are named as in role definitions, such as
 * {@code Microsoft.Network/networkSecurityGroups/securityRules/write}; asking how an operation goes is
 * {@code Microsoft.Network/locations/operations/read}.
 *
 * <p>Thread-safe.
 */
public final class SimAzure implements AutoCloseable {

    private final Estate estate;
    private final Operations operations;
    private final MachineWatch machines;
    private final SimClock clock;
    private final boolean ownsClock;
    private final SimServer server;

    private SimAzure(Builder builder) {
        var subscriptions = builder.subscriptions.isEmpty()
                ? List.of("00000000-0000-4000-8000-00000000a2e1")
                : builder.subscriptions;
        this.ownsClock = builder.clock == null;
        this.clock = builder.clock == null ? SimClock.scaled(100) : builder.clock;
        this.estate = new Estate(subscriptions, builder.publicAddresses, new Terms(builder.asksForTerms));
        this.operations = new Operations(clock, builder.operationTime, estate);
        this.machines = new MachineWatch(estate, clock);
        estate.observer(machines::look);
        var service = new ArmService(
                estate,
                operations,
                new Answers(builder.retryAfterSeconds),
                new RequestLimit(clock, builder.requestLimit),
                builder.token);
        this.server = SimServer.of(service, clock)
                .faults(builder.faults)
                .log(builder.calls)
                .start();
    }

    /** Starts with defaults: one subscription, time a hundred times as fast as real. */
    public static SimAzure start() {
        return builder().start();
    }

    /** Begins one with settings of one's own. */
    public static Builder builder() {
        return new Builder();
    }

    /** How the stand-in is made; each setting has a default. Not thread-safe. */
    public static final class Builder {
        private @Nullable SimClock clock;
        private final List<String> subscriptions = new ArrayList<>();
        private @Nullable String token;
        private Duration operationTime = Duration.ofSeconds(3);
        private int retryAfterSeconds = 1;
        private IPAddressString publicAddresses = new IPAddressString("198.19.0.0/16");
        private boolean asksForTerms;
        private double requestLimit = Double.POSITIVE_INFINITY;
        private Faults faults = new Faults();
        private CallLog calls = new CallLog();

        private Builder() {}

        /** The time to live in, shared and closed by the caller; defaults to one of its own, 100 times as fast as real. */
        public Builder clock(SimClock shared) {
            this.clock = Objects.requireNonNull(shared, "shared");
            return this;
        }

        /**
         * Adds a subscription, a UUID. Without any there is one with an id of the stand-in's choice, which is not there beside
         * those that are added.
         */
        public Builder subscription(String id) {
            subscriptions.add(Objects.requireNonNull(id, "id"));
            return this;
        }

        /** Answers 401 to every call without this bearer token; defaults to asking for none. */
        public Builder requireToken(String bearer) {
            this.token = Objects.requireNonNull(bearer, "bearer");
            return this;
        }

        /** How long an operation runs, by the stand-in's clock; defaults to 3 s. */
        public Builder operationTime(Duration duration) {
            this.operationTime = Objects.requireNonNull(duration, "duration");
            return this;
        }

        /**
         * The real seconds that {@code Retry-After} tells a client to wait before it asks again; defaults to 1. With 0 the
         * header is left out, and the client's own poll interval counts (the SDK's default is 30 s).
         *
         * @throws IllegalArgumentException if negative
         */
        public Builder retryAfter(int seconds) {
            if (seconds < 0) {
                throw new IllegalArgumentException("seconds must not be negative, was " + seconds);
            }
            this.retryAfterSeconds = seconds;
            return this;
        }

        /**
         * The block that public addresses are taken from; defaults to 198.19.0.0/16, half of the block that RFC 2544 sets apart
         * for benchmarks.
         *
         * @throws IllegalArgumentException if it is not a block in CIDR notation
         */
        public Builder publicAddresses(String cidr) {
            var block = new IPAddressString(cidr);
            if (!block.isPrefixed() || !block.isIPv4()) {
                throw new IllegalArgumentException("not an IPv4 block in CIDR notation: " + cidr);
            }
            this.publicAddresses = block;
            return this;
        }

        /**
         * How many calls a second may be made to each subscription, by the stand-in's clock; defaults to no limit. One second's
         * worth may come at once. A call beyond it has no effect and is answered 429 {@code SubscriptionRequestsThrottled}
         * with {@code Retry-After}.
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

        /**
         * Refuses a machine with a marketplace plan until its subscription has accepted the plan's terms, as the service does;
         * by default all terms count as accepted.
         */
        public Builder askingForTerms() {
            this.asksForTerms = true;
            return this;
        }

        /** The fault rules to obey, perhaps shared with other stand-ins. */
        public Builder faults(Faults shared) {
            this.faults = Objects.requireNonNull(shared, "shared");
            return this;
        }

        /** The log to write calls to, perhaps shared with other stand-ins. */
        public Builder calls(CallLog shared) {
            this.calls = Objects.requireNonNull(shared, "shared");
            return this;
        }

        /** Starts to listen. */
        public SimAzure start() {
            return new SimAzure(this);
        }
    }

    /** Where it listens: {@code http://127.0.0.1:PORT}. */
    public URI endpoint() {
        return server.uri();
    }

    /** The first subscription. */
    public String subscription() {
        return estate.subscriptions().get(0);
    }

    /** All subscriptions. */
    public List<String> subscriptions() {
        return estate.subscriptions();
    }

    /** The calls that arrived. */
    public CallLog calls() {
        return server.calls();
    }

    /** The rules for what shall go wrong with calls. */
    public Faults faults() {
        return server.faults();
    }

    /**
     * Lets the next operation that is accepted for an action end as Failed: the call is answered as ever, the failure shows
     * when the client asks how the operation goes. A code that begins with {@code Canceled} lets it end as Canceled.
     *
     * @param action such as {@code Microsoft.Network/virtualNetworks/write}
     */
    public void failNextOperation(String action, String code, String message) {
        synchronized (estate) {
            operations.failNext(action, ArmError.coded(code, message));
        }
    }

    /**
     * All resource groups, resources and records of deployments that are there now, by id, each as the service shows it but
     * without ETags, which change with every write, and without the times of deployments. Two inventories are equal when the same things are there in the same state.
     */
    public SortedMap<String, Map<String, Object>> inventory(String subscription) {
        synchronized (estate) {
            var found = new TreeMap<String, Map<String, Object>>();
            estate.groups(subscription)
                    .forEach(group -> found.put(group.path("id").asText(), Json.plain(group)));
            for (var resource : estate.resources(subscription)) {
                var body = resource.body().deepCopy();
                resource.kind().show(body, estate);
                Json.removeEverywhere(body, "etag");
                found.put(resource.id().toString(), Json.plain(body));
            }
            for (var deployment : estate.deployments().values()) {
                if (deployment.id().subscription().equalsIgnoreCase(subscription)) {
                    var body = deployment.toJson();
                    Json.objectIn(body, "properties").remove(List.of("timestamp", "duration", "correlationId"));
                    found.put(deployment.id().toString(), Json.plain(body));
                }
            }
            return found;
        }
    }

    /** What packets meet in a subscription: a live view of what operations have brought about. */
    public CloudNetwork network(String subscription) {
        return new AzureNetwork(estate, subscription);
    }

    /** Calls the listener for everything that happens to machines from now on, one event at a time, on the clock's thread. */
    public void onMachine(Consumer<MachineEvent> listener) {
        machines.add(Objects.requireNonNull(listener, "listener"));
    }

    /** Stops listening; a clock that was given goes on. */
    @Override
    public void close() {
        server.close();
        if (ownsClock) {
            clock.close();
        }
    }
}
