package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;

/**
 * User and group ids of a process: getuid(2), setuid(2), setresuid(2) and their family; kernel/sys.c. A call and its twin
 * for groups are one method, over the kind of id.
 */
public final class SysCred {
    private static final int UID = UserNamespaces.UID;
    private static final int GID = UserNamespaces.GID;
    private static final int UNCHANGED = -1;

    private final TaskTable tasks;
    private final CredTable table;
    private final Creds creds;
    private final UserNamespaces namespaces;
    private final Capabilities capabilities;
    private final UserMemory memory;

    public SysCred(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.table = kernel.credTable();
        this.creds = kernel.creds();
        this.namespaces = kernel.userNamespaces();
        this.capabilities = kernel.capabilities();
        this.memory = kernel.userMemory();
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_getuid, "getuid", (task, args) -> shown(task, UID, table.uid(cred(task))))
                .full(Nr.NR_geteuid, "geteuid", (task, args) -> shown(task, UID, table.euid(cred(task))))
                .full(Nr.NR_getgid, "getgid", (task, args) -> shown(task, GID, table.gid(cred(task))))
                .full(Nr.NR_getegid, "getegid", (task, args) -> shown(task, GID, table.egid(cred(task))))
                .full(Nr.NR_getresuid, "getresuid", (task, args) -> getres(task, args, UID))
                .full(Nr.NR_getresgid, "getresgid", (task, args) -> getres(task, args, GID))
                .full(Nr.NR_setuid, "setuid", (task, args) -> set(task, args, UID))
                .full(Nr.NR_setgid, "setgid", (task, args) -> set(task, args, GID))
                .full(Nr.NR_setreuid, "setreuid", (task, args) -> setre(task, args, UID))
                .full(Nr.NR_setregid, "setregid", (task, args) -> setre(task, args, GID))
                .full(Nr.NR_setresuid, "setresuid", (task, args) -> setres(task, args, UID))
                .full(Nr.NR_setresgid, "setresgid", (task, args) -> setres(task, args, GID))
                .full(Nr.NR_setfsuid, "setfsuid", (task, args) -> setfs(task, args, UID))
                .full(Nr.NR_setfsgid, "setfsgid", (task, args) -> setfs(task, args, GID));
    }

    private int cred(int task) {
        return tasks.cred(task);
    }

    private int ns(int task) {
        return table.userNs(cred(task));
    }

    /** What the task's namespace calls a kid: an unsigned number. */
    private long shown(int task, int kind, int kid) {
        return Integer.toUnsignedLong(namespaces.fromKidMunged(ns(task), kind, kid));
    }

    /** ns_capable_setid(). */
    private boolean maySet(int task, int kind) {
        int cap = kind == UID ? Capability.CAP_SETUID : Capability.CAP_SETGID;
        return capabilities.nsCapable(task, ns(task), cap);
    }

    private long getres(int task, SyscallArgs args, int kind) {
        int cred = cred(task);
        int mm = tasks.mm(task);
        boolean put = memory.putInt(mm, args.get(0), (int) shown(task, kind, table.real(cred, kind))) >= 0
                && memory.putInt(mm, args.get(1), (int) shown(task, kind, table.effective(cred, kind))) >= 0
                && memory.putInt(mm, args.get(2), (int) shown(task, kind, table.saved(cred, kind))) >= 0;
        return put ? 0 : -Errno.EFAULT;
    }

    /** The kid that an argument asks for, the old one where it asks for none, or INVALID_ID. */
    private int asked(int task, int kind, int id, int old) {
        return id == UNCHANGED ? old : namespaces.makeKid(ns(task), kind, id);
    }

    private long set(int task, SyscallArgs args, int kind) {
        int kid = namespaces.makeKid(ns(task), kind, args.intAt(0));
        if (kid == UserNamespaces.INVALID_ID) {
            return -Errno.EINVAL;
        }
        int old = cred(task);
        boolean capable = maySet(task, kind);
        if (!capable && kid != table.real(old, kind) && kid != table.saved(old, kind)) {
            return -Errno.EPERM;
        }
        int real = capable ? kid : table.real(old, kind);
        int saved = capable ? kid : table.saved(old, kind);
        return change(task, kind, real, kid, saved);
    }

    private long setre(int task, SyscallArgs args, int kind) {
        int old = cred(task);
        int oldReal = table.real(old, kind);
        int real = asked(task, kind, args.intAt(0), oldReal);
        int effective = asked(task, kind, args.intAt(1), table.effective(old, kind));
        if (real == UserNamespaces.INVALID_ID || effective == UserNamespaces.INVALID_ID) {
            return -Errno.EINVAL;
        }
        boolean realAllowed = real == oldReal || real == table.effective(old, kind);
        boolean effectiveAllowed = isIdOf(old, kind, effective);
        if (!(realAllowed && effectiveAllowed) && !maySet(task, kind)) {
            return -Errno.EPERM;
        }
        boolean saves = args.intAt(0) != UNCHANGED || (args.intAt(1) != UNCHANGED && effective != oldReal);
        return change(task, kind, real, effective, saves ? effective : table.saved(old, kind));
    }

    private boolean isIdOf(int cred, int kind, int kid) {
        return kid == table.real(cred, kind) || kid == table.effective(cred, kind) || kid == table.saved(cred, kind);
    }

    private long setres(int task, SyscallArgs args, int kind) {
        int old = cred(task);
        int real = asked(task, kind, args.intAt(0), table.real(old, kind));
        int effective = asked(task, kind, args.intAt(1), table.effective(old, kind));
        int saved = asked(task, kind, args.intAt(2), table.saved(old, kind));
        if (real == UserNamespaces.INVALID_ID
                || effective == UserNamespaces.INVALID_ID
                || saved == UserNamespaces.INVALID_ID) {
            return -Errno.EINVAL;
        }
        boolean changes = real != table.real(old, kind)
                || effective != table.effective(old, kind)
                || saved != table.saved(old, kind)
                || (args.intAt(1) != UNCHANGED && effective != table.fs(old, kind));
        if (!changes) {
            return 0;
        }
        boolean allowed = isIdOf(old, kind, real) && isIdOf(old, kind, effective) && isIdOf(old, kind, saved);
        if (!allowed && !maySet(task, kind)) {
            return -Errno.EPERM;
        }
        return change(task, kind, real, effective, saved);
    }

    /** The task gets these ids; the file system id is the effective one. */
    private long change(int task, int kind, int real, int effective, int saved) {
        int old = cred(task);
        int cred = creds.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        table.setReal(cred, kind, real);
        table.setEffective(cred, kind, effective);
        table.setSaved(cred, kind, saved);
        table.setFs(cred, kind, effective);
        if (kind == UID) {
            creds.fixSetuid(cred, old);
            int failed = creds.setCredUcounts(cred);
            if (failed < 0) {
                creds.put(cred);
                return failed;
            }
            creds.flagNprocExceeded(task, cred);
        }
        creds.commit(task, cred);
        return 0;
    }

    /** Answers the old id whether or not it changes. */
    private long setfs(int task, SyscallArgs args, int kind) {
        int old = cred(task);
        long answer = shown(task, kind, table.fs(old, kind));
        int kid = namespaces.makeKid(ns(task), kind, args.intAt(0));
        if (kid == UserNamespaces.INVALID_ID || kid == table.fs(old, kind)) {
            return answer;
        }
        if (isIdOf(old, kind, kid) || maySet(task, kind)) {
            int cred = creds.prepare(task);
            if (cred != NULL) {
                table.setFs(cred, kind, kid);
                if (kind == UID) {
                    creds.fixSetfsuid(cred, old);
                }
                creds.commit(task, cred);
            }
        }
        return answer;
    }
}
