// SPDX-License-Identifier: Apache-2.0
/**
 * A stand-in for the VNS3 controller: its HTTPS API on loopback, its boot and reboot, and tunnels that come up only when
 * both sides agree and the clouds between them let IPsec through.
 *
 * <p>Fields, codes and messages follow the public description of the controller's API, version 6.0.0; booleans and numbers
 * are also taken as strings, and {@code _notset} as left out, as older clients send them. What the description leaves open
 * is decided in the class that needs it and said there.
 *
 * <table>
 * <caption>What there is; everything else below {@code /api} answers 404 APINotFoundError</caption>
 * <tr><th>resource</th><th>operations</th></tr>
 * <tr><td>{@code /config}, {@code /server}, {@code /api_password}, {@code /cloud_data}</td>
 *   <td>read, change, reboot, change password</td></tr>
 * <tr><td>{@code /access/token}, {@code /access/tokens}</td><td>create, list, get, expire, delete</td></tr>
 * <tr><td>{@code /license}, {@code /license/parameters}</td><td>read, upload, finish (reboots); no upgrade</td></tr>
 * <tr><td>{@code /keyset}</td><td>read, make in the background, fetch from another controller (reboots)</td></tr>
 * <tr><td>{@code /peering}</td><td>read, own id, peers; the mesh carries no traffic</td></tr>
 * <tr><td>{@code /ipsec}</td><td>read, local address, restart; endpoints and tunnels: create, read, change, delete;
 *   types policy and VTI, GRE like VTI; no BGP peers, no traffic pairs</td></tr>
 * <tr><td>{@code /routes}</td><td>list, create, enable, disable, delete; one table decides for all packets</td></tr>
 * <tr><td>{@code /firewall/rules}</td><td>version 1: list, create, delete; FORWARD_CUST and MASQUERADE act on packets</td></tr>
 * <tr><td>{@code /status}</td><td>runtime, system, ipsec, link_history, connected_subnets, task</td></tr>
 * <tr><td>{@code /interfaces}</td><td>list, get</td></tr>
 * </table>
 *
 * <p>Known differences: while a controller is down its connections are refused even to callers that the clouds' rules would
 * leave without an answer; a TLS handshake succeeds before such a request is left in silence; counters of bytes stay 0.
 */
@NullMarked
package io.hybridpipe.sim.vns3;

import org.jspecify.annotations.NullMarked;
