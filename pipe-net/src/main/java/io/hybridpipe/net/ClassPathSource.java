// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.StepContext;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.io.IOException;
import java.io.InputStream;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A resource on the class path, read on {@code boundedElastic}. */
record ClassPathSource(String resource, ClassLoader loader) implements TextSource {
    static final String SCHEME = "classpath:";

    static ClassPathSource of(String resource) {
        return new ClassPathSource(resource, loaderOfCaller());
    }

    // the class path of whoever builds the pipe: a library's own loader may not see the application's resources
    private static ClassLoader loaderOfCaller() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context == null ? TextSource.class.getClassLoader() : context;
    }

    @Override
    public String shown() {
        return SCHEME + resource;
    }

    @Override
    public Mono<Fetched> fetch(int limit, StepContext context) {
        return Mono.fromCallable(() -> Fetched.of(bytes(limit), resource)).subscribeOn(Schedulers.boundedElastic());
    }

    private byte[] bytes(int limit) {
        String name = resource.startsWith("/") ? resource.substring(1) : resource;
        try (InputStream in = loader.getResourceAsStream(name)) {
            if (in == null) {
                throw StepFailure.permanent(shown() + ": no such resource");
            }
            return in.readNBytes(limit + 1);
        } catch (IOException e) {
            throw StepFailure.of(FailureClass.TRANSIENT, shown() + ": it cannot be read: " + e.getMessage(), e);
        }
    }
}
