// SPDX-License-Identifier: Apache-2.0
/** Steps on Azure networks: routes to appliances and temporary security rules. */
@NullMarked
package io.hybridpipe.azure.network;

import org.jspecify.annotations.NullMarked;
