package dev.nestor.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Calls, signals and ends in the order of a log. */
class RecordedOrderTest {
    private static void assertAllEqual(ReplayReport report, long calls) {
        assertThat(report.differences()).isEmpty();
        assertThat(report.taken()).isEmpty();
        assertThat(report.total().calls()).isEqualTo(calls);
        assertThat(report.total().equal()).isEqualTo(calls);
    }

    @Test
    void numbersOfTheOutermostNamespace_comeOutAsRecorded() {
        assertAllEqual(Replays.of("""
                        100 1700000000.000000 getpid() = 100 <0.000010>
                        100 1700000000.001000 fork() = 333 <0.000010>
                        333 1700000000.002000 getpid() = 333 <0.000010>
                        333 1700000000.003000 getppid() = 100 <0.000010>
                        333 1700000000.004000 exit_group(0) = ?
                        333 1700000000.005000 +++ exited with 0 +++
                        100 1700000000.006000 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=333, si_uid=0, si_status=0} ---
                        100 1700000000.007000 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 333 <0.000010>
                        100 1700000000.008000 +++ exited with 0 +++
                        """), 6);
    }

    @Test
    void blockedCall_endsWhenItsCauseIsThere() {
        ReplayReport report = Replays.of("""
                100 1700000000.000000 fork() = 333 <0.000010>
                100 1700000000.001000 wait4(-1,  <unfinished ...>
                333 1700000000.002000 exit_group(7) = ?
                333 1700000000.003000 +++ exited with 7 +++
                100 1700000000.004000 <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 7}], 0, NULL) = 333 <0.003000>
                100 1700000000.005000 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=333, si_uid=0, si_status=7} ---
                100 1700000000.006000 +++ exited with 0 +++
                """);
        assertAllEqual(report, 3);
        assertThat(report.signals()).isEqualTo(1);
        assertThat(report.signalsEqual()).isEqualTo(1);
    }

    @Test
    void callThatGoesOnWaiting_isADifference() {
        ReplayReport report = Replays.of("""
                100 1700000000.000000 fork() = 333 <0.000010>
                100 1700000000.001000 wait4(-1,  <unfinished ...>
                333 1700000000.002000 getpid() = 333 <0.000010>
                100 1700000000.004000 <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 7}], 0, NULL) = 333 <0.003000>
                333 1700000000.005000 getpid() = 333 <0.000010>
                333 1700000000.006000 +++ exited with 0 +++
                100 1700000000.007000 +++ exited with 0 +++
                """);
        assertThat(report.differences()).hasSize(1);
        assertThat(report.differences().get(0).line()).isEqualTo(4);
        assertThat(report.differences().get(0).actual()).isEqualTo("it waits");
    }

    @Test
    void signalFromOutside_interrupts_andTheCallIsNotComputed() {
        ReplayReport report = Replays.of("""
                100 1700000000.000000 pause() = ? ERESTARTNOHAND (To be restarted if no handler) <1.000000>
                100 1700000001.000000 --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=4711, si_uid=0} ---
                100 1700000001.001000 +++ killed by SIGUSR1 +++
                """);
        assertThat(report.taken()).containsOnlyKeys("a signal from outside");
        assertThat(report.signalsFromOutside()).isEqualTo(1);
        assertThat(report.signalsEqual()).isZero();
    }

    @Test
    void killedTask_diesInItsCall() {
        ReplayReport report = Replays.of("""
                100 1700000000.000000 fork() = 333 <0.000010>
                333 1700000000.001000 pause( <unfinished ...>
                100 1700000000.002000 kill(333, SIGKILL) = 0 <0.000010>
                333 1700000000.003000 <... pause resumed>) = ?
                333 1700000000.004000 +++ killed by SIGKILL +++
                100 1700000000.005000 wait4(333, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}], 0, NULL) = 333 <0.000010>
                100 1700000000.006000 +++ exited with 0 +++
                """);
        assertThat(report.differences()).isEmpty();
        assertThat(report.total().equal()).isEqualTo(4);
    }

    @Test
    void sleepEnds_byTheClockOfTheLog() {
        assertAllEqual(Replays.of("""
                        100 1700000000.000000 clock_nanosleep(CLOCK_MONOTONIC, 0, {tv_sec=2, tv_nsec=0}, NULL) = 0 <2.000060>
                        100 1700000002.001000 +++ exited with 0 +++
                        """), 1);
    }

    @Test
    void taskThatIsDeadInTheEmulator_isReportedOnce() {
        ReplayReport report = Replays.of("""
                100 1700000000.000000 exit_group(0) = ?
                100 1700000000.001000 getpid() = 100 <0.000010>
                100 1700000000.002000 getpid() = 100 <0.000010>
                100 1700000000.003000 +++ exited with 0 +++
                """);
        assertThat(report.differences()).hasSize(1);
        assertThat(report.total().computed()).isEqualTo(2);
    }

    @Test
    void differingResult_isShown() {
        ReplayReport report = Replays.of(Replays.oneTask("getuid() = 0", "setuid(0) = 0", "getuid() = 7"));
        assertThat(report.differences()).containsExactly(new Difference(3, "getuid()", "7", "0"));
    }

    @Test
    void numbersInsideANewNamespace_areComputed() {
        assertAllEqual(Replays.of("""
                        100 1700000000.000000 unshare(CLONE_NEWPID) = 0 <0.000010>
                        100 1700000000.001000 fork() = 333 <0.000010>
                        333 1700000000.002000 getpid() = 1 <0.000010>
                        333 1700000000.003000 getppid() = 0 <0.000010>
                        333 1700000000.004000 fork() = 2 <0.000010>
                        334 1700000000.005000 getpid() = 2 <0.000010>
                        334 1700000000.006000 kill(1, SIGKILL) = 0 <0.000010>
                        334 1700000000.007000 exit_group(0) = ?
                        334 1700000000.008000 +++ exited with 0 +++
                        333 1700000000.009000 exit_group(0) = ?
                        333 1700000000.010000 +++ exited with 0 +++
                        100 1700000000.011000 fork() = -1 ENOMEM (Cannot allocate memory) <0.000010>
                        100 1700000000.012000 +++ exited with 0 +++
                        """), 10);
    }
}
