// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

/** The script of a step's undo, a scope's close, or a look of reconcile: see {@link Scripted#undoing}. */
public final class Answers extends Script<Answers> {
    Answers() {}

    @Override
    Answers self() {
        return this;
    }
}
