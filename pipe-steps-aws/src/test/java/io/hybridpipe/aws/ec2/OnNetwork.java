// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.aws.Inventory;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;
import software.amazon.awssdk.services.ec2.model.Tag;

/** A stand-in with a small network in it, and what is asked of each step that adds something to the network. */
@Timeout(180)
abstract class OnNetwork {
    final TestContext context = TestContext.at("orders/step").withRunId("run-1");
    final TestContext otherRun = TestContext.at("orders/there").withRunId("run-2");
    TestAws aws;
    TestAws.Network network;
    Ec2AsyncClient ec2;
    Inventory before;
    private int furnished;

    @BeforeEach
    void start() {
        aws = TestAws.start();
        network = aws.network();
        ec2 = aws.account().ec2();
        before = aws.inventory();
        furnished = aws.sim().calls().all().size();
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    /** The step, whose inputs are all literals. */
    abstract Step step();

    @TestFactory
    Stream<DynamicTest> keepsTheContractOfSteps() {
        return StepContract.of(step()).inventory(aws::inventory).within(SOON).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    Outputs run(Step step) {
        return step.run(State.empty(), context).blockOptional(SOON).orElseThrow();
    }

    Found reconcile(Step step, TestContext as) {
        return step.reconcile(State.empty(), as).blockOptional(SOON).orElseThrow();
    }

    void undo(Step step, TestContext as) {
        step.undo(State.empty(), Found.absent(), as).block(SOON);
    }

    StepFailure failure(Mono<?> failing) {
        return failing.map(done -> StepFailure.permanent("no failure"))
                .cast(StepFailure.class)
                .defaultIfEmpty(StepFailure.permanent("no failure"))
                .onErrorResume(StepFailure.class, Mono::just)
                .blockOptional(SOON)
                .orElseThrow();
    }

    /** The calls of an action since the network was made. */
    List<Call> calls(String action) {
        return aws.sim().calls().all().stream()
                .skip(furnished)
                .filter(call -> call.action().equals(action))
                .toList();
    }

    /** What a security group admits. */
    List<SecurityGroupRule> rules(String group) {
        Filter ofGroup = Filter.builder().name("group-id").values(group).build();
        return ec2.describeSecurityGroupRules(r -> r.filters(ofGroup)).join().securityGroupRules().stream()
                .filter(rule -> !rule.isEgress())
                .toList();
    }

    /** That the tags are those of the step's context; beside them only those named may be there. */
    void assertOwn(List<Tag> tags, Tag... more) {
        List<Tag> own = context.tags().entrySet().stream()
                .map(tag -> tag(tag.getKey(), tag.getValue()))
                .toList();
        assertThat(tags)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(own.stream(), Stream.of(more)).toList());
    }

    static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }
}
