package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.fs.LearnedFiles;
import dev.nestor.fs.proc.ProcFs;
import dev.nestor.uapi.Errno;
import java.util.Arrays;

/**
 * Directories in /proc of processes that the log does not show: those that were there before it began, or were begun by
 * others meanwhile. Only the outermost PID namespace has any.
 */
final class OutsideProcesses {
    private static final byte[] HERE = OutsideFiles.bytes(".");

    private final LearnedFiles files;
    private final ProcFs procFs;
    private final Crew crew;
    private final int rootPidNs;

    OutsideProcesses(LearnedFiles files, ProcFs procFs, Crew crew, int rootPidNs) {
        this.files = files;
        this.procFs = procFs;
        this.crew = crew;
        this.rootPidNs = rootPidNs;
    }

    /** The emulator does not find a path, and the log does: the number of the process whose directory it leads into, or 0. */
    int meant(ReplayedTask member, TraceCall call, long result) {
        boolean isFound = call.result().isKnown()
                && !(call.result().outcome() == CallResult.Outcome.FAILED
                        && call.result().value() == -Errno.ENOENT);
        return result == -Errno.ENOENT && isFound ? stranger(member, call) : 0;
    }

    private int stranger(ReplayedTask member, TraceCall call) {
        for (PathUse use : PathUse.of(call)) {
            byte[] path = use.path(call);
            int number = path == null ? 0 : stranger(member.task(), use.dfd(call), path);
            if (number != 0) {
                return number;
            }
        }
        return 0;
    }

    /** Whether a call is about something in the directory of such a process: of that only names and namespaces are known. */
    boolean isAbout(ReplayedTask member, TraceCall call) {
        if (stranger(member, call) != 0) {
            return true;
        }
        Value first = call.arg(0);
        int inode =
                first instanceof Value.Fd fd && fd.value() >= 0 ? files.inodeOf(member.task(), (int) fd.value()) : NULL;
        int subject = procFs.subjectOf(inode);
        return subject != NULL && crew.of(subject) == null;
    }

    private int stranger(int task, int dfd, byte[] path) {
        int start = 0;
        while (start < path.length) {
            int end = start;
            while (end < path.length && path[end] != '/') {
                end++;
            }
            int number = number(path, start, end);
            if (number > 0 && !crew.isOfLog(number)) {
                byte[] directory = start == 0 ? HERE : Arrays.copyOf(path, start);
                int inode = files.find(task, dfd, directory, true);
                if (inode > NULL && files.pidNsOfProc(inode) == rootPidNs) {
                    return number;
                }
            }
            start = end + 1;
        }
        return 0;
    }

    /** The number that a name is, or -1. */
    private static int number(byte[] path, int start, int end) {
        long number = end > start ? 0 : -1;
        for (int i = start; i < end && number >= 0; i++) {
            boolean isDigit = path[i] >= '0' && path[i] <= '9';
            number = isDigit ? number * 10 + path[i] - '0' : -1;
            if (number > Integer.MAX_VALUE) {
                return -1;
            }
        }
        return (int) number;
    }
}
