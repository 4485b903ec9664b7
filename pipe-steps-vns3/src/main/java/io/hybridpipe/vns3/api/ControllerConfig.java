// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import java.util.List;
import java.util.Optional;

/**
 * What {@code GET /config} tells of a controller; one without a license knows less.
 *
 * @param version the software version; empty while the controller starts
 * @param licensed whether a license was uploaded
 * @param topologyName the topology's name
 * @param topologyChecksum the same on all controllers of a topology
 * @param controllerName the controller's own name
 * @param ntpHosts where it gets its time from
 * @param publicAddress the address the world sees
 * @param privateAddress the address of its first interface
 * @param subnetGateway the gateway of its subnet
 * @param overlayAddress its address in the overlay network
 * @param managerId its id among its peers
 * @param asn its autonomous system number
 * @param peered whether it is peered
 * @param securityToken the token that its topology was made with
 * @param other what else it tells
 */
public record ControllerConfig(
        Optional<Vns3Version> version,
        boolean licensed,
        Optional<String> topologyName,
        Optional<String> topologyChecksum,
        Optional<String> controllerName,
        List<String> ntpHosts,
        Optional<String> publicAddress,
        Optional<String> privateAddress,
        Optional<String> subnetGateway,
        Optional<String> overlayAddress,
        Optional<Integer> managerId,
        Optional<Long> asn,
        boolean peered,
        Optional<Secret<String>> securityToken,
        OtherFields other) {
    static ControllerConfig from(Fields fields) {
        return new ControllerConfig(
                fields.version("vns3_version"),
                fields.flag("licensed"),
                fields.text("topology_name"),
                fields.text("topology_checksum"),
                fields.text("controller_name"),
                fields.words("ntp_hosts"),
                fields.text("public_ipaddress"),
                fields.text("private_ipaddress"),
                fields.text("subnet_gateway"),
                fields.text("overlay_ipaddress"),
                fields.number("manager_id"),
                fields.longNumber("asn"),
                fields.flag("peered"),
                fields.secret("security_token"),
                fields.other());
    }
}
