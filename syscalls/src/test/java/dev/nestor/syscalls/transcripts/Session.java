package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.TestMachine;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Programs on an emulated machine: each {@link UserProcess} has a Java thread of its own, of which one runs at a time, and it
 * runs until its call blocks. When all are blocked the clock goes on to the next event. What is typed comes from a list;
 * the terminal is a pipe, from which what has been shown is taken whenever a shell asks for its next line.
 */
final class Session {
    private static final int TERMINAL_FD = 100; // of the reading end, in the first task
    private static final int CHUNK = 32768;

    private final TestMachine machine;
    private final Deque<UserProcess> runnable = new ArrayDeque<>();
    private final List<UserProcess> blocked = new ArrayList<>();
    private final Semaphore back = new Semaphore(0);
    private final Deque<String> typed = new ArrayDeque<>();
    private final List<String> shown = new ArrayList<>();
    private final UserProcess init;
    private boolean over;
    private @Nullable Throwable failure;

    /** Thrown in a program that does not go on: it has ended, been killed, or the session is over. */
    static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    Session(TestMachine machine) {
        this.machine = machine;
        init = new UserProcess(this, machine.init(), 1);
        init.mapMemory();
    }

    TestMachine machine() {
        return machine;
    }

    /** The machine's first process, which the test itself stands for: none of its calls may block. */
    UserProcess init() {
        return init;
    }

    /** Puts the writing end of a new terminal into the first process as 0, 1 and 2, for those that it will make. */
    void openTerminal() {
        init.check(init.call(Nr.NR_pipe2, init.buffer(), Fcntl.O_NONBLOCK));
        int reading = init.intAt(init.buffer());
        int writing = init.intAt(init.buffer() + 4);
        init.check(init.call(Nr.NR_dup3, reading, TERMINAL_FD, Fcntl.O_CLOEXEC));
        for (int fd = 0; fd < 3; fd++) {
            if (fd != writing) {
                init.check(init.call(Nr.NR_dup2, writing, fd));
            }
        }
        for (int fd : new int[] {reading, writing}) {
            if (fd > 2) {
                init.call(Nr.NR_close, fd);
            }
        }
    }

    /** A child of the first process runs this program; the lines are typed to whoever reads. What each line has shown. */
    List<String> run(List<String> lines, Consumer<UserProcess> program) {
        typed.addAll(lines);
        UserProcess shell = init.fork(program);
        while (!shell.isFinished() && failure == null) {
            if (!runOne()) {
                throw new AssertionError("all wait, after: " + shown + " for: " + typed);
            }
        }
        end();
        if (failure != null) {
            throw new AssertionError("at " + (shown.isEmpty() ? "the start" : lines.get(shown.size() - 1)), failure);
        }
        readTerminal();
        return shown;
    }

    /** The next line, for a shell that reads it; null when no more is typed. */
    @Nullable
    String readLine() {
        readTerminal();
        if (typed.isEmpty()) {
            return null;
        }
        shown.add("");
        return typed.remove();
    }

    private void readTerminal() {
        StringBuilder text = new StringBuilder();
        String part = init.readChunk(TERMINAL_FD, CHUNK);
        while (part != null && !part.isEmpty()) {
            text.append(part);
            part = init.readChunk(TERMINAL_FD, CHUNK);
        }
        if (!shown.isEmpty()) {
            shown.set(shown.size() - 1, shown.getLast() + text);
        }
    }

    private boolean runOne() {
        for (Iterator<UserProcess> all = blocked.iterator(); all.hasNext(); ) {
            UserProcess process = all.next();
            if (process.isAnswered()) {
                all.remove();
                runnable.add(process);
            }
        }
        UserProcess next = runnable.poll();
        if (next == null) {
            return machine.advanceToEvent();
        }
        next.proceed();
        back.acquireUninterruptibly();
        return true;
    }

    private void end() {
        over = true;
        runnable.addAll(blocked);
        blocked.clear();
        while (!runnable.isEmpty()) {
            runnable.remove().proceed();
            back.acquireUninterruptibly();
        }
    }

    /** By which a program knows that it writes to the terminal. */
    long terminalInode() {
        init.check(init.call(Nr.NR_fstat, TERMINAL_FD, init.buffer()));
        return init.longAt(init.buffer() + 8);
    }

    boolean isOver() {
        return over;
    }

    void start(UserProcess process) {
        runnable.add(process);
    }

    /** Gives the machine to others until the call of this process has been answered. */
    void block(UserProcess process) {
        blocked.add(process);
        back.release();
    }

    /** Lets all others run that can. */
    void giveWay(UserProcess process) {
        runnable.add(process);
        back.release();
    }

    void finished(@Nullable Throwable cause) {
        if (cause != null && failure == null) {
            failure = cause;
        }
        back.release();
    }
}
