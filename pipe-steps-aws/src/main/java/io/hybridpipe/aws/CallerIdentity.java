// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

/**
 * Whose credentials a handle has, as STS says.
 *
 * @param account the account's twelve digits
 * @param arn the user or the role's session
 */
public record CallerIdentity(String account, String arn) {}
