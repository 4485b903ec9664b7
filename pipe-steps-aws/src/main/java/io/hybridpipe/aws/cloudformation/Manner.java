// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

/**
 * What a step or scope of this package does with a stack that is not there, and may do with one that is.
 *
 * @param reviewing whether a stack is made through a change set, not by CreateStack
 * @param updating whether a stack that somebody else made may be updated
 * @param replacing whether a stack that somebody else failed to make, and that holds nothing, may be deleted and made again
 */
record Manner(boolean reviewing, boolean updating, boolean replacing) {
    /** Tags in the one call that makes the stack; nothing that exists is touched. */
    static Manner ofScope() {
        return new Manner(false, false, false);
    }

    static Manner ofStep() {
        return new Manner(true, false, true);
    }

    Manner directly() {
        return new Manner(false, updating, replacing);
    }

    Manner andUpdating() {
        return new Manner(reviewing, true, replacing);
    }
}
