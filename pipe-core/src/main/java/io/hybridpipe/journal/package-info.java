// SPDX-License-Identifier: Apache-2.0
/** The records of a run, intent before and result after each call that matters. */
@NullMarked
package io.hybridpipe.journal;

import org.jspecify.annotations.NullMarked;
