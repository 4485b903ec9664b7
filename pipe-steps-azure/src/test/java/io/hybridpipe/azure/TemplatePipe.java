// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.azure.resources.DeployTemplate;
import io.hybridpipe.net.Cidr;
import java.util.List;

/** The pipe of {@code docs/azure-steps.md} that builds its network by a template. */
public final class TemplatePipe {
    private TemplatePipe() {}

    // snippet: template
    public static final Key<Cidr> SPACE = Key.of("space", Cidr.class);
    public static final Key<String> SHARED_KEY =
            Key.of("shared-key", String.class).secret();
    public static final Key<String> HUB_ID = Key.of("hub-id", String.class);
    public static final Key<List<String>> SUBNETS = Key.listOf("subnets", String.class);

    public static Pipe in(AzureAccount account) {
        return Pipe.named("hub-by-template")
                .needs(SPACE, SHARED_KEY)
                .step(
                        "hub",
                        DeployTemplate.in(account)
                                .resourceGroup("fed")
                                .named("hub")
                                .templateFrom("classpath:templates/hub.json")
                                .parameter("space", SPACE)
                                .parameter("key", SHARED_KEY)
                                .output("hub", HUB_ID)
                                .output("names", SUBNETS))
                .build();
    }
    // end
}
