// SPDX-License-Identifier: Apache-2.0
/** The main job: a new AWS network joins a federation in Azure that reaches on-premises. */
@NullMarked
package io.hybridpipe.samples.fednet;

import org.jspecify.annotations.NullMarked;
