// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A log that cannot be had, read or written; the message says what and where in one line. */
public final class JournalException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** A living owner holds the target. */
        HELD,
        /** Another owner has taken the lease over. */
        LOST,
        /** There is a log of this run already. */
        EXISTS,
        /** There is no log of this run. */
        UNKNOWN_RUN,
        /** The log is not what was once written, or cannot be checked without the key. */
        DAMAGED,
        /** The log could not be written or read: a full disk, an error of the device, no permission. */
        FAILED
    }

    private final Reason reason;
    private final transient @Nullable Owner owner;

    private JournalException(Reason reason, String message, @Nullable Owner owner, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
        this.owner = owner;
    }

    /** The exception with this reason and message. */
    public static JournalException of(Reason reason, String message) {
        return new JournalException(reason, message, null, null);
    }

    /** A living owner holds the target. */
    public static JournalException held(String target, Owner owner) {
        return new JournalException(Reason.HELD, "target " + target + " is held by " + owner, owner, null);
    }

    /** Another owner, if it is known, has taken the lease over. */
    public static JournalException lost(String target, @Nullable Owner owner) {
        return new JournalException(
                Reason.LOST,
                "the lease of target " + target + " was taken over" + (owner == null ? "" : " by " + owner),
                owner,
                null);
    }

    /** It could not be written or read. */
    public static JournalException failed(String message, Throwable cause) {
        return new JournalException(Reason.FAILED, message, null, cause);
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** Who holds the target, if that is the reason and known. */
    public Optional<Owner> owner() {
        return Optional.ofNullable(owner);
    }
}
