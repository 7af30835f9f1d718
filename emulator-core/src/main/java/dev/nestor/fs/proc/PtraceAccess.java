package dev.nestor.fs.proc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.MmTable;
import dev.nestor.uapi.Capability;

/** Who may look into a task: ptrace_may_access(PTRACE_MODE_READ_FSCREDS), kernel/ptrace.c, security/commoncap.c. */
public final class PtraceAccess {
    /** SUID_DUMP_USER. */
    private static final int SUID_DUMP_USER = 1;

    private final TaskTable tasks;
    private final CredTable creds;
    private final Capabilities capabilities;
    private final MmTable mms;

    public PtraceAccess(TaskTable tasks, CredTable creds, Capabilities capabilities, MmTable mms) {
        this.tasks = tasks;
        this.creds = creds;
        this.capabilities = capabilities;
        this.mms = mms;
    }

    /** Whether {@code task} may read what concerns {@code subject}. */
    public boolean mayRead(int task, int subject) {
        if (tasks.signal(task) == tasks.signal(subject)) {
            return true;
        }
        int own = tasks.cred(task);
        int other = tasks.cred(subject);
        int otherNs = creds.userNs(other);
        boolean capable = capabilities.nsCapable(task, otherNs, Capability.CAP_SYS_PTRACE);
        if (!isSameUser(own, other) && !capable) {
            return false;
        }
        int mm = tasks.mm(subject);
        if (mm != NULL && mms.dumpable(mm) != SUID_DUMP_USER && !capable) {
            return false;
        }
        boolean subset = creds.userNs(own) == otherNs && (creds.capPermitted(other) & ~creds.capEffective(own)) == 0;
        return subset || capable;
    }

    private boolean isSameUser(int own, int other) {
        int uid = creds.fsuid(own);
        int gid = creds.fsgid(own);
        return uid == creds.euid(other)
                && uid == creds.suid(other)
                && uid == creds.uid(other)
                && gid == creds.egid(other)
                && gid == creds.sgid(other)
                && gid == creds.gid(other);
    }

    /** task_dump_owner(): whether the entries of a task belong to its user, not to root. */
    boolean isDumpable(int subject) {
        int mm = tasks.mm(subject);
        return mm == NULL || mms.dumpable(mm) == SUID_DUMP_USER;
    }
}
