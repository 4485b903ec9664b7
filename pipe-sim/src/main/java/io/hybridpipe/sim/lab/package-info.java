// SPDX-License-Identifier: Apache-2.0
/**
 * The ground for real IPsec behind the stand-ins: Linux network namespaces on one wire, a strongSwan charon in each gateway,
 * hosts behind them, and a capture of what the wire carries.
 *
 * <p>It needs root; {@link io.hybridpipe.sim.lab.IpsecLab#missing()} tells what a machine lacks. Nothing here knows VNS3.
 */
@NullMarked
package io.hybridpipe.sim.lab;

import org.jspecify.annotations.NullMarked;
