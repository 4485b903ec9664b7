// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.Contract;
import io.hybridpipe.Input;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudformation.model.CreateChangeSetRequest;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Tag;

/**
 * What is put into a stack. Immutable.
 *
 * @param tags the caller's own, beside those that say whose the stack is
 * @param capabilities what the template may do
 * @param role the role that CloudFormation acts in
 */
record StackInput(
        StackTemplate template,
        Map<String, Input<?>> parameters,
        Map<String, Input<? extends String>> tags,
        Set<String> capabilities,
        Optional<String> role) {
    private static final List<String> RESERVED = List.of("aws:", "hybridpipe:");

    static StackInput nothing() {
        return new StackInput(StackTemplate.missing(), Map.of(), Map.of(), Set.of(), Optional.empty());
    }

    StackInput withTemplate(StackTemplate from) {
        return new StackInput(from, parameters, tags, capabilities, role);
    }

    StackInput withParameter(String parameter, Input<?> value) {
        return new StackInput(template, with(parameters, parameter, value), tags, capabilities, role);
    }

    StackInput withTag(String tag, Input<? extends String> value) {
        if (RESERVED.stream().anyMatch(tag.toLowerCase(Locale.ROOT)::startsWith)) {
            throw new IllegalArgumentException("tag '" + tag + "': names that begin with "
                    + String.join(" or ", RESERVED) + " are not the caller's");
        }
        return new StackInput(template, parameters, with(tags, tag, value), capabilities, role);
    }

    StackInput withCapabilities(Collection<String> more) {
        Set<String> all = new LinkedHashSet<>(capabilities);
        all.addAll(more);
        return new StackInput(template, parameters, tags, all, role);
    }

    StackInput withRole(String arn) {
        return new StackInput(template, parameters, tags, capabilities, Optional.of(arn));
    }

    Contract readBy(Contract contract) {
        return contract.reading(template.reads().toArray(Input<?>[]::new))
                .reading(parameters.values().toArray(Input<?>[]::new))
                .reading(tags.values().toArray(Input<?>[]::new));
    }

    /** The parameters of a request: the only place where secrets are revealed. */
    List<Parameter> toParameters(State state) {
        return parameters.entrySet().stream()
                .map(each -> Parameter.builder()
                        .parameterKey(each.getKey())
                        .parameterValue(toText(each.getValue().get(state)))
                        .build())
                .toList();
    }

    /** The tags of a request: the caller's own over the others. */
    List<Tag> toTags(State state, Map<String, String> others) {
        Map<String, String> all = new LinkedHashMap<>(others);
        tags.forEach((tag, value) -> all.put(tag, value.get(state)));
        return all.entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }

    /** The change set for the operation with this token, as far as it is the same for making and updating. */
    CreateChangeSetRequest toChangeSet(String stack, String token) {
        return CreateChangeSetRequest.builder()
                .stackName(stack)
                .changeSetName(ChangeSets.name(token))
                .clientToken(token)
                .capabilitiesWithStrings(capabilities)
                .roleARN(role.orElse(null))
                .build();
    }

    private static String toText(Object value) {
        if (value instanceof Secret<?> secret) {
            return toText(secret.reveal());
        }
        if (value instanceof List<?> list) {
            return list.stream().map(StackInput::toText).collect(Collectors.joining(","));
        }
        return value.toString();
    }

    private static <V> Map<String, V> with(Map<String, V> map, String name, V value) {
        Map<String, V> all = new LinkedHashMap<>(map);
        all.put(name, value);
        return all;
    }
}
