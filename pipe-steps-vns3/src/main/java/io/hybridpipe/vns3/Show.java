// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.net.Ip;
import io.hybridpipe.vns3.api.Controller;

/** The command by which a person sees a thing on a controller; curl asks for the password. */
final class Show {
    private Show() {}

    static String of(Controller on, String path) {
        return of(on.address(), path);
    }

    static String of(Ip address, String path) {
        String host = address.isIpv6() ? "[" + address + "]" : address.toString();
        return "curl -k -u api https://" + host + ":8000/api" + path;
    }
}
