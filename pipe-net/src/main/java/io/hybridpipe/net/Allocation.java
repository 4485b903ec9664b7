// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The free blocks of one network while subnets are cut out of it.
 *
 * <p>They are aligned, sorted by address, and as large as can be: cutting an aligned block out of another leaves only blocks
 * whose other half is (partly) taken. So the first one that is large enough starts with the first free place of a size.
 */
final class Allocation {
    private static final int SHOWN = 6;

    private final Cidr network;
    private final List<SubnetRequest> requests;
    private List<IPAddress> free;

    private Allocation(Cidr network, List<SubnetRequest> requests) {
        this.network = network;
        this.requests = requests;
        free = List.of(network.block());
    }

    /** Every requested subnet's place, in declared order. */
    static Map<String, Cidr> of(Cidr network, List<SubnetRequest> requests, List<Cidr> taken) {
        Allocation allocation = new Allocation(network, requests);
        allocation.requireSense();
        taken.forEach(allocation::cut);
        return allocation.places();
    }

    private Map<String, Cidr> places() {
        Map<String, Cidr> found = new HashMap<>();
        for (int i = 0; i < requests.size(); i++) {
            Cidr fixed = requests.get(i).cidr();
            if (fixed != null) {
                requireFree(i, fixed);
                cut(fixed);
                found.put(requests.get(i).name(), fixed);
            }
        }
        for (int i = 0; i < requests.size(); i++) {
            if (requests.get(i).cidr() == null) {
                Cidr place = first(i, requests.get(i));
                cut(place);
                found.put(requests.get(i).name(), place);
            }
        }
        Map<String, Cidr> inOrder = new LinkedHashMap<>();
        requests.forEach(request -> inOrder.put(request.name(), found.get(request.name())));
        return inOrder;
    }

    private void requireSense() {
        int longest = network.block().getBitCount();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < requests.size(); i++) {
            SubnetRequest request = requests.get(i);
            String pointer = "/subnets/" + i;
            if (!names.add(request.name())) {
                throw new Misfit(pointer + "/name", Quoted.of(request.name()) + " is there twice");
            }
            Cidr fixed = request.cidr();
            if (fixed != null && !network.contains(fixed)) {
                throw new Misfit(pointer + "/cidr", "'" + fixed + "' is outside of the network's " + network);
            }
            if (request.prefix() < network.prefix() || request.prefix() > longest) {
                throw new Misfit(
                        pointer,
                        Quoted.of(request.name()) + " has prefix length " + request.prefix() + "; in " + network
                                + " it can be " + network.prefix() + " to " + longest);
            }
        }
    }

    private void requireFree(int index, Cidr fixed) {
        String pointer = "/subnets/" + index + "/cidr";
        for (SubnetRequest before : requests.subList(0, index)) {
            Cidr its = before.cidr();
            if (its != null && its.overlaps(fixed)) {
                throw new Misfit(pointer, "'" + fixed + "' overlaps subnet " + Quoted.of(before.name()) + ", " + its);
            }
        }
        if (free.stream().noneMatch(block -> block.contains(fixed.block()))) {
            throw new Misfit(pointer, "'" + fixed + "' is taken; " + left());
        }
    }

    private Cidr first(int index, SubnetRequest request) {
        return free.stream()
                .filter(block -> block.getNetworkPrefixLength() <= request.prefix())
                .findFirst()
                .map(block -> Cidr.of(block.getLower().toPrefixBlock(request.prefix())))
                .orElseThrow(() -> new Misfit(
                        "/subnets/" + index,
                        Quoted.of(request.name()) + " does not fit: no /" + request.prefix() + " is free in " + network
                                + "; " + left()));
    }

    private void cut(Cidr taken) {
        List<IPAddress> rest = new ArrayList<>();
        for (IPAddress block : free) {
            if (!block.overlaps(taken.block())) {
                rest.add(block);
            } else if (!taken.block().contains(block)) {
                for (IPAddress piece : block.subtract(taken.block())) {
                    rest.addAll(Arrays.asList(piece.spanWithPrefixBlocks()));
                }
            }
        }
        rest.sort(IPAddress.ADDRESS_LOW_VALUE_COMPARATOR);
        free = rest;
    }

    private String left() {
        if (free.isEmpty()) {
            return "nothing is left";
        }
        String first =
                free.stream().limit(SHOWN).map(IPAddress::toCanonicalString).collect(Collectors.joining(", "));
        return "left: " + first + (free.size() > SHOWN ? " and " + (free.size() - SHOWN) + " more" : "");
    }
}
