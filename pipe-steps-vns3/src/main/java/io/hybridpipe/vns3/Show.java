// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

/** The command by which a person sees a thing on a controller; curl asks for the password. */
final class Show {
    private Show() {}

    static String of(Controller on, String path) {
        String host =
                on.address().isIpv6() ? "[" + on.address() + "]" : on.address().toString();
        return "curl -k -u api https://" + host + ":8000/api" + path;
    }
}
