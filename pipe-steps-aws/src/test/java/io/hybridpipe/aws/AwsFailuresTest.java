// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static io.hybridpipe.retry.FailureClass.PERMANENT;
import static io.hybridpipe.retry.FailureClass.THROTTLED;
import static io.hybridpipe.retry.FailureClass.TRANSIENT;
import static io.hybridpipe.retry.FailureClass.UNKNOWN_OUTCOME;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;

class AwsFailuresTest {
    private final AwsAccount account = AwsAccount.of("account-a", "eu-central-1");

    @ParameterizedTest
    @CsvSource(textBlock = """
                    InvalidVpc.Range,               400, PERMANENT
                    InvalidSubnet.Conflict,         400, PERMANENT
                    InvalidSubnet.Range,            400, PERMANENT
                    Resource.AlreadyAssociated,     400, PERMANENT
                    RouteAlreadyExists,             400, PERMANENT
                    InvalidRoute.NotFound,          400, NOT_YET_VISIBLE
                    InvalidRouteTableID.NotFound,   400, NOT_YET_VISIBLE
                    InvalidVpcID.NotFound,          400, NOT_YET_VISIBLE
                    InvalidPermission.Duplicate,    400, PERMANENT
                    InvalidPermission.NotFound,     400, NOT_YET_VISIBLE
                    InvalidGroup.Duplicate,         400, PERMANENT
                    InvalidGroup.NotFound,          400, NOT_YET_VISIBLE
                    InvalidAMIID.NotFound,          400, PERMANENT
                    InvalidKeyPair.NotFound,        400, PERMANENT
                    DependencyViolation,            400, TRANSIENT
                    InvalidIPAddress.InUse,         400, PERMANENT
                    RequestLimitExceeded,           503, THROTTLED
                    Throttling,                     400, THROTTLED
                    ThrottlingException,            400, THROTTLED
                    InvalidParameterValue,          400, PERMANENT
                    MissingParameter,               400, PERMANENT
                    VpcLimitExceeded,               400, PERMANENT
                    UnauthorizedOperation,          403, PERMANENT
                    DryRunOperation,                412, PERMANENT
                    AuthFailure,                    401, PERMANENT
                    ExpiredToken,                   403, PERMANENT
                    RequestExpired,                 400, PERMANENT
                    InvalidClientTokenId,           403, PERMANENT
                    IdempotentParameterMismatch,    400, PERMANENT
                    AlreadyExistsException,         400, PERMANENT
                    ValidationError,                400, PERMANENT
                    ServiceUnavailable,             503, TRANSIENT
                    Unavailable,                    503, TRANSIENT
                    InternalError,                  500, UNKNOWN_OUTCOME
                    InternalFailure,                500, UNKNOWN_OUTCOME
                    RequestTimeout,                 400, UNKNOWN_OUTCOME
                    NeverHeardOf,                   400, PERMANENT
                    ,                               429, THROTTLED
                    ,                               502, UNKNOWN_OUTCOME
                    """)
    void eachErrorCodeOfAChangeHasItsClass(String code, int status, FailureClass expected) {
        assertThat(AwsFailures.ofChange(account, "CreateVpc", answer(code, status, "why"))
                        .failureClass())
                .isEqualTo(expected);
    }

    @Test
    void whatMayHaveHappenedInAChangeIsOnlyAPassingFaultInARead() {
        assertThat(AwsFailures.ofRead(account, "DescribeVpcs", answer("InternalError", 500, null))
                        .failureClass())
                .isEqualTo(TRANSIENT);
        assertThat(AwsFailures.ofRead(account, "DescribeVpcs", new IOException("cut"))
                        .failureClass())
                .isEqualTo(TRANSIENT);
    }

    @Test
    void theMessageSaysWhatAndWhereAndTheCodeInOneLine() {
        Throwable failure =
                new CompletionException(answer("InvalidVpc.Range", 400, "The CIDR '10.0.0.0/8'\nis invalid."));
        StepFailure translated = AwsFailures.ofChange(account, "CreateVpc 10.0.0.0/8", failure);
        assertThat(translated)
                .hasMessage("CreateVpc 10.0.0.0/8 in account-a/eu-central-1: InvalidVpc.Range:"
                        + " The CIDR '10.0.0.0/8' is invalid.");
        assertThat(AwsFailures.code(translated)).contains("InvalidVpc.Range");
        assertThat(AwsFailures.ofChange(account, "again", translated)).isSameAs(translated);
    }

    @Test
    void credentialsThatHaveExpiredOrAreUnknownAreSaidInWords() {
        assertThat(AwsFailures.ofRead(
                        account, "GetCallerIdentity", answer("ExpiredToken", 403, "The token is expired")))
                .hasMessage("GetCallerIdentity in account-a/eu-central-1: the credentials have expired, renew them:"
                        + " ExpiredToken: The token is expired");
        assertThat(AwsFailures.ofRead(account, "GetCallerIdentity", answer("InvalidClientTokenId", 403, null)))
                .hasMessage("GetCallerIdentity in account-a/eu-central-1: AWS does not know these credentials:"
                        + " InvalidClientTokenId");
    }

    @Test
    void throttlingCarriesHowLongTheServiceAskedToWait() {
        Throwable throttled = Ec2Exception.builder()
                .statusCode(429)
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode("Throttling")
                        .sdkHttpResponse(SdkHttpResponse.builder()
                                .putHeader("Retry-After", "7")
                                .build())
                        .build())
                .build();
        StepFailure translated = AwsFailures.ofChange(account, "CreateVpc", throttled);
        assertThat(translated.failureClass()).isEqualTo(THROTTLED);
        assertThat(translated.retryAfter()).contains(Duration.ofSeconds(7));
    }

    @Test
    void aCallThatWasNeverSentIsTransient() {
        assertThat(ofIo(new ConnectException("Connection refused"))).isEqualTo(TRANSIENT);
        assertThat(ofIo(new UnknownHostException("ec2.example"))).isEqualTo(TRANSIENT);
    }

    @Test
    void aCallThatWasSentAndNotAnsweredHasAnUnknownOutcome() {
        assertThat(ofIo(new IOException("Connection reset by peer"))).isEqualTo(UNKNOWN_OUTCOME);
        assertThat(AwsFailures.ofChange(account, "CreateVpc", ApiCallTimeoutException.create(1000))
                        .failureClass())
                .isEqualTo(UNKNOWN_OUTCOME);
        assertThat(AwsFailures.ofChange(
                                account, "CreateVpc", SdkClientException.create("Unable to unmarshall response"))
                        .failureClass())
                .isEqualTo(UNKNOWN_OUTCOME);
    }

    @Test
    void aCertificateThatDoesNotMatchAndMissingKeysArePermanent() {
        assertThat(ofIo(new SSLHandshakeException("No subject alternative names")))
                .isEqualTo(PERMANENT);
        assertThat(AwsFailures.ofChange(
                                account,
                                "CreateVpc",
                                SdkClientException.create("Unable to load credentials from any of the providers"))
                        .failureClass())
                .isEqualTo(PERMANENT);
    }

    private FailureClass ofIo(IOException cause) {
        SdkClientException wrapped = SdkClientException.create("Unable to execute HTTP request", cause);
        return AwsFailures.ofChange(account, "CreateVpc", wrapped).failureClass();
    }

    private static Ec2Exception answer(String code, int status, String message) {
        return (Ec2Exception) Ec2Exception.builder()
                .statusCode(status)
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage(message)
                        .build())
                .build();
    }
}
