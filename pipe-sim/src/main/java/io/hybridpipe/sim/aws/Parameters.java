// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * The Parameter Store of a region, with all versions of each parameter, and the public parameters that every account reads.
 * Rules of names, types and sizes are those of "Requirements and constraints for parameter names" and of PutParameter in the
 * AWS Systems Manager references. Guarded by the monitor of its region.
 */
final class Parameters {

    static final String PUBLIC = "/aws/service/";

    static final int STANDARD_SIZE = 4096;
    static final int ADVANCED_SIZE = 8192;
    private static final int LEVELS = 15;
    private static final int NAME_LENGTH = 1011;

    /** One version of a parameter. */
    record Version(
            String name, String type, String value, long version, Instant modified, String dataType, String tier) {

        boolean secret() {
            return type.equals("SecureString");
        }

        /** What a reader without decryption gets: a text that says nothing about the value. */
        String sealed() {
            try {
                var digest = MessageDigest.getInstance("SHA-256")
                        .digest((name + '\0' + version + '\0' + value).getBytes(StandardCharsets.UTF_8));
                return "AQICAH" + Base64.getEncoder().encodeToString(digest);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this JDK lacks SHA-256", e);
            }
        }

        /** Hides the value of a secret. */
        @Override
        public String toString() {
            return "%s %s version %d: %s".formatted(type, name, version, secret() ? "***" : value);
        }
    }

    /** What to put; no type keeps that of the version before. */
    record Wanted(
            String name,
            String value,
            Optional<String> type,
            boolean overwrite,
            Optional<String> allowedPattern,
            Optional<String> dataType,
            Optional<String> tier) {}

    private final Region region;
    private final SortedMap<String, List<Version>> versions = new TreeMap<>();

    Parameters(Region region) {
        this.region = region;
    }

    /** The newest version of each parameter of this account, by name. */
    Stream<Version> all() {
        return versions.values().stream().map(Parameters::newest);
    }

    /** The newest version, of this account's parameters and the public ones. */
    Optional<Version> find(String name) {
        return Optional.ofNullable(versions.get(plain(name)))
                .map(Parameters::newest)
                .or(() -> Optional.ofNullable(region.shared.publicParameters().get(plain(name)))
                        .map(value -> toPublic(plain(name), value)));
    }

    /** The parameter that a name or ARN means, with {@code :VERSION} behind it or not. */
    Version get(String selector) {
        var colon = plain(selector).lastIndexOf(':');
        if (colon < 0) {
            return find(selector).orElseThrow(() -> notFound(selector));
        }
        var name = plain(selector).substring(0, colon);
        var wanted = plain(selector).substring(colon + 1);
        var known = Optional.ofNullable(versions.get(name))
                .or(() -> find(name).map(List::of))
                .orElseThrow(() -> notFound(name));
        return known.stream()
                .filter(version -> String.valueOf(version.version()).equals(wanted))
                .findFirst()
                .orElseThrow(() -> AwsError.of(
                        "ParameterVersionNotFound",
                        "Systems Manager could not find version %s of %s. Verify the version and try again.",
                        wanted,
                        name));
    }

    /** All at or below a path, in order of names. */
    List<Version> below(String path, boolean recursive) {
        var prefix = path.endsWith("/") ? path : path + "/";
        return Stream.concat(
                        all(),
                        region.shared.publicParameters().entrySet().stream()
                                .map(given -> toPublic(given.getKey(), given.getValue())))
                .filter(version -> version.name().startsWith(prefix))
                .filter(version -> recursive || version.name().indexOf('/', prefix.length()) < 0)
                // the public ones are found only by those who ask for them
                .filter(version -> prefix.startsWith("/aws/") || !version.name().startsWith(PUBLIC))
                .toList();
    }

