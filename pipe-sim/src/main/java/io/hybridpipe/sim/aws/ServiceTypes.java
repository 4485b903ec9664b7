// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Resources in stacks that are not EC2's. */
final class ServiceTypes {

    private ServiceTypes() {}

    static ResourceType parameter() {
        return new ResourceType("AWS::SSM::Parameter")
                .requires("Type", "Value")
                .changes("Type", "Value", "AllowedPattern", "DataType", "Tier", "Description")
                .tagged()
                .named("Name")
                .made((region, props, name) -> put(region, props.or("Name", "CFN-" + name), props, false))
                .updated((region, id, old, wanted) -> put(region, id, wanted, true))
                .deleted((region, id, props) -> region.parameters.delete(id))
                .attributes(
                        Set.of("Type", "Value"),
                        (region, id, props) -> Map.of("Type", props.get("Type"), "Value", props.get("Value")))
                .taggedAt((region, id) -> Parameters.tagId(id));
    }

    private static String put(Region region, String name, Props props, boolean overwrite) {
        var type = props.get("Type");
        if (!type.matches("String|StringList")) {
            // "AWS CloudFormation doesn't support creating a SecureString parameter type" (AWS::SSM::Parameter)
            throw AwsError.of("InvalidRequest", "#/Type: %s is not a valid enum value", type);
        }
        return region.parameters
                .put(new Parameters.Wanted(
                        name,
                        props.get("Value"),
                        Optional.of(type),
                        overwrite,
                        props.find("AllowedPattern"),
                        props.find("DataType"),
                        props.find("Tier")))
                .name();
    }

    /** Makes nothing but a URL that nobody answers; often used as a resource that does nothing. */
    static ResourceType waitHandle() {
        return new ResourceType("AWS::CloudFormation::WaitConditionHandle")
                .made((region, props, name) -> "https://cloudformation-waitcondition-%s.s3.amazonaws.com/%s/%s"
                        .formatted(region.name, region.account, name));
    }
}
