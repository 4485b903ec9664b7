// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Key;
import io.hybridpipe.State;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.test.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is put into a stack, and where from. */
@Timeout(180)
class StackInputTest {
    private static final Key<String> STAGE = Key.of("stage", String.class);
    private static final String VPC = "classpath:io/hybridpipe/aws/cloudformation/vpc.yaml";
    private static final State INPUT = State.of(STAGE, "test");

    private final TestContext context = TestContext.at("net/stack").withRunId("run-1");
    private TestAws aws;
    private DeployStack step;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() {
        aws = TestAws.start();
        step = DeployStack.in(aws.account())
                .named("net")
                .parameter("Block", "10.1.0.0/16")
                .pollEvery(POLL);
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @Test
    void aTemplateMayLieOnTheClassPath() {
        step.templateFrom(VPC).run(INPUT, context).block(SOON);
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
    }

    @Test
    void aTemplateMayLieInAFileAndIsCheckedBeforeTheRun() throws IOException {
        Path file = Files.writeString(
                directory.resolve("vpc.yaml"),
                "Parameters: {Cidr: {Type: String, Default: 10.2.0.0/16}}\n"
                        + "Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr}}}\n");
        DeployStack plain = DeployStack.in(aws.account()).named("net").pollEvery(POLL);
        assertThatThrownBy(() -> step.templateFrom(file.toString())
                        .preflight(INPUT, context)
                        .block(SOON))
                .hasMessage("the template takes the parameters [Cidr]; it does not know [Block]");
        plain.templateFrom(file.toString()).run(INPUT, context).block(SOON);
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
    }

    @Test
    void aTemplateThatIsMissingOrTooLongIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("long.yaml"), "#".repeat(51_201));
        assertThatThrownBy(() -> step.templateFrom(file.toString())
                        .preflight(INPUT, context)
                        .block(SOON))
                .hasMessage(file + ": it is longer than 51200 bytes");
        assertThatThrownBy(() -> step.templateFrom("classpath:none.yaml")
                        .preflight(INPUT, context)
                        .block(SOON))
                .hasMessage("classpath:none.yaml: no such resource");
    }

    @Test
    void theCallersTagsStandBesideThoseThatSayWhoseItIs() {
        DeployStack tagged = step.templateFrom(VPC).tag("Stage", STAGE);
        assertThat(tagged.contract().reads()).isEqualTo(Set.of(STAGE));
        tagged.run(INPUT, context).block(SOON);
        assertThat(aws.account().ec2().describeVpcs().join().vpcs().get(0).tags())
                .anySatisfy(tag -> {
                    assertThat(tag.key()).isEqualTo("Stage");
                    assertThat(tag.value()).isEqualTo("test");
                })
                .anySatisfy(tag -> assertThat(tag.key()).isEqualTo("hybridpipe:run"));
    }

    @Test
    void tagsThatBelongToOthersAreRefused() {
        assertThatThrownBy(() -> step.tag("aws:x", "y"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tag 'aws:x': names that begin with aws: or hybridpipe: are not the caller's");
        assertThatThrownBy(() -> step.tag("HybridPipe:run", "y")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRoleGoesWithEachRequestThatMakesTheStack() {
        String role = "arn:aws:iam::111122223333:role/deployer";
        step.templateFrom(VPC).role(role).run(INPUT, context).block(SOON);
        assertThat(aws.calls("CreateChangeSet").get(0).wire()).contains("RoleARN=arn");
        step.named("other")
                .templateFrom(VPC)
                .role(role)
                .creatingDirectly()
                .run(INPUT, TestContext.at("net/other"))
                .block(SOON);
        assertThat(aws.calls("CreateStack").get(0).wire()).contains("RoleARN=arn");
    }

    @Test
    void aStackMadeDirectlyIsTheSameStack() {
        step.templateFrom(VPC).creatingDirectly().run(INPUT, context).block(SOON);
        assertThat(aws.calls("CreateChangeSet")).isEmpty();
        step.templateFrom(VPC).run(INPUT, context.withAttempt(2)).block(SOON);
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
    }
}
