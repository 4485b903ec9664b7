// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import io.hybridpipe.sim.aws.SimAws;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.services.cloudformation.CloudFormationAsyncClient;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;
import software.amazon.awssdk.services.ssm.SsmAsyncClient;
import software.amazon.awssdk.services.sts.StsAsyncClient;

/**
 * A call and what AWS answers to it.
 *
 * @param action the call, as the service names it
 * @param outcome {@code ok}, or the error code
 * @param when what is special about it
 * @param setting how the stand-in is set up for it
 * @param call prepares the ground and makes the call; only what becomes of the call is an outcome
 * @param leaves what is not compared: regular expressions for whole field paths
 * @param shows fields and their values, as AWS documents them
 */
record Scenario(
        String action,
        String outcome,
        String when,
        UnaryOperator<SimAws.Builder> setting,
        Call call,
        List<String> leaves,
        Map<String, String> shows) {

    static final String OK = "ok";

    private static final Map<String, Class<?>> SERVICES = Map.of(
            "EC2", Ec2AsyncClient.class,
            "CloudFormation", CloudFormationAsyncClient.class,
            "STS", StsAsyncClient.class,
            "SSM", SsmAsyncClient.class);

    /** What is done on a ground; the last call's answer is looked at. */
    @FunctionalInterface
    interface Call {
        CompletableFuture<? extends SdkResponse> on(Ground ground);
    }

    static Scenario ok(String action, String when, Call call) {
        return new Scenario(action, OK, when, UnaryOperator.identity(), call, List.of(), Map.of());
    }

    static Scenario refused(String action, String code, String when, Call call) {
        return new Scenario(action, code, when, UnaryOperator.identity(), call, List.of(), Map.of());
    }

    /** The same on a stand-in that is set up so. */
    Scenario given(UnaryOperator<SimAws.Builder> settings) {
        return new Scenario(action, outcome, when, settings, call, leaves, shows);
    }

    /** Does not compare these fields: each is a regular expression for a whole path, such as {@code vpc\.tags.*}. */
    Scenario leaving(String... paths) {
        return new Scenario(action, outcome, when, setting, call, List.of(paths), shows);
    }

    /** The answer must hold this, whoever gives it. */
    Scenario showing(String path, String value) {
        Map<String, String> more = new LinkedHashMap<>(shows);
        more.put(path, value);
        return new Scenario(action, outcome, when, setting, call, leaves, more);
    }

    /** What counts as one: a scenario more for the same pair is welcome, but no new pair. */
    String pair() {
        return action + " " + outcome;
    }

    boolean changes() {
        return !action.matches("(Describe|Get|List|Validate).*|AssumeRole");
    }

    String service() {
        return SERVICES.entrySet().stream()
                .filter(service -> Stream.of(service.getValue().getMethods())
                        .map(Method::getName)
                        .anyMatch(name -> name.toLowerCase(Locale.ROOT).equals(action.toLowerCase(Locale.ROOT))))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no service has an action " + action))
                .getKey();
    }

    @Override
    public String toString() {
        return pair() + ", " + when;
    }
}
