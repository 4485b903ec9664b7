// SPDX-License-Identifier: Apache-2.0
/** What the page on the Azure steps shows. */
@NullMarked
package io.hybridpipe.azure.guide;

import org.jspecify.annotations.NullMarked;
