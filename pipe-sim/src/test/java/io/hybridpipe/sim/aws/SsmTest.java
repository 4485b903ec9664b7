// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hybridpipe.sim.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.services.ssm.SsmAsyncClient;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterType;
import software.amazon.awssdk.services.ssm.model.Tag;

class SsmTest {

    private static final String IMAGES = "/aws/service/controllers/6/image";

    private final Aws aws = new Aws(SimAws.builder()
            .account("111111111111", "AKIAONE0000000000001", "secret-one")
            .account("222222222222", "AKIATWO0000000000002", "secret-two")
            .role("111111111111", "reader", "111111111111")
            .deny("222222222222", "PutParameter")
            .publicParameter(IMAGES, Aws.IMAGE));
    private final SsmAsyncClient ssm =
            aws.ssm(Aws.credentials(aws.sim.accounts().get(0)));

    @AfterEach
    void close() {
        ssm.close();
        aws.close();
    }

    private void put(String name, ParameterType type, String value) {
        of(ssm.putParameter(r -> r.name(name).type(type).value(value)));
    }

    private Parameter get(String name) {
        return of(ssm.getParameter(r -> r.name(name))).parameter();
    }

    @Test
    void aParameterIsPutReadOverwrittenAndDeleted() {
        var made = of(ssm.putParameter(r -> r.name("/fednet/network")
                .type(ParameterType.STRING)
                .value("{\"cidr\": \"10.1.0.0/16\"}")
                .tags(Tag.builder().key("run").value("r-1").build())));
        assertThat(made.version()).isEqualTo(1);
        assertThat(made.tierAsString()).isEqualTo("Standard");
        var read = get("/fednet/network");
        assertThat(read.value()).isEqualTo("{\"cidr\": \"10.1.0.0/16\"}");
        assertThat(read.arn()).isEqualTo("arn:aws:ssm:eu-west-1:111111111111:parameter/fednet/network");
        assertThat(read.lastModifiedDate()).isEqualTo(aws.clock.instant());
        assertThat(aws.sim.inventory("111111111111", Aws.REGION).ids("parameter"))
                .containsExactly("/fednet/network");

        assertThat(refusal(ssm.putParameter(r -> r.name("/fednet/network").value("other"))))
                .isEqualTo("ParameterAlreadyExists");
        assertThat(of(ssm.putParameter(
                                r -> r.name("/fednet/network").value("other").overwrite(true)))
                        .version())
                .isEqualTo(2);
        assertThat(get("/fednet/network:1").value()).startsWith("{");
        assertThat(get("/fednet/network:1").selector()).isEqualTo(":1");
        assertThat(get(read.arn()).value()).isEqualTo("other");
        assertThat(refusal(ssm.getParameter(r -> r.name("/fednet/network:3")))).isEqualTo("ParameterVersionNotFound");
        assertThat(refusal(ssm.putParameter(r -> r.name("/fednet/network")
                        .value("other")
                        .type(ParameterType.SECURE_STRING)
                        .overwrite(true))))
                .isEqualTo("HierarchyTypeMismatchException");

        of(ssm.deleteParameter(r -> r.name("/fednet/network")));
        assertThat(refusal(ssm.getParameter(r -> r.name("/fednet/network")))).isEqualTo("ParameterNotFound");
        assertThat(refusal(ssm.deleteParameter(r -> r.name("/fednet/network")))).isEqualTo("ParameterNotFound");
        assertThat(aws.sim.inventory("111111111111", Aws.REGION).isEmpty()).isTrue();
    }

    @Test
    void aSecureStringIsReadOnlyWithDecryptionAndNotShownInTheInventory() {
        put("psk", ParameterType.SECURE_STRING, "canary-4711");
        assertThat(get("psk").value()).isNotEmpty().doesNotContain("canary");
        assertThat(of(ssm.getParameter(r -> r.name("psk").withDecryption(true)))
                        .parameter()
                        .value())
                .isEqualTo("canary-4711");
        assertThat(aws.sim.inventory("111111111111", Aws.REGION).toString()).doesNotContain("canary");
    }

    @Test
    void manyAreReadByNameAndTheUnknownAreNamed() {
        put("a", ParameterType.STRING, "1");
        put("b", ParameterType.STRING_LIST, "2,3");
        var found = of(ssm.getParameters(r -> r.names("a", "none", "b")));
        assertThat(found.parameters()).extracting(Parameter::value).containsExactly("1", "2,3");
        assertThat(found.invalidParameters()).containsExactly("none");
        var eleven = IntStream.range(0, 11).mapToObj(i -> "p" + i).toList();
        assertThat(refusal(ssm.getParameters(r -> r.names(eleven)))).isEqualTo("ValidationException");
        var deleted = of(ssm.deleteParameters(r -> r.names("a", "none")));
        assertThat(deleted.deletedParameters()).containsExactly("a");
        assertThat(deleted.invalidParameters()).containsExactly("none");
    }

