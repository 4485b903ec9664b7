// SPDX-License-Identifier: Apache-2.0
/** What all stand-ins are built on: a loopback server, fault rules, a call log, a clock. */
@NullMarked
package io.hybridpipe.sim;

import org.jspecify.annotations.NullMarked;
