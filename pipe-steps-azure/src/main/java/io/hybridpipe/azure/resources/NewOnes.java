// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import io.hybridpipe.retry.StepFailure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Those of a deployment's resources that were not there before it: all that its undo may delete.
 *
 * <p>They are kept in the deployment's own tags, which are set by the very call that starts it, so that whoever finds the
 * deployment knows them, and one whose tags were lost makes nobody delete anything. Of each id a tag has twelve hexadecimal
 * digits, so that the 800 resources of the largest template have room: a tag holds 256 characters, and a deployment 50 tags
 * (Azure: "Use tags to organize your Azure resources", limitations). Immutable.
 */
record NewOnes(SortedSet<String> hashes) {
    private static final String TAG = "hybridpipe:new-";
    private static final int DIGITS = 12;
    private static final int IN_A_TAG = 256 / DIGITS;
    private static final int MOST = 40 * IN_A_TAG;

    static NewOnes of(Collection<ResourceId> ids) {
        return new NewOnes(ids.stream().map(NewOnes::hash).collect(Collectors.toCollection(TreeSet::new)));
    }

    /** Those that a deployment has in its tags. */
    static NewOnes in(Map<String, String> tags) {
        SortedSet<String> hashes = new TreeSet<>();
        tags.forEach((name, value) -> {
            for (int i = 0; name.startsWith(TAG) && i + DIGITS <= value.length(); i += DIGITS) {
                hashes.add(value.substring(i, i + DIGITS));
            }
        });
        return new NewOnes(hashes);
    }

    /** These and the others. */
    NewOnes and(NewOnes others) {
        SortedSet<String> all = new TreeSet<>(hashes);
        all.addAll(others.hashes);
        return new NewOnes(all);
    }

    boolean has(ResourceId id) {
        return hashes.contains(hash(id));
    }

    /**
     * The tags that keep them.
     *
     * @throws StepFailure a permanent one, if there are more than tags can keep
     */
    Map<String, String> toTags() {
        if (hashes.size() > MOST) {
            throw StepFailure.permanent("the template makes " + hashes.size() + " new resources, of which no more than "
                    + MOST + " can be kept in mind for an undo");
        }
        Map<String, String> tags = new TreeMap<>();
        int count = 0;
        for (String hash : hashes) {
            tags.merge(TAG + count++ / IN_A_TAG, hash, String::concat);
        }
        return tags;
    }

    private static String hash(ResourceId id) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(id.key().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, DIGITS / 2);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
