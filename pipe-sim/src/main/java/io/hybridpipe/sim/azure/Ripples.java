// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

/** What a change of one resource brings about in others. */
final class Ripples {

    private Ripples() {}

    /** To be called whenever a body was stored, took effect or went away. */
    static void spread(Estate estate) {
        PublicAddresses.allocate(estate);
        Peerings.join(estate);
        estate.tell();
    }
}
