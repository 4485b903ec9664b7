// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.net.Poll.Answer;
import io.hybridpipe.retry.StepFailure;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import reactor.core.publisher.Mono;

/**
 * Waits until an HTTP or HTTPS URL answers GET with an expected status.
 *
 * <p><b>Reads</b> the input given to {@link #at}; <b>writes</b> nothing. <b>Effect</b>: none, if a GET of that URL has none.
 * <b>Progress</b>: good answers so far, and the last answer whenever it changes.
 *
 * <p><b>Failures.</b> A connection that fails and a status that is not expected are asked again. Permanent: a certificate that
 * is not trusted, at once; not ready within the time, with the last answer in the message. Needs no permission but a way
 * through the firewalls.
 *
 * <p>Immutable; each subscription starts anew. No thread waits; redirects are not followed, they are answers; bodies are not
 * read. A cancel closes the connection at once.
 */
public final class WaitForHttp implements Step {
    private static final Set<Integer> ANY_SUCCESS = Set.of();

    private final Input<? extends URI> target;
    private final Set<Integer> expected;
    private final Supplier<HttpClient> client;
    private final Poll poll;

    private WaitForHttp(Input<? extends URI> target, Set<Integer> expected, Supplier<HttpClient> client, Poll poll) {
        this.target = target;
        this.expected = expected;
        this.client = client;
        this.poll = poll;
    }

    /** Waits for this URL, which must not bear a password. */
    public static WaitForHttp at(Input<? extends URI> url) {
        return new WaitForHttp(url, ANY_SUCCESS, SharedHttpClient::notRedirected, Poll.ofDefaults());
    }

    /**
     * Waits for this URL, which must not bear a password.
     *
     * @throws IllegalArgumentException if it is no HTTP(S) URL
     */
    public static WaitForHttp at(String url) {
        return at(Input.value(HttpSource.uri(url)));
    }

    /** A copy for which these statuses are good, for instance 200 and 401; default: every status from 200 to 299. */
    public WaitForHttp expecting(int... statuses) {
        Set<Integer> all = new TreeSet<>(Arrays.stream(statuses).boxed().toList());
        if (all.isEmpty()) {
            throw new IllegalArgumentException("no status is expected");
        }
        return new WaitForHttp(target, all, client, poll);
    }

    /** A copy that trusts, and shows, the certificates of this context; default is the JVM's. */
    public WaitForHttp trusting(SSLContext context) {
        return new WaitForHttp(target, expected, SharedHttpClient.trusting(context), poll);
    }

    /** A copy that pauses so long between two tries; default 2 s. */
    public WaitForHttp every(Duration pause) {
        return new WaitForHttp(target, expected, client, poll.withEvery(pause));
    }

    /** A copy that wants so many good answers in a row; default 1. */
    public WaitForHttp inARow(int answers) {
        return new WaitForHttp(target, expected, client, poll.withInARow(answers));
    }

    /** A copy that gives each try so long; default 5 s. */
    public WaitForHttp answeredWithin(Duration time) {
        return new WaitForHttp(target, expected, client, poll.withPatience(time));
    }

    /** A copy that gives up after this time; default 10 min. The step timeout is a little more. */
    public WaitForHttp within(Duration time) {
        return new WaitForHttp(target, expected, client, poll.withWithin(time));
    }

    @Override
    public Contract contract() {
        return Contract.of("WaitForHttp").reading(target).withEffect(Effect.none());
    }

    @Override
    public StepOptions options() {
        return poll.options();
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            URI url = getUrl(target.get(state));
            return poll.ask(HttpSource.withoutSecrets(url), () -> requestStatus(url), context);
        });
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.fromRunnable(() -> target.find(state).ifPresent(WaitForHttp::getUrl));
    }

    private static URI getUrl(URI url) {
        try {
            return HttpSource.uri(url.toString());
        } catch (IllegalArgumentException none) {
            throw StepFailure.permanent(String.valueOf(none.getMessage()));
        }
    }

    private Mono<Answer> requestStatus(URI url) {
        HttpRequest request = HttpRequest.newBuilder(url).GET().build();
        return HttpCall.send(client, request, info -> new UnreadBody())
                .map(response -> toAnswer(response.statusCode()))
                .onErrorResume(error -> Unreachable.isDistrust(error)
                        ? Mono.error(Unreachable.failure(HttpSource.withoutSecrets(url), error))
                        : Mono.just(new Answer(false, Unreachable.why(error))));
    }

    private Answer toAnswer(int status) {
        boolean good = expected.isEmpty() ? status >= 200 && status <= 299 : expected.contains(status);
        return new Answer(good, "HTTP status " + status);
    }
}
