// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import io.hybridpipe.net.Ip;
import java.util.Objects;
import java.util.Optional;

/**
 * A controller that can be spoken to.
 *
 * @param name a name for people and for the names of what is made
 * @param address where its API answers, and where its peers reach it
 * @param privateAddress its address inside its own network; the same as {@code address} without address translation
 * @param password the API password of the user {@code api}
 * @param token an API token, which is used before the password if there is one
 * @param formerPassword the password that was in force before a step changed it, so that its undo can set it again
 */
public record Controller(
        String name,
        Ip address,
        Ip privateAddress,
        Secret<String> password,
        Optional<Secret<String>> token,
        Optional<Secret<String>> formerPassword) {
    /** Refuses an empty name. */
    public Controller {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a controller needs a name");
        }
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(privateAddress, "privateAddress");
        Objects.requireNonNull(password, "password");
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(formerPassword, "formerPassword");
    }

    /** A controller that is spoken to by its password. */
    public Controller(String name, Ip address, Ip privateAddress, Secret<String> password) {
        this(name, address, privateAddress, password, Optional.empty(), Optional.empty());
    }

    /** A controller without address translation. */
    public static Controller of(String name, Ip address, Secret<String> password) {
        return new Controller(name, address, address, password);
    }

    /** A copy with the address that it has inside its own network. */
    public Controller withPrivateAddress(Ip privateAddress) {
        return new Controller(name, address, privateAddress, password, token, formerPassword);
    }

    /** A copy with another password, which knows of no former one. */
    public Controller withPassword(Secret<String> password) {
        return new Controller(name, address, privateAddress, password, token, Optional.empty());
    }

    /** A copy with another password, in which the present one is the former one. */
    public Controller withChangedPassword(Secret<String> password) {
        return new Controller(name, address, privateAddress, password, token, Optional.of(this.password));
    }

    /** A copy that is spoken to by this token. */
    public Controller withToken(Secret<String> token) {
        return new Controller(name, address, privateAddress, password, Optional.of(token), formerPassword);
    }

    /** A copy that is spoken to by its password. */
    public Controller withoutToken() {
        return new Controller(name, address, privateAddress, password, Optional.empty(), formerPassword);
    }

    @Override
    public String toString() {
        return name + " (" + address + ")";
    }
}
