// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

/** What is to change of one clientpack or of all; what is not named stays. Immutable; equal by value. */
public final class ClientpackChange extends Request {
    private static final ClientpackChange NONE = new ClientpackChange(Body.empty());

    private ClientpackChange(Body body) {
        super(body);
    }

    /** No change yet. */
    public static ClientpackChange none() {
        return NONE;
    }

    /** Whether a client may connect. */
    public ClientpackChange withEnabled(boolean enabled) {
        return new ClientpackChange(body().with("enabled", enabled));
    }

    /** Whether it counts as handed out. */
    public ClientpackChange withCheckedOut(boolean checkedOut) {
        return new ClientpackChange(body().with("checked_out", checkedOut));
    }

    /** Whether the VPN compresses. */
    public ClientpackChange withCompression(boolean compression) {
        return new ClientpackChange(body().with("compression", compression ? "on" : "off"));
    }

    /** Whether the client has to authenticate itself besides. */
    public ClientpackChange withAuthentication(boolean on) {
        return new ClientpackChange(body().with("auth_on", on));
    }

    /** Whether a pre-shared key is used besides; WireGuard only. */
    public ClientpackChange withPsk(boolean on) {
        return new ClientpackChange(body().with("psk_on", on));
    }
}
