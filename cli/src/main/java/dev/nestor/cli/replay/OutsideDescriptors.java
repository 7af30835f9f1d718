package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.fs.LearnedFiles;
import dev.nestor.fs.LookupFlags;
import dev.nestor.kernel.ns.NsOps;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Descriptors that were open before the log began, and those that calls return which the emulator has not. They are opened
 * in the emulated task under the number that the log shows, so that closing, duplicating and inheriting them is computed.
 */
final class OutsideDescriptors {
    private static final String INHERITED = "a descriptor from before the log";
    private static final int LAST_STANDARD = 2;

    private final Machine machine;
    private final LearnedFiles learned;

    /** The descriptors that the log has opened or closed for a task or its ancestors: those can't be inherited. */
    private final Map<ReplayedTask, BitSet> seen = new HashMap<>();

    /** Inherited files: where they stand, and how they were opened, has not shown yet. */
    private final IntOpenHashSet unknownPosition = new IntOpenHashSet();

    private final IntOpenHashSet unknownFlags = new IntOpenHashSet();

    private @Nullable TraceCall aligned; // the call whose descriptor has been moved to its number
    /* What standard descriptors stand for, and their files: output and error output mostly are one. */
    private final @Nullable String[] standardTargets = new String[LAST_STANDARD + 1];
    private final int[] standardFiles = new int[LAST_STANDARD + 1];

    OutsideDescriptors(Machine machine, LearnedFiles learned) {
        this.machine = machine;
        this.learned = learned;
    }

    /** Standard input, output and error output are open. */
    void begin(ReplayedTask member) {
        for (int fd = 0; fd <= LAST_STANDARD; fd++) {
            learned.openOutside(member.task(), fd, OutsideFiles.bytes("standard"), Fcntl.O_RDWR, false);
        }
    }

    void inherit(ReplayedTask maker, ReplayedTask child) {
        BitSet copy = new BitSet();
        copy.or(of(maker));
        seen.put(child, copy);
    }

    void forget(ReplayedTask member) {
        seen.remove(member);
    }

    private BitSet of(ReplayedTask member) {
        return seen.computeIfAbsent(member, absent -> new BitSet());
    }

    /** The log shows what a descriptor stands for that has been open from the start. */
    void before(ReplayedTask member, TraceCall call) {
        for (var arg : call.args()) {
            boolean isNew = arg.value() instanceof Value.Fd fd
                    && fd.value() >= 0
                    && fd.value() <= LAST_STANDARD
                    && !of(member).get((int) fd.value())
                    && fd.target().startsWith("/");
            if (isNew && arg.value() instanceof Value.Fd fd) {
                of(member).set((int) fd.value());
                openStandard(member, (int) fd.value(), fd.target());
            }
        }
    }

    /** All who have inherited the descriptor have one file, with one position. */
    private void openStandard(ReplayedTask member, int fd, String target) {
        int before = learned.fileOf(member.task(), fd);
        boolean isStandard = before != NULL && learned.isOutside(before);
        if (!isStandard && before != NULL) {
            return;
        }
        int other = LAST_STANDARD + 1 - fd;
        boolean isShared = fd > 0
                && target.equals(standardTargets[other])
                && learned.share(member.task(), standardFiles[other], fd, false);
        if (!isShared && !open(member, fd, target, Fcntl.O_RDWR, false)) {
            return;
        }
        if (isStandard) {
            learned.passOn(member.task(), fd, before);
        }
        standardTargets[fd] = target;
        standardFiles[fd] = learned.fileOf(member.task(), fd);
    }

    /** A call works on a descriptor that the emulator has not. Why the result is not computed, or "". */
    String learn(ReplayedTask member, TraceCall call, long result) {
        if (result != -Errno.EBADF || call.result().value() == -Errno.EBADF) {
            return "";
        }
        boolean opened = false;
        for (var arg : call.args()) {
            if (arg.value() instanceof Value.Fd fd && isUnseen(member, fd.value())) {
                opened |= open(member, (int) fd.value(), fd.target(), Fcntl.O_RDWR, false);
            }
        }
        Value first = call.arg(0);
        if (!opened && first instanceof Value.Num num && isUnseen(member, num.value())) {
            opened = open(member, (int) num.value(), "inherited", Fcntl.O_RDWR, false);
        }
        return opened ? INHERITED : "";
    }

