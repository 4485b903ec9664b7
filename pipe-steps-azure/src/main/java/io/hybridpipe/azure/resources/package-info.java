// SPDX-License-Identifier: Apache-2.0
/** Steps on Azure's resource groups, template deployments, and single resources of any type. */
@NullMarked
package io.hybridpipe.azure.resources;

import org.jspecify.annotations.NullMarked;
