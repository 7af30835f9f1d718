package dev.nestor.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.cli.run.CallAccount.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where signals of a log are taken when the emulator decides who runs when. */
class RunSignalsTest {
    private static final String HANDLES_USR1 =
            "rt_sigaction(SIGUSR1, {sa_handler=0x5000, sa_mask=[], sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=0x6000},"
                    + " NULL, 8) = 0 <0.000010>\n";

    private static final String EXITS = "exit_group(0) = ?\n";

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void handler_runsAtItsRecord_whoeverIsFaster(int cpus) {
        RunReport report = Runs.of("10 1.000000 " + HANDLES_USR1 + """
                        10 1.000100 fork() = 11 <0.000100>
                        10 1.000300 wait4(-1 <unfinished ...>
                        11 1.000400 kill(10, SIGUSR1) = 0 <0.000010>
                        10 1.000420 <... wait4 resumed>, 0x7fff0000, 0, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set) <0.000120>
                        10 1.000450 --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=11, si_uid=0} ---
                        10 1.000550 getppid() = 1 <0.000010>
                        10 1.000600 rt_sigreturn({mask=[]}) = 61 <0.000010>
                        10 1.000650 wait4(-1 <unfinished ...>
                        11 1.001410 exit_group(0) = ?
                        11 1.001450 +++ exited with 0 +++
                        10 1.001500 <... wait4 resumed>, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 11 <0.000850>
                        10 1.001600 exit_group(0) = ?
                        10 1.001700 +++ exited with 0 +++
                        """, cpus);
        assertThat(Runs.forced(report)).isZero();
        assertThat(Runs.call(report, "rt_sigreturn").count(Source.COMPUTED)).isEqualTo(1);
        assertThat(Runs.userMicros(report, 10)).isEqualTo(90 + 100 + 100 + 40 + 40 + 100);
        assertThat(Runs.userMicros(report, 11)).isEqualTo(200 + 1000);
    }

    @Test
    void signalThatComesEarly_isKeptForItsRecord() {
        RunReport report = Runs.of("10 1.000000 " + HANDLES_USR1 + """
                        10 1.000100 fork() = 11 <0.000100>
                        11 1.000210 kill(10, SIGUSR1) = 0 <0.000010>
                        11 1.000230 exit_group(0) = ?
                        11 1.000250 +++ exited with 0 +++
                        10 1.050300 getppid() = 1 <0.000010>
                        10 1.050400 pause() = ? ERESTARTNOHAND (To be restarted if no handler) <0.001000>
                        10 1.051450 --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=11, si_uid=0} ---
                        10 1.051500 rt_sigreturn({mask=[]}) = -1 EINTR (Interrupted system call) <0.000010>
                        10 1.051600 exit_group(0) = ?
                        10 1.051700 +++ exited with 0 +++
                        """);
        assertThat(Runs.forced(report)).isZero();
        assertThat(Runs.call(report, "pause").count(Source.COMPUTED)).isEqualTo(1);
        assertThat(Runs.call(report, "rt_sigreturn").errors()).isZero();
        assertThat(Runs.userMicros(report, 10)).isEqualTo(90 + 50_100 + 90 + 50 + 90);
    }

    @Test
    void signalFromOutside_comesAfterTheLogsTime() {
        RunReport report = Runs.of("10 1.000000 " + HANDLES_USR1 + """
                10 1.000100 pause() = ? ERESTARTNOHAND (To be restarted if no handler) <0.500000>
                10 1.500150 --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=77, si_uid=0} ---
                10 1.500200 rt_sigreturn({mask=[]}) = -1 EINTR (Interrupted system call) <0.000010>
                10 1.500300 exit_group(0) = ?
                10 1.500400 +++ exited with 0 +++
                """);
        assertThat(Runs.forced(report)).isZero();
        assertThat(Runs.seconds(report)).isBetween(0.5, 0.51);
    }

    @Test
    void signalWhileComputing_isTakenWhereTheLogHasIt() {
        RunReport report = Runs.of("10 1.000000 " + HANDLES_USR1 + """
                10 1.000110 --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=77, si_uid=0} ---
                10 1.000150 rt_sigreturn({mask=[]}) = 0 <0.000010>
                10 1.000260 exit_group(0) = ?
                10 1.000300 +++ exited with 0 +++
                """);
        assertThat(Runs.userMicros(report, 10)).isEqualTo(100 + 40 + 100);
        assertThat(Runs.call(report, "rt_sigreturn").count(Source.COMPUTED)).isEqualTo(1);
    }

