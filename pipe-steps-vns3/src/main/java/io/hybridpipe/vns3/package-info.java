// SPDX-License-Identifier: Apache-2.0
/** Client and steps for VNS3 controllers. */
@NullMarked
package io.hybridpipe.vns3;

import org.jspecify.annotations.NullMarked;
