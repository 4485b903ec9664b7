// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** All cases with {@code -Pfednet}, otherwise as many as a usual build has time for; {@code -Dfednet.seed=N} chooses others. */
final class Sample {
    private Sample() {}

    static <T> Stream<T> of(Stream<T> cases, int count) {
        List<T> all = new ArrayList<>(cases.toList());
        if (Boolean.getBoolean("fednet.all")) {
            return all.stream();
        }
        Collections.shuffle(all, new Random(Long.getLong("fednet.seed", 1)));
        return all.stream().limit(count);
    }
}
