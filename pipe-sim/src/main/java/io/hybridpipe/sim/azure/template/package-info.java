// SPDX-License-Identifier: Apache-2.0
/**
 * The language of Azure Resource Manager's templates: what a template and its parameters come to, or why they are refused. It
 * knows nothing of what is deployed and asks for that through {@link io.hybridpipe.sim.azure.template.Lookup}.
 *
 * <p>{@code Plan.of} reads the sections of a template, takes in the parameters, evaluates all that can be known before anything is
 * deployed, and puts the resources in order; what only the run can know ({@code reference}) is evaluated resource by resource.
 */
@NullMarked
package io.hybridpipe.sim.azure.template;

import org.jspecify.annotations.NullMarked;
