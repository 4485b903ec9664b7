// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.net.Ip;

/**
 * A machine that {@link LaunchController} launched; single values are read as derived inputs, such as
 * {@code CONTROLLER.map(LaunchedController::publicIp)}.
 *
 * @param instance the instance's id
 * @param networkInterface the id of its first network interface
 * @param privateIp that interface's address in its subnet
 * @param publicIp the elastic address
 * @param allocation the elastic address's allocation id
 */
public record LaunchedController(
        String instance, String networkInterface, Ip privateIp, Ip publicIp, String allocation) {}
