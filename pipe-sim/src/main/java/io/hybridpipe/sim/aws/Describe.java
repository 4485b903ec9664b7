// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What all Describe actions of EC2 share: ids, filters with wildcards, tags, pages, and what is not yet visible. Immutable. */
final class Describe<T extends Model.Resource> {

    private final String idParameter;
    private final String set;
    private final Function<Region, Store<T>> store;
    private final Map<String, BiFunction<Region, T, Collection<String>>> filters = new LinkedHashMap<>();

    Describe(String idParameter, String set, Function<Region, Store<T>> store) {
        this.idParameter = idParameter;
        this.set = set;
        this.store = store;
    }

    Describe<T> filter(String name, Function<T, Object> value) {
        return filters(name, (region, item) -> List.of(String.valueOf(value.apply(item))));
    }

    Describe<T> filters(String name, BiFunction<Region, T, Collection<String>> values) {
        filters.put(name, values);
        return this;
    }

    /** The action: selects and writes the list. */
    Action writing(BiConsumer<Region, Writer<T>> each) {
        return (region, params, answer) -> {
            var selected = select(region, params);
            var from = Integer.parseInt(params.find("NextToken").orElse("0"));
            var size = params.number("MaxResults").orElse(Integer.MAX_VALUE - from);
            var page = selected.stream().skip(from).limit(size).toList();
            answer.each(set, page, (xml, item) -> each.accept(region, new Writer<>(xml, item)));
            if (from + page.size() < selected.size()) {
                answer.put("nextToken", from + page.size());
            }
        };
    }

    record Writer<T>(Xml xml, T item) {}

    List<T> select(Region region, Params params) {
        var wanted = params.list(idParameter);
        var kept = store.apply(region);
        var items = wanted.isEmpty()
                ? kept.where(item -> region.visible(item.id()))
                : wanted.stream().map(kept::get).toList();
        return items.stream()
                .filter(item -> params.structs("Filter").stream().allMatch(filter -> fits(region, filter, item)))
                .toList();
    }

    private boolean fits(Region region, Params filter, T item) {
        var name = filter.get("Name");
        var values = values(region, name, item);
        return filter.list("Value").stream().map(Describe::pattern).anyMatch(pattern -> values.stream()
                .anyMatch(value -> pattern.matcher(value).matches()));
    }

    private Collection<String> values(Region region, String name, T item) {
        var tags = region.tags.of(item.id());
        if (name.startsWith("tag:")) {
            var value = tags.get(name.substring(4));
            return value == null ? List.of() : List.of(value);
        }
        if (name.equals("tag-key")) {
            return tags.keySet();
        }
        var known = filters.get(name);
        if (known == null) {
            throw AwsError.invalid("The filter '%s' is invalid", name);
        }
        return known.apply(region, item);
    }

    private static Pattern pattern(String wildcards) {
        var regex = new StringBuilder();
        for (var c : wildcards.toCharArray()) {
            regex.append(
                    switch (c) {
                        case '*' -> ".*";
                        case '?' -> ".";
                        default -> Pattern.quote(String.valueOf(c));
                    });
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
