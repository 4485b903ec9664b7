// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Vns3AccessTest {
    @Test
    void stepsThatAreToldOfNoAccessShareOneHttpClient() {
        assertThat(Vns3Access.ofDefaults()).isSameAs(Vns3Access.ofDefaults());
    }
}
