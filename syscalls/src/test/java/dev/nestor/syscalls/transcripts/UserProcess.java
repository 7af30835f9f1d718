package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.Syscalls;
import dev.nestor.syscalls.TestMachine;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Mman;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An emulated process as its program sees it, through system calls alone: what the C library is to a real one. Arguments
 * are put into {@link #MEMORY}, which the program maps when it starts.
 */
final class UserProcess {
    private static final long MEMORY = TestMachine.PAGE;
    private static final long SIZE = 1 << 18;
    private static final long BUFFER = MEMORY + SIZE / 2;
    private static final int BUFFER_SIZE = (int) (SIZE / 2);
    private static final int ERESTARTSYS = 512;
    private static final int ERESTART_RESTARTBLOCK = 516;

    private final Session session;
    private final TestMachine machine;
    private final int task;
    private final int number;
    private final Semaphore go = new Semaphore(0);
    private final List<Integer> caught = new ArrayList<>();
    private long next = MEMORY; // where the next argument is put
    private long answer;
    private boolean finished;

    /** @param number what the parent knows it by */
    UserProcess(Session session, int task, int number) {
        this.session = session;
        this.machine = session.machine();
        this.task = task;
        this.number = number;
    }

    int number() {
        return number;
    }

    Session session() {
        return session;
    }

    int task() {
        return task;
    }

    // Life

    /** fork(2): the child runs this program, and ends with it. */
    UserProcess fork(Consumer<UserProcess> program) {
        return clone(Signal.SIGCHLD, program);
    }

    /** clone(2), as fork(2) with flags. */
    UserProcess clone(long flags, Consumer<UserProcess> program) {
        UserProcess process = newProcess(flags);
        Thread.ofVirtual().start(() -> process.live(program));
        session.start(process);
        return process;
    }

    /** A child that runs no program: its calls are those that are made for it, and none may block. */
    UserProcess forkIdle(long flags) {
        return newProcess(flags | Signal.SIGCHLD);
    }

    private UserProcess newProcess(long flags) {
        long nr = call(Nr.NR_clone, flags);
        if (nr < 0) {
            throw new ForkFailed((int) -nr);
        }
        int ns = machine.kernel().pids().activeNs(task);
        int child = machine.kernel().pids().findTaskByVpid(ns, (int) nr);
        return new UserProcess(session, child, (int) nr);
    }

    /** The errno of a fork. */
    static final class ForkFailed extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int errno;

        ForkFailed(int errno) {
            this.errno = errno;
        }

        int errno() {
            return errno;
        }
    }

    private void live(Consumer<UserProcess> program) {
        go.acquireUninterruptibly();
        Throwable cause = null;
        try {
            if (!isGone()) {
                program.accept(this);
                exit(0);
            }
        } catch (Session.Gone e) {
            cause = null;
        } catch (RuntimeException | AssertionError e) {
            cause = e;
        }
        finished = true;
        session.finished(cause);
    }

    /** Lets the others go first, as if they were on another CPU. */
    void giveWay() {
        session.giveWay(this);
        go.acquireUninterruptibly();
        if (isGone()) {
            throw new Session.Gone();
        }
    }

    private boolean isGone() {
        return session.isOver() || machine.isGone(task);
    }

    void proceed() {
        go.release();
    }

    boolean isFinished() {
        return finished;
    }

    /** Whether the call it is blocked in has been answered, or never will be. */
    boolean isAnswered() {
        long result = machine.resultOf(task);
        if (result != Syscalls.BLOCKED) {
            answer = result;
            return true;
        }
        answer = 0;
        return machine.isGone(task);
    }

    void exit(int status) {
        call(Nr.NR_exit_group, status);
        throw new IllegalStateException("exit_group has returned");
    }

    /** A system call: it waits as long as it must, and is made again when it is to be restarted. */
    long call(int nr, long... args) {
        while (true) {
            long result = machine.call(task, nr, args);
            if (result == Syscalls.BLOCKED && !machine.isGone(task)) {
                session.block(this);
                go.acquireUninterruptibly();
                result = answer;
            }
            if (isGone() && task != machine.init()) {
                throw new Session.Gone();
            }
            int sig = machine.handledSignal(task);
            if (sig != 0) {
                caught.add(sig);
                machine.call(task, Nr.NR_rt_sigreturn);
                return result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK ? -Errno.EINTR : result;
            }
            if (result > -ERESTARTSYS || result < -ERESTART_RESTARTBLOCK) {
                return result;
            }
        }
    }

    /** Whether a handler of this signal has run since this was last asked. */
    boolean hasCaught(int sig) {
        return caught.removeIf(one -> one == sig);
    }

    void check(long result) {
        if (result < 0) {
            throw new IllegalStateException("errno " + -result);
        }
    }

    // Memory

    /** Maps the memory that arguments are put into, as a program does that has just been started. */
    void mapMemory() {
        int flags = Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED;
        check(call(Nr.NR_mmap, MEMORY, SIZE, Mman.PROT_READ | Mman.PROT_WRITE, flags, -1, 0));
    }

    /** Memory for answers. */
    long buffer() {
        return BUFFER;
    }

    private int mm() {
        return machine.kernel().tasks().mm(task);
    }

    long bytes(byte[] bytes) {
        if (next + bytes.length + 16 > BUFFER) {
            next = MEMORY;
        }
        long address = next;
        machine.kernel().userMemory().copyToUser(mm(), address, bytes, 0, bytes.length);
        next += (bytes.length + 15) & -16;
        return address;
    }

    /** A string with its NUL, in memory. */
    long text(String text) {
        return bytes((text + "\0").getBytes(StandardCharsets.UTF_8));
    }

    long longs(long... values) {
        byte[] bytes = new byte[8 * values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (values[i / 8] >>> (8 * (i % 8)));
        }
        return bytes(bytes);
    }

    int intAt(long address) {
        return machine.kernel().userMemory().getInt(mm(), address);
    }

    int unsignedShortAt(long address) {
        return machine.kernel().userMemory().getShort(mm(), address) & 0xffff;
    }

    long longAt(long address) {
        return machine.kernel().userMemory().getLong(mm(), address);
    }

    byte[] bytesAt(long address, int length) {
        byte[] bytes = new byte[length];
        machine.kernel().userMemory().copyFromUser(mm(), address, bytes, 0, length);
        return bytes;
    }

    private String textAt(long address, int length) {
        return new String(bytesAt(address, length), StandardCharsets.UTF_8);
    }

    String stringAt(long address, int most) {
        String text = textAt(address, most);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    // Files

    long open(String path, int flags) {
        return call(Nr.NR_openat, Fcntl.AT_FDCWD, text(path), flags, 0666);
    }

    void close(long fd) {
        call(Nr.NR_close, fd);
    }

    /** What one read(2) gives; empty at the end, null on an error. */
    @Nullable
    String readChunk(long fd, int size) {
        long length = call(Nr.NR_read, fd, BUFFER, Math.min(size, BUFFER_SIZE));
        return length < 0 ? null : textAt(BUFFER, (int) length);
    }

    /** All of a descriptor, or null on an error, which {@link #errno} has. */
    @Nullable
    String readAll(long fd) {
        StringBuilder all = new StringBuilder();
        while (true) {
            long length = call(Nr.NR_read, fd, BUFFER, BUFFER_SIZE);
            if (length < 0) {
                errno = (int) -length;
                return null;
            }
            if (length == 0) {
                return all.toString();
            }
            all.append(textAt(BUFFER, (int) length));
        }
    }

    private int errno;

    /** Why the last of those calls failed that answer null. */
    int errno() {
        return errno;
    }

    void setErrno(int number) {
        errno = number;
    }

    @Nullable
    String readFile(String path) {
        long fd = open(path, Fcntl.O_RDONLY);
        if (fd < 0) {
            errno = (int) -fd;
            return null;
        }
        String text = readAll(fd);
        close(fd);
        return text;
    }

    @Nullable
    String readlink(String path) {
        long length = call(Nr.NR_readlink, text(path), BUFFER, 4096);
        if (length < 0) {
            errno = (int) -length;
            return null;
        }
        return textAt(BUFFER, (int) length);
    }

    long write(long fd, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int done = 0;
        while (done < bytes.length) {
            byte[] part = java.util.Arrays.copyOfRange(bytes, done, Math.min(bytes.length, done + 32768));
            long result = call(Nr.NR_write, fd, bytes(part), part.length);
            if (result < 0) {
                return result;
            }
            done += (int) result;
        }
        return done;
    }

    /** Names of a directory in the order in which it gives them, or null. */
    @Nullable
    List<String> names(String path) {
        long fd = open(path, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY);
        if (fd < 0) {
            errno = (int) -fd;
            return null;
        }
        List<String> names = new ArrayList<>();
        long length;
        while ((length = call(Nr.NR_getdents64, fd, BUFFER, 32768)) > 0) {
            for (long at = BUFFER; at < BUFFER + length; at += unsignedShortAt(at + 16)) {
                names.add(stringAt(at + 19, 256));
            }
        }
        close(fd);
        errno = (int) -length;
        return length < 0 ? null : names;
    }

    /** Whether standard output is the session's terminal. */
    boolean isOnTerminal() {
        long result = call(Nr.NR_fstat, 1, BUFFER);
        return result == 0 && longAt(BUFFER + 8) == session.terminalInode();
    }

    /** Writes to standard output. */
    void out(String text) {
        write(1, text);
    }

    /** Writes a line to standard error, and says that the program has failed. */
    int err(String line) {
        write(2, line + "\n");
        return 1;
    }

    // Identity and children

    int pid() {
        return (int) call(Nr.NR_getpid);
    }

    long kill(long pid, int sig) {
        return call(Nr.NR_kill, pid, sig);
    }

    /** Has a signal ignored (1), handled by its default (0) or by a handler of the program. */
    void signal(int sig, long handler) {
        call(Nr.NR_rt_sigaction, sig, longs(handler, 0x14000000L, 0x5000, 0), 0, 8);
    }

    /** rt_sigprocmask(2) with a set of one; how: 0 block, 1 unblock. */
    void mask(int how, int... signals) {
        long set = 0;
        for (int sig : signals) {
            set |= 1L << (sig - 1);
        }
        call(Nr.NR_rt_sigprocmask, how, longs(set), 0, 8);
    }

    /** wait4(2): the number of the child, or a negative errno; its status is {@link #waitStatus}. */
    long waitPid(long pid, int options) {
        long result = call(Nr.NR_wait4, pid, BUFFER, options, 0);
        waitStatus = result > 0 ? intAt(BUFFER) : 0;
        return result;
    }

    private int waitStatus;

    int waitStatus() {
        return waitStatus;
    }

    /** execve(2) of a program that {@link Programs} has, which then runs to its end; returns only an errno. */
    int exec(List<String> argv) {
        int errno = start(argv);
        if (errno == 0) {
            String name = argv.getFirst();
            exit(Programs.run(name.substring(name.lastIndexOf('/') + 1), this, argv));
        }
        return errno;
    }

    /** execve(2) alone; 0 or an errno. */
    int start(List<String> argv) {
        String name = argv.getFirst();
        String path = name.contains("/") ? name : "/usr/bin/" + name;
        long pointers = pointers(argv);
        long result = call(Nr.NR_execve, text(path), pointers, longs(0));
        if (result == 0) {
            next = MEMORY;
            mapMemory();
            caught.clear();
        }
        return (int) -result;
    }

    private long pointers(List<String> strings) {
        long[] addresses = new long[strings.size() + 1];
        for (int i = 0; i < strings.size(); i++) {
            addresses[i] = text(strings.get(i));
        }
        return longs(addresses);
    }

    /** Runs a program in a child and waits for it; its exit code, or 128 and the signal that ended it. */
    static int exitCode(int waitStatus) {
        int sig = waitStatus & 0x7f;
        return sig == 0 ? waitStatus >> 8 & 0xff : 128 + sig;
    }

    /** Sleeps so many seconds. */
    void sleep(double seconds) {
        long ns = Math.round(seconds * 1e9);
        call(Nr.NR_clock_nanosleep, 0, 0, longs(ns / 1_000_000_000, ns % 1_000_000_000), 0);
    }

    static final int SIG_IGN = 1;
    static final int SIGINT = Signal.SIGINT;
}
