// SPDX-License-Identifier: Apache-2.0
/** The public face of HybridPipe and, package-private beside it, the engine that runs a pipe. */
@NullMarked
package io.hybridpipe;

import org.jspecify.annotations.NullMarked;
