// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.retry.FailureClass;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateExpiredException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UnreachableTest {
    static Stream<Arguments> errors() {
        return Stream.of(
                Arguments.of(new ConnectException("Connection refused"), "connection refused"),
                Arguments.of(new ConnectException(), "connection refused"),
                Arguments.of(new ConnectException("Network is unreachable"), "Network is unreachable"),
                Arguments.of(new NoRouteToHostException("No route to host"), "no route to the host"),
                Arguments.of(new UnknownHostException("controller"), "the host is not known"),
                Arguments.of(
                        new ConnectException().initCause(new UnresolvedAddressException()), "the host is not known"),
                Arguments.of(new HttpConnectTimeoutException("HTTP connect timed out"), "no answer in time"),
                Arguments.of(new ClosedChannelException(), "the connection was closed"),
                Arguments.of(new SSLException("bad record"), "no TLS: bad record"),
                Arguments.of(new IOException("Connection reset\nby somebody"), "Connection reset"),
                Arguments.of(new IOException(), "IOException"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void isSaidInAFewWordsAndMayPass(Throwable error, String words) {
        assertThat(Unreachable.why(error)).isEqualTo(words);
        assertThat(Unreachable.failure("https://host/", error))
                .hasMessage("https://host/: " + words)
                .hasCause(error);
        assertThat(Unreachable.failure("https://host/", error).failureClass()).isEqualTo(FailureClass.TRANSIENT);
    }

    @Test
    void aRefusedCertificateDoesNotPass() {
        Throwable error =
                new SSLHandshakeException("bad").initCause(new CertificateExpiredException("NotAfter: yesterday"));
        assertThat(Unreachable.failure("https://host/", error))
                .hasMessage("https://host/: its certificate is not trusted: NotAfter: yesterday");
        assertThat(Unreachable.failure("https://host/", error).failureClass()).isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void aCircleOfCausesIsWalkedOnce() {
        IOException a = new IOException("a");
        a.initCause(new IOException("b", a));
        assertThat(Unreachable.why(a)).isEqualTo("a");
    }
}
