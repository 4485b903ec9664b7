// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

/** A template or its parameters that the service would refuse, in the service's words. */
public final class TemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String code;

    /**
     * A refusal.
     *
     * @param code such as {@code InvalidTemplate}
     */
    public TemplateException(String code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** A template that does not pass the checks before anything is deployed. */
    static TemplateException invalid(String message, Object... arguments) {
        return new TemplateException(
                "InvalidTemplate",
                "Deployment template validation failed: '%s'.".formatted(message.formatted(arguments)));
    }

    /** Something that the service would take and this package does not know. */
    static TemplateException unsupported(String what) {
        return invalid("%s not supported by this stand-in", what);
    }

    /** The error code, such as {@code InvalidTemplate}. */
    public String code() {
        return code;
    }

    /** The message, never null. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
