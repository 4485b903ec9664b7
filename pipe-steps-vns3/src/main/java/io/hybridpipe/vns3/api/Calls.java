// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.net.Ip;

/** Where the parts of one controller's API get their calls from. */
final class Calls {
    private final Ip address;
    private final Transport transport;

    Calls(Ip address, Transport transport) {
        this.address = address;
        this.transport = transport;
    }

    Ip address() {
        return address;
    }

    Call get(String path) {
        return Call.of(address, transport, "GET", path);
    }

    Call put(String path, Body body) {
        return Call.of(address, transport, "PUT", path).with(body);
    }

    Call put(String path) {
        return Call.of(address, transport, "PUT", path);
    }

    Call post(String path, Body body) {
        return Call.of(address, transport, "POST", path).with(body);
    }

    Call post(String path) {
        return Call.of(address, transport, "POST", path);
    }

    Call delete(String path) {
        return Call.of(address, transport, "DELETE", path);
    }
}