    private boolean isUnseen(ReplayedTask member, long fd) {
        return fd >= 0 && fd < 1 << 20 && !of(member).get((int) fd) && !learned.isOpen(member.task(), (int) fd);
    }

    /** What the emulator shows of a descriptor that it has not opened itself differs. Why that is no difference, or "". */
    String excuse(ReplayedTask member, TraceCall call, long result) {
        if (call.result().value() < 0 || result < 0) {
            return "";
        }
        return learnState(member, call) ? INHERITED : learnLowest(member, call, result);
    }

    /** Where an inherited file stands, and how it was opened. */
    private boolean learnState(ReplayedTask member, TraceCall call) {
        Value descriptor = call.arg(0);
        boolean asks = call.nr() == Nr.NR_lseek || isCommand(call, Fcntl.F_GETFL);
        if (!asks || descriptor == null || !descriptor.isNumber()) {
            return false;
        }
        int task = member.task();
        int fd = (int) descriptor.number();
        int file = learned.fileOf(task, fd);
        if (call.nr() == Nr.NR_lseek) {
            boolean unknown = unknownPosition.remove(file);
            if (unknown) {
                learned.setPosition(task, fd, call.result().value());
            }
            return unknown;
        }
        boolean unknown = unknownFlags.remove(file);
        if (unknown) {
            learned.setFlags(task, fd, (int) call.result().value());
        }
        return unknown;
    }

    /** The length of an inherited file has shown: it is written at its end. */
    void learnEnd(ReplayedTask member, TraceCall call) {
        boolean shows = call.nr() == Nr.NR_fstat || call.nr() == Nr.NR_newfstatat;
        Value descriptor = call.arg(0);
        if (!shows || descriptor == null || !descriptor.isNumber()) {
            return;
        }
        int fd = (int) descriptor.number();
        int file = fd < 0 ? NULL : learned.fileOf(member.task(), fd);
        if (file != NULL && fd != 0 && unknownPosition.contains(file)) {
            learned.setPosition(member.task(), fd, learned.size(member.task(), fd));
        }
    }

    private static boolean isCommand(TraceCall call, int command) {
        Value value = call.nr() == Nr.NR_fcntl ? call.arg(1) : null;
        return value != null && value.isNumber() && value.number() == command;
    }

    /** A call returned a higher descriptor than the emulator's: the lower ones were open already. */
    private String learnLowest(ReplayedTask member, TraceCall call, long result) {
        long recorded = call.result().value();
        boolean fits = returnsDescriptor(call)
                && call.result().outcome() == CallResult.Outcome.RETURNED
                && result >= 0
                && result < recorded
                && recorded < 1 << 16;
        if (!fits || of(member).get((int) result)) {
            return "";
        }
        int task = member.task();
        learned.moveDescriptor(task, (int) result, (int) recorded);
        aligned = call;
        for (int fd = (int) result; fd < recorded; fd++) {
            if (!learned.isOpen(task, fd) && !of(member).get(fd)) {
                learned.openOutside(task, fd, OutsideFiles.bytes("inherited"), Fcntl.O_RDWR, false);
            }
        }
        return INHERITED;
    }

    @SuppressWarnings("ReferenceEquality") // whether it is this very call
    private boolean isAligned(TraceCall call) {
        return call == aligned;
    }

    /** The result of a call counts as in the log: so do the descriptors that it opened or closed. */
    @SuppressWarnings("ReferenceEquality") // the very line, not one that looks the same
    void align(ReplayedTask member, TraceCall call, long result) {
        int task = member.task();
        long recorded = call.result().value();
        if (returnsDescriptor(call) && !isAligned(call)) {
            if (recorded >= 0 && call.result().outcome() == CallResult.Outcome.RETURNED) {
                alignOpened(member, call, result);
            } else if (result >= 0 && learned.isOpen(task, (int) result)) {
                learned.close(task, (int) result);
            }
        }
        if (call.nr() == Nr.NR_close) {
            learned.close(task, (int) number(call, 0));
        }
        alignPair(member, call, result);
        settled(member, call);
    }

