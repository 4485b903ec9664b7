// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Outline;
import io.hybridpipe.Pipe;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepInterceptor;
import io.hybridpipe.event.ElementKind;
import io.hybridpipe.event.Path;
import io.hybridpipe.retry.StepFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;

/** Makes one element of a pipe fail at a chosen moment, to see what becomes of the run. */
final class FailAt implements StepInterceptor {
    private enum When {
        /** Before it does anything. */
        BEFORE,
        /** After all it does has taken effect: the answer is lost. */
        LOST,
        /** When it is closed. */
        CLOSE,
        /** After all it does has taken effect; and then its undo fails too. */
        UNDO
    }

    private final Path path;
    private final When when;
    private final AtomicBoolean done = new AtomicBoolean();

    private FailAt(Path path, When when) {
        this.path = path;
        this.when = when;
    }

    /** Parses {@code PATH[:before|:lost|:close|:undo]}; before is the default. */
    static FailAt parse(String text, Pipe pipe) {
        int colon = text.lastIndexOf(':');
        String moment = colon < 0 ? "before" : text.substring(colon + 1);
        String wanted = colon < 0 ? text : text.substring(0, colon);
        When when;
        try {
            when = When.valueOf(moment.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new BadInput("--fail: '" + moment + "' is none of before, lost, close, undo");
        }
        List<Outline> all = new ArrayList<>();
        collect(pipe.describe(), all);
        Outline element = all.stream()
                .filter(each -> each.path().value().equals(withoutItems(wanted)))
                .findFirst()
                .orElseThrow(() -> new BadInput("--fail: there is no element '" + wanted + "'; " + hint(wanted, all)));
        boolean scope = element.kind() == ElementKind.SCOPE;
        boolean undoable = element.kind() == ElementKind.STEP
                && element.contract()
                        .map(Contract::effect)
                        .filter(it -> it == Effect.undoable())
                        .isPresent();
        if (when == When.CLOSE && !scope) {
            throw new BadInput("--fail: '" + wanted + "' is no scope, so it has no close");
        }
        if (when == When.UNDO && !undoable) {
            throw new BadInput("--fail: '" + wanted + "' is no step with an undo");
        }
        return new FailAt(Path.of(wanted), when);
    }

    private static void collect(Outline outline, List<Outline> into) {
        into.add(outline);
        outline.children().forEach(child -> collect(child, into));
    }

    private static String withoutItems(String path) {
        return path.replaceAll("\\[[^]]*]", "");
    }

    private static String hint(String wanted, List<Outline> all) {
        String root = all.get(0).path().value() + "/";
        return all.stream()
                .map(each -> each.path().value())
                .filter(each -> commonEnd(wanted, each) > 0 || commonStart(wanted, each) > root.length())
                .min(Comparator.comparingInt(each -> commonEnd(wanted, each) * -100 - commonStart(wanted, each)))
                .map(each -> "did you mean '" + each + "'?")
                .orElse("--describe tree shows them all");
    }

    private static int commonStart(String a, String b) {
        int i = 0;
        while (i < Math.min(a.length(), b.length()) && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        return i;
    }

    private static int commonEnd(String a, String b) {
        String last = a.substring(a.lastIndexOf('/') + 1);
        String other = b.substring(b.lastIndexOf('/') + 1);
        return last.equals(other) ? 2 : other.startsWith(last) || last.startsWith(other) ? 1 : 0;
    }

    @Override
    public <T> Mono<T> around(Phase phase, Contract contract, StepContext context, Mono<T> next) {
        if (!concerns(context.path())) {
            return next;
        }
        boolean forward = phase == Phase.RUN || phase == Phase.OPEN;
        if (forward && when == When.BEFORE && done.compareAndSet(false, true)) {
            return Mono.error(StepFailure.permanent("made to fail before it began (--fail)"));
        }
        if (forward && (when == When.LOST || when == When.UNDO)) {
            return losing(next);
        }
        if (phase == Phase.CLOSE && when == When.CLOSE || phase == Phase.UNDO && when == When.UNDO) {
            done.set(true);
            return Mono.error(StepFailure.permanent("made to fail (--fail)"));
        }
        return next;
    }

    /** Only what has taken effect counts: an attempt may fail by itself, and the next one be that which is lost. */
    private <T> Mono<T> losing(Mono<T> next) {
        return next.map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(value -> done.compareAndSet(false, true)
                        ? Mono.error(StepFailure.permanent("made to fail after it took effect (--fail)"))
                        : Mono.justOrEmpty(value));
    }

    /** Whether anything was made to fail: an item of a fan-out may turn out not to exist. */
    boolean struck() {
        return done.get();
    }

    /** An element that is made of others fails with the first of them that begins, or that has taken effect. */
    private boolean concerns(Path at) {
        if (path.contains(at)) {
            return when == When.BEFORE || when == When.LOST || path.equals(at);
        }
        return path.value().indexOf('[') < 0 && path.contains(Path.of(withoutItems(at.value())));
    }
}
