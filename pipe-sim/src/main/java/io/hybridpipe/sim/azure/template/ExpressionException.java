// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

/** An expression that cannot be read or evaluated; whoever knows where it stands makes a {@link TemplateException} of it. */
final class ExpressionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ExpressionException(String message, Object... arguments) {
        super(message.formatted(arguments), null, false, false);
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
