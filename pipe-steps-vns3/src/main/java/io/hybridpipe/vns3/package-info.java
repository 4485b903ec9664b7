// SPDX-License-Identifier: Apache-2.0
/**
 * Steps for VNS3 controllers: readiness, set-up, keysets, the overlay mesh, IPsec peering, routes, firewall rules,
 * passwords and tokens.
 *
 * <p>Each takes by {@code over(..)} the {@link io.hybridpipe.vns3.api.Vns3Access} that says how controllers are reached.
 */
@NullMarked
package io.hybridpipe.vns3;

import org.jspecify.annotations.NullMarked;
