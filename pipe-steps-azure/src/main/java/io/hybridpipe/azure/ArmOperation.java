// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.rest.Response;
import com.azure.core.util.FluxUtil;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A long-running operation that Azure Resource Manager has accepted.
 *
 * <p>The operation runs at the service whether anybody waits or not. Where its state is told the answer to the first call
 * says: {@code Azure-AsyncOperation} (an address whose body has a {@code status}), else {@code Location} (an address that
 * answers 202 while it runs), else nothing, and then it is done. Immutable.
 */
public final class ArmOperation {
    private static final HttpHeaderName ASYNC_OPERATION = HttpHeaderName.fromString("Azure-AsyncOperation");
    private static final int PASSING_FAILURES = 5;

    private final @Nullable String status;
    private final @Nullable String location;
    private final Optional<Duration> retryAfter;
    private final String body;

    private ArmOperation(int code, HttpHeaders headers, String body) {
        this.body = body;
        boolean running = code != 204;
        this.status = running ? headers.getValue(ASYNC_OPERATION) : null;
        this.location = running && code == 202 ? headers.getValue(HttpHeaderName.LOCATION) : null;
        this.retryAfter = AzureFailures.retryAfter(headers.getValue(HttpHeaderName.RETRY_AFTER));
    }

    /**
     * The operation that this call starts; subscribing sends the call, and the Mono ends when its answer was read.
     *
     * @param call a {@code …WithResponseAsync} of the SDK's inner clients
     */
    public static Mono<ArmOperation> acceptedBy(Mono<Response<Flux<ByteBuffer>>> call) {
        // read even where nobody asks for it: a connection with an unread body cannot be used again
        return call.flatMap(response -> FluxUtil.collectBytesInByteBufferStream(response.getValue())
                .map(bytes -> new ArmOperation(
                        response.getStatusCode(), response.getHeaders(), new String(bytes, StandardCharsets.UTF_8))));
    }

    /**
     * The deletion that this call starts, as {@link #acceptedBy}, its errors translated; empty when what it deletes is gone already.
     *
     * @param call a {@code delete…WithResponseAsync} of the SDK's inner clients, called when subscribed
     * @param what what is tried, in a few words, for messages
     */
    public static Mono<ArmOperation> deletionBy(
            Supplier<Mono<Response<Flux<ByteBuffer>>>> call, AzureAccount account, String what) {
        return Mono.defer(() -> acceptedBy(call.get()))
                .onErrorResume(AzureFailures::isMissing, missing -> Mono.empty())
                .onErrorMap(failure -> account.failures().ofChange(what, failure));
    }

    /**
     * Completes when the operation has succeeded; signals a {@link StepFailure} when it has not.
     *
     * <p>Only polls, so it may be cancelled and subscribed again at any time. A poll that fails in passing is repeated, up to
     * five times in a row.
     *
     * @param account through whose pipeline and at whose interval to poll
     * @param what what was tried, in a few words, for messages
     */
    public Mono<Void> finished(AzureAccount account, String what) {
        return answer(account, what).then();
    }

    /**
     * The body of the answer that the operation ends with; otherwise as {@link #finished}.
     *
     * <p>It is that of the first call if that was the end already, else what the address answers at last where the state is told.
     */
    public Mono<String> answer(AzureAccount account, String what) {
        return Mono.defer(() -> new Watch(account, what).ended());
    }

    /** One subscription's look-outs for the end. */
    private final class Watch {
        private final AzureAccount account;
        private final String what;
        private Duration pause;
        private int failuresInARow;

        Watch(AzureAccount account, String what) {
            this.account = account;
            this.what = what;
            this.pause = pause(retryAfter);
        }

        Mono<String> ended() {
            String url = status != null ? status : location;
            if (url == null) {
                return Mono.just(body);
            }
            return Mono.defer(() -> requestState(url))
                    .delaySubscription(Mono.defer(() -> Mono.delay(pause)))
                    .repeatWhenEmpty(laps -> laps);
        }

        /** Emits the answer's body when the operation has succeeded and nothing while it runs. */
        private Mono<String> requestState(String url) {
            return account.get(url)
                    .flatMap(response ->
                            response.getBodyAsString().defaultIfEmpty("").flatMap(body -> toState(response, body)))
                    .onErrorResume(this::endure);
        }

        private Mono<String> toState(HttpResponse response, String body) {
            pause = pause(AzureFailures.retryAfter(response));
            int code = response.getStatusCode();
            if (code < 200 || code > 299) {
                return Mono.error(OperationBody.in(body).failure(response));
            }
            failuresInARow = 0;
            if (status == null) {
                return code == 202 ? Mono.empty() : Mono.just(body);
            }
            OperationBody said = OperationBody.in(body);
            if (!AtRest.isFinal(said.status())) {
                return Mono.empty();
            }
            return said.status().equalsIgnoreCase("Succeeded")
                    ? Mono.just(body)
                    : Mono.error(account.failures()
                            .ofOperation(what, said.code().isEmpty() ? said.status() : said.code(), said.message()));
        }

        private Mono<String> endure(Throwable failure) {
            StepFailure read = account.failures().ofRead(what, failure);
            boolean passing =
                    read.failureClass() == FailureClass.TRANSIENT || read.failureClass() == FailureClass.THROTTLED;
            if (failure instanceof StepFailure || !passing || ++failuresInARow > PASSING_FAILURES) {
                return Mono.error(read);
            }
            pause = read.retryAfter().orElse(account.pause());
            return Mono.empty();
        }

        private Duration pause(Optional<Duration> asked) {
            return account.polling().or(() -> asked).orElse(account.pause());
        }
    }
}
