package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Time;
import org.junit.jupiter.api.Test;

/** Every expectation is what a C program making the same calls was answered by Linux 6.18. */
class SysTimerTest {
    private static final long BAD = 1;
    private static final long AT = TestMachine.PAGE;
    private static final long OLD = AT + 256;
    private static final long MS = 1_000_000; // ns

    private final TestMachine machine = new TestMachine();
    private final UserMemory memory = machine.kernel().userMemory();
    private final int task = machine.fork(machine.init()); // 2
    private final int other = machine.fork(task); // 3
    private final int mm = machine.kernel().tasks().mm(task);

    private void put(long... words) {
        for (int i = 0; i < words.length; i++) {
            memory.putLong(mm, AT + 8L * i, words[i]);
        }
    }

    private long old(int index) {
        return memory.getLong(mm, OLD + 8L * index);
    }

    private long setitimer(long intervalUs, long valueSec, long valueUs) {
        put(0, intervalUs, valueSec, valueUs);
        return machine.call(task, Nr.NR_setitimer, Time.ITIMER_REAL, AT, 0);
    }

    @Test
    void setitimer_hasItsOrderOfErrors() {
        put(0, 0, 0, 0);
        assertThat(machine.call(task, Nr.NR_getitimer, 3, BAD)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_getitimer, 0, BAD)).isEqualTo(-Errno.EFAULT);
        assertThat(machine.call(task, Nr.NR_setitimer, 3, AT, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_setitimer, 3, BAD, 0)).isEqualTo(-Errno.EFAULT);
        assertThat(setitimer(0, 0, 1_000_000)).isEqualTo(-Errno.EINVAL);
        assertThat(setitimer(0, 0, -1)).isEqualTo(-Errno.EINVAL);
        assertThat(setitimer(0, -1, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(setitimer(1_000_000, 100, 0)).isEqualTo(-Errno.EINVAL);
    }

    /** The old value cannot be written: EFAULT, and the new one is set. */
    @Test
    void setitimer_givesTheOldValue() {
        put(7, 5, 100, 0);
        assertThat(machine.call(task, Nr.NR_setitimer, 0, AT, BAD)).isEqualTo(-Errno.EFAULT);
        assertThat(machine.call(task, Nr.NR_getitimer, 0, OLD)).isZero();
        assertThat(old(0)).isEqualTo(7);
        assertThat(old(1)).isEqualTo(5);
        assertThat(old(2)).isEqualTo(100);
        assertThat(machine.call(task, Nr.NR_setitimer, 0, 0, OLD))
                .as("NULL stops it")
                .isZero();
        assertThat(old(2)).isEqualTo(100);
        machine.call(task, Nr.NR_getitimer, 0, OLD);
        assertThat(old(0)).isZero();
        assertThat(old(2)).isZero();
    }

    /** 0.4 s left is 1, 2.6 s is 3, 2.4 s is 2. */
    @Test
    void alarm_roundsWhatWasLeft() {
        assertThat(machine.call(task, Nr.NR_alarm, 100)).isZero();
        assertThat(machine.call(task, Nr.NR_alarm, 50)).isEqualTo(100);
        setitimer(0, 0, 400_000);
        assertThat(machine.call(task, Nr.NR_alarm, 0)).isEqualTo(1);
        setitimer(0, 2, 600_000);
        assertThat(machine.call(task, Nr.NR_alarm, 0)).isEqualTo(3);
        setitimer(0, 2, 400_000);
        assertThat(machine.call(task, Nr.NR_alarm, 0)).isEqualTo(2);
        assertThat(machine.call(task, Nr.NR_alarm, 0x80000000L)).isZero();
        assertThat(machine.call(task, Nr.NR_alarm, 0xffffffffL)).isEqualTo(2147483648L);
        assertThat(machine.call(task, Nr.NR_alarm, 0)).isEqualTo(4294967295L);
    }

    @Test
    void alarm_endsAPausingTask() {
        machine.call(other, Nr.NR_alarm, 1);
        machine.call(other, Nr.NR_pause);
        machine.advance(1_100 * MS);
        assertThat(machine.call(task, Nr.NR_wait4, -1, OLD)).isEqualTo(3);
        assertThat(machine.intAt(task, OLD)).isEqualTo(Signal.SIGALRM);
    }

    @Test
    void nanosleep_hasItsOrderOfErrors() {
        assertThat(machine.call(task, Nr.NR_nanosleep, BAD, 0)).isEqualTo(-Errno.EFAULT);
        put(0, 1_000_000_000);
        assertThat(machine.call(task, Nr.NR_nanosleep, AT, 0)).isEqualTo(-Errno.EINVAL);
        put(0, -1);
        assertThat(machine.call(task, Nr.NR_nanosleep, AT, 0)).isEqualTo(-Errno.EINVAL);
        put(-1, 0);
        assertThat(machine.call(task, Nr.NR_nanosleep, AT, 0)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void nanosleep_isOver_afterItsTime() {
        put(0, 50 * MS, 7, 7);
        assertThat(machine.call(task, Nr.NR_nanosleep, AT, AT + 16)).isEqualTo(Syscalls.BLOCKED);
        machine.advance(49 * MS);
        assertThat(machine.resultOf(task)).isEqualTo(Syscalls.BLOCKED);
        machine.advance(2 * MS);
        assertThat(machine.resultOf(task)).isZero();
        assertThat(memory.getLong(mm, AT + 16)).as("what is left is not told").isEqualTo(7);
    }

    /** 50 ms, a handler after 20: what is left is told, rt_sigreturn says EINTR, SA_RESTART or not. */
    @Test
    void nanosleep_tellsWhatIsLeft_whenInterrupted() {
        handle(Signal.SA_RESTART);
        put(0, 50 * MS, 7, 7);
        assertThat(machine.call(task, Nr.NR_nanosleep, AT, AT + 16)).isEqualTo(Syscalls.BLOCKED);
        machine.advance(20 * MS);
        machine.call(other, Nr.NR_kill, 2, Signal.SIGUSR1);
        assertThat(machine.resultOf(task)).isEqualTo(-Errno.ERESTART_RESTARTBLOCK);
        assertThat(memory.getLong(mm, AT + 16)).isZero();
        assertThat(memory.getLong(mm, AT + 24)).isBetween(30 * MS, 30 * MS + 60_000);
        assertThat(machine.call(task, Nr.NR_rt_sigreturn)).isEqualTo(-Errno.EINTR);
        machine.advance(100 * MS);
        assertThat(machine.kernel().tasks().state(task)).isZero();
    }

    private void handle(long flags) {
        put(0x401000, flags, 0, 0);
        machine.call(task, Nr.NR_rt_sigaction, Signal.SIGUSR1, AT, 0, 8);
    }

    @Test
    void absoluteSleep_leavesRemainAlone_andIsERESTARTNOHAND() {
        handle(0);
        put(100, 0, 7, 7);
        assertThat(machine.call(task, Nr.NR_clock_nanosleep, Time.CLOCK_MONOTONIC, 1, AT, AT + 16))
                .isEqualTo(Syscalls.BLOCKED);
        machine.call(other, Nr.NR_kill, 2, Signal.SIGUSR1);
        assertThat(machine.resultOf(task)).isEqualTo(-Errno.ERESTARTNOHAND);
        assertThat(memory.getLong(mm, AT + 16)).isEqualTo(7);
    }

    @Test
    void absoluteSleep_isOverAtOnce_whenTheTimeIsGone() {
        machine.advance(10_000 * MS);
        put(5, 0);
        assertThat(machine.call(task, Nr.NR_clock_nanosleep, Time.CLOCK_MONOTONIC, 1, AT, 0))
                .isZero();
        assertThat(machine.call(task, Nr.NR_clock_nanosleep, Time.CLOCK_REALTIME, 1, AT, 0))
                .isZero();
    }

    /** Stopped and continued in its sleep: restart_syscall goes on with what is left. */
    @Test
    void nanosleep_goesOn_afterAStop() {
        put(0, 50 * MS, 7, 7);
        machine.call(task, Nr.NR_nanosleep, AT, AT + 16);
        machine.advance(20 * MS);
        machine.kernel().tasks().setSigpending(task, true);
        Execution execution = new Execution(
                machine.kernel(),
                new Syscalls(CallTables.of(machine.kernel()), machine.kernel().tasks()));
        assertThat(execution.resume(task)).isEqualTo(-Errno.ERESTART_RESTARTBLOCK);
        assertThat(execution.toUser(task, -Errno.ERESTART_RESTARTBLOCK)).isEqualTo(Execution.USER + 2);
        machine.kernel().tasks().setSigpending(task, false);
        assertThat(execution.resume(task)).isEqualTo(Syscalls.BLOCKED);
        machine.advance(31 * MS);
        assertThat(machine.resultOf(task)).isZero();
    }

    /** The errors of -2 to 12 with a bad pointer and with a good one. */
    @Test
    void clockNanosleep_knowsItsClocks() {
        put(0, 0);
        int[] unknown = {10, 12};
        for (int clock : unknown) {
            assertThat(sleepOn(clock, BAD)).isEqualTo(-Errno.EINVAL);
        }
        int[] unsupported = {3, 4, 5, 6};
        for (int clock : unsupported) {
            assertThat(sleepOn(clock, BAD)).isEqualTo(-Errno.EOPNOTSUPP);
        }
        int[] copiesFirst = {-2, -1, 0, 1, 2, 7, 8, 9, 11};
        for (int clock : copiesFirst) {
            assertThat(sleepOn(clock, BAD)).isEqualTo(-Errno.EFAULT);
        }
        assertThat(sleepOn(-2, AT)).isEqualTo(-Errno.EINVAL);
        assertThat(sleepOn(-1, AT)).isEqualTo(-Errno.EINVAL);
        assertThat(sleepOn(2, AT)).isZero();
        assertThat(sleepOn(8, AT)).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(sleepOn(9, AT)).isEqualTo(-Errno.EOPNOTSUPP);
    }

    private long sleepOn(int clock, long from) {
        return machine.call(task, Nr.NR_clock_nanosleep, clock, 0, from, 0);
    }

    @Test
    void clockGettime_andGetres_knowTheirClocks() {
        for (int clock = -2; clock < 13; clock++) {
            boolean exists = clock == -2 || (clock >= 0 && clock <= 7) || clock == 11;
            long bad = exists ? -Errno.EFAULT : -Errno.EINVAL;
            assertThat(machine.call(task, Nr.NR_clock_gettime, clock, BAD))
                    .as("gettime %d", clock)
                    .isEqualTo(bad);
            assertThat(machine.call(task, Nr.NR_clock_getres, clock, BAD))
                    .as("getres %d", clock)
                    .isEqualTo(bad);
        }
        assertThat(machine.call(task, Nr.NR_clock_getres, 5, OLD)).isZero();
        assertThat(old(1)).isEqualTo(4_000_000);
        assertThat(machine.call(task, Nr.NR_clock_getres, 1, OLD)).isZero();
        assertThat(old(1)).isEqualTo(1);
        assertThat(machine.call(task, Nr.NR_clock_getres, 1, 0)).isZero();
        assertThat(machine.call(task, Nr.NR_clock_gettime, 1, 0)).isEqualTo(-Errno.EFAULT);
    }

    /** Clocks of CPU time by number: a process's of any, a thread's of the own process only. */
    @Test
    void cpuClocks_areFoundByNumber() {
        assertThat(machine.call(task, Nr.NR_clock_gettime, ~2 << 3 | 2, OLD)).isZero();
        assertThat(machine.call(task, Nr.NR_clock_gettime, ~2 << 3 | 6, OLD)).isZero();
        assertThat(machine.call(task, Nr.NR_clock_gettime, ~99 << 3 | 2, OLD)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_clock_gettime, ~2 << 3 | 3, OLD)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_clock_gettime, ~1 << 3 | 2, OLD)).isZero();
        assertThat(machine.call(task, Nr.NR_clock_gettime, ~1 << 3 | 6, OLD)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_clock_getres, ~1 << 3 | 6, OLD)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void monotonicTime_goesOn() {
        machine.call(task, Nr.NR_clock_gettime, Time.CLOCK_MONOTONIC, OLD);
        long before = old(0) * 1_000_000_000L + old(1);
        machine.advance(1_234 * MS);
        machine.call(task, Nr.NR_clock_gettime, Time.CLOCK_MONOTONIC, OLD);
        assertThat(old(0) * 1_000_000_000L + old(1) - before).isEqualTo(1_234 * MS);
        machine.call(task, Nr.NR_clock_gettime, Time.CLOCK_MONOTONIC_COARSE, OLD);
        assertThat(old(1) % 4_000_000).isZero();
    }

    @Test
    void gettimeofday_andTime_writeWhereAsked() {
        assertThat(machine.call(task, Nr.NR_gettimeofday, 0, 0)).isZero();
        assertThat(machine.call(task, Nr.NR_gettimeofday, BAD, 0)).isEqualTo(-Errno.EFAULT);
        assertThat(machine.call(task, Nr.NR_gettimeofday, 0, BAD)).isEqualTo(-Errno.EFAULT);
        assertThat(machine.call(task, Nr.NR_time, BAD)).isEqualTo(-Errno.EFAULT);
        long sec = machine.call(task, Nr.NR_time, OLD);
        assertThat(old(0)).isEqualTo(sec);
        assertThat(machine.call(task, Nr.NR_gettimeofday, OLD, 0)).isZero();
        assertThat(old(0)).isEqualTo(sec);
    }
}
