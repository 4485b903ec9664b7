// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.compute.models.ImageReference;

/**
 * An image of the Azure Marketplace.
 *
 * @param publisher such as {@code canonical}
 * @param offer the publisher's product, such as {@code ubuntu-24_04-lts}
 * @param sku the variant of the product, such as {@code server}
 * @param version such as {@code 24.04.202510010}, or {@code latest}
 */
public record MarketplaceImage(String publisher, String offer, String sku, String version) {
    /** How a new machine names it. */
    ImageReference toReference() {
        return new ImageReference()
                .withPublisher(publisher)
                .withOffer(offer)
                .withSku(sku)
                .withVersion(version);
    }

    /** Publisher, offer, SKU and version with colons between them, as the Azure CLI writes it. */
    @Override
    public String toString() {
        return String.join(":", publisher, offer, sku, version);
    }
}
