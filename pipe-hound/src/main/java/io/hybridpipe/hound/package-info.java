// SPDX-License-Identifier: Apache-2.0
/** Which threads must not block, what they may call nevertheless, and how a test class fails when one of them blocks. */
@NullMarked
package io.hybridpipe.hound;

import org.jspecify.annotations.NullMarked;
