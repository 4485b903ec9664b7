// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.hybridpipe.json.Json;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.vns3.SimVns3;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Each secret of a run is a text that occurs nowhere else; it is on the wire, and in nothing that a person reads. */
class SecretsTest {
    private static final String PSK = "psk-canary-7Qx/+%=~k2";
    private static final String KEYSET_TOKEN = "token-canary-9Zr/+%=~m4";
    private static final String LICENSE = SimVns3.licenseText("license-canary-5Tw8");
    private static final String JOURNAL_KEY = "am91cm5hbC1jYW5hcnktSHEzLW9mLTMyLWJ5dGVzISE=";
    private static final Pattern TOKEN = Pattern.compile("<SessionToken>([^<]+)</SessionToken>");
    private static final Pattern KEY = Pattern.compile("<SecretAccessKey>([^<]+)</SecretAccessKey>");

    @TempDir
    private Path directory;

    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger ours = (Logger) LoggerFactory.getLogger("io.hybridpipe");
    private final Logger all = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);

    @BeforeEach
    void listen() {
        logged.start();
        all.addAppender(logged);
        ours.setLevel(Level.DEBUG);
    }

    @AfterEach
    void stopListening() {
        ours.setLevel(null);
        all.detachAppender(logged);
        logged.stop();
    }

    @Test
    void aDoneRunTellsNoSecret() throws IOException {
        FednetRun run = run(world -> {});

        assertThat(run.exitCode()).as(run.told()).isZero();
        Map<String, String> secrets = secrets(run);
        assertThatNoneIsIn(told(run), secrets);
        String wire = run.world().calls.wire();
        // one only signs, the other is for the journal alone
        secrets.keySet().removeAll(List.of("AWS secret key", "the journal's key"));
        secrets.forEach((name, secret) ->
                assertThat(forms(secret)).as("%s on the wire", name).anyMatch(wire::contains));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailedRunTellsNoSecret(String failure) throws IOException {
        FednetRun run = run(world -> {}, "--fail", failure);

        assertThat(run.exitCode()).as(run.told()).isPositive();
        assertThat(run.failure()).isPresent();
        assertThatNoneIsIn(told(run), secrets(run));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void aControllerThatRepeatsTheSecretsInItsErrorDoesNotMakeThemKnown(String action) throws IOException {
        FednetRun run = run(world -> world.faults.on(action).always().answer(repeating(world)));

        assertThat(run.exitCode()).as(run.told()).isPositive();
        assertThat(run.out()).contains("You sent");
        assertThatNoneIsIn(told(run), secrets(run));
    }

    static Stream<String> failures() {
        String inside = "fednet/vpc-api-access/fednet-api-access/";
        return Sample.of(
                Stream.of(
                        "fednet/create-new-vpc:lost",
                        inside + "set-up-controller:undo",
                        inside + "ipsec-peer/tunnel:lost",
                        inside + "ipsec-peer/tunnel:undo"),
                1);
    }

    static Stream<String> calls() {
        return Sample.of(Stream.of("PUT /license", "PUT /keyset", "POST /ipsec/endpoints"), 1);
    }

    private static SimResponse repeating(StandIns world) {
        String password = world.secrets.passwordOfStandIn("fed-1").reveal();
        String text = Stream.of(PSK, KEYSET_TOKEN, LICENSE, password)
                .flatMap(secret -> forms(secret).stream())
                .collect(Collectors.joining(" and ", "You sent ", ""));
        return SimResponse.json(
                400,
                "{\"error\": {\"name\": \"BadRequestError\", \"message\": \"" + escaped(text) + "\", \"log\": 1}}");
    }

    private FednetRun run(Consumer<StandIns> prepare, String... more) throws IOException {
        Path license = Files.writeString(directory.resolve("license.txt"), LICENSE);
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.addAll(List.of("--report", directory.resolve("report.json").toString()));
        arguments.addAll(List.of("--journal", directory.resolve("runs").toString()));
        return FednetRun.of(arguments.toArray(String[]::new))
                .environment("FEDNET_PSK", PSK)
                .environment("FEDNET_KEYSET_TOKEN", KEYSET_TOKEN)
                .environment("HYBRIDPIPE_SECRETS_KEY", JOURNAL_KEY)
                .environment("FEDNET_LICENSE_FILE", license.toString())
                .prepare(prepare)
                .go();
    }

    private static Map<String, String> secrets(FednetRun run) {
        StandIns world = run.world();
        String wire = world.calls.wire();
        Map<String, String> secrets = new LinkedHashMap<>(Map.of(
                "PSK",
                PSK,
                "keyset token",
                KEYSET_TOKEN,
                "license",
                LICENSE,
                "line of the license",
                LICENSE.lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("-"))
                        .findFirst()
                        .orElseThrow()));
        secrets.put(
                "password of fed-1", world.secrets.passwordOfStandIn("fed-1").reveal());
        secrets.put(
                "password of fed-2", world.secrets.passwordOfStandIn("fed-2").reveal());
        secrets.put("the journal's key", JOURNAL_KEY);
        secrets.put("AWS secret key", world.secrets.awsSecretKey().reveal());
        secrets.put("AWS session token", found(TOKEN, wire));
        secrets.put("AWS session key", found(KEY, wire));
        return secrets;
    }

    private static String found(Pattern pattern, String wire) {
        Matcher matcher = pattern.matcher(wire);
        assertThat(matcher.find()).as("%s on the wire", pattern).isTrue();
        return matcher.group(1);
    }

    /** All that a person, a log collector or a caller of the library gets to see of a run. */
    private Map<String, String> told(FednetRun run) throws IOException {
        Map<String, String> told = new LinkedHashMap<>();
        told.put("stdout", run.out());
        told.put("stderr", run.err());
        told.put("report", Files.readString(directory.resolve("report.json")));
        told.put("journal", journal());
        told.put("report as text", run.report().toString());
        told.put(
                "events",
                run.events().stream()
                        .map(seen -> Json.compact().write(seen.event().fields()) + seen.event())
                        .collect(Collectors.joining("\n")));
        told.put("log", log());
        StringWriter stack = new StringWriter();
        run.failure().ifPresent(failure -> failure.printStackTrace(new PrintWriter(stack, true)));
        told.put("exception", stack.toString());
        return told;
    }

    private String log() {
        // under which it appends: runs of other tests may still write to it
        synchronized (logged) {
            return logged.list.stream().map(SecretsTest::text).collect(Collectors.joining("\n"));
        }
    }

    private String journal() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("runs"))) {
            StringBuilder text = new StringBuilder();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                text.append(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
            assertThat(text).contains("create-new-vpc", "$sealed");
            return text.toString();
        }
    }

    private static String text(ILoggingEvent event) {
        String line = event.getLoggerName() + " " + event.getFormattedMessage();
        return event.getThrowableProxy() == null ? line : line + ThrowableProxyUtil.asString(event.getThrowableProxy());
    }

    private static void assertThatNoneIsIn(Map<String, String> told, Map<String, String> secrets) {
        told.forEach((where, text) ->
                secrets.forEach((name, secret) -> forms(secret).forEach(form -> assertThat(text.contains(form))
                        .as("%s in %s, as %s", name, where, form)
                        .isFalse())));
        assertThat(told.get("events")).isNotBlank();
    }

    private static List<String> forms(String secret) {
        return List.of(
                secret,
                escaped(secret),
                URLEncoder.encode(secret, StandardCharsets.UTF_8),
                base64(secret),
                base64("api:" + secret));
    }

    private static String escaped(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
