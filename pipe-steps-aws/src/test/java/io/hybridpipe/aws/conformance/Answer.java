// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkResponse;

/**
 * What a service made of a scenario.
 *
 * @param outcome {@code ok}, or the error code
 * @param status of HTTP
 * @param fields of the response; none of an error, whose text is not compared
 * @param afterwards what there is in the account then
 */
record Answer(String outcome, int status, Map<String, String> fields, List<String> afterwards) {

    /** Plays a scenario; what goes wrong before its call is a failure of the scenario. */
    static Answer of(Scenario scenario, Ground ground) throws InterruptedException, TimeoutException {
        CompletableFuture<? extends SdkResponse> call = begun(scenario, ground);
        try {
            SdkResponse response = call.get(70, TimeUnit.SECONDS);
            return new Answer(
                    Scenario.OK,
                    response.sdkHttpResponse().statusCode(),
                    Fields.of(response, ground.symbols()),
                    List.of());
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof AwsServiceException refusal) {
                String code = String.valueOf(refusal.awsErrorDetails().errorCode());
                return new Answer(code, refusal.statusCode(), Map.of(), List.of());
            }
            throw new AssertionError("neither an answer nor an error of the service: " + scenario, failed.getCause());
        }
    }

    private static CompletableFuture<? extends SdkResponse> begun(Scenario scenario, Ground ground) {
        try {
            return scenario.call().on(ground);
        } catch (RuntimeException failed) {
            throw new AssertionError("cannot be prepared: " + scenario + ": " + failed.getMessage(), failed);
        }
    }

    /** The same with what there is in the account after it. */
    Answer leaving(List<String> inventory) {
        return new Answer(outcome, status, fields, inventory);
    }
}
