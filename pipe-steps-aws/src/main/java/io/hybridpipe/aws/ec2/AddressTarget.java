// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import software.amazon.awssdk.services.ec2.model.Address;
import software.amazon.awssdk.services.ec2.model.AssociateAddressRequest;
import software.amazon.awssdk.services.ec2.model.Filter;

/**
 * What an elastic address is associated with.
 *
 * @param id of a network interface, or of an instance and so its first interface
 */
record AddressTarget(String id) {
    boolean has(Address address) {
        return id.equals(isInstance() ? address.instanceId() : address.networkInterfaceId());
    }

    void setIn(AssociateAddressRequest.Builder request) {
        if (isInstance()) {
            request.instanceId(id);
        } else {
            request.networkInterfaceId(id);
        }
    }

    /** The filter for the addresses that it has. */
    Filter filter() {
        return Filter.builder()
                .name(isInstance() ? "instance-id" : "network-interface-id")
                .values(id)
                .build();
    }

    private boolean isInstance() {
        return id.startsWith("i-");
    }

    @Override
    public String toString() {
        return id;
    }
}