    Version put(Wanted wanted) {
        var name = plain(wanted.name());
        checkName(name);
        var old = Optional.ofNullable(versions.get(name)).map(Parameters::newest);
        if (old.isPresent() && !wanted.overwrite()) {
            throw AwsError.of(
                    "ParameterAlreadyExists",
                    "The parameter already exists. To overwrite this value, set the overwrite option in the request to"
                            + " true.");
        }
        var type = wanted.type()
                .or(() -> old.map(Version::type))
                .orElseThrow(() -> AwsError.of(
                        "ValidationException", "A parameter type is required when you create a parameter."));
        if (!List.of("String", "StringList", "SecureString").contains(type)) {
            throw Body.violated(type, "Type", "Member must satisfy enum value set: [SecureString, StringList, String]");
        }
        old.map(Version::type).filter(before -> !before.equals(type)).ifPresent(before -> {
            throw AwsError.of(
                    "HierarchyTypeMismatchException",
                    "The parameter being updated is of type %s and cannot be changed to %s",
                    before,
                    type);
        });
        var tier = wanted.tier().or(() -> old.map(Version::tier)).orElse("Standard");
        checkValue(wanted, tier);
        var made = new Version(
                name,
                type,
                wanted.value(),
                old.map(Version::version).orElse(0L) + 1,
                region.clock.instant(),
                wanted.dataType().or(() -> old.map(Version::dataType)).orElse("text"),
                tier);
        versions.computeIfAbsent(name, n -> new ArrayList<>()).add(made);
        return made;
    }

    /** Whether there was one. */
    boolean remove(String name) {
        region.tags.forget(tagId(plain(name)));
        return versions.remove(plain(name)) != null;
    }

    void delete(String name) {
        if (!remove(name)) {
            throw notFound(name);
        }
    }

    String arn(Version version) {
        var resource = "parameter" + (version.name().startsWith("/") ? "" : "/") + version.name();
        return version.name().startsWith(PUBLIC)
                ? "arn:aws:ssm:" + region.name + "::" + resource
                : region.arn("ssm", resource);
    }

    /** Under which id its tags are kept. */
    static String tagId(String name) {
        return "parameter:" + name;
    }

    private static void checkName(String name) {
        var lower = name.toLowerCase(Locale.ROOT);
        if (lower.matches("/?aws(/.*)?") || lower.matches("/?aws[^/]*")) {
            throw AwsError.of("AccessDeniedException", "No access to reserved parameter name: %s.", name);
        }
        if (lower.matches("/?ssm.*")) {
            throw invalid(
                    "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, it can"
                            + " consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters,"
                            + " numbers and the following 3 symbols .-_");
        }
        if (!name.matches("[a-zA-Z0-9_.\\-/]+") || name.contains("//") || name.length() > NAME_LENGTH) {
            throw invalid("Invalid parameter name. Please use correct syntax for referencing a version/label"
                    + "  <name>:<version/label>");
        }
        if (name.contains("/") && !name.startsWith("/")) {
            throw invalid("Parameter name must be a fully qualified name.");
        }
        if (name.chars().filter(c -> c == '/').count() > LEVELS) {
            throw AwsError.of(
                    "HierarchyLevelLimitExceededException", "Parameter name exceeds the maximum of %d levels.", LEVELS);
        }
    }

    private static void checkValue(Wanted wanted, String tier) {
        if (wanted.value().isEmpty()) {
            throw Body.violated("", "Value", "Member must have length greater than or equal to 1");
        }
        var most = tier.equals("Standard") ? STANDARD_SIZE : ADVANCED_SIZE;
        if (wanted.value().length() > most) {
            throw invalid(tier + " tier parameters support a maximum parameter value of " + most + " characters.");
        }
        wanted.allowedPattern()
                .filter(pattern -> !toPattern(pattern).matcher(wanted.value()).matches())
                .ifPresent(pattern -> {
                    throw AwsError.of(
                            "ParameterPatternMismatchException",
                            "Parameter value, cannot be validated against allowedPattern: %s",
                            pattern);
                });
    }

    private static Pattern toPattern(String allowed) {
        try {
            return Pattern.compile(allowed);
        } catch (PatternSyntaxException e) {
            throw AwsError.of(
                    "InvalidAllowedPatternException",
                    "The request does not meet the regular expression requirement: %s",
                    allowed);
        }
    }

    private static AwsError invalid(String message) {
        return AwsError.of("ValidationException", "%s", message);
    }

    private static AwsError notFound(String name) {
        return AwsError.of("ParameterNotFound", "Parameter %s not found.", name);
    }

    private Version toPublic(String name, String value) {
        return new Version(name, "String", value, 1, Instant.EPOCH, "text", "Standard");
    }

    /** The name in an ARN, or what was given. */
    private static String plain(String nameOrArn) {
        if (!nameOrArn.startsWith("arn:")) {
            return nameOrArn;
        }
        var resource = nameOrArn.substring(nameOrArn.indexOf(":parameter/") + ":parameter".length());
        // an ARN does not tell whether a name without a path has a slash in front
        return resource.indexOf('/', 1) < 0 ? resource.substring(1) : resource;
    }

    private static Version newest(List<Version> versions) {
        return versions.get(versions.size() - 1);
    }
}
