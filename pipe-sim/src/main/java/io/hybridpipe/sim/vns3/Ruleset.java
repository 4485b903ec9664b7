// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The one list of firewall rules of a controller, which both versions of the API show and change.
 *
 * <p>Version 2 names a rule's table ({@code FORWARD}), version 1 the custom chain that hangs in it ({@code FORWARD_CUST});
 * {@code MACRO_CUST} of version 1 hangs in POSTROUTING. Version 1 knows nothing of rules that are disabled.
 */
final class Ruleset {
    private static final List<String> TABLES = List.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING");
    private static final String CUSTOM = "_CUST";

    /**
     * One rule in its place.
     *
     * @param written as its author wrote it, which may name variables
     * @param rule the same with its variables resolved
     */
    record Entry(
            String id,
            String written,
            FirewallRule rule,
            String comment,
            boolean disabled,
            List<String> groups,
            Instant createdAt) {

        Entry {
            groups = List.copyOf(groups);
        }

        /** The table in lower case; the chain itself where that hangs in none. */
        String table() {
            return tableOf(rule.chain()).toLowerCase(Locale.ROOT);
        }

        /** The rule in the words of version 1. */
        String inCustomChain() {
            return Ruleset.inCustomChain(rule).text();
        }

        /** The rule in the words of version 2, as written. */
        String inTable() {
            return inTable(written);
        }

        /** The rule in the words of version 2, with its variables resolved. */
        String resolvedInTable() {
            return inTable(rule.text());
        }

        private String inTable(String text) {
            return tableOf(rule.chain()) + text.substring(rule.chain().length());
        }

        Entry withGroups(List<String> others) {
            return new Entry(id, written, rule, comment, disabled, others, createdAt);
        }

        private String inventory() {
            return written
                    + (comment.isEmpty() ? "" : " # " + comment)
                    + (disabled ? " (disabled)" : "")
                    + (groups.isEmpty() ? "" : " " + groups);
        }

        private static String tableOf(String chain) {
            if (chain.equals("MACRO_CUST")) {
                return "POSTROUTING";
            }
            String base = chain.endsWith(CUSTOM) ? chain.substring(0, chain.length() - CUSTOM.length()) : chain;
            return TABLES.contains(base) ? base : chain;
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    /** A rule in the chain by which version 1 names the same table. */
    static FirewallRule inCustomChain(FirewallRule rule) {
        return isTable(rule.chain()) ? rule.in(rule.chain() + CUSTOM) : rule;
    }

    /** Whether rules of a chain act in a table, by the words of either version. */
    static boolean hangsInTable(String chain) {
        return isTable(Entry.tableOf(chain));
    }

    static boolean isTable(String chain) {
        return TABLES.contains(chain);
    }

    static String newId() {
        byte[] bytes = new byte[10];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    List<Entry> all() {
        return List.copyOf(entries);
    }

    /** What version 1 shows, and what acts on packets. */
    List<Entry> active() {
        return entries.stream().filter(entry -> !entry.disabled()).toList();
    }

    Optional<Entry> find(String id) {
        return entries.stream().filter(entry -> entry.id().equals(id)).findFirst();
    }

    int position(Entry entry) {
        return entries.indexOf(entry);
    }

    int size() {
        return entries.size();
    }

    /** Puts a rule in at a position, or last if that is negative or beyond the end. */
    void insert(int position, Entry entry) {
        entries.add(position < 0 || position > entries.size() ? entries.size() : position, entry);
    }

    void replace(Entry old, Entry changed) {
        entries.set(entries.indexOf(old), changed);
    }

    void remove(Entry entry) {
        entries.remove(entry);
    }

    void overwrite(List<Entry> others) {
        entries.clear();
        entries.addAll(others);
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        for (int i = 0; i < entries.size(); i++) {
            data.put("%03d".formatted(i), entries.get(i).inventory());
        }
        return data;
    }
}
