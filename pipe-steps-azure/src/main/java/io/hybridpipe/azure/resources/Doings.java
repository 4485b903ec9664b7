// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.resourcemanager.resources.fluent.models.DeploymentOperationInner;
import com.azure.resourcemanager.resources.models.DeploymentOperationProperties;
import com.azure.resourcemanager.resources.models.ProvisioningOperation;
import com.azure.resourcemanager.resources.models.StatusMessage;
import com.azure.resourcemanager.resources.models.TargetResource;
import io.hybridpipe.azure.AtRest;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a deployment has done to its resources so far, read from its operations. */
record Doings(List<Doing> all) {
    /**
     * What it did to one resource.
     *
     * @param name as the deployment calls it, such as {@code hub/controllers}
     * @param state how far it is, such as {@code Running}
     * @param when when that was said last
     * @param error why it failed, if it did and the service says so
     */
    record Doing(ResourceId id, String name, String state, OffsetDateTime when, Optional<DeploymentError> error) {
        boolean isOver() {
            return AtRest.isFinal(state);
        }

        boolean isDone() {
            return state.equals("Succeeded");
        }

        /** Kind and name, such as {@code subnet hub/controllers}. */
        @Override
        public String toString() {
            String type = id.type();
            return singular(type.substring(type.lastIndexOf('/') + 1)) + " " + name;
        }

        private static String singular(String plural) {
            if (plural.endsWith("ies")) {
                return plural.substring(0, plural.length() - 3) + "y";
            }
            if (plural.endsWith("sses")) {
                return plural.substring(0, plural.length() - 2);
            }
            return plural.endsWith("s") ? plural.substring(0, plural.length() - 1) : plural;
        }
    }

    /** The operations that make or update resources; of two about one resource the one that was said last. */
    static Doings in(List<DeploymentOperationInner> operations) {
        Map<ResourceId, Doing> latest = operations.stream()
                .map(DeploymentOperationInner::properties)
                .filter(Objects::nonNull)
                .filter(each -> each.provisioningOperation() == ProvisioningOperation.CREATE)
                .flatMap(Doings::toDoing)
                .collect(Collectors.toMap(
                        Doing::id, doing -> doing, (one, other) -> one.when().isAfter(other.when()) ? one : other));
        return new Doings(latest.values().stream()
                .sorted(Comparator.comparing(Doing::when)
                        .thenComparing(doing -> doing.id().key()))
                .toList());
    }

    private static Stream<Doing> toDoing(DeploymentOperationProperties operation) {
        TargetResource target = operation.targetResource();
        if (target == null || target.id() == null) {
            return Stream.empty();
        }
        StatusMessage said = operation.statusMessage();
        return Stream.of(new Doing(
                ResourceId.of(target.id()),
                Objects.requireNonNullElse(target.resourceName(), target.id()),
                Objects.requireNonNullElse(operation.provisioningState(), ""),
                Objects.requireNonNullElse(operation.timestamp(), OffsetDateTime.MIN),
                said == null || said.error() == null
                        ? Optional.empty()
                        : Optional.of(DeploymentError.of(said.error()))));
    }

    /** What is done to each resource. */
    Map<ResourceId, Doing> byId() {
        return all.stream().collect(Collectors.toMap(Doing::id, doing -> doing));
    }

    /** What failed first. */
    Optional<Doing> firstFailure() {
        return all.stream().filter(doing -> doing.state().equals("Failed")).findFirst();
    }

    /** Whether something is still being done to a resource. */
    boolean isUnderWay() {
        return all.stream().anyMatch(doing -> !doing.isOver());
    }

    long done() {
        return all.stream().filter(Doing::isDone).count();
    }

    /** What is being done now, in a few words. */
    String underWay() {
        return all.stream()
                .filter(doing -> !doing.isOver())
                .map(Doing::toString)
                .collect(Collectors.joining(", "));
    }
}