    @Test
    void restart_isAnswered_ifTheCallCameOutBefore() {
        RunReport report = Runs.of(
                "10 1.000000 " + HANDLES_USR1 + """
                        10 1.000100 fork() = 11 <0.000100>
                        11 1.000300 exit_group(5) = ?
                        11 1.000350 +++ exited with 5 +++
                        10 1.010300 wait4(-1, 0x7fff0000, 0, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set) <0.000120>
                        10 1.010450 --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=77, si_uid=0} ---
                        10 1.010600 rt_sigreturn({mask=[]}) = 61 <0.000010>
                        10 1.010650 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 5}], 0, NULL) = 11 <0.000050>
                        10 1.010800 wait4(-1, 0x7fff0000, 0, NULL) = -1 ECHILD (No child processes) <0.000010>
                        """ + "10 1.010900 " + EXITS + "10 1.011000 +++ exited with 0 +++\n");
        assertThat(Runs.forced(report)).isZero();
        assertThat(Runs.call(report, "wait4").count(Source.COMPUTED)).isEqualTo(3);
        assertThat(Runs.call(report, "wait4").errors()).isEqualTo(1);
    }

    @Test
    void waitThatIdleSignalsInterrupt_isOneWait() {
        RunReport report = Runs.of("""
                10 1.000000 fork() = 11 <0.000100>
                10 1.000150 nanosleep({tv_sec=0, tv_nsec=50000000}, {tv_sec=0, tv_nsec=40000000}) = ? ERESTART_RESTARTBLOCK (Interrupted by signal) <0.010000>
                11 1.000200 exit_group(0) = ?
                11 1.000250 +++ exited with 0 +++
                10 1.010200 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=11, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---
                10 1.010250 restart_syscall(<... resuming interrupted nanosleep ...>) = 0 <0.040000>
                10 1.050300 exit_group(0) = ?
                10 1.050400 +++ exited with 0 +++
                """);
        assertThat(Runs.forced(report)).isZero();
        assertThat(Runs.seconds(report)).isBetween(0.050, 0.052);
        assertThat(Runs.userMicros(report, 10)).isEqualTo(50 + 50);
        assertThat(report.calls().count(Source.TAKEN)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void killedTask_stillComputesAsTheLogHasIt(int cpus) {
        RunReport report = Runs.of("""
                10 1.000000 fork() = 11 <0.000100>
                10 1.000200 kill(11, SIGKILL) = 0 <0.000010>
                11 1.001100 getpid() = 11 <0.000010>
                11 1.101110 pause( <unfinished ...>
                11 1.200050 +++ killed by SIGKILL +++
                10 1.200100 wait4(11, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}], 0, NULL) = 11 <0.000010>
                10 1.200200 exit_group(0) = ?
                10 1.200300 +++ exited with 0 +++
                """, cpus);
        assertThat(Runs.userMicros(report, 11)).isEqualTo(1000 + 100_000);
        assertThat(Runs.forced(report)).isZero();
        assertThat(report.tasks()).noneMatch(TaskAccount::isAlive);
    }

    @Test
    void taskThatNobodyKills_isEndedFromOutside() {
        RunReport report = Runs.of("""
                10 1.000000 fork() = 11 <0.000100>
                11 1.000200 pause() = ? ERESTARTNOHAND (To be restarted if no handler) <0.100000>
                10 1.000300 wait4(11 <unfinished ...>
                11 1.100300 +++ killed by SIGKILL +++
                10 1.100400 <... wait4 resumed>, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}], 0, NULL) = 11 <0.100050>
                10 1.100500 exit_group(0) = ?
                10 1.100600 +++ exited with 0 +++
                """);
        assertThat(report.tasks()).noneMatch(TaskAccount::isAlive);
        assertThat(Runs.call(report, "wait4").count(Source.COMPUTED)).isEqualTo(1);
    }

    @Test
    void stoppedTask_thatNobodyContinues_goesOn() {
        RunReport report = Runs.of("""
                10 1.000000 kill(10, SIGSTOP) = 0 <0.000010>
                10 1.000050 --- SIGSTOP {si_signo=SIGSTOP, si_code=SI_USER, si_pid=10, si_uid=0} ---
                10 1.000060 --- stopped by SIGSTOP ---
                10 1.500000 --- SIGCONT {si_signo=SIGCONT, si_code=SI_USER, si_pid=77, si_uid=0} ---
                10 1.500100 exit_group(0) = ?
                10 1.500200 +++ exited with 0 +++
                """);
        assertThat(report.tasks()).noneMatch(TaskAccount::isAlive);
    }
}
