// SPDX-License-Identifier: Apache-2.0
/** The Parameter Store of AWS Systems Manager as a source of texts. */
@NullMarked
package io.hybridpipe.aws.ssm;

import org.jspecify.annotations.NullMarked;
