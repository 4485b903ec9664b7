// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

/**
 * Two virtual networks that are peered, as steps hand it on: the peering that each of them has.
 *
 * @param near the id of the peering in the first virtual network
 * @param far the id of the peering in the second one
 */
public record AzurePeering(String near, String far) {}
