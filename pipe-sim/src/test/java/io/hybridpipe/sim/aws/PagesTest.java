// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;
import software.amazon.awssdk.services.ec2.model.InternetGateway;

class PagesTest {

    private static Page<String> page(List<String> all, Optional<String> token) {
        return Page.of(all, id -> id, "letters", token, 2, text -> AwsError.of("Refused", "%s", text));
    }

    @Test
    void whatIsDeletedBeforeTheNextPageMakesItSkipNothing() {
        try (var aws = new Aws()) {
            var ids = IntStream.range(0, 8)
                    .mapToObj(i -> of(aws.ec2.createInternetGateway())
                            .internetGateway()
                            .internetGatewayId())
                    .toList();
            var first = of(aws.ec2.describeInternetGateways(r -> r.maxResults(5)));
            first.internetGateways().stream()
                    .map(InternetGateway::internetGatewayId)
                    .forEach(id -> of(aws.ec2.deleteInternetGateway(r -> r.internetGatewayId(id))));
            var second =
                    of(aws.ec2.describeInternetGateways(r -> r.maxResults(5).nextToken(first.nextToken())));
            assertThat(second.internetGateways())
                    .extracting(InternetGateway::internetGatewayId)
                    .isEqualTo(ids.subList(5, 8));
        }
    }

    @Test
    void eventsThatHappenBetweenTwoPagesRepeatNone() {
        try (var aws = new Aws()) {
            var resources = new ArrayList<String>();
            for (var i = 0; i < 12; i++) {
                resources.add("\"G%d\": {\"Type\": \"AWS::EC2::InternetGateway\"}".formatted(i));
            }
            var stack = aws.create("net", "{\"Resources\": {" + String.join(",", resources) + "}}", Map.of());
            aws.settled("net");
            var first = of(aws.cloudFormation.describeStackEvents(r -> r.stackName(stack)));
            of(aws.cloudFormation.deleteStack(r -> r.stackName(stack)));
            aws.settled(stack);
            var second = of(aws.cloudFormation.describeStackEvents(
                    r -> r.stackName(stack).nextToken(first.nextToken())));
            var seen = new HashSet<String>();
            first.stackEvents().stream().map(StackEvent::eventId).forEach(seen::add);
            assertThat(second.stackEvents()).isNotEmpty().allMatch(event -> seen.add(event.eventId()));
        }
    }

    @Test
    void aPageGoesOnAfterTheLastItemOrAtTheNextOrWhereItWas() {
        var token = page(List.of("a", "b", "d", "e"), Optional.empty()).next();
        assertThat(page(List.of("a", "b", "c", "d", "e"), token).items()).containsExactly("c", "d");
        assertThat(page(List.of("d", "e"), token).items()).containsExactly("d", "e");
        assertThat(page(List.of("x", "y", "z"), token).items()).containsExactly("z");
        assertThat(page(List.of(), token).items()).isEmpty();
    }

    @Test
    void aTokenBelongsToItsRegion() {
        try (var aws = new Aws();
                var elsewhere = aws.ec2(aws.sim.accounts().get(0), "us-east-1")) {
            for (var i = 0; i < 6; i++) {
                of(aws.ec2.createInternetGateway());
            }
            var token =
                    of(aws.ec2.describeInternetGateways(r -> r.maxResults(5))).nextToken();
            assertThat(refusal(elsewhere.describeInternetGateways(r -> r.nextToken(token))))
                    .isEqualTo("InvalidPaginationToken");
        }
    }
}
