// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** The clients that one account handle has made, each once and when first asked for. Thread-safe. */
final class Clients {
    private final Map<String, SdkAutoCloseable> made = new HashMap<>();
    private final Deque<SdkAutoCloseable> newestFirst = new ArrayDeque<>();
    private boolean closed;

    @SuppressWarnings("unchecked") // each name is used for one type
    synchronized <C extends SdkAutoCloseable> C get(String name, Supplier<C> maker) {
        if (closed) {
            throw new IllegalStateException("the account handle is closed");
        }
        SdkAutoCloseable there = made.get(name);
        if (there == null) {
            there = maker.get();
            made.put(name, there);
            newestFirst.push(there);
        }
        return (C) there;
    }

    <C extends SdkAutoCloseable> Supplier<C> lazily(Supplier<C> maker) {
        return () -> get("http", maker);
    }

    synchronized void close() {
        closed = true;
        newestFirst.forEach(SdkAutoCloseable::close);
        newestFirst.clear();
    }
}
