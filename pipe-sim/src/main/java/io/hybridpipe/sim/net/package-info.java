// SPDX-License-Identifier: Apache-2.0
/**
 * What a packet meets on its way over the stand-ins: cloud networks with their interfaces and rules, and machines that route.
 */
@NullMarked
package io.hybridpipe.sim.net;

import org.jspecify.annotations.NullMarked;
