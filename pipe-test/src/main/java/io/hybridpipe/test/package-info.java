// SPDX-License-Identifier: Apache-2.0
/** What users need to test their own pipes. */
@NullMarked
package io.hybridpipe.test;

import org.jspecify.annotations.NullMarked;
