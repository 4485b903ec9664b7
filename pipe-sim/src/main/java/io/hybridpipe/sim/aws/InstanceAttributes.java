// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Model.InstanceState;
import java.util.Optional;
import java.util.stream.Stream;

/** Attributes of an instance over the API, one at a call; some are those of its only interface. */
final class InstanceAttributes {

    private InstanceAttributes() {}

    static void modify(Region region, Params params, Xml answer) {
        var instance = region.instanceStore.get(params.get("InstanceId"));
        var check = params.find("SourceDestCheck.Value").map(Boolean::parseBoolean);
        var kept = params.find("DisableApiTermination.Value").map(Boolean::parseBoolean);
        var type = params.find("InstanceType.Value");
        var groups = params.list("GroupId");
        var given = (groups.isEmpty() ? 0 : 1)
                + Stream.of(check, kept, type).filter(Optional::isPresent).count();
        if (given != 1) {
            throw AwsError.of(
                    "InvalidParameterCombination",
                    given == 0 ? "No attributes specified." : "Fields for multiple attribute types specified");
        }
        check.ifPresent(on -> region.interfaceStore.put(
                region.instances.onlyInterface(instance.id()).withSourceDestCheck(on)));
        kept.ifPresent(on -> region.instanceStore.put(instance.keptFromTermination(on)));
        type.ifPresent(wanted -> {
            if (instance.state() != InstanceState.STOPPED) {
                throw AwsError.of(
                        "IncorrectInstanceState", "The instance '%s' is not in the 'stopped' state.", instance.id());
            }
            region.instanceStore.put(instance.ofType(wanted));
        });
        if (!groups.isEmpty()) {
            var card = region.instances.onlyInterface(instance.id());
            region.interfaces.checkGroups(card.vpc(), groups);
            region.interfaceStore.put(card.withGroups(groups));
        }
        answer.put("return", true);
    }

    static void describe(Region region, Params params, Xml answer) {
        var instance = region.instanceStore.get(params.get("InstanceId"));
        var attribute = params.get("Attribute");
        answer.put("instanceId", instance.id());
        switch (attribute) {
            case "sourceDestCheck" ->
                value(
                        answer,
                        attribute,
                        region.instances.onlyInterface(instance.id()).sourceDestCheck());
            case "disableApiTermination" -> value(answer, attribute, instance.kept());
            case "instanceType" -> value(answer, attribute, instance.type());
            case "userData" -> value(answer, attribute, Instances.encoded(instance.userData()));
            case "groupSet" ->
                answer.each(
                        "groupSet",
                        region.instances.onlyInterface(instance.id()).groups(),
                        (one, group) -> one.put("groupId", group));
            default -> throw AwsError.invalid("Value (%s) for parameter attribute is invalid.", attribute);
        }
    }

    private static void value(Xml answer, String attribute, Object value) {
        answer.in(attribute, one -> one.put("value", value));
    }
}
