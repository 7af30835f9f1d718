package dev.nestor.fs.proc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.MmTable;
import dev.nestor.uapi.Capability;

/** Who may look into a task: ptrace_may_access(), kernel/ptrace.c, security/commoncap.c. */
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

    /** Whether {@code task} may read what concerns {@code subject}: PTRACE_MODE_READ_FSCREDS. */
    public boolean mayRead(int task, int subject) {
        int own = tasks.cred(task);
        return mayAccess(task, subject, creds.fsuid(own), creds.fsgid(own), creds.capEffective(own));
    }

    /** The same by its real ids and permitted capabilities: PTRACE_MODE_READ_REALCREDS. */
    public boolean mayReadReal(int task, int subject) {
        int own = tasks.cred(task);
        return mayAccess(task, subject, creds.uid(own), creds.gid(own), creds.capPermitted(own));
    }

    /** __ptrace_may_access(), cap_ptrace_access_check(). */
    private boolean mayAccess(int task, int subject, int uid, int gid, long caps) {
        if (tasks.signal(task) == tasks.signal(subject)) {
            return true;
        }
        int other = tasks.cred(subject);
        int otherNs = creds.userNs(other);
        boolean capable = capabilities.nsCapable(task, otherNs, Capability.CAP_SYS_PTRACE);
        if (!isUser(other, uid, gid) && !capable) {
            return false;
        }
        int mm = tasks.mm(subject);
        if (mm != NULL
                && mms.dumpable(mm) != SUID_DUMP_USER
                && !capabilities.nsCapable(task, mms.userNs(mm), Capability.CAP_SYS_PTRACE)) {
            return false;
        }
        boolean subset = creds.userNs(tasks.cred(task)) == otherNs && (creds.capPermitted(other) & ~caps) == 0;
        return subset || capable;
    }

    private boolean isUser(int cred, int uid, int gid) {
        return uid == creds.euid(cred)
                && uid == creds.suid(cred)
                && uid == creds.uid(cred)
                && gid == creds.egid(cred)
                && gid == creds.sgid(cred)
                && gid == creds.gid(cred);
    }

    /** The user namespace whose root owns what can't be dumped. */
    int userNs(int mm) {
        return mms.userNs(mm);
    }

    /** task_dump_owner(): whether the entries of a task belong to its user, not to root. */
    boolean isDumpable(int subject) {
        int mm = tasks.mm(subject);
        return mm == NULL || mms.dumpable(mm) == SUID_DUMP_USER;
    }
}
