// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * The controller as a machine: its cloud, what it is connected to, its certificates and its web page.
 *
 * <p>Errors, threads and cancelling are as in {@link Vns3Client}, from whose {@link Vns3Client#system} this comes. Thread-safe.
 */
public final class SystemApi {
    private final Calls calls;

    SystemApi(Calls calls) {
        this.calls = calls;
    }

    /** {@code GET /status}: clients, subnets and tunnels at this moment; needs a license. */
    public Mono<RuntimeStatus> runtime() {
        return calls.get("/status").answer().map(RuntimeStatus::from);
    }

    /** {@code GET /status/connected_subnets}: the subnets that can be reached, and how. */
    public Mono<List<ConnectedSubnet>> connectedSubnets() {
        return calls.get("/status/connected_subnets")
                .with("extended_output", Optional.of(true))
                .answer()
                .map(fields -> ConnectedSubnet.allIn(fields.node()));
    }

    /** {@code GET /cloud_data}; works without a license too. */
    public Mono<CloudData> cloud() {
        return calls.get("/cloud_data").answer().map(CloudData::from);
    }

    /**
     * {@code PUT /admin_ui}: changes what is given of the web page; the API may not answer for some seconds afterwards.
     *
     * @param enabled whether it is to be there
     * @param username who may log in
     * @param password with which password
     */
    public Mono<AdminUi> setAdminUi(
            Optional<Boolean> enabled, Optional<String> username, Optional<Secret<String>> password) {
        Body body = Body.empty()
                .with("enabled", enabled)
                .with("admin_username", username)
                .with("admin_password", password);
        return calls.put("/admin_ui", body).answer().map(AdminUi::from);
    }

    /** {@code GET /system/ssl}: the TLS certificates. */
    public Mono<List<SslCertificate>> certificates() {
        return calls.get("/system/ssl").answer().map(fields -> fields.objects(SslCertificate::from, "certs"));
    }

    /** {@code PUT /system/ssl/keypair}: uploads a certificate and its private key, both PEM; it is not yet in use. */
    public Mono<Void> uploadCertificate(String certificate, Secret<String> key) {
        return calls.put("/system/ssl/keypair", Body.of("cert", certificate).with("key", key))
                .answer()
                .then();
    }

    /** {@code PUT /system/ssl/install}: puts the uploaded certificate into use, in the background. */
    public Mono<SslInstallation> installCertificate() {
        return calls.put("/system/ssl/install").answer().map(SslInstallation::from);
    }

    /** {@code GET /system/ssl/install/UUID}: how far that is. */
    public Mono<SslInstallation> installation(String uuid) {
        return calls.get("/system/ssl/install/" + Call.segment(uuid)).answer().map(SslInstallation::from);
    }
}