    private void alignOpened(ReplayedTask member, TraceCall call, long result) {
        int task = member.task();
        int recorded = (int) call.result().value();
        if (result == recorded) {
            return;
        }
        if (result >= 0 && learned.isOpen(task, (int) result)) {
            learned.moveDescriptor(task, (int) result, recorded);
            return;
        }
        String target = call.result().target();
        boolean cloexec = isCloexec(call);
        open(member, recorded, target == null ? call.name() : target, flags(call), cloexec);
    }

    /** The two descriptors of pipe(2) and socketpair(2), when the emulator has made none. */
    private void alignPair(ReplayedTask member, TraceCall call, long result) {
        int at =
                switch (call.nr()) {
                    case Nr.NR_pipe, Nr.NR_pipe2 -> 0;
                    case Nr.NR_socketpair -> 3;
                    default -> -1;
                };
        if (at < 0 || result == 0 || !(call.arg(at) instanceof Value.Array pair)) {
            return;
        }
        for (Value end : pair.elements()) {
            if (end.isNumber() && end.number() >= 0) {
                String target = end instanceof Value.Fd fd ? fd.target() : call.name();
                learned.openOutside(
                        member.task(), (int) end.number(), OutsideFiles.bytes(target), Fcntl.O_RDWR, isCloexec(call));
                of(member).set((int) end.number());
            }
        }
    }

    /** The log has shown the end of a call: the descriptors that it opened or closed are its own from now on. */
    void settled(ReplayedTask member, TraceCall call) {
        long result = call.result().value();
        if (result >= 0 && result < 1 << 20 && returnsDescriptor(call)) {
            of(member).set((int) result);
        }
        long closed = call.nr() == Nr.NR_close ? number(call, 0) : -1;
        if (closed >= 0) {
            of(member).set((int) Math.min(closed, 1 << 20));
        }
    }

    private boolean open(ReplayedTask member, int fd, String target, int flags, boolean cloexec) {
        int task = member.task();
        if (openInitialNamespace(task, fd, target)) {
            return true;
        }
        byte[] path = OutsideFiles.bytes(path(target));
        boolean isPath = target.startsWith("/") && !target.startsWith("/proc/");
        int init = machine.kernel().initTask(); // strace shows a path as it finds it itself, outside all namespaces
        if (isPath
                && (openPath(task, task, fd, target, flags, cloexec)
                        || (fd <= LAST_STANDARD && openPath(init, task, fd, target, flags, cloexec)))) {
            unknownPosition.add(learned.fileOf(task, fd));
            unknownFlags.add(learned.fileOf(task, fd));
            return true;
        }
        return learned.openOutside(task, fd, path, flags, cloexec);
    }

    private boolean openPath(int finder, int task, int fd, String target, int flags, boolean cloexec) {
        byte[] path = OutsideFiles.bytes(path(target));
        return learned.learnPath(finder, Fcntl.AT_FDCWD, path, LookupFlags.FOLLOW, mode(target)) > NULL
                && learned.openPath(finder, task, fd, path, flags, cloexec);
    }

    /** {@code user:[4026531837]}: a descriptor of one of init's namespaces. */
    private boolean openInitialNamespace(int task, int fd, String target) {
        int bracket = target.indexOf(":[");
        if (bracket <= 0 || !target.endsWith("]")) {
            return false;
        }
        NsTypes types = machine.kernel().nsTypes();
        int init = machine.kernel().initTask();
        for (int type = 0; type < NsTypes.COUNT; type++) {
            NsOps ops = types.ops(type);
            if (!NsTypes.name(type).equals(target.substring(0, bracket))) {
                continue;
            }
            int ns = ops.get(init);
            if (!target.endsWith("[" + Integer.toUnsignedString(ops.inum(ns)) + "]")) {
                ops.put(ns);
                return false;
            }
            int opened = machine.kernel().fileSystems().nsFs().open(task, type, ns);
            if (opened >= 0) {
                learned.moveDescriptor(task, opened, fd);
            }
            return opened >= 0;
        }
        return false;
    }

    /** What strace shows of a device: {@code /dev/null<char 1:3>}. */
    static String path(String target) {
        int end = target.endsWith(">") ? Math.max(target.lastIndexOf("<char "), target.lastIndexOf("<block ")) : -1;
        return end < 0 ? target : target.substring(0, end);
    }

