// SPDX-License-Identifier: Apache-2.0
/** Kills the main job at every moment of every element, resumes or undoes it, and looks at what is there afterwards. */
@NullMarked
package io.hybridpipe.samples.soak;

import org.jspecify.annotations.NullMarked;
