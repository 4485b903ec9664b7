// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hybridpipe.Secret;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.vns3.SimVns3;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;
import reactor.test.StepVerifier;

@Timeout(180)
// it reads a logger that other classes write to
@Isolated
class TlsTrustTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Ip ADDRESS = Ip.of("203.0.113.5");

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimVns3 controller =
            SimVns3.builder().clock(clock).password("p").running().start();
    private final SimVns3 other =
            SimVns3.builder().clock(clock).password("p").running().start();

    @AfterEach
    void close() {
        controller.close();
        other.close();
        clock.close();
    }

    private Vns3Client client(TlsTrust trust) {
        return client(Vns3Access.trusting(trust));
    }

    private Vns3Client client(Vns3Access access) {
        return access.withUris(address -> controller.uri()).client(ADDRESS, Credentials.password(Secret.of("p")));
    }

    private void assertAnswers(Vns3Client client) {
        StepVerifier.create(client.config()).expectNextCount(1).expectComplete().verify(SOON);
    }

    private void assertRefused(Vns3Client client, String... parts) {
        StepVerifier.create(client.config())
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .hasMessageStartingWith("GET /api/config on 203.0.113.5: TLS certificate does not match: ")
                        .hasMessageContainingAll(parts)
                        .hasMessageNotContaining("\n")
                        .extracting(FailureClass::of)
                        .isEqualTo(FailureClass.PERMANENT))
                .verify(SOON);
    }

    private static String colons(String hex) {
        return HexFormat.ofDelimiter(":")
                .withUpperCase()
                .formatHex(HexFormat.of().parseHex(hex));
    }

    @Test
    void aPinnedCertificateIsTrustedInWhateverFormItsFingerprintWasWritten() {
        assertAnswers(client(TlsTrust.fingerprint(controller.fingerprint())));
        assertAnswers(client(TlsTrust.fingerprint(colons(controller.fingerprint()))));
        assertAnswers(client(TlsTrust.fingerprint(
                other.fingerprint(), controller.fingerprint().toUpperCase(Locale.ROOT))));
    }

    @Test
    void anotherCertificateThanThePinnedOneIsRefusedWithBothFingerprints() {
        assertRefused(
                client(TlsTrust.fingerprint(other.fingerprint())),
                "is " + colons(controller.fingerprint()),
                "expected " + colons(other.fingerprint()));
    }

    @Test
    void aSelfSignedCertificateIsRefusedByTheJdksAuthoritiesAndItsFingerprintIsToldForPinning() {
        assertRefused(client(TlsTrust.ofDefaults()), colons(controller.fingerprint()));
    }

    @Test
    void anAuthorityOfOnesOwnIsTrustedForTheHostsThatItNames() {
        assertAnswers(client(TlsTrust.authority(controller.certificate())));
        assertRefused(client(TlsTrust.authority(other.certificate())), colons(controller.fingerprint()));
    }

    @Test
    void oneControllerMayBeTrustedDifferently() {
        Vns3Access access = Vns3Access.trusting(TlsTrust.fingerprint(other.fingerprint()))
                .withTrust(ADDRESS, TlsTrust.fingerprint(controller.fingerprint()));
        assertAnswers(client(access));
    }

    @Test
    void trustingAnythingWarnsAndTellsTheFingerprint() {
        ListAppender<ILoggingEvent> seen = new ListAppender<>();
        Logger log = (Logger) LoggerFactory.getLogger(TlsTrust.class);
        seen.start();
        log.addAppender(seen);
        try {
            assertAnswers(client(TlsTrust.trustAnything()));
        } finally {
            log.detachAppender(seen);
        }
        assertThat(seen.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).hasToString("WARN");
            assertThat(event.getFormattedMessage()).contains(colons(controller.fingerprint()), "127.0.0.1");
        });
    }

    @Test
    void whatIsNoFingerprintIsRefusedAtOnce() {
        assertThatThrownBy(() -> TlsTrust.fingerprint("abc"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'abc' is no SHA-256 fingerprint: 64 hexadecimal digits, with or without colons");
        assertThatThrownBy(TlsTrust::fingerprint).hasMessage("no fingerprint was given");
        assertThatThrownBy(TlsTrust::authority).hasMessage("no authority was given");
    }
}
