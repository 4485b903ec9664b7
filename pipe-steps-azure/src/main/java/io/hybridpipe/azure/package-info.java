// SPDX-License-Identifier: Apache-2.0
/** Accounts and failure classes that the Azure steps share. */
@NullMarked
package io.hybridpipe.azure;

import org.jspecify.annotations.NullMarked;
