// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import java.time.Duration;

/** What is to change of a tunnel or a traffic pair; what is not named stays. Immutable; equal by value. */
public final class TunnelChange extends Request {
    private static final TunnelChange NONE = new TunnelChange(Body.empty());

    private TunnelChange(Body body) {
        super(body);
    }

    /** No change yet. */
    public static TunnelChange none() {
        return NONE;
    }

    /** Another subnet on the asked controller's side. */
    public TunnelChange withLocalSubnet(Cidr subnet) {
        return new TunnelChange(body().with("local_subnet", subnet.toString()));
    }

    /** Another subnet on the other side. */
    public TunnelChange withRemoteSubnet(Cidr subnet) {
        return new TunnelChange(body().with("remote_subnet", subnet.toString()));
    }

    /** Another description. */
    public TunnelChange withDescription(String description) {
        return new TunnelChange(body().with("description", description));
    }

    /** Whether it is to be up. */
    public TunnelChange withEnabled(boolean enabled) {
        return new TunnelChange(body().with("enabled", enabled));
    }

    /** To be kept up by pinging an address on the other side, from an interface such as {@code eth0}. */
    public TunnelChange withPing(Ip address, Duration every, String device) {
        return new TunnelChange(NewTunnel.ping(body(), address, every, device));
    }
}
