// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A remote gateway to be made: IKEv2, perfect forward secrecy and NAT traversal unless said otherwise. Immutable.
 *
 * @param name its name
 * @param gateway the remote gateway's address
 * @param psk the pre-shared key
 * @param description free text
 * @param identity the address by which the remote gateway names itself behind address translation
 * @param pfs perfect forward secrecy
 * @param ikeVersion 1 or 2
 * @param natTraversal whether packets are wrapped in UDP
 * @param device for a route-based tunnel, the address of its device, otherwise empty for a policy-based one
 * @param extraConfig further words, such as {@code phase1=aes256_gcm-sha2_256-dh14}
 */
public record NewEndpoint(
        String name,
        Ip gateway,
        Secret<String> psk,
        String description,
        Optional<String> identity,
        boolean pfs,
        int ikeVersion,
        boolean natTraversal,
        Optional<Cidr> device,
        String extraConfig) {
    /** Checks the IKE version. */
    public NewEndpoint {
        Objects.requireNonNull(gateway, "gateway");
        Objects.requireNonNull(psk, "psk");
        if (ikeVersion != 1 && ikeVersion != 2) {
            throw new IllegalArgumentException("IKE version is " + ikeVersion + ", it must be 1 or 2");
        }
    }

    /** A policy-based endpoint with the defaults. */
    public static NewEndpoint of(String name, Ip gateway, Secret<String> psk) {
        return new NewEndpoint(name, gateway, psk, "", Optional.empty(), true, 2, true, Optional.empty(), "");
    }

    /** A copy with a description. */
    public NewEndpoint withDescription(String description) {
        return new NewEndpoint(
                name, gateway, psk, description, identity, pfs, ikeVersion, natTraversal, device, extraConfig);
    }

    /** A copy whose remote gateway names itself by this address. */
    public NewEndpoint withIdentity(Optional<String> identity) {
        return new NewEndpoint(
                name, gateway, psk, description, identity, pfs, ikeVersion, natTraversal, device, extraConfig);
    }

    /** A route-based copy (VTI) whose device has this address, usually a /30; its selectors are all addresses. */
    public NewEndpoint withDevice(Optional<Cidr> device) {
        return new NewEndpoint(
                name, gateway, psk, description, identity, pfs, ikeVersion, natTraversal, device, extraConfig);
    }

    /** A copy with further words of configuration. */
    public NewEndpoint withExtraConfig(String extraConfig) {
        return new NewEndpoint(
                name, gateway, psk, description, identity, pfs, ikeVersion, natTraversal, device, extraConfig);
    }

    Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", name);
        body.put("ipaddress", gateway.toString());
        body.put("secret", psk.reveal());
        body.put("description", description);
        body.put("pfs", pfs);
        body.put("ike_version", ikeVersion);
        body.put("nat_t_enabled", natTraversal);
        identity.ifPresent(value -> body.put("private_ipaddress", value));
        if (!extraConfig.isEmpty()) {
            body.put("extra_config", extraConfig);
        }
        body.put("vpn_type", device.isPresent() ? "vti" : "policy");
        device.ifPresent(address -> {
            body.put("route_based_int_address", address.toString());
            body.put("route_based_local", "0.0.0.0/0");
            body.put("route_based_remote", "0.0.0.0/0");
        });
        return body;
    }
}
