// SPDX-License-Identifier: Apache-2.0
/** CloudFormation stacks: deployed and undone, held for the length of a scope, deleted. */
@NullMarked
package io.hybridpipe.aws.cloudformation;

import org.jspecify.annotations.NullMarked;
