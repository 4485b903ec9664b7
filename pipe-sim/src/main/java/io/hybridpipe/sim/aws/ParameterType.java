// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The declared type of a template's parameter. The types are those of "Supported existing parameter types" and "Supported
 * Systems Manager parameter types" in the AWS CloudFormation User Guide.
 *
 * @param name as the template says it
 * @param item the type of the value, or of each item of a list
 * @param list whether the value is a list, written with commas
 * @param stored whether the given value is the name of a parameter in the Parameter Store
 */
record ParameterType(String name, String item, boolean list, boolean stored) {

    private static final Pattern STORED = Pattern.compile("AWS::SSM::Parameter::Value<(.+)>");
    private static final Pattern LIST = Pattern.compile("List<(.+)>");
    private static final Set<String> KINDS = Set.of(
            "AWS::EC2::AvailabilityZone::Name",
            "AWS::EC2::Image::Id",
            "AWS::EC2::Instance::Id",
            "AWS::EC2::KeyPair::KeyName",
            "AWS::EC2::SecurityGroup::GroupName",
            "AWS::EC2::SecurityGroup::Id",
            "AWS::EC2::Subnet::Id",
            "AWS::EC2::VPC::Id",
            "AWS::EC2::Volume::Id",
            "AWS::Route53::HostedZone::Id");

    /** Empty if there is no such type. */
    static Optional<ParameterType> of(String name) {
        var stored = STORED.matcher(name);
        if (stored.matches()) {
            return plain(stored.group(1))
                    .filter(type -> !type.number())
                    .map(type -> new ParameterType(name, type.item, type.list, true));
        }
        return name.equals("List<String>") ? Optional.empty() : plain(name);
    }

    private static Optional<ParameterType> plain(String name) {
        if (name.equals("CommaDelimitedList")) {
            return Optional.of(new ParameterType(name, "String", true, false));
        }
        var list = LIST.matcher(name);
        var item = list.matches() ? list.group(1) : name;
        var known = item.equals("String")
                || item.equals("Number")
                || KINDS.contains(item)
                || item.equals("AWS::SSM::Parameter::Name") && !list.matches();
        return known ? Optional.of(new ParameterType(name, item, list.matches(), false)) : Optional.empty();
    }

    boolean number() {
        return item.equals("Number");
    }

    /** Whether the value names something that has to exist. */
    boolean names() {
        return KINDS.contains(item) || item.equals("AWS::SSM::Parameter::Name");
    }

    @Override
    public String toString() {
        return name;
    }
}
