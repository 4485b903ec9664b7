// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybridpipe.StepContext;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.event.Resource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.Tag;

/**
 * What a stack was before a step updated it.
 *
 * <p>CloudFormation forgets it, so the step says it to be its making, with the change set that it is about to execute: then it
 * is written down before the update is asked for, an undo in another process still knows it, and a leftover shows it.
 *
 * @param parameters their values, but no value for those that are not echoed or are secrets: those are left as they are
 */
record FormerStack(
        String stack,
        String template,
        Map<String, @Nullable String> parameters,
        Map<String, String> tags,
        List<String> capabilities,
        @Nullable String role) {
    private static final String KIND = "AWS::CloudFormation::ChangeSet";
    private static final String BEFORE = "echo ";
    private static final String AFTER = " | base64 -d | gunzip";
    private static final ObjectMapper JSON = new ObjectMapper();

    static FormerStack of(Stack stack, String template, Set<String> secrets) {
        Map<String, @Nullable String> parameters = new TreeMap<>();
        for (Parameter parameter : stack.parameters()) {
            String value = parameter.parameterValue();
            boolean shown = value != null && !value.matches("\\*+") && !secrets.contains(parameter.parameterKey());
            parameters.put(parameter.parameterKey(), shown ? value : null);
        }
        return new FormerStack(
                stack.stackId(),
                template,
                parameters,
                new TreeMap<>(StackCalls.ownerOf(stack.tags()).tags()),
                stack.capabilitiesAsStrings(),
                stack.roleARN());
    }

    /** What stands for it in journals and reports, until the update is undone. */
    Resource toResource(AwsAccount account, String changeSet) {
        return Resource.of(KIND, changeSet, account.where()).withShow(BEFORE + packed() + AFTER);
    }

    /** Those that this step has written down and not taken back, the oldest first. */
    static List<Resource> all(StepContext context) {
        return context.madeBefore().stream()
                .filter(resource -> resource.kind().equals(KIND)
                        && resource.show().startsWith(BEFORE)
                        && resource.show().endsWith(AFTER))
                .toList();
    }

    /** What this step has written down before the update with this token. */
    static Optional<Resource> before(String token, StepContext context) {
        return all(context).stream()
                .filter(resource -> resource.id().contains("/" + ChangeSets.name(token) + "/"))
                .findFirst();
    }

    /** What this step has written down last of the stack. */
    static Optional<FormerStack> latest(String stackId, StepContext context) {
        return all(context).stream()
                .map(FormerStack::of)
                .filter(former -> former.stack().equals(stackId))
                .reduce((older, newer) -> newer);
    }

    static FormerStack of(Resource resource) {
        String show = resource.show();
        byte[] packed = Base64.getDecoder().decode(show.substring(BEFORE.length(), show.length() - AFTER.length()));
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return JSON.readValue(in.readAllBytes(), FormerStack.class);
        } catch (IOException e) {
            throw new UncheckedIOException("what stack was before cannot be read from the run's records", e);
        }
    }

    List<Parameter> toParameters() {
        return parameters.entrySet().stream()
                .map(each -> {
                    Parameter.Builder parameter = Parameter.builder().parameterKey(each.getKey());
                    String value = each.getValue();
                    return (value == null ? parameter.usePreviousValue(true) : parameter.parameterValue(value)).build();
                })
                .toList();
    }

    List<Tag> toTags() {
        return tags.entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }

    /** What its template may do, and what the newer one may. */
    List<String> capabilitiesAnd(Set<String> more) {
        return Stream.concat(capabilities.stream(), more.stream()).distinct().toList();
    }

    private String packed() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(JSON.writeValueAsString(this).getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
