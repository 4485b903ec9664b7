// SPDX-License-Identifier: Apache-2.0
/**
 * Client and steps for VNS3 controllers: readiness, set-up, IPsec peering, routes.
 *
 * <p>{@link io.hybridpipe.vns3.Vns3Access} says how controllers are reached and which certificates are good; each step takes it
 * by {@code over(..)}. {@link io.hybridpipe.vns3.Vns3Client} is the REST API, one method an operation, for steps of your own.
 * What a controller answers, and its silence, is given a class of failure in one place, so that no retry has to guess. What the
 * API does is told by the vendor's public OpenAPI document of version 6.0.0 and its SDKs; versions from 4.8.4 on answer alike
 * as far as this package asks.
 */
@NullMarked
package io.hybridpipe.vns3;

import org.jspecify.annotations.NullMarked;
