// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.event;

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

    @Override
    public String toString() {
        return kind + " " + id + (where.isEmpty() ? "" : " in " + where);
    }
}
