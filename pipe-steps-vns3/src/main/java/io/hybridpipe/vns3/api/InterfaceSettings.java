// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.net.Ip;

/** What a network interface is to be like; of one that exists, what is not named stays. Immutable; equal by value. */
public final class InterfaceSettings extends Request {
    private static final InterfaceSettings NONE = new InterfaceSettings(Body.empty());

    private InterfaceSettings(Body body) {
        super(body);
    }

    /** Nothing is named yet; one that is to be made needs a name. */
    public static InterfaceSettings none() {
        return NONE;
    }

    /** Its name, such as {@code eth0:1}. */
    public InterfaceSettings withName(String name) {
        return new InterfaceSettings(body().with("name", name));
    }

    /** Its description. */
    public InterfaceSettings withDescription(String description) {
        return new InterfaceSettings(body().with("description", description));
    }

    /** Its address and the prefix length of its subnet. */
    public InterfaceSettings withAddress(Ip address, int prefixLength) {
        // the description has the prefix length of an interface as a text, that of an address as a number
        return new InterfaceSettings(
                body().with("ip_internal", address.toString()).with("mask_bits", String.valueOf(prefixLength)));
    }

    /** The address the world sees it by. */
    public InterfaceSettings withPublicAddress(Ip address) {
        return new InterfaceSettings(body().with("ip_external", address.toString()));
    }

    /** Its gateway. */
    public InterfaceSettings withGateway(Ip gateway) {
        return new InterfaceSettings(body().with("gateway", gateway.toString()));
    }

    /** Its MTU in bytes. */
    public InterfaceSettings withMtu(int mtu) {
        return new InterfaceSettings(body().with("mtu", mtu));
    }

    /** Whether it is to be up; by default it is not. */
    public InterfaceSettings withEnabled(boolean enabled) {
        return new InterfaceSettings(body().with("enabled", enabled));
    }
}
