// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import io.hybridpipe.net.Ip;

/**
 * A network interface, as steps hand it on; single values are read as derived inputs, such as {@code CARD.map(AzureInterface::id)}.
 *
 * @param id the id of the network interface
 * @param privateIp its address in its subnet
 */
public record AzureInterface(String id, Ip privateIp) {}
