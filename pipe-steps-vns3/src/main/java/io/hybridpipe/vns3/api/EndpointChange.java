// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import io.hybridpipe.net.Ip;

/** What is to change of a remote gateway; what is not named stays. Immutable; equal by value; prints no secret. */
public final class EndpointChange extends Request {
    private static final EndpointChange NONE = new EndpointChange(Body.empty());

    private EndpointChange(Body body) {
        super(body);
    }

    /** No change yet. */
    public static EndpointChange none() {
        return NONE;
    }

    /** Another name. */
    public EndpointChange withName(String name) {
        return new EndpointChange(body().with("name", name));
    }

    /** Another description. */
    public EndpointChange withDescription(String description) {
        return new EndpointChange(body().with("description", description));
    }

    /** Another address of the remote gateway. */
    public EndpointChange withGateway(Ip gateway) {
        return new EndpointChange(body().with("ipaddress", gateway.toString()));
    }

    /** Another address by which the remote gateway names itself. */
    public EndpointChange withIdentity(String identity) {
        return new EndpointChange(body().with("private_ipaddress", identity));
    }

    /** Another pre-shared key. */
    public EndpointChange withPsk(Secret<String> psk) {
        return new EndpointChange(body().with("secret", psk));
    }

    /** With or without perfect forward secrecy. */
    public EndpointChange withPfs(boolean pfs) {
        return new EndpointChange(body().with("pfs", pfs));
    }

    /** IKE version 1 or 2. */
    public EndpointChange withIkeVersion(int version) {
        return new EndpointChange(body().with("ike_version", NewEndpoint.checkedIkeVersion(version)));
    }

    /** Whether packets are wrapped in UDP. */
    public EndpointChange withNatTraversal(boolean wrapped) {
        return new EndpointChange(body().with("nat_t_enabled", wrapped));
    }

    /** Other words of configuration. */
    public EndpointChange withExtraConfig(String extraConfig) {
        return new EndpointChange(body().with("extra_config", extraConfig));
    }
}
