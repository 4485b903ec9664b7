// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

/**
 * What a request asks for, in the words of its service.
 *
 * @param service such as {@code ec2}, {@code Microsoft.Network} or {@code vns3}
 * @param action such as {@code CreateVpc} or {@code PUT routes}
 * @param target what it is about: an id, a name, a path; empty if nothing particular
 * @param caller who asks: an account, a user; empty if unknown
 * @param changing whether it may change something
 */
public record Operation(String service, String action, String target, String caller, boolean changing) {}
