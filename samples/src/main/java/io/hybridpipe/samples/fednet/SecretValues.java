// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import io.hybridpipe.Secret;
import io.hybridpipe.sim.vns3.SimVns3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The secrets of one run, from the environment: they have no place on a command line. On stand-ins, what is not given is made
 * up.
 *
 * <p>{@code FEDNET_PSK}, {@code FEDNET_LICENSE_FILE}, {@code FEDNET_KEYSET_TOKEN} and {@code FEDNET_PASSWORD_FED_1} for the
 * controller fed-1.
 */
final class SecretValues {
    private final Map<String, String> environment;
    private final boolean madeUp;
    private final Map<String, String> invented = new ConcurrentHashMap<>();

    SecretValues(Map<String, String> environment, boolean madeUp) {
        this.environment = environment;
        this.madeUp = madeUp;
    }

    Secret<String> psk() {
        return value("FEDNET_PSK", () -> StandIns.random(24));
    }

    Secret<String> keysetToken() {
        return value("FEDNET_KEYSET_TOKEN", () -> StandIns.random(24));
    }

    Secret<String> password(String controller) {
        return value(passwordVariable(controller), () -> passwordOfStandIn(controller)
                .reveal());
    }

    static String passwordVariable(String controller) {
        return "FEDNET_PASSWORD_" + controller.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** The password that a stand-in of the controller really has, whatever the environment says. */
    Secret<String> passwordOfStandIn(String controller) {
        return Secret.of(invented.computeIfAbsent("password of " + controller, key -> StandIns.random(20)));
    }

    Secret<String> license() {
        String file = environment.get("FEDNET_LICENSE_FILE");
        if (file == null) {
            return value("FEDNET_LICENSE_FILE", () -> SimVns3.licenseText(StandIns.random(32)));
        }
        try {
            return Secret.of(Files.readString(Path.of(file)));
        } catch (IOException e) {
            throw new BadInput("FEDNET_LICENSE_FILE " + file + ": cannot be read");
        }
    }

    String awsAccessKey() {
        return invented.computeIfAbsent("aws access key", key -> "AKIA" + StandIns.random(16));
    }

    Secret<String> awsSecretKey() {
        return Secret.of(invented.computeIfAbsent("aws secret key", key -> StandIns.random(40)));
    }

    private Secret<String> value(String name, Supplier<String> inventor) {
        String given = environment.get(name);
        if (given != null) {
            return Secret.of(given);
        }
        if (!madeUp) {
            throw new BadInput("the environment variable " + name + " is missing; it is needed without stand-ins");
        }
        return Secret.of(invented.computeIfAbsent(name, key -> inventor.get()));
    }
}
