// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** An AWS emulator that nobody here wrote, in a process of its own for as long as this JVM lives. */
public final class Moto {
    private static final Pattern RUNNING = Pattern.compile("Running on (http://127\\.0\\.0\\.1:\\d+)");
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static @Nullable Optional<URI> endpoint;

    private Moto() {}

    /** An account handle on an empty moto; without Python and moto the test is skipped, and says so. */
    static AwsAccount account() throws IOException, InterruptedException {
        return AwsAccount.of("account-a", "eu-central-1")
                .endpoint(empty())
                .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")));
    }

    /** The endpoint of moto, emptied; without Python and moto the test is skipped, and says so. */
    public static synchronized URI empty() throws IOException, InterruptedException {
        if (endpoint == null) {
            endpoint = start();
        }
        Assumptions.assumeTrue(endpoint.isPresent(), "moto is not there");
        HTTP.send(
                HttpRequest.newBuilder(endpoint.get().resolve("/moto-api/reset"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        return endpoint.get();
    }

    private static Optional<URI> start() {
        try {
            Process process = new ProcessBuilder("python3", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0")
                    .redirectErrorStream(true)
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            CompletableFuture<URI> running = new CompletableFuture<>();
            Thread reader = new Thread(() -> read(process, running), "moto-output");
            reader.setDaemon(true);
            reader.start();
            return Optional.of(running.get(60, TimeUnit.SECONDS));
        } catch (IOException | ExecutionException | TimeoutException notThere) {
            System.err.println("*** SKIPPED: tests on moto; `python3 -m moto.server` does not start: " + notThere);
            return Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static void read(Process process, CompletableFuture<URI> running) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String last = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher matcher = RUNNING.matcher(line);
                if (matcher.find()) {
                    running.complete(URI.create(matcher.group(1)));
                }
                last = line;
            }
            running.completeExceptionally(new IOException(last));
        } catch (IOException closed) {
            running.completeExceptionally(closed);
        }
    }
}
