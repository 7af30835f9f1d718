package dev.nestor.fs.pidfs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Vfs;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import java.util.Arrays;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;

/** What a pidfd tells of its process: pidfd_info() of fs/pidfs.c. */
public final class PidInfo {
    /** PIDFD_INFO_SIZE_VER0, bytes: no call may have less room. */
    static final int SIZE_VER0 = 64;

    private static final int SIZE = 72; // bytes: struct pidfd_info
    private static final int PIDFD_INFO_PID = 1;
    private static final int PIDFD_INFO_CREDS = 2;
    private static final int PIDFD_INFO_CGROUPID = 4;
    private static final int PIDFD_INFO_EXIT = 8;
    private static final int PIDFD_INFO_COREDUMP = 0x10;
    private static final int PIDFD_COREDUMP_SKIP = 2;
    private static final int PIDFD_COREDUMP_USER = 4;
    private static final int PIDFD_COREDUMP_ROOT = 8;

    private final PidTable pidTable;
    private final Pids pids;
    private final TaskTable tasks;
    private final CredTable creds;
    private final UserNamespaces userNamespaces;
    private final UserMemory memory;
    private final byte[] out = new byte[SIZE];
    private final byte[] zeros = new byte[SIZE];
    private IntToLongFunction cgroupIds = task -> 0;
    private IntUnaryOperator dumpable = mm -> 1;

    PidInfo(Vfs vfs, PidTable pidTable) {
        this.pidTable = pidTable;
        this.pids = vfs.below.pids();
        this.tasks = vfs.below.tasks();
        this.creds = vfs.below.credTable();
        this.userNamespaces = vfs.below.userNamespaces();
        this.memory = vfs.below.memory();
    }

    /**
     * At boot.
     *
     * @param ids cgroup_id() of the cgroup of the default hierarchy that a task is in
     * @param ofMm get_dumpable() of an mm
     */
    public void setSources(IntToLongFunction ids, IntUnaryOperator ofMm) {
        cgroupIds = ids;
        dumpable = ofMm;
    }

    long cgroupOf(int task) {
        return cgroupIds.applyAsLong(task);
    }

    /** PIDFD_GET_INFO: EINVAL, EFAULT, EREMOTE for what the task can't see, ESRCH. */
    long give(int task, int pid, long at, int size) {
        if (at == 0) {
            return -Errno.EINVAL;
        }
        int mm = tasks.mm(task);
        memory.faulted();
        long wanted = memory.getLong(mm, at);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        if (pids.keptNrNs(pid, pids.activeNs(task)) == 0) {
            return -Errno.EREMOTE;
        }
        Arrays.fill(out, (byte) 0);
        int told = (wanted & PIDFD_INFO_COREDUMP) != 0 ? PIDFD_INFO_COREDUMP : 0;
        boolean tellsExit = (wanted & PIDFD_INFO_EXIT) != 0 && pidTable.hasExit(pid);
        int subject = pidTable.thread(pid);
        if (tellsExit) {
            told |= PIDFD_INFO_EXIT | PIDFD_INFO_CGROUPID;
            put(8, pidTable.exitCgroup(pid), Long.BYTES);
            put(60, pidTable.exitCode(pid), Integer.BYTES);
        } else if (subject == NULL) {
            return -Errno.ESRCH;
        }
        if (subject != NULL) {
            told |= PIDFD_INFO_PID | PIDFD_INFO_CREDS | PIDFD_INFO_CGROUPID;
            layLiving(task, subject, told);
        }
        put(0, told, Long.BYTES);
        return copyOut(mm, at, size);
    }

    private void layLiving(int task, int subject, int told) {
        int ns = pids.activeNs(task);
        put(8, cgroupOf(subject), Long.BYTES);
        put(16, pids.taskNr(subject, ns), Integer.BYTES);
        put(20, pids.taskTgidNr(subject, ns), Integer.BYTES);
        int parent = tasks.realParent(subject);
        put(24, parent == NULL ? 0 : pids.taskTgidNr(parent, ns), Integer.BYTES);
        int userNs = creds.userNs(tasks.cred(task));
        int cred = tasks.cred(subject);
        put(28, userNamespaces.fromKuidMunged(userNs, creds.uid(cred)), Integer.BYTES);
        put(32, userNamespaces.fromKgidMunged(userNs, creds.gid(cred)), Integer.BYTES);
        put(36, userNamespaces.fromKuidMunged(userNs, creds.euid(cred)), Integer.BYTES);
        put(40, userNamespaces.fromKgidMunged(userNs, creds.egid(cred)), Integer.BYTES);
        put(44, userNamespaces.fromKuidMunged(userNs, creds.suid(cred)), Integer.BYTES);
        put(48, userNamespaces.fromKgidMunged(userNs, creds.sgid(cred)), Integer.BYTES);
        put(52, userNamespaces.fromKuidMunged(userNs, creds.fsuid(cred)), Integer.BYTES);
        put(56, userNamespaces.fromKgidMunged(userNs, creds.fsgid(cred)), Integer.BYTES);
        int mm = tasks.mm(subject);
        if ((told & PIDFD_INFO_COREDUMP) != 0 && mm != NULL) {
            int mask =
                    switch (dumpable.applyAsInt(mm)) {
                        case 0 -> PIDFD_COREDUMP_SKIP;
                        case 1 -> PIDFD_COREDUMP_USER;
                        default -> PIDFD_COREDUMP_ROOT;
                    };
            put(64, mask, Integer.BYTES);
        }
    }

    /** copy_struct_to_user(): what the caller knows more of is zero. */
    private long copyOut(int mm, long at, int size) {
        if (memory.copyToUser(mm, at, out, 0, Math.min(size, SIZE)) != 0) {
            return -Errno.EFAULT;
        }
        for (int done = SIZE; done < size; done += SIZE) {
            if (memory.copyToUser(mm, at + done, zeros, 0, Math.min(SIZE, size - done)) != 0) {
                return -Errno.EFAULT;
            }
        }
        return 0;
    }

    private void put(int to, long value, int size) {
        for (int i = 0; i < size; i++) {
            out[to + i] = (byte) (value >>> (8 * i));
        }
    }
}
