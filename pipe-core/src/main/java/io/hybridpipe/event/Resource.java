// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.event;

import java.util.Map;
import java.util.Objects;

/**
 * A thing that a run made in a cloud or on an appliance, as reports and leftovers name it.
 *
 * @param kind what it is, for instance {@code AWS::EC2::SecurityGroupRule}
 * @param id its id as the provider says it
 * @param where account and region, subscription, or the appliance's address
 * @param show a command that shows it to a person, or an empty text
 */
public record Resource(String kind, String id, String where, String show) {
    /** A resource without a command that shows it. */
    public static Resource of(String kind, String id, String where) {
        return new Resource(kind, id, where, "");
    }

    /** A copy with the command that shows it to a person. */
    public Resource withShow(String show) {
        return new Resource(kind, id, where, show);
    }

    /** Whether both name one thing: two appliances may give the same id. */
    public boolean isSameAs(Resource other) {
        return kind.equals(other.kind) && id.equals(other.id) && where.equals(other.where);
    }

    /** All fields under stable names: texts only. */
    public Map<String, Object> fields() {
        return Fields.ofRecord(this);
    }

    /** The resource with these fields. */
    public static Resource of(Map<String, ?> fields) {
        return new Resource(text(fields, "kind"), text(fields, "id"), text(fields, "where"), text(fields, "show"));
    }

    private static String text(Map<String, ?> fields, String name) {
        return Objects.toString(fields.get(name), "");
    }

    @Override
    public String toString() {
        return kind + " " + id + (where.isEmpty() ? "" : " in " + where);
    }
}
