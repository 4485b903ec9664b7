// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

/** What compute refuses a body with: each names the parameter that it is about. */
final class InvalidParameter {

    private InvalidParameter() {}

    static ArmError missing(String name) {
        return of(name, "Required parameter '%s' is missing (null).".formatted(name));
    }

    static ArmError notAllowed(String name) {
        return of(name, "Parameter '%s' is not allowed.".formatted(name));
    }

    static ArmError badValue(String name) {
        return of(name, "The value of parameter %s is invalid.".formatted(name));
    }

    static ArmError of(String name, String message) {
        return ArmError.badRequest("InvalidParameter", "%s", message).at(name);
    }
}
