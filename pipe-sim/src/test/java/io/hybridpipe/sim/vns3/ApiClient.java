// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Talks to a controller over real TLS, trusting its certificate and no other. */
final class ApiClient {
    private static final Set<String> TEXTS = Set.of("/license", "/license/upgrade", "/remote_support/keypair");
    private static final ObjectMapper JSON = new ObjectMapper();

    record Answer(int status, String text) {
        JsonNode json() {
            try {
                return JSON.readTree(text);
            } catch (IOException e) {
                throw new UncheckedIOException(text, e);
            }
        }

        /** What is in the envelope; a failing call shows its error here. */
        JsonNode response() {
            return json().path("response");
        }

        String error() {
            JsonNode error = json().path("error");
            return status + " " + error.path("name").asText() + ": "
                    + error.path("message").asText();
        }
    }

    private final HttpClient http;
    private final URI root;
    private final String header;
    private final String credentials;

    private ApiClient(HttpClient http, URI root, String header, String credentials) {
        this.http = http;
        this.root = root;
        this.header = header;
        this.credentials = credentials;
    }

    static ApiClient of(SimVns3 controller, String password) {
        return new ApiClient(trusting(controller), controller.uri(), "Authorization", basic(password));
    }

    /** The same trust and credentials at another controller. */
    ApiClient at(SimVns3 other) {
        return new ApiClient(http, other.uri(), header, credentials);
    }

    ApiClient withPassword(String password) {
        return new ApiClient(http, root, "Authorization", basic(password));
    }

    ApiClient withToken(String token) {
        return new ApiClient(http, root, "api-token", token);
    }

    Answer get(String path) {
        return call("GET", path, "");
    }

    Answer put(String path, String body) {
        return call("PUT", path, body);
    }

    Answer post(String path, String body) {
        return call("POST", path, body);
    }

    Answer delete(String path) {
        return call("DELETE", path, "");
    }

    Answer call(String method, String path, String body) {
        try {
            return tryCall(method, path, body, Duration.ofSeconds(10));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Answer tryCall(String method, String path, String body, Duration timeout) throws IOException {
        // so that bodies are readable in the tests
        String sent = body.replace('\'', '"');
        HttpRequest request = HttpRequest.newBuilder(root.resolve("/api" + path))
                .timeout(timeout)
                .header(header, credentials)
                .header("Content-Type", TEXTS.contains(path) ? "text/plain" : "application/json")
                .method(
                        method,
                        sent.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(sent))
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A file, byte by byte. */
    byte[] file(String path) {
        HttpRequest request = HttpRequest.newBuilder(root.resolve("/api" + path))
                .timeout(Duration.ofSeconds(10))
                .header(header, credentials)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String basic(String password) {
        return "Basic " + Base64.getEncoder().encodeToString(("api:" + password).getBytes());
    }

    private static HttpClient trusting(SimVns3 controller) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("controller", controller.certificate());
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, managers.getTrustManagers(), null);
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .sslContext(tls)
                    .build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
