// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.StepContext;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A file, read on {@code boundedElastic}. */
record FileSource(Path path) implements TextSource {
    static FileSource of(String path) {
        try {
            return new FileSource(Path.of(path));
        } catch (InvalidPathException bad) {
            throw new IllegalArgumentException(Quoted.of(path) + " is not a path: " + bad.getReason());
        }
    }

    static FileSource of(URI uri) {
        try {
            return new FileSource(Path.of(uri));
        } catch (IllegalArgumentException | FileSystemNotFoundException bad) {
            throw new IllegalArgumentException(Quoted.of(uri.toString()) + " is not a file: " + bad.getMessage());
        }
    }

    @Override
    public String shown() {
        return path.toString();
    }

    @Override
    public Mono<Fetched> fetch(int limit, StepContext context) {
        return Mono.fromCallable(() -> Fetched.of(bytes(limit), shown())).subscribeOn(Schedulers.boundedElastic());
    }

    private byte[] bytes(int limit) {
        // opening a pipe blocks until somebody writes, and no cancel ends that
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw StepFailure.permanent(
                    shown() + ": it is " + (Files.isDirectory(path) ? "a directory" : "not a file"));
        }
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(limit + 1);
        } catch (NoSuchFileException missing) {
            throw StepFailure.permanent(shown() + ": no such file");
        } catch (AccessDeniedException denied) {
            throw StepFailure.permanent(shown() + ": it may not be read");
        } catch (IOException e) {
            throw StepFailure.of(FailureClass.TRANSIENT, shown() + ": it cannot be read: " + e.getMessage(), e);
        }
    }
}
