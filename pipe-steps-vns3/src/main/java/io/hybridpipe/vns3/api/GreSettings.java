// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.net.Ip;

/** What an edge GRE interface is to be like; of one that exists, what is not named stays. Immutable; equal by value. */
public final class GreSettings extends Request {
    private static final GreSettings NONE = new GreSettings(Body.empty());

    private GreSettings(Body body) {
        super(body);
    }

    /** Nothing is named yet. */
    public static GreSettings none() {
        return NONE;
    }

    /** Its name. */
    public GreSettings withName(String name) {
        return new GreSettings(body().with("endpoint_name", name));
    }

    /** Its description. */
    public GreSettings withDescription(String description) {
        return new GreSettings(body().with("description", description));
    }

    /** Its own address in the tunnel and the prefix length of the subnet there. */
    public GreSettings withAddress(Ip address, int prefixLength) {
        return new GreSettings(
                body().with("ip_internal", address.toString()).with("mask_bits", String.valueOf(prefixLength)));
    }

    /** The ends of the tunnel: the address on this side and that on the other side. */
    public GreSettings withEnds(Ip local, Ip remote) {
        return new GreSettings(
                body().with("local_connection_ip", local.toString()).with("remote_connection_ip", remote.toString()));
    }

    /** How many hops its packets may take, 1 to 255; 255 by default. */
    public GreSettings withTtl(int ttl) {
        return new GreSettings(body().with("ttl", ttl));
    }

    /** Its MTU in bytes. */
    public GreSettings withMtu(int mtu) {
        return new GreSettings(body().with("mtu", mtu));
    }

    /** Whether it is to be up; by default it is not. */
    public GreSettings withEnabled(boolean enabled) {
        return new GreSettings(body().with("enabled", enabled));
    }
}
