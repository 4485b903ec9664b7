// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.net.Ip;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.test.CrashMatrix;
import io.hybridpipe.test.Disturbance;
import io.hybridpipe.vns3.api.Controller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The process of a run ends at each of its calls; another one goes on, or takes everything back. */
@Timeout(180)
class CrashedChangesTest {
    private static final Key<Controller> CONTROLLER = Key.of("controller", Controller.class);
    private static final Key<List<Controller>> MESH = Key.listOf("mesh", Controller.class);

    private final List<Lab> labs = new ArrayList<>();
    private List<SimVns3> boxes = List.of();

    @AfterEach
    void close() {
        labs.forEach(Lab::close);
    }

    private CrashMatrix matrix(int controllers, Function<Lab, Pipe> pipe) {
        return CrashMatrix.of(() -> {
                    labs.forEach(Lab::close);
                    labs.clear();
                    Lab lab = new Lab();
                    labs.add(lab);
                    boxes = IntStream.rangeClosed(1, controllers)
                            .mapToObj(n -> lab.start(lab.builder("fed-" + n, "10.2.0.1" + n, "203.0.113." + n)
                                    .inService(n, "shared")))
                            .toList();
                    return pipe.apply(lab);
                })
                .inRealTime()
                .within(Duration.ofSeconds(30))
                .options(options -> options.secretsKey(new SecretKeySpec(new byte[32], "AES")))
                .inventory(() -> boxes.stream()
                        .flatMap(box -> Stream.of("config", "peering")
                                .flatMap(kind -> box.inventory().of(kind).entrySet().stream()
                                        .map(each -> box.name() + " " + each)))
                        .toList())
                .only(Disturbance.CRASH);
    }

    private static Controller controller(int n) {
        return Controller.of("fed-" + n, Ip.of("203.0.113." + n), Lab.PASSWORD);
    }

    @Test
    void thePasswordIsTheNewOneOrTheFormerOne() {
        String table = matrix(1, lab -> Pipe.named("password")
                        .needs(CONTROLLER)
                        .step(
                                "change-password",
                                ChangePassword.on(CONTROLLER)
                                        .to(Input.value(Secret.of("new-canary-2201")))
                                        .over(lab.newAccess())
                                        .pollEvery(Lab.POLL),
                                Lab::seenSoon)
                        .build())
                .input(State.of(CONTROLLER, controller(1)))
                .check();
        assertThat(table).contains("cells are fine");
    }

    @Test
    void aMeshIsWholeOrNotThere() {
        String table = matrix(2, lab -> Pipe.named("mesh")
                        .needs(MESH)
                        .step("peer", PeerMesh.of(MESH).over(lab.newAccess()).pollEvery(Lab.POLL), Lab::seenSoon)
                        .build())
                .input(State.of(MESH, List.of(controller(1), controller(2))))
                .check();
        assertThat(table).contains("cells are fine");
    }
}
