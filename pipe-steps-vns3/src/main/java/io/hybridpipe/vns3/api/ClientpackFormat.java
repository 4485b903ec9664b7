// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

/** The forms in which a clientpack can be had. */
public enum ClientpackFormat {
    /** A compressed tar archive of several files. */
    TARBALL("tarball"),
    /** A zip archive of several files. */
    ZIP("zip"),
    /** One file for Linux. */
    CONF("conf"),
    /** One file for Windows. */
    OVPN("ovpn");

    private final String text;

    ClientpackFormat(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
