// SPDX-License-Identifier: Apache-2.0
/** What a step costs, beside hand-written chains. */
@NullMarked
package io.hybridpipe.benchmarks;

import org.jspecify.annotations.NullMarked;
