// SPDX-License-Identifier: Apache-2.0
/**
 * A stand-in for the VNS3 controller: its HTTPS API on loopback, its boot and reboot, and tunnels that come up only when
 * both sides agree and the clouds between them let IPsec through.
 *
 * <p>Fields, codes and messages follow the public description of the controller's API, version 6.0.0; booleans and numbers
 * are also taken as strings, and {@code _notset} as left out, as older clients send them. Controllers of older versions know
 * what those knew. What the description leaves open is decided in the class that needs it and said there.
 *
 * <p>docs/sim-vns3.md shows how to use it and lists what it knows, operation by operation; everything else below {@code /api}
 * answers 404 APINotFoundError. Known differences: while a controller is down its connections are refused even to callers that
 * the clouds' rules would leave without an answer; a TLS handshake succeeds before such a request is left in silence.
 */
@NullMarked
package io.hybridpipe.sim.vns3;

import org.jspecify.annotations.NullMarked;
