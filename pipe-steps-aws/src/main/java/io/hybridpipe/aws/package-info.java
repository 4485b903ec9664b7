// SPDX-License-Identifier: Apache-2.0
/** What all AWS steps share: the account handle, who made a resource, and what AWS's errors mean. */
@NullMarked
package io.hybridpipe.aws;

import org.jspecify.annotations.NullMarked;