    private static int mode(String target) {
        String path = path(target);
        if (path.length() == target.length()) {
            return Stat.S_IFREG | 0644;
        }
        return target.startsWith("<char", path.length()) ? Stat.S_IFCHR | 0666 : Stat.S_IFBLK | 0660;
    }

    private static int flags(TraceCall call) {
        return call.nr() == Nr.NR_openat ? (int) PathUse.openFlags(call, 2) & ~Fcntl.O_CREAT : Fcntl.O_RDWR;
    }

    /** Whether the result is a new descriptor. */
    static boolean returnsDescriptor(TraceCall call) {
        return switch (call.nr()) {
            case Nr.NR_open,
                    Nr.NR_creat,
                    Nr.NR_openat,
                    Nr.NR_openat2,
                    Nr.NR_dup,
                    Nr.NR_dup2,
                    Nr.NR_dup3,
                    Nr.NR_socket,
                    Nr.NR_accept,
                    Nr.NR_accept4,
                    Nr.NR_eventfd,
                    Nr.NR_eventfd2,
                    Nr.NR_epoll_create,
                    Nr.NR_epoll_create1,
                    Nr.NR_timerfd_create,
                    Nr.NR_inotify_init,
                    Nr.NR_inotify_init1,
                    Nr.NR_fanotify_init,
                    Nr.NR_signalfd,
                    Nr.NR_signalfd4,
                    Nr.NR_memfd_create,
                    Nr.NR_memfd_secret,
                    Nr.NR_userfaultfd,
                    Nr.NR_perf_event_open,
                    Nr.NR_open_by_handle_at,
                    Nr.NR_fsopen,
                    Nr.NR_fsmount,
                    Nr.NR_fspick,
                    Nr.NR_open_tree,
                    Nr.NR_io_uring_setup,
                    Nr.NR_mq_open,
                    Nr.NR_pidfd_open,
                    Nr.NR_pidfd_getfd,
                    Nr.NR_landlock_create_ruleset -> true;
            case Nr.NR_fcntl -> {
                Value command = call.arg(1);
                yield command != null
                        && command.isNumber()
                        && (command.number() == Fcntl.F_DUPFD || command.number() == Fcntl.F_DUPFD_CLOEXEC);
            }
            default -> call.result().target() != null;
        };
    }

    /** Whether execve closes what a call has opened. */
    private static boolean isCloexec(TraceCall call) {
        return switch (call.nr()) {
            case Nr.NR_pidfd_open, Nr.NR_pidfd_getfd, Nr.NR_io_uring_setup, Nr.NR_landlock_create_ruleset -> true;
            case Nr.NR_memfd_create, Nr.NR_fsopen, Nr.NR_fspick -> hasFlag(call, 1, 1);
            case Nr.NR_fsmount -> hasFlag(call, 1, 1);
            case Nr.NR_fanotify_init -> hasFlag(call, 0, 1);
            case Nr.NR_perf_event_open -> hasFlag(call, 4, 8);
            case Nr.NR_epoll_create1, Nr.NR_inotify_init1, Nr.NR_userfaultfd -> hasFlag(call, 0, Fcntl.O_CLOEXEC);
            case Nr.NR_socket, Nr.NR_eventfd2, Nr.NR_timerfd_create, Nr.NR_pipe2, Nr.NR_socketpair, Nr.NR_mq_open ->
                hasFlag(call, 1, Fcntl.O_CLOEXEC);
            case Nr.NR_openat, Nr.NR_open_tree, Nr.NR_open_by_handle_at, Nr.NR_dup3 ->
                hasFlag(call, 2, Fcntl.O_CLOEXEC);
            case Nr.NR_accept4, Nr.NR_signalfd4 -> hasFlag(call, 3, Fcntl.O_CLOEXEC);
            case Nr.NR_fcntl -> isCommand(call, Fcntl.F_DUPFD_CLOEXEC);
            default -> false;
        };
    }

    /** A number among the arguments; -1 where there is none. */
    private static long number(TraceCall call, int at) {
        Value value = call.arg(at);
        return value != null && value.isNumber() ? value.number() : -1;
    }

    private static boolean hasFlag(TraceCall call, int at, int flag) {
        Value value = call.arg(at);
        return value != null && value.isNumber() && (value.number() & flag) != 0;
    }
}
