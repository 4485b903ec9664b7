// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepOptions;
import io.hybridpipe.net.Ip;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Vns3Access;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/** The controllers of one run, and the only way there, which may be closed. */
final class Stage implements AutoCloseable {
    final FaultyHttp http;
    final Lab lab;
    private final Map<String, SimVns3> controllers = new ConcurrentSkipListMap<>();
    private final Map<String, SimVns3> launched = new TreeMap<>();
    private final Map<String, String> addresses = new TreeMap<>();
    private State input = State.empty();

    Stage(HttpClient real, Duration requestTimeout) {
        http = new FaultyHttp(real);
        lab = new Lab(Vns3Access.over(http).withRequestTimeout(requestTimeout));
    }

    /** What the run is given. */
    State input() {
        return input;
    }

    /** Gives the run a value. */
    <T> Key<T> giving(Key<T> key, T value) {
        input = input.with(key, value);
        return key;
    }

    /** A controller that stands there, and has long been in service, before and after the run. */
    Controller standing(String name, String privateAddress, String address) {
        return standing(name, privateAddress, address, SimVns3.Builder::inService);
    }

    /** A controller that stands there before and after the run. */
    Controller standing(String name, String privateAddress, String address, UnaryOperator<SimVns3.Builder> how) {
        addresses.put(name, address);
        controllers.put(name, lab.start(how.apply(lab.builder(name, privateAddress, address))));
        return new Controller(name, Ip.of(address), Ip.of(privateAddress), Lab.PASSWORD);
    }

    /** A step that launches a controller; its undo ends it. The calls to come can be named before. */
    Step launching(String name, String privateAddress, String address) {
        return launching(name, address, lab.launch(name, privateAddress, address));
    }

    /** A step that launches a controller that is up at once and licensed. */
    Step launchingLicensed(String name, String privateAddress, String address) {
        SimVns3 controller =
                lab.start(lab.builder(name, privateAddress, address).running());
        controller.configure("PUT", "/license", Lab.LICENSE.reveal());
        return launching(name, address, controller);
    }

    private Step launching(String name, String address, SimVns3 controller) {
        addresses.put(name, address);
        launched.put(name, controller);
        return Step.reading()
                .undo((state, context) -> Mono.fromRunnable(() -> {
                    controllers.remove(name);
                    controller.close();
                }))
                .as((state, context) -> Mono.fromSupplier(() -> {
                    controllers.put(name, controller);
                    return Outputs.none();
                }));
    }

    /** A controller that is or will be there. */
    SimVns3 controller(String name) {
        SimVns3 standing = controllers.get(name);
        return standing == null ? launched.get(name) : standing;
    }

    Iterable<String> names() {
        return addresses.keySet();
    }

    String addressOf(String controller) {
        return Objects.requireNonNull(addresses.get(controller));
    }

    /** What is configured now, on what is there now. */
    Map<String, Configured> configured() {
        Map<String, Configured> seen = new TreeMap<>();
        controllers.forEach((name, controller) -> seen.put(name, Configured.on(controller)));
        return seen;
    }

    /** The options that a step asks for, at the speed of the stand-ins. */
    static StepOptions hastened(StepOptions options) {
        return options.withRetry(options.retry()
                        .withEach(backoff -> backoff.withDelays(
                                backoff.first().dividedBy(Lab.SPEED),
                                backoff.cap().dividedBy(Lab.SPEED))))
                // not so much faster, or it would be over before a late call comes
                .withVisibility(options.visibility().dividedBy(20));
    }

    @Override
    public void close() {
        launched.values().forEach(SimVns3::close);
        lab.close();
    }
}
