// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceIdTest {
    private static final ResourceId HUB =
            ResourceId.of("/subscriptions/s/resourceGroups/fed/providers/Microsoft.Network/virtualNetworks/hub");

    @Test
    void aChildIsInsideOfItsParent() {
        ResourceId subnet = ResourceId.of(HUB + "/subnets/a");

        assertThat(subnet.type()).isEqualTo("Microsoft.Network/virtualNetworks/subnets");
        assertThat(subnet.namespace()).isEqualTo("Microsoft.Network");
        assertThat(subnet.parent()).isEqualTo(HUB.toString());
        assertThat(HUB.parent()).isEqualTo(HUB.toString());
        assertThat(subnet.isInside(HUB)).isTrue();
        assertThat(HUB.isInside(subnet)).isFalse();
        assertThat(HUB.isInside(HUB)).isFalse();
    }

    @Test
    void whatHasAnotherResourceAsItsScopeIsInsideOfThatAndOfItsOwnType() {
        ResourceId lock = ResourceId.of(HUB + "/providers/Microsoft.Authorization/locks/no");

        assertThat(lock.type()).isEqualTo("Microsoft.Authorization/locks");
        assertThat(lock.isInside(HUB)).isTrue();
    }

    @Test
    void itIsInItsSubscriptionAndInNoOtherOne() {
        assertThat(HUB.isIn("S")).isTrue();
        assertThat(HUB.isIn("s-1")).isFalse();
        assertThat(HUB.isIn("")).isFalse();
    }

    @Test
    void upperAndLowerCaseAreTheSame() {
        assertThat(ResourceId.of(HUB.toString().toUpperCase(Locale.ROOT)))
                .isEqualTo(HUB)
                .hasSameHashCodeAs(HUB);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hub",
                "/subscriptions/s/resourceGroups/fed",
                "/subscriptions/s/resourceGroups/fed/providers/Microsoft.Network",
                "/subscriptions/s/resourceGroups/fed/providers/Microsoft.Network/virtualNetworks",
                "/subscriptions/s/resourceGroups/fed/providers/Microsoft.Network/virtualNetworks/",
                "/subscriptions/s/resourceGroups/fed/providers/Microsoft.Network/virtualNetworks/hub/subnets",
                "subscriptions/s/providers/Microsoft.Network/virtualNetworks/hub",
            })
    void whatIsNoIdIsRefused(String text) {
        assertThatThrownBy(() -> ResourceId.of(text))
                .hasMessageStartingWith("'" + text + "' is not the id of a resource");
    }
}
