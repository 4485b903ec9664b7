// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Secret;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.test.ResumeContract;
import io.hybridpipe.vns3.api.Controller;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process is killed in each changing call of each step whose undo takes everything back; another one, with clients and
 * instances of its own, goes on.
 */
@Timeout(180)
class ResumeTest {
    private static final Controller HERE =
            new Controller("orders", Ip.of("203.0.113.1"), Ip.of("10.1.0.10"), Lab.PASSWORD);
    private static final Controller THERE =
            new Controller("fed-1", Ip.of("203.0.113.2"), Ip.of("10.2.0.10"), Lab.PASSWORD);
    private static final Key<Tunnel> OUT = Key.of("tunnel", Tunnel.class);

    private final Lab lab = new Lab();
    private SimVns3 here;
    private SimVns3 there;

    @BeforeEach
    void start() {
        here = lab.licensed("orders", "10.1.0.10", "203.0.113.1");
        there = lab.licensed("fed-1", "10.2.0.10", "203.0.113.2");
    }

    @AfterEach
    void close() {
        lab.close();
    }

    enum Kind {
        ADD_ROUTE,
        ADVERTISE_ROUTE,
        POLICY_BASED_PEERING,
        TWO_TUNNELS,
        ROUTE_BASED_PEERING
    }

    @ParameterizedTest
    @EnumSource
    void aFreshInstanceReconcilesWhatADeadOneMade(Kind kind) {
        contract(kind).goesOn();
    }

    @ParameterizedTest
    @EnumSource
    void aFreshInstanceUndoesWhatADeadOneMade(Kind kind) {
        contract(kind).isTakenBack();
    }

    private ResumeContract contract(Kind kind) {
        ResumeContract contract =
                switch (kind) {
                    case ADD_ROUTE ->
                        ResumeContract.of(() -> AddRoute.on(HERE)
                                .to(Cidr.of("10.9.0.0/16"))
                                .via("eth0", Ip.of("10.1.0.1"))
                                .over(lab.newAccess())
                                .pollEvery(Lab.POLL));
                    case ADVERTISE_ROUTE ->
                        ResumeContract.of(() -> AdvertiseRoute.on(HERE)
                                .to(Cidr.of("10.1.0.0/24"))
                                .over(lab.newAccess())
                                .pollEvery(Lab.POLL));
                    case POLICY_BASED_PEERING ->
                        ResumeContract.of(() -> peering().subnets(Cidr.of("10.1.0.0/16"), Cidr.of("10.0.0.0/16")));
                    case TWO_TUNNELS ->
                        ResumeContract.of(() -> peering()
                                .subnets(Cidr.of("10.1.0.0/16"), Cidr.of("10.0.0.0/16"))
                                .subnets(Cidr.of("10.1.0.0/16"), Cidr.of("10.7.0.0/16")));
                    case ROUTE_BASED_PEERING ->
                        ResumeContract.of(() -> peering().routeBased(Cidr.of("169.254.10.0/30")));
                };
        return contract.inventory(() -> List.of(here.inventory(), there.inventory()));
    }

    private IpsecPeer peering() {
        return IpsecPeer.between(Input.value(HERE), Input.value(THERE))
                .psk(Input.value(Secret.of("psk-canary-1190")))
                .into(OUT)
                .over(lab.newAccess())
                .pollEvery(Lab.POLL)
                .connectedWithin(Duration.ofSeconds(5));
    }
}
