// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.lab.Vici;
import io.hybridpipe.sim.lab.ViciMessage;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What charon's words mean, without a charon. */
class AssociationsTest {

    private static String why(String error, String... log) {
        List<ViciMessage> events =
                Stream.of(log).map(line -> ViciMessage.of("msg", line)).toList();
        return Associations.why(new Vici.Answer(error, ViciMessage.empty(), events));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "received AUTHENTICATION_FAILED notify error | AUTHENTICATION_FAILED: the pre-shared keys or the identities differ",
                "received TS_UNACCEPTABLE notify, no CHILD_SA built | TS_UNACCEPTABLE: no tunnel at the other side mirrors the selectors",
                "received NO_PROPOSAL_CHOSEN error notify | NO_PROPOSAL_CHOSEN: no proposal in common",
                "received INVALID_SYNTAX notify error | INVALID_SYNTAX",
                "giving up after 3 retransmits | the peer does not answer",
                "peer not responding, trying again | the peer does not answer",
            })
    void theReasonIsWhatThePeerSentOrThatItWasSilent(String line, String why) {
        assertThat(why("establishing CHILD_SA failed", "initiating IKE_SA", line, "establishing failed"))
                .isEqualTo(why);
    }

    @Test
    void withoutSuchALineTheReasonIsTheLastThingSaidOrElseTheError() {
        assertThat(why("failed", "one", "other")).isEqualTo("other");
        assertThat(why("no CHILD_SA config")).isEqualTo("no CHILD_SA config");
        assertThat(why("", "received TS_UNACCEPTABLE notify")).isEqualTo("both sides agree");
    }

    @ParameterizedTest
    @CsvSource({
        "AES_CBC, 256, PRF_HMAC_SHA2_256, MODP_2048, aes256, sha2_256, dh14",
        "AES_GCM_16, 128, PRF_HMAC_SHA2_384, ECP_384, aes128_gcm, sha2_384, dh20",
        "AES_CBC, 128, PRF_HMAC_SHA1, CURVE_25519, aes128, sha1, dh31",
    })
    void algorithmsAreToldInTheControllersWords(
            String encryption, String bits, String prf, String group, String cipher, String hash, String named) {
        Proposal told = Algorithms.ofIke(ViciMessage.of("encr-alg", encryption)
                .with("encr-keysize", bits)
                .with("prf-alg", prf)
                .with("dh-group", group));
        assertThat(told).isEqualTo(new Proposal(cipher, hash, named));
    }
}
