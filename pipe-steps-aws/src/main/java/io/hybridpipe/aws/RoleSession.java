// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.Tag;

/**
 * How a handle acts in a role: what {@link AwsAccount#assumeRole(RoleSession)} asks AssumeRole of STS for, again and again.
 *
 * <p>The limits are those of "AssumeRole" in the API reference of STS. Immutable.
 *
 * @param roleArn the role
 * @param name who acts, as CloudTrail shows it: 2 to 64 letters, digits and {@code _ = , . @ + -}
 * @param duration how long each session lasts, from 15 minutes to 12 hours and to the role's own maximum; a role that is assumed
 *     from another one lasts at most an hour
 * @param externalId what the role's trust policy may demand of somebody else's account
 * @param tags the session's tags, which policies may ask for; needs {@code sts:TagSession}
 * @param policy a policy in JSON that leaves the session only what both it and the role permit
 */
public record RoleSession(
        String roleArn,
        String name,
        Duration duration,
        Optional<String> externalId,
        Map<String, String> tags,
        Optional<String> policy) {
    /** The longest session of a role that is assumed from another role ("Role chaining" in the IAM User Guide). */
    static final Duration LONGEST_CHAINED = Duration.ofHours(1);

    private static final Duration SHORTEST = Duration.ofMinutes(15);
    private static final Duration LONGEST = Duration.ofHours(12);

    /**
     * Checks what STS would refuse.
     *
     * @throws IllegalArgumentException if the ARN, the name or the duration cannot be
     */
    public RoleSession {
        if (!roleArn.matches("arn:[a-z-]+:iam::\\d{12}:role/.+")) {
            throw new IllegalArgumentException(
                    "'" + roleArn + "' is not a role's ARN; one looks like arn:aws:iam::111122223333:role/network");
        }
        if (!name.matches("[\\w+=,.@-]{2,64}")) {
            throw new IllegalArgumentException("session name '" + name
                    + "' must have 2 to 64 characters, all of them letters, digits or one of _ = , . @ + -");
        }
        if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "session duration is " + duration + ", it must be from 15 minutes to 12 hours");
        }
        Objects.requireNonNull(externalId, "externalId");
        tags = Map.copyOf(tags);
        Objects.requireNonNull(policy, "policy");
    }

    /** Sessions of an hour each, STS's own default. */
    public static RoleSession of(String roleArn, String name) {
        return new RoleSession(roleArn, name, Duration.ofHours(1), Optional.empty(), Map.of(), Optional.empty());
    }

    /** A copy whose sessions last this long. */
    public RoleSession withDuration(Duration duration) {
        return new RoleSession(roleArn, name, duration, externalId, tags, policy);
    }

    /** A copy that says this external id. */
    public RoleSession withExternalId(String externalId) {
        return new RoleSession(roleArn, name, duration, Optional.of(externalId), tags, policy);
    }

    /** A copy whose sessions bear one more tag. */
    public RoleSession withTag(String key, String value) {
        Map<String, String> more = new TreeMap<>(tags);
        more.put(key, value);
        return new RoleSession(roleArn, name, duration, externalId, more, policy);
    }

    /** A copy whose sessions may do only what this policy permits too. */
    public RoleSession withPolicy(String json) {
        return new RoleSession(roleArn, name, duration, externalId, tags, Optional.of(json));
    }

    AssumeRoleRequest toRequest() {
        return AssumeRoleRequest.builder()
                .roleArn(roleArn)
                .roleSessionName(name)
                .durationSeconds(Math.toIntExact(duration.toSeconds()))
                .externalId(externalId.orElse(null))
                .tags(
                        tags.isEmpty()
                                ? null
                                : tags.entrySet().stream()
                                        .map(tag -> Tag.builder()
                                                .key(tag.getKey())
                                                .value(tag.getValue())
                                                .build())
                                        .toList())
                .policy(policy.orElse(null))
                .build();
    }
}
