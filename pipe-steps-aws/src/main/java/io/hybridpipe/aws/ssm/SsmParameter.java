// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ssm;

import io.hybridpipe.StepContext;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.net.TextSource;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ssm.model.GetParameterResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/**
 * A parameter of the Parameter Store, whose value is a text: a network config, a template.
 *
 * <pre>{@code
 * FetchNetworkConfig.from(SsmParameter.in(accountA).named("/fednet/networks")).named(NETWORK_NAME).into(NETWORK)
 * }</pre>
 *
 * <p>Secure strings are decrypted, and no message quotes what is in them.
 *
 * <p><b>Failures:</b> throttling and lost connections pass; a parameter that does not exist, and one that may not be read or
 * decrypted, are permanent.
 *
 * <p>Calls and needs {@code ssm:GetParameter} and, for a secure string under a key of the account's own, {@code kms:Decrypt}.
 * The preflight checks the credentials; that of a step that knows what it wants of the text reads the parameter. Immutable.
 */
public final class SsmParameter implements TextSource {
    private final AwsAccount account;
    private final String name;

    private SsmParameter(AwsAccount account, String name) {
        this.account = account;
        this.name = name;
    }

    /** The Parameter Store of this account and region. */
    public static Store in(AwsAccount account) {
        return new Store(Objects.requireNonNull(account, "account"));
    }

    /** A Parameter Store; {@link #named} gives a parameter. Immutable. */
    public static final class Store {
        private final AwsAccount account;

        private Store(AwsAccount account) {
            this.account = account;
        }

        /**
         * The parameter of this name.
         *
         * @param name as {@code /fednet/networks}, or an ARN; {@code :3} or {@code :production} behind it selects a version or
         *     a label, default is the latest version
         * @throws IllegalArgumentException if it is blank
         */
        public SsmParameter named(String name) {
            if (name.isBlank()) {
                throw new IllegalArgumentException("the parameter's name is blank");
            }
            return new SsmParameter(account, name);
        }
    }

    /** The name, and the account and region. */
    @Override
    public String shown() {
        return "parameter " + name + " in " + account.where();
    }

    @Override
    public Mono<Fetched> fetch(int limit, StepContext context) {
        return account.calls(context)
                .reading("GetParameter " + name, () -> account.ssm()
                        .getParameter(r -> r.name(name).withDecryption(true)))
                .onErrorMap(AwsFailures.hasCode("ParameterNotFound", "ParameterVersionNotFound"), this::toMissing)
                .map(GetParameterResponse::parameter)
                .map(this::toFetched);
    }

    /** Checks the credentials. */
    @Override
    public Mono<Void> preflight(StepContext context) {
        return account.identity(account.calls(context)).then();
    }

    private Fetched toFetched(Parameter parameter) {
        Fetched fetched = Fetched.of(parameter.value().getBytes(StandardCharsets.UTF_8), name);
        return parameter.type() == ParameterType.SECURE_STRING ? fetched.withSecret() : fetched;
    }

    private StepFailure toMissing(Throwable cause) {
        return StepFailure.of(FailureClass.PERMANENT, "there is no " + shown(), cause);
    }

    @Override
    public String toString() {
        return shown();
    }
}
