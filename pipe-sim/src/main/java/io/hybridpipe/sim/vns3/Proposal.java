// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The algorithms that one side offers for a phase: {@code cipher-hash-group}, several apart by commas.
 *
 * <p>What a controller offers when it is told nothing is not published; {@link #PHASE1} and {@link #PHASE2} are a usual
 * set, and two silent sides agree on its first.
 */
record Proposal(String cipher, String hash, String group) {
    static final String PHASE1 = "aes256-sha2_256-dh14,aes256-sha1-dh14,aes128-sha2_256-dh14,aes128-sha1-dh14,"
            + "aes256_gcm-sha2_256-dh14,aes128-sha1-dh5,3des-sha1-dh2";
    static final String PHASE2 =
            "aes256-sha2_256,aes256-sha1,aes128-sha2_256,aes128-sha1,aes256_gcm,aes128_gcm,3des-sha1";

    static List<Proposal> all(String text) {
        return Arrays.stream(text.split(",")).map(Proposal::parse).toList();
    }

    /** The first offer of one side that the other has too. */
    static Optional<Proposal> agree(String here, String there) {
        List<Proposal> theirs = all(there);
        return all(here).stream().filter(theirs::contains).findFirst();
    }

    private static Proposal parse(String text) {
        String[] parts = text.trim().split("-");
        return new Proposal(parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
    }
}
