// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import java.util.ArrayList;
import java.util.List;

/** One check of a contract, by its name; any test framework can run it. */
public final class ContractCheck implements Runnable {
    private final String name;
    private final String of;
    private final Runnable body;

    ContractCheck(String name, String of, Runnable body) {
        this.name = name;
        this.of = of;
        this.body = body;
    }

    /** What is checked, in words. */
    public String name() {
        return name;
    }

    /**
     * Runs it.
     *
     * @throws AssertionError if the contract is not kept
     */
    @Override
    public void run() {
        try {
            body.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(of + ": " + name + ": " + e.getMessage(), e);
        }
    }

    /**
     * Runs all of them.
     *
     * @throws AssertionError with all that failed
     */
    static void verify(List<ContractCheck> checks) {
        List<String> failed = new ArrayList<>();
        List<Throwable> causes = new ArrayList<>();
        for (ContractCheck check : checks) {
            try {
                check.run();
            } catch (AssertionError e) {
                failed.add(e.getMessage());
                causes.add(e);
            }
        }
        if (!failed.isEmpty()) {
            AssertionError all = new AssertionError(String.join("\n", failed));
            causes.forEach(all::addSuppressed);
            throw all;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
