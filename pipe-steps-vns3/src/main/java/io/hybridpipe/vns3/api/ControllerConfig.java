// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Optional;

/**
 * What {@code GET /config} tells of a controller; one without a license knows less.
 *
 * @param version the software version, such as {@code 6.0.0-20230101}; empty while the controller starts
 * @param licensed whether a license was uploaded
 * @param topologyName the topology's name
 * @param controllerName the controller's own name
 * @param publicAddress the address the world sees
 * @param privateAddress the address of its first interface
 * @param managerId its id among its peers
 * @param peered whether it is peered
 */
public record ControllerConfig(
        Optional<String> version,
        boolean licensed,
        Optional<String> topologyName,
        Optional<String> controllerName,
        Optional<String> publicAddress,
        Optional<String> privateAddress,
        Optional<Integer> managerId,
        boolean peered) {
    static ControllerConfig from(Fields fields) {
        return new ControllerConfig(
                fields.text("vns3_version"),
                fields.flag("licensed"),
                fields.text("topology_name"),
                fields.text("controller_name"),
                fields.text("public_ipaddress"),
                fields.text("private_ipaddress"),
                fields.number("manager_id"),
                fields.flag("peered"));
    }
}
