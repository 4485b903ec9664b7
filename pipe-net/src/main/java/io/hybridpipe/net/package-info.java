// SPDX-License-Identifier: Apache-2.0
/** The network vocabulary that every step module shares. */
@NullMarked
package io.hybridpipe.net;

import org.jspecify.annotations.NullMarked;
