// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import io.hybridpipe.sim.CallLog;
import io.hybridpipe.sim.Operation;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.SimServer;
import io.hybridpipe.sim.SimService;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;

/** An HTTP server that answers what a function says: for answers that no well-behaved service gives on demand. */
final class AnsweringServer implements SimService, AutoCloseable {
    static final String SUBSCRIPTION = "11111111-2222-4333-8444-555555555555";

    private final Function<SimRequest, SimResponse> answers;
    private final SimClock clock = SimClock.manual(Instant.EPOCH);
    private final SimServer server;

    AnsweringServer(Function<SimRequest, SimResponse> answers) {
        this.answers = answers;
        server = SimServer.of(this, clock).start();
    }

    /** An account that calls this server; its pipeline is made with the SDK's retries, which the account must take out. */
    AzureAccount account() {
        return account(server.uri());
    }

    static AzureAccount account(URI endpoint) {
        return AzureAccount.of(
                "federation",
                new AzureProfile(null, SUBSCRIPTION, environment(endpoint)),
                new HttpPipelineBuilder().policies(new RetryPolicy()).build());
    }

    static AzureEnvironment environment(URI endpoint) {
        return new AzureEnvironment(Map.of(
                "resourceManagerEndpointUrl", endpoint + "/",
                "managementEndpointUrl", endpoint + "/",
                "activeDirectoryEndpointUrl", endpoint + "/"));
    }

    static SimResponse error(int status, String code, String message) {
        return SimResponse.json(status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}}");
    }

    URI uri() {
        return server.uri();
    }

    CallLog calls() {
        return server.calls();
    }

    void refuse() {
        server.refuse();
    }

    @Override
    public Operation identify(SimRequest request) {
        return new Operation(
                "arm", request.method(), request.path(), "", !request.method().equals("GET"));
    }

    @Override
    public SimResponse answer(SimRequest request) {
        return answers.apply(request);
    }

    @Override
    public SimResponse error(SimRequest request, String code, String message) {
        return error(400, code, message);
    }

    @Override
    public void close() {
        server.close();
        clock.close();
    }
}
