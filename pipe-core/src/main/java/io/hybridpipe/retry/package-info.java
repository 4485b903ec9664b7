// SPDX-License-Identifier: Apache-2.0
/** What a failure means and when to try again: failure classes, backoff, retry policies. */
@NullMarked
package io.hybridpipe.retry;

import org.jspecify.annotations.NullMarked;
