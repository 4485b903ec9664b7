// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import io.hybridpipe.net.Ip;
import java.util.Optional;

/**
 * A machine that {@link LaunchController} launched; single values are read as derived inputs, such as
 * {@code CONTROLLER.map(AzureController::privateIp)}.
 *
 * @param id the id of the virtual machine
 * @param networkInterface the id of its primary network interface
 * @param privateIp that interface's address in its subnet
 * @param publicIp that interface's public address, if it has one
 */
public record AzureController(String id, String networkInterface, Ip privateIp, Optional<Ip> publicIp) {}
