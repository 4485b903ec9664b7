// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import io.hybridpipe.net.Ip;
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
 * @param device for a route-based tunnel, the address of its device with its prefix length, such as {@code 169.254.10.1/30}
 * @param gre for a tunnel that carries GRE, the address of the GRE interface with its prefix length
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
        Optional<String> device,
        Optional<String> gre,
        String extraConfig) {
    /** Checks the IKE version, and that it is of one kind. */
    public NewEndpoint {
        Objects.requireNonNull(gateway, "gateway");
        Objects.requireNonNull(psk, "psk");
        checkedIkeVersion(ikeVersion);
        if (device.isPresent() && gre.isPresent()) {
            throw new IllegalArgumentException("an endpoint is route-based or carries GRE, not both");
        }
    }

    /** A policy-based endpoint with the defaults. */
    public static NewEndpoint of(String name, Ip gateway, Secret<String> psk) {
        return new NewEndpoint(
                name, gateway, psk, "", Optional.empty(), true, 2, true, Optional.empty(), Optional.empty(), "");
    }

    /** A copy with a description. */
    public NewEndpoint withDescription(String description) {
        return new NewEndpoint(
                name, gateway, psk, description, identity, pfs, ikeVersion, natTraversal, device, gre, extraConfig);
    }

    /** A copy whose remote gateway names itself by this address. */
    public NewEndpoint withIdentity(Optional<String> identity) {
        return new NewEndpoint(
                name, gateway, psk, description, identity, pfs, ikeVersion, natTraversal, device, gre, extraConfig);
    }

    /** A copy with or without perfect forward secrecy. */
    public NewEndpoint withPfs(boolean pfs) {
        return new NewEndpoint(
                name, gateway, psk, description, identity, pfs, ikeVersion, natTraversal, device, gre, extraConfig);
    }

    /** A copy with IKE version 1 or 2. */
    public NewEndpoint withIkeVersion(int ikeVersion) {
        return new NewEndpoint(
                name, gateway, psk, description, identity, pfs, ikeVersion, natTraversal, device, gre, extraConfig);
    }

    /** A copy whose packets are, or are not, wrapped in UDP. */
    public NewEndpoint withNatTraversal(boolean natTraversal) {
        return new NewEndpoint(
                name, gateway, psk, description, identity, pfs, ikeVersion, natTraversal, device, gre, extraConfig);
    }

    /** A route-based copy (VTI) whose device has this address, usually a /30; its selectors are all addresses. */
    public NewEndpoint withDevice(Optional<String> device) {
        return new NewEndpoint(
                name, gateway, psk, description, identity, pfs, ikeVersion, natTraversal, device, gre, extraConfig);
    }

    /** A copy that carries GRE, on an interface with this address, a /30. */
    public NewEndpoint withGre(Optional<String> gre) {
        return new NewEndpoint(
                name, gateway, psk, description, identity, pfs, ikeVersion, natTraversal, device, gre, extraConfig);
    }

    /** A copy with further words of configuration. */
    public NewEndpoint withExtraConfig(String extraConfig) {
        return new NewEndpoint(
                name, gateway, psk, description, identity, pfs, ikeVersion, natTraversal, device, gre, extraConfig);
    }

    /** The kind of VPN, as controllers name it. */
    String vpnType() {
        if (device.isPresent()) {
            return "vti";
        }
        return gre.isPresent() ? "gre" : "policy";
    }

    Body body() {
        Optional<String> all = device.map(any -> "0.0.0.0/0");
        return Body.of("name", name)
                .with("ipaddress", gateway.toString())
                .with("secret", psk)
                .with("description", description)
                .with("pfs", pfs)
                .with("ike_version", ikeVersion)
                .with("nat_t_enabled", natTraversal)
                .with("private_ipaddress", identity)
                .with("extra_config", Optional.of(extraConfig).filter(words -> !words.isEmpty()))
                .with("vpn_type", vpnType())
                .with("route_based_int_address", device)
                .with("route_based_local", all)
                .with("route_based_remote", all)
                .with("gre", gre.map(address -> true))
                .with("gre_interface_address", gre);
    }

    static int checkedIkeVersion(int version) {
        if (version != 1 && version != 2) {
            throw new IllegalArgumentException("IKE version is " + version + ", it must be 1 or 2");
        }
        return version;
    }
}
