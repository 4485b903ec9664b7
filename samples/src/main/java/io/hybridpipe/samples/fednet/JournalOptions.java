// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import io.hybridpipe.RunOptions;
import io.hybridpipe.journal.FileJournal;
import io.hybridpipe.journal.Journal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where runs are written down, and with which key. */
final class JournalOptions {
    private static final String KEY_VARIABLE = "HYBRIDPIPE_SECRETS_KEY";
    private static final int KEY_BYTES = 32;

    @Option(names = "--journal", paramLabel = "DIR", description = "where runs are written down")
    @Nullable
    Path journal;

    @Option(
            names = "--secrets-key-file",
            paramLabel = "FILE",
            description =
                    "the key that seals the secrets in the journal: 32 bytes in Base64; default the environment's "
                            + KEY_VARIABLE)
    @Nullable
    Path secretsKeyFile;

    @Option(names = "--stop-at", paramLabel = "PATH:PHASE:MOMENT", hidden = true)
    @Nullable
    String stopAt;

    private @Nullable StopAt stopping;

    /** The key without which nothing is written: half of what a run needs to go on with is or holds a secret. */
    private SecretKey secretsKey(Map<String, String> environment) {
        String source = secretsKeyFile == null ? KEY_VARIABLE : "--secrets-key-file " + secretsKeyFile;
        String text = secretsKeyFile == null ? environment.get(KEY_VARIABLE) : read(secretsKeyFile);
        if (text == null) {
            throw new BadInput(
                    "--journal needs a key that seals its secrets: 32 bytes in Base64, as of openssl rand -base64 32, in "
                            + KEY_VARIABLE + " or in the file of --secrets-key-file");
        }
        try {
            byte[] key = Base64.getDecoder().decode(text.strip());
            if (key.length != KEY_BYTES) {
                throw new BadInput(source + ": the key has " + key.length + " bytes, " + KEY_BYTES + " are needed");
            }
            return new SecretKeySpec(key, "AES");
        } catch (IllegalArgumentException e) {
            throw new BadInput(source + ": the key is not Base64");
        }
    }

    /** One key for each use: this one ties the journal's lines together. */
    private static SecretKey chainKey(SecretKey key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return new SecretKeySpec(mac.doFinal("journal".getBytes(StandardCharsets.US_ASCII)), "HmacSHA256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new BadInput("--secrets-key-file " + file + ": cannot be read");
        }
    }

    /** The journal that was named. */
    Journal open(Map<String, String> environment) {
        if (journal == null) {
            throw new BadInput("--journal is missing: the directory in which the runs are written down");
        }
        if (journal.toString().isEmpty()) {
            throw new BadInput("--journal: the directory's name is empty");
        }
        Journal opened = FileJournal.in(journal).withKey(chainKey(secretsKey(environment)));
        return stopAt().map(it -> it.watching(opened)).orElse(opened);
    }

    /** The journal that was named, which must be there: of one that a typing error makes afresh it would be said that nothing is open. */
    Journal openExisting(Map<String, String> environment) {
        if (journal != null && !Files.exists(journal)) {
            throw new BadInput("--journal: there is no directory " + journal);
        }
        return open(environment);
    }

    private Optional<StopAt> stopAt() {
        if (stopAt != null && stopping == null) {
            stopping = StopAt.parse(stopAt, System.in, System.out);
        }
        return Optional.ofNullable(stopping);
    }

    /** These options for a run that is written down, if that was asked for. */
    RunOptions write(RunOptions options, Map<String, String> environment, String target) {
        return journal == null
                ? options
                : shape(options, environment).journal(open(environment)).target(target);
    }

    /** These options for a run of which the journal is known already. */
    RunOptions shape(RunOptions options, Map<String, String> environment) {
        return stopAt().map(options::around).orElse(options).secretsKey(secretsKey(environment));
    }
}
