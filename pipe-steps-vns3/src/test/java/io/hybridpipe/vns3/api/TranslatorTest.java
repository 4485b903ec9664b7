// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import static io.hybridpipe.retry.FailureClass.PERMANENT;
import static io.hybridpipe.retry.FailureClass.THROTTLED;
import static io.hybridpipe.retry.FailureClass.TRANSIENT;
import static io.hybridpipe.retry.FailureClass.UNKNOWN_OUTCOME;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

class TranslatorTest {
    private static final Calls CALLS = new Calls(Ip.of("10.1.0.5"), call -> Mono.never());
    private static final Call READ = CALLS.get("/config");
    private static final Call CHANGE = CALLS.post("/ipsec/endpoints");

    @ParameterizedTest
    @CsvSource({
        // status, name, message, of a read, of a change
        "200, APIArgumentError,         ipaddress is invalid,               PERMANENT, PERMANENT",
        "400, APIArgumentError,         endpoint_id does not exist,         PERMANENT, PERMANENT",
        "400, APIBadRequestError,       rule is invalid,                    PERMANENT, PERMANENT",
        "401, UnauthorizedError,        Invalid or expired token,           PERMANENT, PERMANENT",
        "403, PrerequisiteError,        Must be licensed first.,            PERMANENT, PERMANENT",
        "403, OperationNotAllowedError, Maximum number of snapshots reached., PERMANENT, PERMANENT",
        "404, APINotFoundError,         snapshot not found,                 PERMANENT, PERMANENT",
        "408, '',                       '',                                 TRANSIENT, TRANSIENT",
        "410, '',                       '',                                 PERMANENT, PERMANENT",
        "429, '',                       '',                                 THROTTLED, THROTTLED",
        "500, '',                       '',                                 TRANSIENT, UNKNOWN_OUTCOME",
        "502, '',                       '',                                 TRANSIENT, UNKNOWN_OUTCOME",
        "503, '',                       '',                                 TRANSIENT, TRANSIENT",
        "504, '',                       '',                                 TRANSIENT, UNKNOWN_OUTCOME",
    })
    void everyAnswerHasAClassForReadsAndForChanges(
            int status, String name, String message, FailureClass read, FailureClass change) {
        Vns3Error error = new Vns3Error(status, name, message, "");
        assertThat(Translator.answer(READ, error, Optional.empty()).failureClass())
                .isEqualTo(read);
        assertThat(Translator.answer(CHANGE, error, Optional.empty()).failureClass())
                .isEqualTo(change);
    }

    static Stream<Arguments> silences() {
        return Stream.of(
                Arguments.of(new ConnectException("Connection refused"), TRANSIENT, TRANSIENT),
                Arguments.of(new HttpConnectTimeoutException("HTTP connect timed out"), TRANSIENT, TRANSIENT),
                Arguments.of(new NoRouteToHostException("No route to host"), TRANSIENT, TRANSIENT),
                Arguments.of(new ConnectException().initCause(new UnresolvedAddressException()), TRANSIENT, TRANSIENT),
                Arguments.of(new SSLHandshakeException("Remote host terminated the handshake"), TRANSIENT, TRANSIENT),
                Arguments.of(
                        new SSLHandshakeException("bad").initCause(new CertificateException("pinned is another")),
                        PERMANENT,
                        PERMANENT),
                Arguments.of(new HttpTimeoutException("request timed out"), TRANSIENT, UNKNOWN_OUTCOME),
                Arguments.of(new EOFException("EOF reached while reading"), TRANSIENT, UNKNOWN_OUTCOME),
                Arguments.of(new SocketException("Connection reset"), TRANSIENT, UNKNOWN_OUTCOME));
    }

    @ParameterizedTest
    @MethodSource("silences")
    void everySilenceHasAClassForReadsAndForChanges(Throwable silence, FailureClass read, FailureClass change) {
        assertThat(FailureClass.of(Translator.noAnswer(READ, silence))).isEqualTo(read);
        assertThat(FailureClass.of(Translator.noAnswer(CHANGE, new CompletionException(silence))))
                .isEqualTo(change);
    }

    @Test
    void aThrottledCallWaitsAsLongAsTheControllerAsked() {
        Vns3Error slowDown = new Vns3Error(429, "", "", "");
        StepFailure failure = Translator.answer(READ, slowDown, Optional.of(Duration.ofSeconds(17)));
        assertThat(failure.failureClass()).isEqualTo(THROTTLED);
        assertThat(failure.retryAfter()).contains(Duration.ofSeconds(17));
    }

    @Test
    void aMessageIsOneLineThatSaysWhatWhereAndTheCode() {
        Vns3Error error = new Vns3Error(400, "APIArgumentError", "ipaddress is invalid", "1563472");
        assertThat(Translator.answer(CHANGE, error, Optional.empty()))
                .hasMessage("POST /api/ipsec/endpoints on 10.1.0.5 answered 400 APIArgumentError: ipaddress is invalid"
                        + " (log 1563472)")
                .hasCause(error);
        assertThat(Translator.noAnswer(READ, new IOException("line one\n  line two")))
                .hasMessage("GET /api/config on 10.1.0.5: the answer was lost: line one line two");
    }
}
