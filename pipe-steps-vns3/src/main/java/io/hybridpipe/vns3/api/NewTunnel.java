// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import java.time.Duration;

/** A tunnel or a traffic pair to be made: two subnets that are to be joined. Immutable; equal by value. */
public final class NewTunnel extends Request {
    private NewTunnel(Body body) {
        super(body);
    }

    /** Joins the subnet on the asked controller's side with the one on the other side; enabled. */
    public static NewTunnel between(Cidr localSubnet, Cidr remoteSubnet) {
        return new NewTunnel(Body.of("local_subnet", localSubnet.toString())
                .with("remote_subnet", remoteSubnet.toString())
                .with("enabled", true));
    }

    /** A copy with a description. */
    public NewTunnel withDescription(String description) {
        return new NewTunnel(body().with("description", description));
    }

    /** A copy that is, or is not, to come up. */
    public NewTunnel withEnabled(boolean enabled) {
        return new NewTunnel(body().with("enabled", enabled));
    }

    /** A copy that is kept up by pinging an address on the other side, from an interface such as {@code eth0}. */
    public NewTunnel withPing(Ip address, Duration every, String device) {
        return new NewTunnel(ping(body(), address, every, device));
    }

    static Body ping(Body body, Ip address, Duration every, String device) {
        return body.with("ping_ipaddress", address.toString())
                .with("ping_interval", Math.toIntExact(every.toSeconds()))
                .with("ping_interface", device);
    }
}
