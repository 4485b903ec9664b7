// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

/** What a controller can be asked to do about all of its network interfaces. */
public enum InterfaceAction {
    /** Look for network adapters that were attached since. */
    DISCOVER_NEW_PRIMARY_ADAPTERS("discover_new_primary_adapters"),
    /** Look for addresses that were assigned since. */
    DISCOVER_IPS("discover_ips"),
    /** Take over the interfaces of the overlay network. */
    MANAGE_OVERLAY_INTERFACES("manage_overlay_interfaces"),
    /** Look for links that came about since. */
    DISCOVER_LINKS("discover_links");

    private final String field;

    InterfaceAction(String field) {
        this.field = field;
    }

    String field() {
        return field;
    }
}
