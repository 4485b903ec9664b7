// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.net.Ip;

/** What a further address of an interface is to be like; of one that exists, what is not named stays. Immutable; equal by value. */
public final class AddressSettings extends Request {
    private static final AddressSettings NONE = new AddressSettings(Body.empty());

    private AddressSettings(Body body) {
        super(body);
    }

    /** Nothing is named yet; one that is to be made needs an address. */
    public static AddressSettings none() {
        return NONE;
    }

    /** The address. */
    public AddressSettings withAddress(Ip address) {
        return new AddressSettings(body().with("ip_internal", address.toString()));
    }

    /** The prefix length of its subnet, 1 to 32; 32 by default. */
    public AddressSettings withPrefixLength(int length) {
        return new AddressSettings(body().with("mask_bits", length));
    }

    /** The address the world sees it by. */
    public AddressSettings withPublicAddress(Ip address) {
        return new AddressSettings(body().with("ip_external", address.toString()));
    }

    /** Its gateway. */
    public AddressSettings withGateway(Ip gateway) {
        return new AddressSettings(body().with("gateway", gateway.toString()));
    }

    /** Its label. */
    public AddressSettings withLabel(String label) {
        return new AddressSettings(body().with("label", label));
    }

    /** Its description. */
    public AddressSettings withDescription(String description) {
        return new AddressSettings(body().with("description", description));
    }
}
