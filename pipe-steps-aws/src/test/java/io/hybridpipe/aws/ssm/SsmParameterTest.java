// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ssm;

import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Key;
import io.hybridpipe.State;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.FetchNetworkConfig;
import io.hybridpipe.net.NetworkConfig;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.test.TestContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.ssm.model.ParameterType;

@Timeout(180)
class SsmParameterTest {
    private static final Key<String> NAME = Key.of("network-name", String.class);
    private static final Key<NetworkConfig> NETWORK = Key.of("network", NetworkConfig.class);
    private static final State ORDERS = State.of(NAME, "orders");
    private static final String NETWORKS = """
            networks:
              - {name: orders, cidr: 10.1.0.0/16}
              - {name: billing, cidr: 10.2.0.0/16, onPremises: [10.0.0.0/16]}
            """;
    private static final String WRONG = "{\"name\": \"orders\", \"cidr\": \"canary\"}";

    private static TestAws aws;

    private final TestContext context = TestContext.at("orders/fetch").withRunId("run-1");

    @BeforeAll
    static void start() {
        aws = TestAws.start(settings -> settings.account("111122223333", "AKIATEST000000000001", "secret-of-a")
                .account("444455556666", "AKIATEST000000000002", "secret-of-b")
                .deny("444455556666", "GetParameter"));
        put("/fednet/networks", NETWORKS, ParameterType.STRING);
        put("/fednet/orders.json", "{\"name\": \"orders\", \"cidr\": \"10.7.0.0/16\"}", ParameterType.SECURE_STRING);
        put("/fednet/wrong", WRONG, ParameterType.STRING);
        put("/fednet/secretly-wrong", WRONG, ParameterType.SECURE_STRING);
    }

    @AfterAll
    static void stop() {
        aws.close();
    }

    @AfterEach
    void calm() {
        aws.faults().clear();
    }

    @Test
    void aNetworkIsReadByItsName() {
        assertThat(fetch("/fednet/networks").cidr()).isEqualTo(Cidr.of("10.1.0.0/16"));
    }

    @Test
    void aSecureStringIsDecrypted() {
        assertThat(fetch("/fednet/orders.json").cidr()).isEqualTo(Cidr.of("10.7.0.0/16"));
    }

    @Test
    void eachRunReadsItAnewAndAVersionMayBeSelected() {
        put("/fednet/changing", "name: orders\ncidr: 10.1.0.0/16", ParameterType.STRING);
        assertThat(fetch("/fednet/changing").cidr()).isEqualTo(Cidr.of("10.1.0.0/16"));
        aws.account()
                .ssm()
                .putParameter(r -> r.name("/fednet/changing")
                        .value("name: orders\ncidr: 10.9.0.0/16")
                        .overwrite(true))
                .join();
        assertThat(fetch("/fednet/changing").cidr()).isEqualTo(Cidr.of("10.9.0.0/16"));
        assertThat(fetch("/fednet/changing:1").cidr()).isEqualTo(Cidr.of("10.1.0.0/16"));
        assertPermanent("/fednet/changing:7", "there is no parameter /fednet/changing:7 in account-a/eu-central-1");
    }

    @Test
    void aParameterThatIsNotThereIsNamedWithItsAccountAndRegion() {
        assertPermanent("/fednet/network", "there is no parameter /fednet/network in account-a/eu-central-1");
    }

    @Test
    void aMistakeIsNamedWithItsPlaceButNeverQuotedFromASecureString() {
        assertPermanent(
                "/fednet/wrong",
                "parameter /fednet/wrong in account-a/eu-central-1: /cidr: 'canary' is not a CIDR: it has no prefix"
                        + " length, such as the /16 of 10.1.0.0/16");
        assertPermanent(
                "/fednet/secretly-wrong",
                "parameter /fednet/secretly-wrong in account-a/eu-central-1: /cidr: it is not as it must be (its content"
                        + " is secret and not shown)");
    }

    @Test
    void aTextThatIsTooLongIsRefused() {
        assertThatThrownBy(() ->
                        step("/fednet/networks").atMost(20).run(ORDERS, context).block(SOON))
                .hasMessage("parameter /fednet/networks in account-a/eu-central-1: it is longer than 20 bytes");
    }

    @Test
    void throttlingPasses() {
        aws.faults().on("GetParameter").error("ThrottlingException", "Rate exceeded");
        assertThatThrownBy(() -> fetch("/fednet/networks"))
                .hasMessageStartingWith(
                        "GetParameter /fednet/networks in account-a/eu-central-1: ThrottlingException: Rate exceeded")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.THROTTLED);
        assertThat(fetch("/fednet/networks").name()).isEqualTo("orders");
    }

    @Test
    void thePreflightReadsAndChecksItOnceTheNetworksNameIsKnown() {
        step("/fednet/networks").preflight(ORDERS, context).block(SOON);
        assertThatThrownBy(
                        () -> step("/fednet/network").preflight(ORDERS, context).block(SOON))
                .hasMessage("there is no parameter /fednet/network in account-a/eu-central-1");
        assertThatThrownBy(() -> step("/fednet/networks")
                        .preflight(State.of(NAME, "order"), context)
                        .block(SOON))
                .hasMessageEndingWith("no network 'order'; did you mean 'orders'?");
        step("/fednet/network").preflight(State.empty(), context).block(SOON);
    }

    @Test
    void thePreflightChecksTheCredentialsEvenIfTheNameIsNotKnown() {
        try (AwsAccount stranger = aws.account("AKIATEST000000000001", "wrong")) {
            FetchNetworkConfig refused = FetchNetworkConfig.from(
                            SsmParameter.in(stranger).named("/fednet/networks"))
                    .named(NAME)
                    .into(NETWORK);
            assertThatThrownBy(() -> refused.preflight(State.empty(), context).block(SOON))
                    .hasMessageStartingWith("GetCallerIdentity in account-a/eu-central-1: ");
        }
    }

    @Test
    void aMissingPermissionIsSaid() {
        try (AwsAccount denied =
                aws.account("AKIATEST000000000002", "secret-of-b").named("account-b")) {
            FetchNetworkConfig refused = FetchNetworkConfig.from(
                            SsmParameter.in(denied).named("/fednet/networks"))
                    .named(NAME)
                    .into(NETWORK);
            assertThatThrownBy(() -> refused.run(ORDERS, context).block(SOON))
                    .hasMessageStartingWith(
                            "GetParameter /fednet/networks in account-b/eu-central-1: the credentials lack"
                                    + " the permission: AccessDeniedException: ")
                    .extracting(FailureClass::of)
                    .isEqualTo(FailureClass.PERMANENT);
        }
    }

    private static void put(String name, String value, ParameterType type) {
        aws.account()
                .ssm()
                .putParameter(r -> r.name(name).value(value).type(type))
                .join();
    }

    private static FetchNetworkConfig step(String parameter) {
        return FetchNetworkConfig.from(SsmParameter.in(aws.account()).named(parameter))
                .named(NAME)
                .into(NETWORK);
    }

    private NetworkConfig fetch(String parameter) {
        return step(parameter).run(ORDERS, context).block(SOON).get(NETWORK);
    }

    private void assertPermanent(String parameter, String message) {
        assertThatThrownBy(() -> fetch(parameter))
                .hasMessage(message)
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }
}
