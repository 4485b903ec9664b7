// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import org.jspecify.annotations.Nullable;

/** What a caller wants to be made or changed: the fields that are set. Immutable; equal by value; prints no secret. */
abstract class Request {
    private final Body body;

    Request(Body body) {
        this.body = body;
    }

    final Body body() {
        return body;
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other != null && other.getClass() == getClass() && ((Request) other).body.equals(body);
    }

    @Override
    public final int hashCode() {
        return body.hashCode();
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + body;
    }
}
