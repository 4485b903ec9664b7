// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What the JDK's network errors mean, in a few words: half of them come without a message or with a misleading one. */
final class Unreachable {
    private Unreachable() {}

    /** The failure of a read that can be sent again: permanent only if the other side is not to be trusted. */
    static StepFailure failure(String where, Throwable error) {
        return StepFailure.of(
                isDistrust(error) ? FailureClass.PERMANENT : FailureClass.TRANSIENT, where + ": " + why(error), error);
    }

    /** Whether a certificate was refused, which waiting does not mend. */
    static boolean isDistrust(Throwable error) {
        return find(error, CertificateException.class) != null;
    }

    static String why(Throwable error) {
        CertificateException certificate = find(error, CertificateException.class);
        if (certificate != null) {
            return "its certificate is not trusted: " + words(certificate);
        }
        if (find(error, UnknownHostException.class) != null || find(error, UnresolvedAddressException.class) != null) {
            return "the host is not known";
        }
        if (find(error, HttpTimeoutException.class) != null || find(error, TimeoutException.class) != null) {
            return "no answer in time";
        }
        if (find(error, NoRouteToHostException.class) != null) {
            return "no route to the host";
        }
        ConnectException connect = find(error, ConnectException.class);
        if (connect != null) {
            String message = connect.getMessage();
            // java.net.http drops the message of the refusal
            return message == null || message.contains("refused") ? "connection refused" : message;
        }
        if (find(error, SSLException.class) != null) {
            return "no TLS: " + words(error);
        }
        if (find(error, ClosedChannelException.class) != null) {
            return "the connection was closed";
        }
        return words(error);
    }

    private static String words(Throwable error) {
        String message = error.getMessage();
        return message == null
                ? error.getClass().getSimpleName()
                : message.lines().findFirst().orElse("").strip();
    }

    private static <E extends Throwable> @Nullable E find(Throwable error, Class<E> type) {
        List<Throwable> seen = new ArrayList<>();
        for (Throwable each = error; each != null && !seen.contains(each); each = each.getCause()) {
            if (type.isInstance(each)) {
                return type.cast(each);
            }
            seen.add(each);
        }
        return null;
    }
}
