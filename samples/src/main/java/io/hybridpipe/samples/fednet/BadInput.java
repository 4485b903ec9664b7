// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

/** What the user gave cannot be used; the message is the one line to show. */
final class BadInput extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadInput(String message) {
        super(message);
    }
}
