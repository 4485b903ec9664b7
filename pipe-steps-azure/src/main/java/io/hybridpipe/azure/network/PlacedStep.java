// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import io.hybridpipe.Input;
import io.hybridpipe.Step;
import io.hybridpipe.StepOptions;
import io.hybridpipe.azure.AzureAccount;
import java.time.Duration;

/** A step that makes one resource of its own: how it is told where that is to be. Immutable. */
abstract class PlacedStep<S extends PlacedStep<S>> implements Step {
    final Target target;

    PlacedStep(Target target) {
        this.target = target;
    }

    /** The same step with another target. */
    abstract S with(Target changed);

    /**
     * The resource group, which must exist.
     *
     * @throws IllegalArgumentException if Azure does not take the name
     */
    public S resourceGroup(String resourceGroup) {
        return resourceGroup(Input.value(resourceGroup));
    }

    /** The resource group, which must exist. */
    public S resourceGroup(Input<? extends String> resourceGroup) {
        return with(target.inGroup(resourceGroup));
    }

    /**
     * The name of the resource.
     *
     * @throws IllegalArgumentException if Azure does not take the name
     */
    public S named(String name) {
        return named(Input.value(name));
    }

    /** The name of the resource. */
    public S named(Input<? extends String> name) {
        return with(target.named(name));
    }

    /** The region, such as {@code westeurope}. */
    public S location(String location) {
        return location(Input.value(location));
    }

    /** The region, such as {@code westeurope}. */
    public S location(Input<? extends String> location) {
        return with(target.at(location));
    }

    /** How often to look while an operation runs; the default is the account's, see {@link AzureAccount#pollEvery}. */
    public S pollEvery(Duration interval) {
        return with(target.on(target.account().pollEvery(interval)));
    }

    /** Those of {@link AzureAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AzureAccount.stepOptions();
    }
}
