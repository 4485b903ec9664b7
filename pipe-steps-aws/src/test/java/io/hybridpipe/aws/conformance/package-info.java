// SPDX-License-Identifier: Apache-2.0
/**
 * One list of calls and what AWS answers to them, played on the stand-in and on moto, an emulator that nobody here wrote. Where
 * the two answer differently, a file says why.
 */
@NullMarked
package io.hybridpipe.aws.conformance;

import org.jspecify.annotations.NullMarked;
