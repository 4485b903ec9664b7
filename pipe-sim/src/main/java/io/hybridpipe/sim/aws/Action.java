// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

/** One action of a service: reads parameters, does it, writes the inside of the answer. */
@FunctionalInterface
interface Action {
    void run(Region region, Params params, Xml answer);
}