    @Test
    void aPathIsReadInPagesAndDeeperOnlyWhenAsked() {
        IntStream.range(0, 23).forEach(i -> put("/net/%02d".formatted(i), ParameterType.STRING, "v" + i));
        put("/net/deep/er", ParameterType.STRING, "below");
        put("/network/1", ParameterType.STRING, "a neighbour");
        var names = new ArrayList<String>();
        var pages = new ArrayList<Integer>();
        of(ssm.getParametersByPathPaginator(r -> r.path("/net")).subscribe(page -> {
            pages.add(page.parameters().size());
            page.parameters().forEach(one -> names.add(one.name()));
        }));
        assertThat(pages).containsExactly(10, 10, 3);
        assertThat(names).hasSize(23).isSorted().doesNotContain("/net/deep/er", "/network/1");
        assertThat(of(ssm.getParametersByPath(r -> r.path("/net/deep/"))).parameters())
                .hasSize(1);
        var first =
                of(ssm.getParametersByPath(r -> r.path("/net").recursive(true).maxResults(4)));
        assertThat(first.parameters()).hasSize(4);
        assertThat(refusal(ssm.getParametersByPath(r -> r.path("/network").nextToken(first.nextToken()))))
                .as("a token of another list")
                .isEqualTo("InvalidNextToken");
        assertThat(refusal(ssm.getParametersByPath(r -> r.path("/net").nextToken("4"))))
                .isEqualTo("InvalidNextToken");
        assertThat(refusal(ssm.getParametersByPath(r -> r.path("net")))).isEqualTo("ValidationException");
        assertThat(refusal(ssm.getParametersByPath(r -> r.path("/net").maxResults(11))))
                .isEqualTo("ValidationException");
    }

    @Test
    void publicParametersAreReadByAllAndWrittenByNone() {
        try (var other = aws.ssm(Aws.credentials(aws.sim.accounts().get(1)))) {
            assertThat(of(other.getParameter(r -> r.name(IMAGES))).parameter().value())
                    .isEqualTo(Aws.IMAGE);
            assertThat(refusal(other.getParameter(r -> r.name("mine")))).isEqualTo("ParameterNotFound");
            assertThat(refusal(other.putParameter(r -> r.name("mine").value("x").type(ParameterType.STRING))))
                    .isEqualTo("AccessDeniedException");
        }
        assertThat(of(ssm.getParametersByPath(
                                r -> r.path("/aws/service/controllers").recursive(true)))
                        .parameters())
                .extracting(Parameter::name)
                .containsExactly(IMAGES);
        assertThat(refusal(ssm.putParameter(r -> r.name(IMAGES).value("x").type(ParameterType.STRING))))
                .isEqualTo("AccessDeniedException");
    }

    @Test
    void badNamesTypesAndValuesAreRefused() {
        assertThat(refusal(ssm.putParameter(r -> r.name("x").value("v")))).isEqualTo("ValidationException");
        assertThat(refusal(ssm.putParameter(r -> r.name("x").value("v").type("Number"))))
                .isEqualTo("ValidationException");
        assertThat(refusal(ssm.putParameter(r -> r.name("a b").value("v").type("String"))))
                .isEqualTo("ValidationException");
        assertThat(refusal(ssm.putParameter(r -> r.name("a/b").value("v").type("String"))))
                .isEqualTo("ValidationException");
        assertThat(refusal(
                        ssm.putParameter(r -> r.name("/x".repeat(16)).value("v").type("String"))))
                .isEqualTo("HierarchyLevelLimitExceededException");
        assertThat(refusal(ssm.putParameter(
                        r -> r.name("x").value("v".repeat(4097)).type("String"))))
                .isEqualTo("ValidationException");
        assertThat(refusal(ssm.putParameter(
                        r -> r.name("x").value("v").type("String").allowedPattern("\\d+"))))
                .isEqualTo("ParameterPatternMismatchException");
        assertThat(refusal(ssm.getParameter(r -> {}))).isEqualTo("ValidationException");
        assertThat(refusal(ssm.describeParameters())).isEqualTo("UnknownOperationException");
    }

    @Test
    void keysSessionsAndFaultsAreRefusedInItsOwnWords() {
        var unknown = AwsBasicCredentials.create("AKIANOBODY0000000000", "x");
        var wrong = AwsBasicCredentials.create("AKIAONE0000000000001", "not-the-secret");
        var given = of(aws.sts.assumeRole(r -> r.roleArn("arn:aws:iam::111111111111:role/reader")
                        .roleSessionName("run")
                        .durationSeconds(900)))
                .credentials();
        var session = AwsSessionCredentials.create(given.accessKeyId(), given.secretAccessKey(), given.sessionToken());
        try (var nobody = aws.ssm(unknown);
                var liar = aws.ssm(wrong);
                var guest = aws.ssm(session)) {
            assertThat(refusal(nobody.getParameter(r -> r.name("x")))).isEqualTo("UnrecognizedClientException");
            assertThat(refusal(liar.getParameter(r -> r.name("x")))).isEqualTo("InvalidSignatureException");
            assertThat(refusal(guest.getParameter(r -> r.name("x")))).isEqualTo("ParameterNotFound");
            aws.clock.advance(Duration.ofSeconds(900));
            assertThat(refusal(guest.getParameter(r -> r.name("x")))).isEqualTo("ExpiredTokenException");
        }
        aws.sim.faults().on("GetParameter").error("ThrottlingException", "Rate exceeded");
        assertThat(refusal(ssm.getParameter(r -> r.name("x")))).isEqualTo("ThrottlingException");
        put("x", ParameterType.STRING, "v");
        assertThat(aws.sim.calls().changing())
                .extracting(Call::service, Call::action, Call::target)
                .containsExactly(tuple("ssm", "PutParameter", "x"));
    }

    @Test
    void anAllowedPatternThatIsNoRegularExpressionIsRefused() {
        assertThat(refusal(ssm.putParameter(
                        r -> r.name("/a").type(ParameterType.STRING).value("x").allowedPattern("["))))
                .isEqualTo("InvalidAllowedPatternException");
    }
}
