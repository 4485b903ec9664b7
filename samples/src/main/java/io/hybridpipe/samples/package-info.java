// SPDX-License-Identifier: Apache-2.0
/** Runnable programs that read as documentation. */
@NullMarked
package io.hybridpipe.samples;

import org.jspecify.annotations.NullMarked;
