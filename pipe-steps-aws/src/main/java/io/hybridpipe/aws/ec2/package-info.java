// SPDX-License-Identifier: Apache-2.0
/** EC2: networks, routes, peerings, machines, and ingress that is open only for the length of a scope. */
@NullMarked
package io.hybridpipe.aws.ec2;

import org.jspecify.annotations.NullMarked;
