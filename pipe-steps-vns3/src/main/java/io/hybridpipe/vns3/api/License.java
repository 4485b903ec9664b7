// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What {@code GET /license} tells of a controller's license, and what the answer to uploading it tells.
 *
 * @param finalized whether its parameters are set, which happens once and cannot be undone
 * @param present whether it is there
 * @param state such as {@code accepted}, {@code in-progress}, {@code failed}
 * @param capabilities features such as {@code IPsec}
 * @param checksum its SHA-1
 * @param uploadedAt when it was uploaded
 * @param customAddressing whether other parameters than its own were chosen
 * @param sharedAddress the address that all controllers answer to
 * @param topology what it allows, and the addresses of the overlay network; of a new one those it proposes
 * @param parameters the addresses that were chosen, if this is the answer to choosing them
 * @param other what else it tells
 */
public record License(
        boolean finalized,
        boolean present,
        Optional<String> state,
        List<String> capabilities,
        Optional<String> checksum,
        Optional<Instant> uploadedAt,
        boolean customAddressing,
        Optional<String> sharedAddress,
        Optional<Topology> topology,
        Optional<Parameters> parameters,
        OtherFields other) {
    /**
     * What a license allows.
     *
     * @param overlaySubnet the overlay's CIDR
     * @param controllers the controllers it has room for
     * @param clients the addresses of overlay clients
     * @param totalClients how many clients it has
     * @param maxClients how many it may have
     * @param maxEndpoints how many IPsec endpoints it may have
     * @param maxTunnels how many IPsec tunnels it may have
     * @param upgrades which upgrades it has had
     * @param other what else it tells
     */
    public record Topology(
            Optional<String> overlaySubnet,
            List<Place> controllers,
            List<Address> clients,
            Optional<Integer> totalClients,
            Optional<Integer> maxClients,
            Optional<Integer> maxEndpoints,
            Optional<Integer> maxTunnels,
            List<String> upgrades,
            OtherFields other) {
        static Topology from(Fields fields) {
            return new Topology(
                    fields.text("overlay_subnet"),
                    fields.objects(Place::from, "managers", "controllers"),
                    fields.objects(Address::from, "clients"),
                    fields.number("total_clients"),
                    fields.number("overlay_max_clients"),
                    fields.number("ipsec_max_endpoints"),
                    fields.number("ipsec_max_subnets"),
                    fields.texts("license_upgrades"),
                    fields.other());
        }
    }

    /**
     * A controller's place in the topology.
     *
     * @param id the controller's id
     * @param asn its autonomous system number
     * @param address its address in the overlay network
     * @param other what else it tells
     */
    public record Place(int id, Optional<Long> asn, Optional<String> address, OtherFields other) {
        static Place from(Fields fields) {
            Fields address = fields.object("overlay_ipaddress");
            return new Place(
                    fields.number("manager_id", "id").orElse(0),
                    fields.longNumber("asn"),
                    address.text("ip_address").or(() -> fields.text("overlay_ipaddress")),
                    fields.other());
        }
    }

    /**
     * An address in the overlay network.
     *
     * @param address such as {@code 100.127.255.193}
     * @param other what else it tells
     */
    public record Address(String address, OtherFields other) {
        static Address from(Fields fields) {
            return new Address(fields.text("ip_address").orElse(""), fields.other());
        }
    }

    /**
     * The addresses that were chosen.
     *
     * @param subnet the overlay's CIDR
     * @param controllers the controllers' addresses, in the order of their ids
     * @param asns their autonomous system numbers
     * @param clients the clients' addresses
     * @param sharedAddress the address that all controllers answer to
     * @param other what else it tells
     */
    public record Parameters(
            Optional<String> subnet,
            List<String> controllers,
            List<String> asns,
            List<String> clients,
            Optional<String> sharedAddress,
            OtherFields other) {
        static Parameters from(Fields fields) {
            return new Parameters(
                    fields.text("subnet"),
                    fields.words("managers", "controllers"),
                    fields.words("asns"),
                    fields.words("clients"),
                    fields.text("my_manager_vip"),
                    fields.other());
        }
    }

    /** The overlay's CIDR. */
    public Optional<String> overlaySubnet() {
        return topology.flatMap(Topology::overlaySubnet);
    }

    static License from(Fields fields) {
        return new License(
                fields.flag("finalized"),
                fields.flag("license_present"),
                fields.text("license"),
                fields.texts("capabilities"),
                fields.text("sha1_checksum"),
                fields.instant("uploaded_at_i", "uploaded_at"),
                fields.flag("custom_addressing"),
                fields.text("my_manager_vip"),
                fields.part(Topology::from, "topology", "default_topology"),
                fields.part(Parameters::from, "parameters"),
                fields.other());
    }
}
