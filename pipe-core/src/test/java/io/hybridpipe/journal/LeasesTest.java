// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LeasesTest {
    private static final Duration LENGTH = Duration.ofMinutes(1);
    private static final RunId FIRST = RunId.of("first");
    private static final RunId SECOND = RunId.of("second");

    @TempDir
    Path directory;

    private final SetClock clock = new SetClock();

    private Leases leases() {
        return Leases.in(directory.resolve("leases"), clock, LENGTH);
    }

    private static JournalException refusedWith(Reason reason, Callable<?> attempt) {
        JournalException refusal = catchThrowableOfType(JournalException.class, attempt::call);
        assertThat(refusal).as("refused").isNotNull();
        assertThat(refusal.reason()).isEqualTo(reason);
        return refusal;
    }

    private static Callable<?> confirming(Lease lease) {
        return () -> {
            lease.confirm();
            return lease;
        };
    }

    @Test
    void aFreeTargetIsTakenAndItsOwnerIsThisProcess() {
        Lease lease = leases().take("fednet", FIRST);

        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.takenFrom()).isEmpty();
        assertThat(lease.owner().run()).isEqualTo(FIRST);
        assertThat(lease.owner().process()).isEqualTo(ProcessHandle.current().pid());
        assertThat(lease.owner().host()).isNotBlank();
        assertThat(lease.owner().since()).isEqualTo(clock.instant());
        assertThat(lease.owner().until()).isEqualTo(clock.instant().plus(LENGTH));
        assertThat(leases().owner("fednet")).contains(lease.owner());
        lease.release();
    }

    @Test
    void aSecondLeaseOfTheSameProcessIsRefusedAndTheMessageNamesRunProcessAndHost() {
        Leases leases = leases();
        Lease lease = leases.take("fednet", FIRST);

        for (Leases other : List.of(leases, leases())) {
            JournalException refusal = refusedWith(Reason.HELD, () -> other.take("fednet", SECOND));
            assertThat(refusal.owner()).contains(lease.owner());
            assertThat(refusal)
                    .hasMessageContainingAll(
                            "target fednet",
                            "run first",
                            "process " + ProcessHandle.current().pid(),
                            lease.owner().host());
        }
        assertThat(lease.isHeld()).isTrue();
        lease.release();
    }

    @Test
    void targetsDoNotDisturbEachOther() {
        Lease one = leases().take("a", FIRST);
        Lease other = leases().take("b", SECOND);

        one.release();

        assertThat(leases().owner("a")).isEmpty();
        assertThat(leases().owner("b")).contains(other.owner());
        other.release();
    }

    @Test
    void whatWasGivenBackIsFreeAndTheFenceGoesOnGrowing() {
        Lease first = leases().take("fednet", FIRST);
        first.release();
        Lease second = leases().take("fednet", SECOND);
        second.release();
        Lease third = leases().take("fednet", FIRST);

        assertThat(Stream.of(first, second, third).map(it -> it.owner().fence()))
                .containsExactly(1L, 2L, 3L);
        assertThat(third.takenFrom()).isEmpty();
        assertThat(first.isHeld()).isFalse();
        assertThat(refusedWith(Reason.LOST, confirming(first)).owner()).contains(third.owner());
        third.release();
    }

    @Test
    void afterItsReleaseALeaseIsNotHeldAndAnotherReleaseDoesNothing() {
        Lease first = leases().take("fednet", FIRST);
        first.release();

        assertThat(first.isHeld()).isFalse();
        assertThat(refusedWith(Reason.LOST, confirming(first)).owner()).isEmpty();
        Lease second = leases().take("fednet", SECOND);
        first.release();
        assertThat(leases().owner("fednet")).contains(second.owner());
        second.release();
    }

    @Test
    void anExpiredLeaseIsTakenOverAndSaysWhoseItWas() {
        Lease first = leases().take("fednet", FIRST);
        clock.passes(LENGTH);

        assertThat(leases().owner("fednet")).isEmpty();
        Lease second = leases().take("fednet", SECOND);

        assertThat(second.takenFrom()).contains(first.owner());
        assertThat(second.owner().fence()).isGreaterThan(first.owner().fence());
        assertThat(first.isHeld()).isFalse();
        JournalException lost = refusedWith(Reason.LOST, confirming(first));
        assertThat(lost.owner()).contains(second.owner());
        assertThat(lost).hasMessageContaining("taken over by run second in process");
        first.release();
        assertThat(second.isHeld()).isTrue();
        assertThat(leases().owner("fednet")).contains(second.owner());
        second.release();
    }

    @Test
    void anOwnerTakesItsLeaseForExpiredBeforeOthersDo() {
        Lease lease = leases().take("fednet", FIRST);

        clock.passes(LENGTH.minus(Lease.margin(LENGTH)).minusMillis(1));
        assertThat(lease.isHeld()).isTrue();
        clock.passes(Duration.ofMillis(1));

        assertThat(lease.isHeld()).isFalse();
        refusedWith(Reason.HELD, () -> leases().take("fednet", SECOND));
        lease.release();
    }

    @Test
    void anExpiredLeaseThatNobodyTookIsHeldAgainOnceConfirmed() {
        Lease lease = leases().take("fednet", FIRST);
        clock.passes(LENGTH.multipliedBy(2));
        assertThat(lease.isHeld()).isFalse();

        lease.confirm();

        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.owner().until()).isEqualTo(clock.instant().plus(LENGTH));
        refusedWith(Reason.HELD, () -> leases().take("fednet", SECOND));
        lease.release();
    }

    @Test
    void aWallClockThatStandsStillOrIsSetBackDoesNotProlongALease() {
        Lease lease = Leases.in(directory, clock, Duration.ofMillis(200)).take("fednet", FIRST);

        new LeaseFile(directory, "fednet").locked(LeaseFile.PATIENCE, () -> {
            // nobody can renew it now
            clock.passes(Duration.ofHours(-1));
            Waiting.until("it has expired", () -> !lease.isHeld());
            return lease;
        });
        lease.release();
    }

    @Test
    void leasesAreRenewedUntilTheyAreReleased() throws Exception {
        Duration length = Duration.ofMillis(300);
        // other classes that run beside this one have leases and threads that renew them too
        ThreadGroup ours = new ThreadGroup("ours");
        FutureTask<Lease> take = new FutureTask<>(
                () -> Leases.in(directory, Clock.systemUTC(), length).take("fednet", FIRST));
        new Thread(ours, take).start();
        Lease lease = take.get(60, TimeUnit.SECONDS);
        Instant expiry = lease.owner().until();

        Waiting.until("it is renewed", () -> lease.owner().until().isAfter(expiry.plus(length)));
        // a busy disk may take longer for one renewal than the lease lasts
        Waiting.until("it is held", lease::isHeld);
        assertThat(renewals(ours)).hasSize(1);
        lease.release();

        Waiting.until("the renewing ends", () -> renewals(ours).isEmpty());
        assertThat(lease.isHeld()).isFalse();
    }

    private static List<Thread> renewals(ThreadGroup group) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(it -> it.getThreadGroup() == group && it.getName().equals("hybridpipe-lease-renewal"))
                .toList();
    }

    @Test
    void ofManyWhoTakeATargetAtOnceOneGetsIt() throws Exception {
        int many = 16;
        ExecutorService threads = Executors.newFixedThreadPool(many);
        try {
            for (int round = 1; round <= 5; round++) {
                List<Future<Lease>> takers = new ArrayList<>();
                for (int i = 0; i < many; i++) {
                    RunId run = RunId.of("run-" + i);
                    takers.add(threads.submit(() -> leases().take("fednet", run)));
                }
                List<Lease> taken = new ArrayList<>();
                for (Future<Lease> taker : takers) {
                    try {
                        taken.add(taker.get(60, TimeUnit.SECONDS));
                    } catch (ExecutionException e) {
                        assertThat(((JournalException) e.getCause()).reason()).isEqualTo(Reason.HELD);
                    }
                }
                assertThat(taken).hasSize(1);
                assertThat(taken.get(0).owner().fence()).isEqualTo(round);
                taken.get(0).release();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    // ---- the file

    private Path file(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("leases"))) {
            return files.filter(it -> it.toString().endsWith(suffix)).findAny().orElseThrow();
        }
    }

    private void rewrite(String from, String to) throws IOException {
        String text = Files.readString(file(".json"));
        assertThat(text).contains(from);
        Files.writeString(file(".json"), text.replace(from, to));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void onlyTheUserCanReadTheFiles() throws IOException {
        Lease lease = leases().take("fednet", FIRST);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("leases"))))
                .isEqualTo("rwx------");
        for (String suffix : List.of(".json", ".lock")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(suffix))))
                    .isEqualTo("rw-------");
        }
        lease.release();
    }

    @Test
    void theFileTellsAPersonWhoHoldsWhat() throws IOException {
        Lease lease = leases().take("orders \"blue\" / ü", FIRST);

        assertThat(Files.readString(file(".json")))
                .contains("orders \\\"blue\\\" / ü", "\"run\":\"first\"", "\"fence\":1", "2026-01-02T03:05:05Z")
                .endsWith("}\n");
        lease.release();
        assertThat(Files.readString(file(".json")))
                .isEqualTo("{\"format\":1,\"target\":\"orders \\\"blue\\\" / ü\",\"fence\":1}\n");
    }

    @Test
    void aLeaseOfAProcessThatIsGoneIsTakenOverWithoutWaiting() throws Exception {
        Lease lease = leases().take("fednet", FIRST);
        Process gone = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(gone.waitFor(60, TimeUnit.SECONDS)).isTrue();
        rewrite("\"process\":" + ProcessHandle.current().pid(), "\"process\":" + gone.pid());

        assertThat(leases().owner("fednet")).isEmpty();
        Lease second = leases().take("fednet", SECOND);

        assertThat(second.takenFrom()).map(Owner::process).contains(gone.pid());
        assertThat(second.takenFrom()).map(Owner::run).contains(FIRST);
        second.release();
        lease.release();
    }

    @Test
    void aProcessThatGotTheNumberOfADeadOneIsNotTakenForIt() throws IOException {
        Lease lease = leases().take("fednet", FIRST);
        rewrite("\"started\":\"" + LeaseProcess.current().started(), "\"started\":\"0");

        Lease second = leases().take("fednet", SECOND);

        assertThat(second.takenFrom()).isPresent();
        second.release();
        lease.release();
    }

    @Test
    void whetherAProcessOfAnotherMachineLivesIsNotGuessedSoItsExpiryIsAwaited() throws IOException {
        Lease lease = leases().take("fednet", FIRST);
        rewrite("\"machine\":\"" + LeaseProcess.current().machine(), "\"machine\":\"another one");
        rewrite("\"process\":" + ProcessHandle.current().pid(), "\"process\":999999999");

        refusedWith(Reason.HELD, () -> leases().take("fednet", SECOND));
        clock.passes(LENGTH);

        Lease second = leases().take("fednet", SECOND);
        assertThat(second.takenFrom()).map(Owner::process).contains(999_999_999L);
        second.release();
        lease.release();
    }

    @Test
    void aDamagedFileIsRefusedByNameAndNeverTakenOver() throws IOException {
        leases().take("fednet", FIRST).release();
        Path file = file(".json");
        String whole = Files.readString(file);
        for (String damaged : List.of(
                "",
                "null",
                "[]",
                "{}",
                whole.substring(0, whole.length() / 2),
                whole + whole,
                whole.replace("\"fence\":1", "\"fence\":\"1\""),
                whole.replace("\"format\":1", "\"format\":2"),
                whole.replace("fednet", "another"),
                whole.replace("\"fence\":1", "\"fence\":1,\"run\":\"first\""))) {
            Files.writeString(file, damaged);
            clock.passes(LENGTH.multipliedBy(2));

            assertThat(refusedWith(Reason.DAMAGED, () -> leases().take("fednet", SECOND)))
                    .as(damaged)
                    .hasMessageContainingAll("target fednet", file.toString(), "delete the file");
            refusedWith(Reason.DAMAGED, () -> leases().owner("fednet"));
            assertThat(Files.readString(file)).isEqualTo(damaged);
        }
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
        refusedWith(Reason.DAMAGED, () -> leases().take("fednet", SECOND));

        Files.delete(file);
        leases().take("fednet", SECOND).release();
    }

    @Test
    void anOwnerWhoseFileWasDeletedHasLostItsLease() throws IOException {
        Lease lease = leases().take("fednet", FIRST);
        Files.delete(file(".json"));

        refusedWith(Reason.LOST, confirming(lease));
        assertThat(lease.isHeld()).isFalse();
        lease.release();
    }

    @Test
    void whatCannotBeWrittenIsRefusedWithItsFile() throws IOException {
        Path inTheWay = Files.writeString(directory.resolve("file"), "");

        assertThat(refusedWith(
                        Reason.FAILED, () -> Leases.in(inTheWay, clock, LENGTH).take("fednet", FIRST)))
                .hasMessageContainingAll("target fednet", inTheWay.toString());
    }

    @Test
    void whoeverChangesAFileForTooLongIsNotAwaitedForEver() throws Exception {
        LeaseFile file = new LeaseFile(directory.resolve("leases"), "fednet");
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            file.locked(LeaseFile.PATIENCE, () -> {
                Future<JournalException> refusal = other.submit(
                        () -> refusedWith(Reason.FAILED, () -> new LeaseFile(directory.resolve("leases"), "fednet")
                                .locked(Duration.ofMillis(20), () -> "never")));
                try {
                    assertThat(refusal.get(60, TimeUnit.SECONDS)).hasMessageContaining("changed by others");
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                return file;
            });
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void aLengthThatNoRenewalCouldKeepUpWithIsRefused() {
        assertThatThrownBy(() -> Leases.in(directory, clock, Duration.ofMillis(99)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT0.1S");
    }
}
