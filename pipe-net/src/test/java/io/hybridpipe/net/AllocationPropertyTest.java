// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Random networks against a model that knows no free list: it tries every aligned place from the first on. */
class AllocationPropertyTest {
    private static final int RUNS = 1_000;

    @Test
    void everySubnetGetsTheFirstFreeAlignedPlaceOrIsRefusedWhenThereIsNone() {
        long seed = Long.getLong("net.seed", new Random().nextLong());
        int refused = 0;
        for (int i = 0; i < RUNS; i++) {
            refused += check(seed + i) ? 0 : 1;
        }
        // a generator that never or always fills the network would show nothing
        assertThat(refused).as("refused of %d, seed %d", RUNS, seed).isBetween(RUNS / 20, RUNS * 19 / 20);
    }

    private static boolean check(long seed) {
        Random random = new Random(seed);
        Cidr network =
                Cidr.of(Ip.of("10." + random.nextInt(256) + "." + random.nextInt(256) + ".0"), 20 + random.nextInt(5));
        List<Cidr> taken = LongStream.range(0, random.nextInt(3))
                .mapToObj(i -> within(network, random))
                .toList();
        List<SubnetRequest> requests = requests(network, taken, random);
        String about = "-Dnet.seed=" + seed + ": " + requests + " in " + network + " beside " + taken;

        Optional<List<Cidr>> expected = model(network, requests, taken);
        Optional<List<Cidr>> actual = allocate(network, requests, taken);
        assertThat(actual).as(about).isEqualTo(expected);
        assertThat(allocate(network, requests, taken)).as(about).isEqualTo(actual);
        actual.ifPresent(places -> {
            for (int i = 0; i < places.size(); i++) {
                Cidr place = places.get(i);
                assertThat(network.contains(place)).as(about).isTrue();
                assertThat(place.prefix()).as(about).isEqualTo(requests.get(i).prefix());
                assertThat(taken).as(about).noneMatch(place::overlaps);
                assertThat(places.subList(0, i)).as(about).noneMatch(place::overlaps);
            }
        });
        return actual.isPresent();
    }

    private static List<SubnetRequest> requests(Cidr network, List<Cidr> taken, Random random) {
        List<SubnetRequest> requests = new ArrayList<>();
        List<Cidr> used = new ArrayList<>(taken);
        int count = 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            Cidr place = within(network, random);
            boolean fixed = random.nextInt(3) == 0 && used.stream().noneMatch(place::overlaps);
            if (fixed) {
                used.add(place);
            }
            requests.add(fixed ? SubnetRequest.of("s" + i, place) : SubnetRequest.of("s" + i, place.prefix()));
        }
        return requests;
    }

    private static Cidr within(Cidr network, Random random) {
        int prefix = network.prefix() + 1 + random.nextInt(5);
        return Cidr.of(network.address(random.nextInt(network.addresses().intValueExact())), prefix);
    }

    private static Optional<List<Cidr>> allocate(Cidr network, List<SubnetRequest> requests, List<Cidr> taken) {
        try {
            return Optional.of(List.copyOf(
                    Subnets.allocate(network, requests, taken).byName().values()));
        } catch (IllegalArgumentException doesNotFit) {
            return Optional.empty();
        }
    }

    private static Optional<List<Cidr>> model(Cidr network, List<SubnetRequest> requests, List<Cidr> taken) {
        List<Cidr> used = new ArrayList<>(taken);
        requests.forEach(request -> Optional.ofNullable(request.cidr()).ifPresent(used::add));
        List<Cidr> places = new ArrayList<>();
        for (SubnetRequest request : requests) {
            Cidr fixed = request.cidr();
            if (fixed != null) {
                places.add(fixed);
                continue;
            }
            long size = 1L << (32 - request.prefix());
            Optional<Cidr> first = LongStream.iterate(
                            0, at -> at < network.addresses().longValueExact(), at -> at + size)
                    .mapToObj(at -> Cidr.of(network.address(at), request.prefix()))
                    .filter(place -> used.stream().noneMatch(place::overlaps))
                    .findFirst();
            if (first.isEmpty()) {
                return Optional.empty();
            }
            used.add(first.get());
            places.add(first.get());
        }
        return Optional.of(places);
    }
}
