package dev.nestor.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nestor.cli.run.CallAccount.Source;
import dev.nestor.cli.strace.LogException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks compute between their calls for as long as the log says; blocking decides the rest. */
class ScheduledRunTest {
    private static final String ALONE = """
            10 1.000000 getpid() = 10 <0.000010>
            10 1.000110 getppid() = 1 <0.000010>
            10 1.000320 exit_group(0) = ?
            10 1.000400 +++ exited with 0 +++
            """;

    /** The parent waits; each child computes for 20 ms, much longer than a slice. */
    private static final String FAMILY = """
            10 1.000000 fork() = 11 <0.000100>
            10 1.000200 fork() = 12 <0.000100>
            11 1.000200 getpid() = 11 <0.000010>
            10 1.000400 fork() = 13 <0.000100>
            10 1.000550 wait4(11 <unfinished ...>
            12 1.000600 getpid() = 12 <0.000010>
            13 1.000700 getpid() = 13 <0.000010>
            11 1.020210 exit_group(3) = ?
            11 1.020300 +++ exited with 3 +++
            10 1.020310 <... wait4 resumed>, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 11 <0.019760>
            10 1.020320 wait4(12 <unfinished ...>
            12 1.020610 exit_group(0) = ?
            12 1.020650 +++ exited with 0 +++
            10 1.020660 <... wait4 resumed>, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 12 <0.000340>
            10 1.020670 wait4(13 <unfinished ...>
            13 1.020710 exit_group(0) = ?
            13 1.020750 +++ exited with 0 +++
            10 1.020760 <... wait4 resumed>, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 13 <0.000090>
            10 1.020860 exit_group(0) = ?
            10 1.020900 +++ exited with 0 +++
            """;

    @Test
    void computeTime_isTheSumOfTheLogsGaps() {
        RunReport report = Runs.of(ALONE);
        assertThat(Runs.task(report, 10).user()).isEqualTo(300L * Runs.CYCLES_PER_MICRO);
        assertThat(Runs.task(report, 10).isAlive()).isFalse();
        assertThat(report.calls().count(Source.COMPUTED)).isEqualTo(3);
        assertThat(report.totals().logCalls()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 64})
    void computeTime_isTheSame_onAnyNumberOfCpus(int cpus) {
        RunReport report = Runs.of(FAMILY, cpus);
        assertThat(Runs.userMicros(report, 10)).isEqualTo(100 + 100 + 50 + 10 + 10 + 100);
        assertThat(Runs.userMicros(report, 11)).isEqualTo(100 + 20_000);
        assertThat(Runs.userMicros(report, 12)).isEqualTo(300 + 20_000);
        assertThat(Runs.userMicros(report, 13)).isEqualTo(200 + 20_000);
        assertThat(Runs.forced(report)).isZero();
        assertThat(report.tasks()).noneMatch(TaskAccount::isAlive);
    }

    @Test
    void fewerCpus_makeItLonger_andTasksQueue() {
        RunReport one = Runs.of(FAMILY, 1);
        RunReport four = Runs.of(FAMILY, 4);
        assertThat(Runs.seconds(one)).isBetween(0.060, 0.070);
        assertThat(Runs.seconds(four)).isBetween(0.020, 0.025);
        assertThat(Runs.task(one, 12).runDelay()).isGreaterThan(10_000L * Runs.CYCLES_PER_MICRO);
        assertThat(Runs.task(one, 12).involuntary()).isPositive();
        assertThat(Runs.task(four, 10).blocked()).isGreaterThan(15_000L * Runs.CYCLES_PER_MICRO);
    }

    @Test
    void twoRuns_endInTheSameDigest_andAnotherMachineInAnother() {
        String digest = Runs.of(FAMILY, 2).digest();
        assertThat(digest).matches("[0-9a-f]{16}");
        assertThat(Runs.of(FAMILY, 2).digest()).isEqualTo(digest);
        assertThat(Runs.of(FAMILY, 1).digest()).isNotEqualTo(digest);
    }

    @Test
    void busyCycles_areThoseOfTheTasks() {
        RunReport report = Runs.of(FAMILY, 2);
        long ofTasks = report.tasks().stream().mapToLong(TaskAccount::busy).sum();
        long ofCpus =
                report.cpus().stream().mapToLong(RunReport.Cpu::busyCycles).sum();
        assertThat(ofCpus).isCloseTo(ofTasks, within(ofTasks / 50));
    }

