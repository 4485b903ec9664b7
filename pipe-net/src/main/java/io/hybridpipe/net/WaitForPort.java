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
import java.net.InetSocketAddress;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Waits until a TCP port accepts connections.
 *
 * <p><b>Reads</b> the input given to {@link #at}; <b>writes</b> nothing. <b>Effect</b>: none; each connection is closed as soon
 * as it is open, without a byte sent. <b>Progress</b>: good answers so far, and the last answer whenever it changes.
 *
 * <p><b>Failures.</b> Whatever a connection fails with, an unknown host too, is asked again. Permanent: not ready within the
 * time; the message says the last answer. Needs no permission but a way through the firewalls.
 *
 * <p>Immutable; each subscription starts anew. No thread waits (only names, not addresses, are looked up on
 * {@code boundedElastic}); a cancel closes the socket at once.
 */
public final class WaitForPort implements Step {
    private final Input<? extends InetSocketAddress> target;
    private final Poll poll;

    private WaitForPort(Input<? extends InetSocketAddress> target, Poll poll) {
        this.target = target;
        this.poll = poll;
    }

    /**
     * Waits for a port of this address.
     *
     * @param port from 1 to 65535
     */
    public static WaitForPort at(Input<? extends Ip> address, int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port is " + port + ", it must be from 1 to 65535");
        }
        return at(address.map(ip -> new InetSocketAddress(ip.toInetAddress(), port)));
    }

    /** Waits for this address and port; an unresolved name is looked up anew for each try. */
    public static WaitForPort at(Input<? extends InetSocketAddress> target) {
        return new WaitForPort(target, Poll.ofDefaults());
    }

    /** A copy that pauses so long between two tries; default 2 s. */
    public WaitForPort every(Duration pause) {
        return new WaitForPort(target, poll.withEvery(pause));
    }

    /** A copy that wants so many accepted connections in a row; default 1. */
    public WaitForPort inARow(int answers) {
        return new WaitForPort(target, poll.withInARow(answers));
    }

    /** A copy that gives each try so long; default 5 s. */
    public WaitForPort answeredWithin(Duration time) {
        return new WaitForPort(target, poll.withPatience(time));
    }

    /** A copy that gives up after this time; default 10 min. The step timeout is a little more. */
    public WaitForPort within(Duration time) {
        return new WaitForPort(target, poll.withWithin(time));
    }

    @Override
    public Contract contract() {
        return Contract.of("WaitForPort").reading(target).withEffect(Effect.none());
    }

    @Override
    public StepOptions options() {
        return poll.options();
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            InetSocketAddress to = target.get(state);
            return poll.ask(shown(to), () -> requestConnection(to), context);
        });
    }

    private static Mono<Answer> requestConnection(InetSocketAddress to) {
        return TcpConnect.to(to)
                .map(connected -> new Answer(true, "connected"))
                .onErrorResume(error -> Mono.just(new Answer(false, Unreachable.why(error))));
    }

    private static String shown(InetSocketAddress to) {
        String host = to.isUnresolved() ? to.getHostString() : to.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + to.getPort();
    }
}
