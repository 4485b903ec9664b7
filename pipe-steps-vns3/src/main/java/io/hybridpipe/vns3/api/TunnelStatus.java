// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Optional;

/**
 * What {@code GET /status/ipsec} tells of one tunnel.
 *
 * @param id the tunnel's id
 * @param endpoint the id of its endpoint
 * @param endpointName the name of its endpoint
 * @param localSubnet the subnet on this side
 * @param remoteSubnet the subnet on the other side
 * @param description free text
 * @param enabled whether it is wanted up
 * @param active whether the controller works on it
 * @param connected whether traffic can pass
 * @param bounced whether it was torn down a moment ago in order to come up anew
 * @param ping what is pinged through it to keep it up
 * @param parameters what was negotiated
 * @param other what else it tells
 */
public record TunnelStatus(
        int id,
        int endpoint,
        Optional<String> endpointName,
        String localSubnet,
        String remoteSubnet,
        String description,
        boolean enabled,
        boolean active,
        boolean connected,
        boolean bounced,
        Ping ping,
        Parameters parameters,
        OtherFields other) {
    /**
     * What both gateways negotiated; all of it is empty when only up and down was asked for.
     *
     * @param phase1 {@code up} when the gateways know each other (IKE)
     * @param phase2 {@code up} when the subnets are agreed (ESP)
     * @param ikeVersion such as {@code IKEv2}
     * @param phase1Cipher such as {@code aes_gcm_16_256}
     * @param phase1Prf the pseudo-random function
     * @param phase1Group the Diffie-Hellman group
     * @param phase2Cipher the cipher of the packets
     * @param phase2Hash the hash of the packets
     * @param pfsGroup the Diffie-Hellman group of perfect forward secrecy
     * @param natTraversal whether packets are wrapped in UDP, as {@code on} or {@code off}
     * @param bytesIn how many bytes came in
     * @param bytesOut how many bytes went out
     * @param other what else it tells
     */
    public record Parameters(
            Optional<String> phase1,
            Optional<String> phase2,
            Optional<String> ikeVersion,
            Optional<String> phase1Cipher,
            Optional<String> phase1Prf,
            Optional<String> phase1Group,
            Optional<String> phase2Cipher,
            Optional<String> phase2Hash,
            Optional<String> pfsGroup,
            Optional<String> natTraversal,
            Optional<Long> bytesIn,
            Optional<Long> bytesOut,
            OtherFields other) {
        static Parameters from(Fields fields) {
            return new Parameters(
                    fields.text("phase1"),
                    fields.text("phase2"),
                    fields.text("ike_version"),
                    fields.text("phase1_cipher"),
                    fields.text("phase1_prf"),
                    fields.text("phase1_dh_group"),
                    fields.text("phase2_algo"),
                    fields.text("phase2_hash"),
                    fields.text("pfs_dh_group"),
                    fields.text("nat_t"),
                    fields.longNumber("bytes_in"),
                    fields.longNumber("bytes_out"),
                    fields.other());
        }
    }

    /** {@code up} when the gateways know each other (IKE). */
    public Optional<String> phase1() {
        return parameters.phase1();
    }

    /** {@code up} when the subnets are agreed (ESP). */
    public Optional<String> phase2() {
        return parameters.phase2();
    }

    static TunnelStatus from(Fields fields) {
        return new TunnelStatus(
                fields.id(),
                fields.number("endpoint_id", "endpointid").orElse(0),
                fields.text("endpoint_name"),
                fields.text("local_subnet").orElse(""),
                fields.text("remote_subnet").orElse(""),
                fields.text("description").orElse(""),
                fields.either("enabled").orElse(true),
                fields.flag("active"),
                fields.flag("connected"),
                fields.flag("bounce"),
                Ping.from(fields),
                Parameters.from(fields.object("tunnel_params")),
                fields.other());
    }
}
