// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of docs/sim-aws.md are those of the code. */
class SupportedActionsTest {

    private static final Map<String, String> SERVICES =
            Map.of("EC2", "ec2", "CloudFormation", "cloudformation", "STS", "sts", "Systems Manager", "ssm");

    private static String part(String from, String to) throws IOException {
        var page = Files.readString(Path.of("../docs/sim-aws.md"));
        return page.substring(page.indexOf("\n## " + from), page.indexOf("\n## " + to));
    }

    @Test
    void thePageNamesEveryActionAndNoOther() throws IOException {
        var onPage = new HashMap<String, TreeSet<String>>();
        var row = Pattern.compile("^\\| ([A-Za-z0-9 ]+?)(?:: [^|]*)? \\| ((?:`[A-Za-z]+` ?)+)\\|", Pattern.MULTILINE);
        row.matcher(part("What it knows", "Limits")).results().forEach(line -> {
            var actions = onPage.computeIfAbsent(SERVICES.get(line.group(1)), service -> new TreeSet<>());
            Pattern.compile("`([A-Za-z]+)`")
                    .matcher(line.group(2))
                    .results()
                    .forEach(action -> actions.add(action.group(1)));
        });
        var known = new HashMap<String, TreeSet<String>>();
        AwsService.actions().forEach((service, actions) -> known.put(service, new TreeSet<>(actions)));
        assertThat(onPage)
                .as("name the actions in the table 'What it knows' of docs/sim-aws.md")
                .isEqualTo(known);
    }

    @Test
    void theLimitsOnThePageAreThoseOfTheCode() throws IOException {
        var onPage = new HashMap<String, Integer>();
        Pattern.compile("\\| ([0-9]+) \\| `([A-Za-z]+)`(?:: ([a-zA-Z ]+))? \\|")
                .matcher(part("Limits", "What it does not know"))
                .results()
                .forEach(line -> onPage.put(
                        line.group(2) + (line.group(3) == null ? "" : ": " + line.group(3)),
                        Integer.valueOf(line.group(1))));
        assertThat(onPage)
                .as("give the limits in the table 'Limits' of docs/sim-aws.md")
                .isEqualTo(Map.of(
                        "VpcLimitExceeded", SimAws.Builder.VPCS,
                        "AddressLimitExceeded", SimAws.Builder.ADDRESSES,
                        "OutstandingVpcPeeringConnectionLimitExceeded", Peerings.OUTSTANDING,
                        "ActiveVpcPeeringConnectionPerVpcLimitExceeded", Peerings.ACTIVE_PER_VPC,
                        "RulesPerSecurityGroupLimitExceeded", SecurityGroups.RULES_PER_GROUP,
                        "SecurityGroupsPerInterfaceLimitExceeded", NetworkInterfaces.GROUPS_PER_INTERFACE,
                        "TagLimitExceeded", TagActions.MOST,
                        "InvalidParameterValue: user data", Instances.USER_DATA,
                        "ValidationException: a standard parameter", Parameters.STANDARD_SIZE,
                        "ValidationException: an advanced parameter", Parameters.ADVANCED_SIZE));
    }
}
