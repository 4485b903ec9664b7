// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.ElementKind;
import io.hybridpipe.event.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Draws an outline as text, Mermaid or DOT. */
final class Drawing {
    private final Map<Path, String> marks;
    private final StringBuilder text = new StringBuilder();
    private final List<String> edges = new ArrayList<>();
    private final List<String> marked = new ArrayList<>();
    private int ids;

    Drawing(Map<Path, String> marks) {
        this.marks = marks;
    }

    String tree(Outline root) {
        line("", root.path().value(), root);
        branches("", root.children());
        return text.toString();
    }

    private void branches(String indent, List<Outline> children) {
        for (int i = 0; i < children.size(); i++) {
            Outline child = children.get(i);
            // what follows a holding is drawn beside it, as its paths say
            boolean last = i == children.size() - 1
                    && !(child.isFlat() && !child.children().isEmpty());
            line(indent + (last ? "└─ " : "├─ "), child.path().name(), child);
            if (child.isFlat()) {
                branches(indent, child.children());
            } else {
                branches(indent + (last ? "   " : "│  "), child.children());
            }
        }
    }

    private void line(String indent, String name, Outline outline) {
        String mark = marks.getOrDefault(outline.path(), "");
        text.append(indent)
                .append(name)
                .append(describe(outline).isEmpty() ? "" : "  " + describe(outline))
                .append(mark.isEmpty() ? "" : "  " + mark)
                .append('\n');
    }

    private static String describe(Outline outline) {
        String bound = outline.bound() == Integer.MAX_VALUE ? "" : ", at most " + outline.bound();
        ElementKind kind = outline.kind();
        if (kind == ElementKind.GROUP) {
            return "concurrently" + bound;
        }
        if (kind == ElementKind.FAN_OUT) {
            return "for each" + bound;
        }
        if (kind == ElementKind.CONDITION) {
            return "under a condition";
        }
        String type = outline.contract().map(Contract::type).orElse("");
        if (kind == ElementKind.SCOPE) {
            return type + (outline.isFlat() ? ", held to the end" : ", held during");
        }
        return type.equals("lambda") ? "" : type;
    }

    String mermaid(Outline root) {
        text.append("flowchart TD\n");
        flow("  ", List.of(root));
        edges.forEach(edge -> text.append("  ").append(edge).append('\n'));
        if (!marked.isEmpty()) {
            text.append("  classDef marked stroke:#c00,stroke-width:3px\n");
            text.append("  class ").append(String.join(",", marked)).append(" marked\n");
        }
        return text.toString();
    }

    private List<String> flow(String indent, List<Outline> elements) {
        List<String> all = new ArrayList<>();
        for (Outline each : elements) {
            String id = "n" + ids++;
            String label = label(each, "<br/>");
            if (each.children().isEmpty()) {
                text.append(indent).append(id).append("[\"").append(label).append("\"]\n");
            } else {
                text.append(indent)
                        .append("subgraph ")
                        .append(id)
                        .append("[\"")
                        .append(label)
                        .append("\"]\n");
                List<String> inner = flow(indent + "  ", each.children());
                for (int i = 1; i < inner.size() && followEachOther(each); i++) {
                    edges.add(inner.get(i - 1) + " --> " + inner.get(i));
                }
                text.append(indent).append("end\n");
            }
            if (marks.containsKey(each.path())) {
                marked.add(id);
            }
            all.add(id);
        }
        return all;
    }

    String dot(Outline root) {
        text.append("digraph \"").append(root.path()).append("\" {\n  compound=true; node [shape=box];\n");
        nodes("  ", List.of(root));
        edges.forEach(edge -> text.append("  ").append(edge).append(";\n"));
        return text.append("}\n").toString();
    }

    private List<Ends> nodes(String indent, List<Outline> elements) {
        List<Ends> all = new ArrayList<>();
        for (Outline each : elements) {
            String id = "n" + ids++;
            String red = marks.containsKey(each.path()) ? "color=red" : "";
            if (each.children().isEmpty()) {
                text.append(indent).append(id).append(" [label=\"").append(label(each, "\\n"));
                text.append(red.isEmpty() ? "\"];\n" : "\", " + red + "];\n");
                all.add(new Ends(id, id, ""));
            } else {
                String cluster = "cluster_" + id;
                text.append(indent).append("subgraph ").append(cluster).append(" {\n");
                text.append(indent).append("  label=\"").append(label(each, "\\n"));
                text.append(red.isEmpty() ? "\";\n" : "\"; " + red + ";\n");
                List<Ends> inner = nodes(indent + "  ", each.children());
                for (int i = 1; i < inner.size() && followEachOther(each); i++) {
                    edges.add(inner.get(i - 1).to(inner.get(i)));
                }
                text.append(indent).append("}\n");
                all.add(new Ends(
                        inner.get(0).first(), inner.get(inner.size() - 1).last(), cluster));
            }
        }
        return all;
    }

    private static boolean followEachOther(Outline parent) {
        return parent.kind() != ElementKind.GROUP;
    }

    private String label(Outline outline, String newLine) {
        String described = describe(outline);
        String mark = marks.getOrDefault(outline.path(), "");
        return (outline.path().name()
                        + (described.isEmpty() ? "" : newLine + described)
                        + (mark.isEmpty() ? "" : newLine + mark))
                .replace("\"", "'")
                .replace('\n', ' ');
    }

    /** Edges of DOT join nodes; where a cluster is meant, they are cut at its border. */
    private record Ends(String first, String last, String cluster) {
        String to(Ends next) {
            List<String> borders = new ArrayList<>();
            if (!cluster.isEmpty()) {
                borders.add("ltail=" + cluster);
            }
            if (!next.cluster.isEmpty()) {
                borders.add("lhead=" + next.cluster);
            }
            return last + " -> " + next.first + (borders.isEmpty() ? "" : " [" + String.join(", ", borders) + "]");
        }
    }
}
