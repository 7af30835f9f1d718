package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.fs.LearnedFiles;
import dev.nestor.uapi.Block;
import dev.nestor.uapi.Nr;
import org.jspecify.annotations.Nullable;

/** Bytes of files from before the log, as far as reads show them: strace shows the first few hundred of each. */
final class OutsideContents {
    private static final long LOOP_COMMANDS = 0x4c;
    private static final long FICLONE = 0x40049409;
    private static final long FICLONERANGE = 0x4020940d;

    private final LearnedFiles learned;
    private final OutsideFiles files;

    OutsideContents(LearnedFiles learned, OutsideFiles files) {
        this.learned = learned;
        this.files = files;
    }

    /** A call that the emulator has not done has written to a file: what is in it now, nobody knows. */
    void alignWritten(ReplayedTask member, TraceCall call, long result) {
        int at =
                switch (call.nr()) {
                    case Nr.NR_write, Nr.NR_pwrite64, Nr.NR_writev, Nr.NR_pwritev, Nr.NR_sendfile, Nr.NR_fallocate -> 0;
                    case Nr.NR_copy_file_range, Nr.NR_splice -> 2;
                    case Nr.NR_ioctl -> isClone(call) ? 0 : -1;
                    default -> -1;
                };
        Value descriptor = at < 0 ? null : call.arg(at);
        if (descriptor == null
                || !descriptor.isNumber()
                || result >= 0
                || call.result().value() < 0) {
            return;
        }
        int inode = learned.inodeOf(member.task(), (int) descriptor.number());
        if (inode != NULL && learned.isRegular(inode)) {
            learned.forgetContent(inode);
        }
    }

    /** How large a block device is, as long as nothing else is put behind it: LOOP_SET_FD and its kin. */
    void alignDevice(ReplayedTask member, TraceCall call) {
        Value descriptor = call.arg(0);
        Value request = call.nr() == Nr.NR_ioctl ? call.arg(1) : null;
        if (request == null || !request.isNumber() || descriptor == null || !descriptor.isNumber()) {
            return;
        }
        int inode = learned.inodeOf(member.task(), (int) descriptor.number());
        if (inode == NULL || call.result().outcome() != CallResult.Outcome.RETURNED) {
            return;
        }
        if (request.number() >>> 8 == LOOP_COMMANDS) {
            learned.learnDeviceSize(inode, 0);
        } else if ((int) request.number() == Block.BLKGETSIZE64
                && call.arg(2) instanceof Value.Array size
                && size.elements().size() == 1
                && size.elements().getFirst().isNumber()) {
            learned.learnDeviceSize(inode, size.elements().getFirst().number());
        }
    }

    /** FICLONE and FICLONERANGE. */
    private static boolean isClone(TraceCall call) {
        Value request = call.arg(1);
        return request != null
                && request.isNumber()
                && (request.number() == FICLONE || request.number() == FICLONERANGE);
    }

    /** A read whose result the log has given: its bytes are known from now on, and the file stands behind them. */
    void align(ReplayedTask member, TraceCall call, long result) {
        boolean isRead = call.nr() == Nr.NR_read || call.nr() == Nr.NR_pread64;
        Value descriptor = call.arg(0);
        long count = call.result().value();
        if (!isRead
                || descriptor == null
                || !descriptor.isNumber()
                || call.result().outcome() != CallResult.Outcome.RETURNED) {
            return;
        }
        int task = member.task();
        int fd = (int) descriptor.number();
        int inode = learned.inodeOf(task, fd);
        if (inode == NULL) {
            return;
        }
        long from = start(task, fd, call, result);
        if (learned.hasUnknownContent(inode)) {
            learn(inode, from, call);
        }
        if (call.nr() == Nr.NR_read) {
            learned.setPosition(task, fd, from + count);
        }
    }

    /** What files of /proc tell of clocks, and of all that the whole machine has done: how many processes there are, too. */
    boolean isOfWholeMachine(ReplayedTask member, TraceCall call, long result) {
        if (files.isStat(call)) {
            int inode = files.inodeOf(member.task(), call);
            return result == 0 && inode > NULL && learned.pidNsOfProc(inode) != NULL;
        }
        boolean isRead = call.nr() == Nr.NR_read || call.nr() == Nr.NR_pread64;
        return isRead
                && result > 0
                && call.result().value() > 0
                && call.arg(0) instanceof Value.Fd fd
                && switch (fd.target()) {
                    case "/proc/uptime", "/proc/stat", "/proc/loadavg" -> true;
                    default -> false;
                };
    }

    /** How often a timer has gone off, if it has at all: tracing slows a program down. */
    boolean isCount(TraceCall call, long result) {
        Value descriptor = call.arg(0);
        return call.nr() == Nr.NR_read
                && result == Long.BYTES
                && call.result().value() == Long.BYTES
                && descriptor instanceof Value.Fd fd
                && fd.target().contains("[timerfd]");
    }

    /**
     * A read of a file from before that gives more or less than its length says: the files of proc and sysfs have no
     * length that means anything.
     */
    boolean isUnknowable(ReplayedTask member, TraceCall call, long result) {
        boolean isRead = call.nr() == Nr.NR_read || call.nr() == Nr.NR_pread64;
        Value descriptor = call.arg(0);
        if (!isRead
                || descriptor == null
                || !descriptor.isNumber()
                || result == call.result().value()) {
            return false;
        }
        int inode = learned.inodeOf(member.task(), (int) descriptor.number());
        return inode != NULL && learned.hasUnknownContent(inode);
    }

    private long start(int task, int fd, TraceCall call, long result) {
        Value offset = call.nr() == Nr.NR_pread64 ? call.arg(3) : null;
        if (offset != null && offset.isNumber()) {
            return offset.number();
        }
        return learned.position(task, fd) - Math.max(result, 0);
    }

    private void learn(int inode, long from, TraceCall call) {
        byte @Nullable [] bytes = call.arg(1) instanceof Value.Str text ? text.bytes() : null;
        long count = call.result().value();
        if (bytes != null && from >= 0) {
            learned.learnContent(inode, from, bytes, (int) Math.min(bytes.length, count));
        }
    }
}
