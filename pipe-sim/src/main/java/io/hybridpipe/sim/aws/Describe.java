// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What all Describe actions of EC2 share: ids, filters with wildcards, tags, pages, and what is not yet visible.
 * Never changed once it serves.
 */
final class Describe<T extends Model.Resource> {

    private final String idParameter;
    private final String set;
    private final Function<Region, Store<T>> store;
    private final Map<String, BiFunction<Region, T, Collection<String>>> filters = new LinkedHashMap<>();
    private BiFunction<Region, Params, Predicate<T>> narrowing = (region, params) -> item -> true;
    private boolean idsOrPages;
    private int smallest = 5;
    private int largest = 1000;

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

    /** What selects besides ids and filters. */
    Describe<T> narrowed(BiFunction<Region, Params, Predicate<T>> by) {
        narrowing = by;
        return this;
    }

    /** A request for certain ids may not ask for pages. */
    Describe<T> idsWithoutPages() {
        idsOrPages = true;
        return this;
    }

    /** How many results a page may be asked to have; 5 to 1000 if not said. */
    Describe<T> pages(int least, int most) {
        smallest = least;
        largest = most;
        return this;
    }

    /** The action: selects and writes the list. */
    Action writing(BiConsumer<Region, Writer<T>> each) {
        return (region, params, answer) -> {
            var page = page(region, params, select(region, params));
            answer.each(set, page.items(), (xml, item) -> each.accept(region, new Writer<>(xml, item)));
            page.next().ifPresent(token -> answer.put("nextToken", token));
        };
    }

    /** The part of a selection that the request asks for by size and token. */
    Page<T> page(Region region, Params params, List<T> selected) {
        var size = params.number("MaxResults");
        if (idsOrPages && size.isPresent() && !params.list(idParameter).isEmpty()) {
            throw AwsError.of(
                    "InvalidParameterCombination",
                    "The parameter %ssSet cannot be used with the parameter maxResults",
                    idParameter.substring(0, 1).toLowerCase(Locale.ROOT) + idParameter.substring(1));
        }
        return page(region, params, set, selected, T::id, smallest, largest);
    }

    /** The part of any list that the request asks for by size and token. */
    static <I> Page<I> page(
            Region region, Params params, String set, List<I> selected, Function<I, String> id, int least, int most) {
        var size = params.number("MaxResults");
        size.filter(number -> number < least || number > most).ifPresent(number -> {
            throw AwsError.invalid(
                    "Value ( %d ) for parameter maxResults is invalid. Expecting a value %s.",
                    number, number < least ? "greater than " + least : "smaller than " + most);
        });
        return Page.of(
                selected,
                id,
                region.scope() + set + params.fingerprint("NextToken", "MaxResults"),
                params.find("NextToken"),
                size.orElse(most),
                token -> AwsError.of(
                        "InvalidPaginationToken", "The specified pagination token is not valid or is expired."));
    }

    record Writer<T>(Xml xml, T item) {}

    List<T> select(Region region, Params params) {
        var wanted = params.list(idParameter);
        var kept = store.apply(region);
        var items = wanted.isEmpty()
                ? kept.where(item -> region.visibility.shown(item.id()))
                : wanted.stream().distinct().map(kept::get).toList();
        var asked = params.structs("Filter").stream()
                .map(filter -> fitting(region, filter))
                .toList();
        return items.stream()
                .filter(narrowing.apply(region, params))
                .filter(item -> asked.stream().allMatch(filter -> filter.test(item)))
                .toList();
    }

    private Predicate<T> fitting(Region region, Params filter) {
        // an unknown name is refused even when there is nothing to filter
        var values = values(region, filter.get("Name"));
        return item -> matches(filter, values.apply(item));
    }

    /** Whether one of a filter's values, with {@code *} and {@code ?} in them, is one of these. */
    static boolean matches(Params filter, Collection<String> values) {
        return filter.list("Value").stream().map(Describe::pattern).anyMatch(pattern -> values.stream()
                .anyMatch(value -> pattern.matcher(value).matches()));
    }

    private Function<T, Collection<String>> values(Region region, String name) {
        if (name.startsWith("tag:")) {
            return item -> Optional.ofNullable(region.shownTags(item.id()).get(name.substring(4))).stream()
                    .toList();
        }
        if (name.equals("tag-key")) {
            return item -> region.shownTags(item.id()).keySet();
        }
        var known = filters.get(name);
        if (known == null) {
            throw AwsError.invalid("The filter '%s' is invalid", name);
        }
        return item -> known.apply(region, item);
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
