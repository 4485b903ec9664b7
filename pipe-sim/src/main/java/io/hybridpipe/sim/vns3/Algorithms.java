// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import io.hybridpipe.sim.lab.ViciMessage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names of algorithms: {@code aes256_gcm-sha2_256-dh14} in a controller's extra configuration is
 * {@code aes256gcm16-prfsha256-modp2048} for strongSwan. Words that are not known go through as they are, for strongSwan to
 * refuse.
 *
 * <p>Diffie-Hellman groups by number: IANA, "Internet Key Exchange Version 2 (IKEv2) Parameters"; strongSwan's keywords:
 * docs.strongswan.org, "IKEv2 Cipher Suites".
 */
final class Algorithms {
    private static final Map<String, String> GROUPS = groups();

    private Algorithms() {}

    private static Map<String, String> groups() {
        Map<String, String> groups = new LinkedHashMap<>();
        groups.put("dh2", "modp1024");
        groups.put("dh5", "modp1536");
        groups.put("dh14", "modp2048");
        groups.put("dh15", "modp3072");
        groups.put("dh16", "modp4096");
        groups.put("dh17", "modp6144");
        groups.put("dh18", "modp8192");
        groups.put("dh19", "ecp256");
        groups.put("dh20", "ecp384");
        groups.put("dh21", "ecp521");
        groups.put("dh31", "curve25519");
        return groups;
    }

    /** What an endpoint offers for phase 1. */
    static List<String> ike(Endpoint endpoint) {
        return offers(endpoint, "phase1", Proposal.PHASE1)
                .map(offer -> join(
                        cipher(offer),
                        (isAead(offer) ? "prf" : "") + hash(offer).orElse("sha256"),
                        group(offer).orElse("modp2048")))
                .distinct()
                .toList();
    }

    /** What an endpoint offers for phase 2; with perfect forward secrecy the groups of phase 1 if it names none. */
    static List<String> esp(Endpoint endpoint) {
        String fallback = offers(endpoint, "phase1", Proposal.PHASE1)
                .flatMap(offer -> group(offer).stream())
                .distinct()
                .collect(Collectors.joining("-"));
        return offers(endpoint, "phase2", Proposal.PHASE2)
                .map(offer -> join(
                        cipher(offer),
                        isAead(offer) ? "" : hash(offer).orElse("sha256"),
                        endpoint.pfs() ? group(offer).orElse(fallback) : ""))
                .distinct()
                .toList();
    }

    private static Stream<Proposal> offers(Endpoint endpoint, String phase, String otherwise) {
        return Proposal.all(endpoint.extra(phase).orElse(otherwise)).stream();
    }

    private static String join(String... words) {
        return Stream.of(words).filter(word -> !word.isEmpty()).collect(Collectors.joining("-"));
    }

    private static boolean isAead(Proposal offer) {
        return offer.cipher().contains("_gcm");
    }

    private static String cipher(Proposal offer) {
        return offer.cipher().replaceFirst("_gcm.*", "gcm16");
    }

    private static Optional<String> hash(Proposal offer) {
        return Optional.of(offer.hash())
                .filter(hash -> !hash.isEmpty())
                .map(hash -> hash.replaceFirst("^sha2_", "sha"));
    }

    private static Optional<String> group(Proposal offer) {
        return Optional.of(offer.group())
                .filter(group -> !group.isEmpty())
                .map(group -> GROUPS.getOrDefault(group, group));
    }

    /** What an IKE_SA came to use, in the controller's words. */
    static Proposal ofIke(ViciMessage sa) {
        String group = sa.text("dh-group").orElse("");
        return new Proposal(
                encryption(sa),
                word(sa, "prf-alg").replaceFirst("^prf_hmac_", ""),
                GROUPS.entrySet().stream()
                        .filter(known ->
                                known.getValue().equals(group.replace("_", "").toLowerCase(Locale.ROOT)))
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse(group));
    }

    /** What a CHILD_SA came to use, in the controller's words. */
    static Proposal ofEsp(ViciMessage child) {
        return new Proposal(
                encryption(child),
                word(child, "integ-alg").replaceFirst("^hmac_", "").replaceFirst("(sha2_[0-9]+|sha1|md5)_.*", "$1"),
                word(child, "dh-group"));
    }

    /** AES_CBC of 256 bits is aes256, AES_GCM_16 of 256 bits is aes256_gcm. */
    private static String encryption(ViciMessage sa) {
        String name = word(sa, "encr-alg");
        String bits = sa.text("encr-keysize").orElse("");
        return name.startsWith("aes_gcm") ? "aes" + bits + "_gcm" : name.replaceFirst("_cbc$", "") + bits;
    }

    private static String word(ViciMessage sa, String name) {
        return sa.text(name).orElse("").toLowerCase(Locale.ROOT);
    }
}
