// SPDX-License-Identifier: Apache-2.0
/**
 * The stand-in for Azure: Resource Manager's wire protocol with its long-running operations, networks and virtual machines,
 * and the packet's view of what was built with them. {@link io.hybridpipe.sim.azure.SimAzure} is the way in;
 * {@code docs/sim-azure.md} lists the types, operations and refusals.
 *
 * <p>A call goes {@code ArmService} (who may come in) → {@code GroupRoutes} or {@code ResourceRoutes} (which call is it) →
 * {@code Resources} (take, check, change) → {@code Kind} (what one resource type demands) → {@code Estate} (what there is).
 * {@code Ripples} brings about what a change means for others; {@code AzureNetwork} reads the estate for packets.
 */
@NullMarked
package io.hybridpipe.sim.azure;

import org.jspecify.annotations.NullMarked;