    @Test
    void callFromTheLog_sleeps_ifItTookLong() {
        RunReport report = Runs.of("""
                10 1.000000 syslog(3, NULL, 0) = 7 <0.250000>
                10 1.250010 syslog(3, NULL, 0) = 7 <0.000050>
                10 1.250100 exit_group(0) = ?
                10 1.250200 +++ exited with 0 +++
                """);
        assertThat(Runs.call(report, "syslog").count(Source.TAKEN)).isEqualTo(2);
        assertThat(Runs.task(report, 10).blocked()).isCloseTo(500_000_000L, within(100_000L));
        assertThat(Runs.task(report, 10).kernel()).isBetween(50L * Runs.CYCLES_PER_MICRO, 150L * Runs.CYCLES_PER_MICRO);
        assertThat(Runs.call(report, "syslog").percentile(50)).isGreaterThan(0);
    }

    @Test
    void callThatWaitsForEver_isReleased_withTheLogsResult() {
        RunReport report = Runs.of("""
                10 1.000000 pipe2([3, 4], 0) = 0 <0.000010>
                10 1.000100 read(3, "x", 1) = 1 <0.300000>
                10 1.300200 getpid() = 10 <0.000010>
                10 1.300300 exit_group(0) = ?
                10 1.300400 +++ exited with 0 +++
                """);
        assertThat(Runs.forced(report)).isEqualTo(1);
        assertThat(Runs.call(report, "getpid").count(Source.COMPUTED)).isEqualTo(1);
        assertThat(Runs.task(report, 10).isAlive()).isFalse();
    }

    @Test
    void tasksTheLogLeavesBehind_areAliveAtTheEnd() {
        RunReport report = Runs.of("""
                10 1.000000 fork() = 11 <0.000100>
                11 1.000200 pause( <unfinished ...>
                10 1.000300 getpid() = 10 <0.000010>
                """);
        assertThat(report.tasks()).hasSize(2).allMatch(TaskAccount::isAlive);
        assertThat(Runs.forced(report)).isZero();
        assertThat(Runs.seconds(report)).isLessThan(0.01);
    }

    @Test
    void childOfACallThatFailsHere_beginsAllTheSame() {
        RunReport report = Runs.of("""
                10 1.000000 clone(child_stack=NULL, flags=0x800 /* CLONE_SIGHAND */) = 11 <0.000100>
                11 1.000200 getpid() = 11 <0.000010>
                11 1.000300 exit_group(0) = ?
                11 1.000350 +++ exited with 0 +++
                10 1.000400 exit_group(0) = ?
                10 1.000500 +++ exited with 0 +++
                """);
        assertThat(report.totals().neverBegan()).isZero();
        assertThat(Runs.userMicros(report, 11)).isEqualTo(100 + 90);
    }

    @Test
    void tasksFromBeforeTheLog_beginWhenTheyShow() {
        RunReport report = Runs.of("""
                10 1.000000 getpid() = 10 <0.000010>
                20 1.500000 getpid() = 20 <0.000010>
                20 1.500110 exit_group(0) = ?
                20 1.500200 +++ exited with 0 +++
                10 1.500300 exit_group(0) = ?
                10 1.500400 +++ exited with 0 +++
                """);
        assertThat(Runs.task(report, 20).start()).isEqualTo(1_000_000_000L);
        assertThat(Runs.userMicros(report, 20)).isEqualTo(100);
    }

    @Test
    void numbersInsideANamespace_areOfEveryLevel() {
        RunReport report = Runs.of("""
                10 1.000000 clone(child_stack=NULL, flags=CLONE_NEWPID|SIGCHLD) = 11 <0.000100>
                11 1.000200 getpid() = 1 <0.000010>
                11 1.000300 exit_group(0) = ?
                11 1.000350 +++ exited with 0 +++
                10 1.000400 exit_group(0) = ?
                10 1.000500 +++ exited with 0 +++
                """);
        assertThat(Runs.task(report, 11).numbers()).containsExactly(11, 1);
        assertThat(report.pidNamespaces().members()).hasSize(1);
        assertThat(report.pidNamespaces().children()).hasSize(1);
    }

    @Test
    void runThatTakesTooLong_isGivenUp() {
        String log = """
                10 1.000000 getpid() = 10 <0.000010>
                10 900000000000.000000 getpid() = 10 <0.000010>
                """;
        assertThatThrownBy(() -> Runs.run(log, 1, 5))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("--max-time");
    }
}
