// SPDX-License-Identifier: Apache-2.0
/** Stable JSON; the only package that imports Jackson. */
@NullMarked
package io.hybridpipe.json;

import org.jspecify.annotations.NullMarked;
