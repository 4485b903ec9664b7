// SPDX-License-Identifier: Apache-2.0
/**
 * A stand-in for the VNS3 controller: its HTTPS API on loopback, its boot and reboot, and tunnels that come up only when
 * both sides agree and the clouds between them let IPsec through.
 *
 * <p>Fields, codes and messages follow the public description of the controller's API, version 6.0.0. What that
 * description leaves open is decided in the class that needs it and said there.
 */
@NullMarked
package io.hybridpipe.sim.vns3;

import org.jspecify.annotations.NullMarked;
