// SPDX-License-Identifier: Apache-2.0
/** What a run tells of itself: names, events, listeners and the final report. */
@NullMarked
package io.hybridpipe.event;

import org.jspecify.annotations.NullMarked;
