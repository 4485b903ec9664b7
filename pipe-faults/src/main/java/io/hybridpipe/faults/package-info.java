// SPDX-License-Identifier: Apache-2.0
/**
 * What steps do when something goes wrong at one of their calls: every mishap, at each call, of each step, forward and in undo.
 *
 * <p>A provider's module says what its {@link io.hybridpipe.faults.Stage} is, its {@link io.hybridpipe.faults.Scene}s and its
 * {@link io.hybridpipe.faults.Mishap}s, and inherits {@link io.hybridpipe.faults.EveryMishap}.
 */
@NullMarked
package io.hybridpipe.faults;

import org.jspecify.annotations.NullMarked;
