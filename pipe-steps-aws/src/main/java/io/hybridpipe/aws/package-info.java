// SPDX-License-Identifier: Apache-2.0
/** Accounts and failure classes that the AWS steps share. */
@NullMarked
package io.hybridpipe.aws;

import org.jspecify.annotations.NullMarked;
