package dev.nestor.cli.bench;

import dev.nestor.cli.program.Program;
import dev.nestor.cli.program.WorkloadMemory;
import dev.nestor.uapi.Futex;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Socket;
import dev.nestor.uapi.Time;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A task of a benchmark: the calls that many of them make, and where their arguments lie. */
abstract class BenchProgram extends Program {
    static final long NS_PER_SECOND = 1_000_000_000L;
    static final long NS_PER_US = 1_000;
    private static final long THREAD = Sched.CLONE_VM
            | Sched.CLONE_FS
            | Sched.CLONE_FILES
            | Sched.CLONE_SIGHAND
            | Sched.CLONE_THREAD
            | Sched.CLONE_SYSVSEM
            | Sched.CLONE_PARENT_SETTID
            | Sched.CLONE_CHILD_CLEARTID;
    private static final int WAIT = Futex.FUTEX_WAIT | Futex.FUTEX_PRIVATE_FLAG;
    private static final int WAKE = Futex.FUTEX_WAKE | Futex.FUTEX_PRIVATE_FLAG;

    final Stage stage;
    private final String command;
    private @Nullable Program next; // what the task plays that is made now

    /** @param command what a refused call is said to be of */
    BenchProgram(Stage stage, String command) {
        this.stage = stage;
        this.command = command;
    }

    @Override
    protected final Program child() {
        return Objects.requireNonNull(next, "a task is made and plays nothing");
    }

    /** fork(3). */
    final void fork(Program child) {
        next = child;
        call(Nr.NR_clone, Signal.SIGCHLD, 0, 0, 0, 0);
    }

    /**
     * pthread_create(3), without the memory for a stack.
     *
     * @param tid word that has its number while it lives, for {@link #join}
     */
    final void thread(Program child, long tid) {
        next = child;
        call(Nr.NR_clone, THREAD, 0, tid, tid, 0);
    }

    /** pthread_join(3): waits, unless the thread has ended. Whether it has to wait; if so this is to be asked again. */
    final boolean join(long tid) {
        int found = getInt(tid);
        if (found == 0) {
            return false;
        }
        call(Nr.NR_futex, tid, Futex.FUTEX_WAIT, found, 0, 0, 0);
        return true;
    }

    final void fdpair(boolean pipe, long into) {
        if (pipe) {
            call(Nr.NR_pipe2, into, 0);
        } else {
            call(Nr.NR_socketpair, Socket.AF_UNIX, Socket.SOCK_STREAM, 0, into);
        }
    }

    final void wake(long word, int most) {
        call3(Nr.NR_futex, word, WAKE, most);
    }

    /** Waits while the word has this value. */
    final void waitFor(long word, int value) {
        call(Nr.NR_futex, word, WAIT, value, 0, 0, 0);
    }

    final void sleep(long room, long ns) {
        putTime(room, ns);
        call(Nr.NR_clock_nanosleep, Time.CLOCK_REALTIME, 0, room, 0);
    }

    final void sleepUntil(long room, long ns) {
        putTime(room, ns);
        call(Nr.NR_clock_nanosleep, Time.CLOCK_MONOTONIC, Time.TIMER_ABSTIME, room, 0);
    }

    /** sched_setaffinity(2) to one CPU; the mask has {@link WorkloadMemory#MASK_BYTES} at most. */
    final void pin(long room, int pid, int cpu) {
        int bytes = maskBytes(stage.cpus());
        for (int at = 0; at < bytes; at += 8) {
            putLong(room + at, at >> 3 == cpu >> 6 ? 1L << cpu : 0);
        }
        call3(Nr.NR_sched_setaffinity, pid, bytes, room);
    }

    static int maskBytes(int cpus) {
        return ((cpus + 63) >> 6) * 8;
    }

    final void exit() {
        call(Nr.NR_exit, 0);
    }

    final void exitGroup() {
        call(Nr.NR_exit_group, 0);
    }

    /** Ends the benchmark unless the call has been done. */
    final long done(String name, long answer) {
        if (answer < 0) {
            throw new BenchFailure(command + ": " + name + " answers " + answer);
        }
        return answer;
    }

    final int getInt(long address) {
        return stage.memory().getInt(stage.mm(task()), address);
    }

    final void putInt(long address, int value) {
        stage.memory().putInt(stage.mm(task()), address, value);
    }

    final void putLong(long address, long value) {
        stage.memory().putLong(stage.mm(task()), address, value);
    }

    /** struct timespec. */
    final void putTime(long address, long ns) {
        putLong(address, ns / NS_PER_SECOND);
        putLong(address + 8, ns % NS_PER_SECOND);
    }
}
