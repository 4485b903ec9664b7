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

    @ParameterizedTest(name = "{0} ({1}) is {2}: {3}")
    @CsvSource(delimiter = '|', textBlock = """
                    InvalidVpc.Range                    | 400 | PERMANENT       | the block is not of a size that a VPC may have
                    InvalidSubnet.Conflict              | 400 | PERMANENT       | the block is taken
                    InvalidSubnet.Range                 | 400 | PERMANENT       | the block is not in the VPC
                    Resource.AlreadyAssociated          | 400 | PERMANENT       | it belongs to something else
                    RouteAlreadyExists                  | 400 | PERMANENT       | the destination is taken
                    InvalidRoute.NotFound               | 400 | NOT_YET_VISIBLE | it may be new
                    InvalidRouteTableID.NotFound        | 400 | NOT_YET_VISIBLE | it may be new
                    InvalidVpcID.NotFound               | 400 | NOT_YET_VISIBLE | it may be new
                    InvalidSubnetID.NotFound            | 400 | NOT_YET_VISIBLE | it may be new
                    InvalidPermission.Duplicate         | 400 | PERMANENT       | the rule is there
                    InvalidPermission.NotFound          | 400 | NOT_YET_VISIBLE | it may be new
                    InvalidGroup.Duplicate              | 400 | PERMANENT       | the name is taken
                    InvalidGroup.NotFound               | 400 | NOT_YET_VISIBLE | it may be new
                    InvalidAMIID.NotFound               | 400 | PERMANENT       | images are older than runs
                    InvalidKeyPair.NotFound             | 400 | PERMANENT       | key pairs are older than runs
                    InvalidZone.NotFound                | 400 | PERMANENT       | zones are older than runs
                    DependencyViolation                 | 400 | TRANSIENT       | what uses it may be on its way out
                    InvalidIPAddress.InUse              | 400 | PERMANENT       | the address is taken
                    RequestLimitExceeded                | 503 | THROTTLED       | too many calls
                    Throttling                          | 400 | THROTTLED       | too many calls
                    ThrottlingException                 | 400 | THROTTLED       | too many calls
                    RequestThrottledException           | 400 | THROTTLED       | too many calls
                    ConcurrentTagAccess                 | 400 | TRANSIENT       | somebody else tags it right now
                    InvalidParameterValue               | 400 | PERMANENT       | the request is wrong
                    InvalidParameterCombination         | 400 | PERMANENT       | the request is wrong
                    MissingParameter                    | 400 | PERMANENT       | the request is wrong
                    VpcLimitExceeded                    | 400 | PERMANENT       | a quota does not grow while we wait
                    AddressLimitExceeded                | 400 | PERMANENT       | a quota does not grow while we wait
                    RulesPerSecurityGroupLimitExceeded  | 400 | PERMANENT       | a quota does not grow while we wait
                    LimitExceededException              | 400 | PERMANENT       | a quota does not grow while we wait
                    InsufficientInstanceCapacity        | 500 | TRANSIENT       | room may come
                    InsufficientFreeAddressesInSubnet   | 400 | PERMANENT       | the subnet is full
                    UnauthorizedOperation               | 403 | PERMANENT       | permissions do not come by themselves
                    OptInRequired                       | 401 | PERMANENT       | somebody has to sign up
                    DryRunOperation                     | 412 | PERMANENT       | whoever asks for it expects it
                    AuthFailure                         | 401 | PERMANENT       | the keys are wrong
                    ExpiredToken                        | 403 | PERMANENT       | the keys are old
                    RequestExpired                      | 400 | PERMANENT       | the keys are old
                    InvalidClientTokenId                | 403 | PERMANENT       | the keys are wrong
                    IdempotentParameterMismatch         | 400 | PERMANENT       | the token is used
                    AlreadyExistsException              | 400 | PERMANENT       | the name is taken
                    ValidationError                     | 400 | PERMANENT       | the request is wrong
                    ServiceUnavailable                  | 503 | TRANSIENT       | it refused to begin
                    Unavailable                         | 503 | TRANSIENT       | it refused to begin
                    InternalError                       | 500 | UNKNOWN_OUTCOME | it broke off in the middle
                    InternalFailure                     | 500 | UNKNOWN_OUTCOME | it broke off in the middle
                    RequestTimeout                      | 400 | UNKNOWN_OUTCOME | the request came in part
                    NeverHeardOf                        | 400 | PERMANENT       | an unknown refusal is a refusal
                                                        | 429 | THROTTLED       | too many calls
                                                        | 502 | UNKNOWN_OUTCOME | something in between broke off
                    """)
    void eachErrorCodeOfAChangeHasItsClass(String code, int status, FailureClass expected, String because) {
        assertThat(AwsFailures.ofChange(account, "CreateVpc", answer(code, status, "why"))
                        .failureClass())
                .as(because)
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    VpcLimitExceeded                  | a quota is used up, ask AWS for a larger one (Service Quotas)
                    SecurityGroupLimitExceeded        | a quota is used up, ask AWS for a larger one (Service Quotas)
                    LimitExceededException            | a quota is used up, ask AWS for a larger one (Service Quotas)
                    TagLimitExceeded                  | it has as many tags as it may
                    DependencyViolation               | something still uses it
                    OptInRequired                     | the account has not signed up for this; for a Marketplace product, accept its terms
                    InvalidAMIID.NotFound             | an image's id holds in one region only
                    UnauthorizedOperation             | the credentials lack the permission
                    """)
    void whatACodeDoesNotTellPeopleTheMessageDoes(String code, String hint) {
        assertThat(AwsFailures.ofChange(account, "CreateVpc", answer(code, 400, null)))
                .hasMessage("CreateVpc in account-a/eu-central-1: " + hint + ": " + code);
    }

    @Test
    void whatAwsSaysIsNeitherCutNorChangedButForItsLineBreaks() {
        String said = "a ".repeat(300) + "pass  word\twith blanks,\r\nand another line\n";
        assertThat(AwsFailures.ofRead(account, "DescribeVpcs", answer("ValidationError", 400, said)))
                .message()
                .endsWith("ValidationError: " + "a ".repeat(300) + "pass  word\twith blanks, and another line ");
        assertThat(AwsFailures.ofRead(account, "DescribeVpcs", SdkClientException.create(said)))
                .message()
                .contains("pass  word\twith blanks, and another line");
    }

    @Test
    void aThrottledCallIsNotTakenForAQuotaThatIsUsedUp() {
        assertThat(AwsFailures.ofChange(account, "CreateVpc", answer("RequestLimitExceeded", 503, null)))
                .hasMessage("CreateVpc in account-a/eu-central-1: RequestLimitExceeded");
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
