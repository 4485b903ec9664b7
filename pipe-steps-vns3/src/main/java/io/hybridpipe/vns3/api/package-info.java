// SPDX-License-Identifier: Apache-2.0
/**
 * The REST API of a VNS3 controller, one method an operation, for the steps beside it and for steps of your own.
 *
 * <p>{@link io.hybridpipe.vns3.api.Vns3Access} says how controllers are reached and which certificates are good, and gives a
 * {@link io.hybridpipe.vns3.api.Vns3Client} of each. What a controller answers, and its silence, is given a class of failure in
 * one place, so that no retry has to guess. What the API does is told by the vendor's public OpenAPI document of version 6.0.0
 * and its SDKs; versions from 4.8.4 on answer alike as far as this package asks, and where not, an operation says so.
 */
@NullMarked
package io.hybridpipe.vns3.api;

import org.jspecify.annotations.NullMarked;
