package dev.nestor.fs.exec;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.MmTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Resource;

/** The arguments and the environment of a new program: count() and copy_strings() of fs/exec.c. */
final class ArgumentPages {
    private static final int MAX_ARG_STRLEN = 131_072; // bytes, the NUL included
    private static final long ARG_MAX = 131_072; // bytes that are allowed whatever the stack's limit is
    private static final long MAX_SPACE = 6 << 20; // bytes: three quarters of 8 MiB
    private static final int POINTER = 8; // bytes

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final MmTable mms;
    private final UserMemory memory;
    private final byte[] text = new byte[MAX_ARG_STRLEN];
    private int argc;
    private int envc;
    private long argBytes;
    private long envBytes;

    ArgumentPages(TaskTable tasks, SignalStructTable signals, MmTable mms, UserMemory memory) {
        this.tasks = tasks;
        this.signals = signals;
        this.mms = mms;
        this.memory = memory;
    }

    /** Counts what is to be copied: 0, E2BIG or EFAULT. */
    int measure(int task, long argv, long envp) {
        int mm = tasks.mm(task);
        long counted = count(mm, argv);
        if (counted < 0) {
            return (int) counted;
        }
        argc = (int) counted;
        counted = count(mm, envp);
        if (counted < 0) {
            return (int) counted;
        }
        envc = (int) counted;
        long limit = Math.max(
                ARG_MAX,
                Math.min(MAX_SPACE, unsignedQuarter(signals.rlimCur(tasks.signal(task), Resource.RLIMIT_STACK))));
        long room = limit - (long) POINTER * (Math.max(argc, 1) + envc);
        argBytes = room <= 0 ? -Errno.E2BIG : bytes(mm, argv, argc, room);
        if (argBytes < 0) {
            return (int) argBytes;
        }
        envBytes = bytes(mm, envp, envc, room - argBytes);
        return envBytes < 0 ? (int) envBytes : 0;
    }

    private static long unsignedQuarter(long limit) {
        return limit >>> 2;
    }

    private long count(int mm, long pointers) {
        if (pointers == 0) {
            return 0;
        }
        int count = 0;
        while (true) {
            long string = memory.getLong(mm, pointers + (long) POINTER * count);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            if (string == 0) {
                return count;
            }
            count++;
            if (count > MAX_SPACE / POINTER) {
                return -Errno.E2BIG;
            }
        }
    }

    private long bytes(int mm, long pointers, int count, long room) {
        long total = 0;
        for (int i = 0; i < count; i++) {
            int length =
                    memory.strncpyFromUser(mm, memory.getLong(mm, pointers + (long) POINTER * i), text, MAX_ARG_STRLEN);
            if (length < 0) {
                return length == -Errno.EFAULT ? length : -Errno.E2BIG;
            }
            total += length + 1;
            if (total > room) {
                return -Errno.E2BIG;
            }
        }
        return total;
    }

    /** Copies the strings to the top of the new program's stack; what measure() has counted. */
    void copy(int task, int newMm, long argv, long envp) {
        int mm = tasks.mm(task);
        long top = mms.startStack(newMm) - POINTER;
        long start = top - argBytes - envBytes & -16L;
        mms.setArgStart(newMm, start);
        long middle = copyStrings(mm, newMm, argv, argc, start);
        mms.setArgEnd(newMm, middle);
        mms.setEnvStart(newMm, middle);
        mms.setEnvEnd(newMm, copyStrings(mm, newMm, envp, envc, middle));
    }

    private long copyStrings(int mm, int newMm, long pointers, int count, long to) {
        long at = to;
        for (int i = 0; i < count; i++) {
            int length =
                    memory.strncpyFromUser(mm, memory.getLong(mm, pointers + (long) POINTER * i), text, MAX_ARG_STRLEN);
            text[length] = 0;
            memory.copyToUser(newMm, at, text, 0, length + 1);
            at += length + 1;
        }
        return at;
    }
}
