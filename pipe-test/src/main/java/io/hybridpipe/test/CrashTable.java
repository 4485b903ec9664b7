// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.test.CrashCell.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The verdicts of a crash matrix as a person reads them: a row a call, a column a moment. */
final class CrashTable {
    /** What failed is told in full for so many cells; the table has them all. */
    private static final int TOLD = 3;

    private static final int LONGEST_LINE = 200;

    private final String pipe;
    private final long seed;
    private final CrashVerdict undone;
    private final Map<CrashCell, CrashVerdict> verdicts = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    /** @param undone what came of an undisturbed run that was undone when it was done */
    CrashTable(String pipe, long seed, CrashVerdict undone, List<JournalRecord> records) {
        this.pipe = pipe;
        this.seed = seed;
        this.undone = undone;
        if (!undone.isFine()) {
            failures.add(failure(undone, "undisturbed, then undone", records));
        }
    }

    void add(CrashCell cell, CrashVerdict verdict, List<JournalRecord> records) {
        verdicts.put(cell, verdict);
        if (!verdict.isFine()) {
            failures.add(failure(verdict, cell.toString(), records) + "\n  to repeat it alone: .seed(" + seed
                    + ").only(\"" + cell + "\")");
        }
    }

    boolean isFine() {
        return failures.isEmpty();
    }

    private static String failure(CrashVerdict verdict, String what, List<JournalRecord> records) {
        return verdict.mark() + " " + what + "\n  " + verdict.text().replace("\n", "\n  ") + "\n  journal:\n"
                + records.stream().map(it -> "    " + line(it)).collect(Collectors.joining("\n"));
    }

    private static String line(JournalRecord entry) {
        String line = String.format(
                        Locale.ROOT,
                        "%s  %-12s %s%s%s%s",
                        entry.at(),
                        entry.kind(),
                        entry.path(),
                        entry.attempt() > 0 ? " #" + entry.attempt() : "",
                        entry.generation() > 0 ? " generation " + entry.generation() : "",
                        entry.data().isEmpty() ? "" : "  " + new TreeMap<>(entry.data()))
                .stripTrailing();
        return line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "..." : line;
    }

    @Override
    public String toString() {
        List<Row> rows =
                verdicts.keySet().stream().map(CrashCell::row).distinct().toList();
        int width = rows.stream().mapToInt(row -> row.toString().length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        text.append("crash matrix of ")
                .append(pipe)
                .append(", seed ")
                .append(seed)
                .append(": ");
        long cells = 1
                + verdicts.values().stream()
                        .filter(it -> it.mark() != CrashVerdict.NO_CELL)
                        .count();
        text.append(
                failures.isEmpty()
                        ? "all " + cells + " cells are fine\n"
                        : failures.size() + " of " + cells + " cells failed\n");
        text.append("undisturbed, then undone: ").append(undone.mark()).append('\n');
        heading(text, width);
        for (Row row : rows) {
            text.append(String.format(Locale.ROOT, "%-" + Math.max(1, width) + "s", row));
            for (Group group : GROUPS) {
                text.append("  ");
                for (Moment moment : Moment.values()) {
                    CrashVerdict verdict = verdicts.get(new CrashCell(row, group.disturbance, moment, group.aftermath));
                    boolean never = verdict == null && row.inUndo() && group.disturbance != Disturbance.CRASH;
                    text.append(never ? ' ' : verdict == null ? CrashVerdict.NO_CELL : verdict.mark());
                }
            }
            strip(text);
        }
        text.append(CrashVerdict.LEGEND).append('\n');
        text.append("moments: ")
                .append(List.of(Moment.values()).stream().map(Moment::toString).collect(Collectors.joining("; ")));
        failures.stream().limit(TOLD).forEach(failure -> text.append("\n\n").append(failure));
        if (failures.size() > TOLD) {
            text.append("\n\nand ").append(failures.size() - TOLD).append(" more");
        }
        return text.toString();
    }

    private record Group(Disturbance disturbance, Aftermath aftermath) {}

    private static final List<Group> GROUPS = groups();

    private static List<Group> groups() {
        List<Group> all = new ArrayList<>();
        for (Disturbance disturbance : Disturbance.values()) {
            for (Aftermath aftermath : Aftermath.values()) {
                if (disturbance == Disturbance.CRASH
                        ? aftermath != Aftermath.ALONE
                        : aftermath != Aftermath.RESUMED_TWICE) {
                    all.add(new Group(disturbance, aftermath));
                }
            }
        }
        return all;
    }

    private static void heading(StringBuilder text, int width) {
        text.append(" ".repeat(width));
        GROUPS.forEach(group -> text.append(String.format(
                Locale.ROOT,
                "  %-5s",
                group.aftermath == Aftermath.ALONE
                                || group.disturbance == Disturbance.CRASH && group.aftermath == Aftermath.RESUMED
                        ? group.disturbance.toString()
                        : "")));
        strip(text);
        text.append(" ".repeat(width));
        GROUPS.forEach(group -> text.append("  ")
                .append(
                        switch (group.aftermath) {
                            case ALONE -> "self ";
                            case RESUMED -> "res. ";
                            case RESUMED_TWICE -> "twice";
                            case UNDONE -> "undo ";
                        }));
        strip(text);
    }

    private static void strip(StringBuilder text) {
        while (text.charAt(text.length() - 1) == ' ') {
            text.setLength(text.length() - 1);
        }
        text.append('\n');
    }
}
