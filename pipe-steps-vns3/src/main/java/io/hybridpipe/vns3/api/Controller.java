// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import io.hybridpipe.net.Ip;
import java.util.Objects;

/**
 * A controller that can be spoken to.
 *
 * @param name a name for people and for the names of what is made
 * @param address where its API answers, and where its peers reach it
 * @param privateAddress its address inside its own network; the same as {@code address} without address translation
 * @param password the API password of the user {@code api}
 */
public record Controller(String name, Ip address, Ip privateAddress, Secret<String> password) {
    /** Refuses an empty name. */
    public Controller {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a controller needs a name");
        }
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(privateAddress, "privateAddress");
        Objects.requireNonNull(password, "password");
    }

    /** A controller without address translation. */
    public static Controller of(String name, Ip address, Secret<String> password) {
        return new Controller(name, address, address, password);
    }

    /** A copy with the address that it has inside its own network. */
    public Controller withPrivateAddress(Ip privateAddress) {
        return new Controller(name, address, privateAddress, password);
    }

    /** A copy with another password. */
    public Controller withPassword(Secret<String> password) {
        return new Controller(name, address, privateAddress, password);
    }

    @Override
    public String toString() {
        return name + " (" + address + ")";
    }
}
