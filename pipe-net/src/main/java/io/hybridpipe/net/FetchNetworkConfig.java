// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Reads a {@link NetworkConfig} from a JSON or YAML document: a file, a class path resource, an HTTP(S) URL,
 * or a {@link TextSource} of another module.
 *
 * <p>The document is one network, or several under {@code networks}:
 *
 * <pre>{@code
 * networks:
 *   - name: orders
 *     cidr: 10.1.0.0/16
 *     subnets:
 *       - {name: app, prefix: 24}              # or hosts: 200, or cidr: 10.1.0.0/24
 *     onPremises: [10.0.0.0/16]
 * }</pre>
 *
 * <p><b>Reads</b> the input given to {@link #named}; <b>writes</b> the key given to {@link #into}. <b>Effect</b>: none.
 * <b>Preflight</b> reads and checks the document too when the name is known, so that a bad config refuses the run before
 * anything is changed; else it checks only what the source can check by itself.
 *
 * <p><b>Failures.</b> Passing: refused and broken connections, no answer in time, HTTP 408, 425, 500, 502, 503 and 504; 429
 * and a 503 with {@code Retry-After} ask to slow down. Permanent: everything else, above all a document that is wrong. The
 * message is one line that names the source, the place (line and column, or a JSON pointer) and the value; it never quotes a
 * document that cannot be parsed, nor one that its source keeps secret, nor the query of a URL.
 *
 * <p>Immutable; each subscription reads again. No thread waits: files are read on {@code boundedElastic}, HTTP by
 * {@link HttpClient#sendAsync}. A cancel closes the connection.
 */
public final class FetchNetworkConfig implements Step {
    private static final int DEFAULT_LIMIT = 1 << 20;
    private static final Duration DEFAULT_TIME = Duration.ofSeconds(30);

    private final TextSource source;
    private final @Nullable Input<? extends String> name;
    private final @Nullable Key<NetworkConfig> output;
    private final int limit;
    private final Duration within;

    private FetchNetworkConfig(
            TextSource source,
            @Nullable Input<? extends String> name,
            @Nullable Key<NetworkConfig> output,
            int limit,
            Duration within) {
        this.source = source;
        this.name = name;
        this.output = output;
        this.limit = limit;
        this.within = within;
    }

    /**
     * Reads from this source.
     *
     * @param source an {@code http:} or {@code https:} URL without a password, {@code classpath:} and a resource's name, or
     *     the path of a file
     * @throws IllegalArgumentException if it cannot be any of these
     */
    public static FetchNetworkConfig from(String source) {
        return from(TextSource.of(source));
    }

    /** Reads from this file. */
    public static FetchNetworkConfig from(Path file) {
        return from(new FileSource(file));
    }

    /** Reads from this source: a cloud's store of parameters, or one of the caller's own. */
    public static FetchNetworkConfig from(TextSource source) {
        return new FetchNetworkConfig(
                Objects.requireNonNull(source, "source"), null, null, DEFAULT_LIMIT, DEFAULT_TIME);
    }

    /** A copy that takes the network of this name; without a name the document must hold exactly one. */
    public FetchNetworkConfig named(Input<? extends String> name) {
        return new FetchNetworkConfig(source, name, output, limit, within);
    }

    /** A copy that takes the network of this name. */
    public FetchNetworkConfig named(String name) {
        return named(Input.value(name));
    }

    /** A copy that writes the network under this key. */
    public FetchNetworkConfig into(Key<NetworkConfig> output) {
        return new FetchNetworkConfig(source, name, output, limit, within);
    }

    /**
     * A copy that fetches URLs by this client, for a proxy, an own CA or an authenticator; it stays the caller's. The default
     * is one client a JVM with a connect timeout of 10 s that follows redirects, but not from HTTPS to HTTP.
     */
    public FetchNetworkConfig using(HttpClient client) {
        TextSource copy = source instanceof HttpSource http ? new HttpSource(http.uri(), Optional.of(client)) : source;
        return new FetchNetworkConfig(copy, name, output, limit, within);
    }

    /** A copy that refuses documents of more bytes than this; default 1 MiB. */
    public FetchNetworkConfig atMost(int bytes) {
        if (bytes < 1 || bytes == Integer.MAX_VALUE) {
            throw new IllegalArgumentException("limit is " + bytes + " bytes, it must be from 1 to 2^31 - 2");
        }
        return new FetchNetworkConfig(source, name, output, bytes, within);
    }

    /** A copy whose attempts give up after this time; default 30 s. */
    public FetchNetworkConfig within(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("time is " + time + ", it must be positive");
        }
        return new FetchNetworkConfig(source, name, output, limit, time);
    }

    @Override
    public Contract contract() {
        Contract contract = Contract.of("FetchNetworkConfig").writing(key()).withEffect(Effect.none());
        return name == null ? contract : contract.reading(name);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> getNetwork(name == null ? null : name.get(state), context))
                .map(network -> Outputs.of(key(), network));
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> {
            Optional<? extends String> wanted = name == null ? Optional.empty() : name.find(state);
            boolean known = name == null || wanted.isPresent();
            return known ? getNetwork(wanted.orElse(null), context).then() : source.preflight(context);
        });
    }

    private Mono<NetworkConfig> getNetwork(@Nullable String wanted, StepContext context) {
        return source.fetch(limit, context)
                .timeout(
                        within,
                        Mono.error(() ->
                                StepFailure.of(FailureClass.TRANSIENT, source.shown() + ": not read within " + within)))
                .map(fetched -> toNetwork(fetched, wanted));
    }

    private NetworkConfig toNetwork(TextSource.Fetched fetched, @Nullable String wanted) {
        String text = source.text(fetched, limit);
        try {
            ConfigDocument document = ConfigDocument.parse(text, fetched.hints());
            return wanted == null ? document.only() : document.named(wanted);
        } catch (Misfit misfit) {
            throw StepFailure.permanent(source.shown() + ": " + (fetched.secret() ? misfit.place() : misfit.line()));
        }
    }

    private Key<NetworkConfig> key() {
        if (output == null) {
            throw new IllegalStateException("FetchNetworkConfig from " + source.shown() + " needs into(KEY)");
        }
        return output;
    }
}
