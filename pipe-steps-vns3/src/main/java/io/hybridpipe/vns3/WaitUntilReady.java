// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.net.Ip;
import io.hybridpipe.vns3.api.Credentials;
import io.hybridpipe.vns3.api.Vns3Access;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Waits until a controller that was launched or rebooted answers: three good answers of {@code GET /config} in a row.
 *
 * <p><b>Reads</b> the address and the password; <b>writes</b> nothing. <b>Effect:</b> none, so it may be repeated at will and
 * there is nothing to undo.
 *
 * <p><b>Failures.</b> Refused and timed-out connections, TLS broken off, 429, 502 and 503 are part of starting; 401 is for one
 * minute ({@link #unauthorizedGrace}), because a new controller answers so before its password is set. Anything else, such as
 * a certificate that does not match, and a controller that is not up in time, is permanent.
 *
 * <p><b>Calls</b> {@code GET /config}, with the API password or token.
 *
 * <p>Immutable; each method returns a copy.
 */
public final class WaitUntilReady implements Step {
    private final Input<? extends Ip> address;
    private final @Nullable Input<? extends Credentials> credentials;
    private final Vns3Access access;
    private final Readiness readiness;

    private WaitUntilReady(
            Input<? extends Ip> address,
            @Nullable Input<? extends Credentials> credentials,
            Vns3Access access,
            Readiness readiness) {
        this.address = address;
        this.credentials = credentials;
        this.access = access;
        this.readiness = readiness;
    }

    /** Waits for the controller at this address. */
    public static WaitUntilReady at(Input<? extends Ip> address) {
        return new WaitUntilReady(address, null, Vns3Access.ofDefaults(), Readiness.ofDefaults());
    }

    /** Waits for the controller at this address. */
    public static WaitUntilReady at(Ip address) {
        return at(Input.value(address));
    }

    /** With the API password; needed. */
    public WaitUntilReady password(Input<? extends Secret<String>> password) {
        return new WaitUntilReady(address, password.map(Credentials::password), access, readiness);
    }

    /** With other credentials, such as an API token, in place of the password. */
    public WaitUntilReady credentials(Input<? extends Credentials> credentials) {
        return new WaitUntilReady(address, credentials, access, readiness);
    }

    /** Over this access; the default is {@link Vns3Access#ofDefaults()}. */
    public WaitUntilReady over(Vns3Access access) {
        return new WaitUntilReady(address, credentials, access, readiness);
    }

    /** After this many good answers in a row; default 3. */
    public WaitUntilReady answers(int inARow) {
        return new WaitUntilReady(address, credentials, access, readiness.withAnswers(inARow));
    }

    /** With this time between two looks; default 1.5 seconds. */
    public WaitUntilReady pollEvery(Duration interval) {
        return new WaitUntilReady(address, credentials, access, readiness.withEvery(interval));
    }

    /** Giving up after this time; default 10 minutes. */
    public WaitUntilReady within(Duration time) {
        return new WaitUntilReady(address, credentials, access, readiness.withWithin(time));
    }

    /** Taking 401 for a sign of starting for so long, from the first one on; default one minute. */
    public WaitUntilReady unauthorizedGrace(Duration time) {
        return new WaitUntilReady(address, credentials, access, readiness.withUnauthorizedGrace(time));
    }

    @Override
    public Contract contract() {
        return Contract.of("WaitUntilReady").reading(address, credentials()).withEffect(Effect.none());
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> readiness.await(
                        access.client(address.get(state), credentials().get(state)), context))
                .thenReturn(Outputs.none());
    }

    @Override
    public StepOptions options() {
        return StepOptions.ofDefaults().withStepTimeout(readiness.within().plusMinutes(1));
    }

    private Input<? extends Credentials> credentials() {
        if (credentials == null) {
            throw new IllegalStateException("WaitUntilReady.at(..) needs .password(..) or .credentials(..)");
        }
        return credentials;
    }
}
