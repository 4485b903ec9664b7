// SPDX-License-Identifier: Apache-2.0
/** What the steps do when something goes wrong at one of their calls: every mishap, at each call, of each step. */
@NullMarked
package io.hybridpipe.azure.faults;

import org.jspecify.annotations.NullMarked;
