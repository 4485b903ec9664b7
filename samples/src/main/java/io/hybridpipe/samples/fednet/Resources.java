// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The documents that stand beside this sample on the class path. */
final class Resources {
    private Resources() {}

    static String text(String name) {
        try (InputStream in = Resources.class.getResourceAsStream("/fednet/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the class path lacks fednet/" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read fednet/" + name, e);
        }
    }
}
