// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

/**
 * The plan under which an image of the Azure Marketplace is sold, or one that was made from it.
 *
 * @param publisher mostly the image's publisher
 * @param product mostly the image's offer
 * @param name mostly the image's SKU
 */
public record MarketplacePlan(String publisher, String product, String name) {
    /** Publisher, product and name with colons between them. */
    @Override
    public String toString() {
        return String.join(":", publisher, product, name);
    }
}
