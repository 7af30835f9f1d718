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

/** User and group ids of a process: getuid(2), setuid(2), setresuid(2) and their family; kernel/sys.c. */
public final class SysCred {
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
        calls.full(Nr.NR_getuid, "getuid", (task, args) -> uid(task, table.uid(cred(task))))
                .full(Nr.NR_geteuid, "geteuid", (task, args) -> uid(task, table.euid(cred(task))))
                .full(Nr.NR_getgid, "getgid", (task, args) -> gid(task, table.gid(cred(task))))
                .full(Nr.NR_getegid, "getegid", (task, args) -> gid(task, table.egid(cred(task))))
                .full(Nr.NR_getresuid, "getresuid", this::getresuid)
                .full(Nr.NR_getresgid, "getresgid", this::getresgid)
                .full(Nr.NR_setuid, "setuid", this::setuid)
                .full(Nr.NR_setgid, "setgid", this::setgid)
                .full(Nr.NR_setreuid, "setreuid", this::setreuid)
                .full(Nr.NR_setregid, "setregid", this::setregid)
                .full(Nr.NR_setresuid, "setresuid", this::setresuid)
                .full(Nr.NR_setresgid, "setresgid", this::setresgid)
                .full(Nr.NR_setfsuid, "setfsuid", this::setfsuid)
                .full(Nr.NR_setfsgid, "setfsgid", this::setfsgid);
    }

    private int cred(int task) {
        return tasks.cred(task);
    }

    private int ns(int task) {
        return table.userNs(cred(task));
    }

    private int uid(int task, int kuid) {
        return namespaces.fromKuidMunged(ns(task), kuid);
    }

    private int gid(int task, int kgid) {
        return namespaces.fromKgidMunged(ns(task), kgid);
    }

    private boolean maySetuid(int task) {
        return capabilities.nsCapable(task, ns(task), Capability.CAP_SETUID);
    }

    private boolean maySetgid(int task) {
        return capabilities.nsCapable(task, ns(task), Capability.CAP_SETGID);
    }

    private long getresuid(int task, SyscallArgs args) {
        int cred = cred(task);
        return put3(task, args, uid(task, table.uid(cred)), uid(task, table.euid(cred)), uid(task, table.suid(cred)));
    }

    private long getresgid(int task, SyscallArgs args) {
        int cred = cred(task);
        return put3(task, args, gid(task, table.gid(cred)), gid(task, table.egid(cred)), gid(task, table.sgid(cred)));
    }

    private long put3(int task, SyscallArgs args, int real, int effective, int saved) {
        int mm = tasks.mm(task);
        if (memory.putInt(mm, args.get(0), real) < 0 || memory.putInt(mm, args.get(1), effective) < 0) {
            return -Errno.EFAULT;
        }
        return memory.putInt(mm, args.get(2), saved) < 0 ? -Errno.EFAULT : 0;
    }

    private long setuid(int task, SyscallArgs args) {
        int kuid = namespaces.makeKuid(ns(task), args.intAt(0));
        if (kuid == UserNamespaces.INVALID_ID) {
            return -Errno.EINVAL;
        }
        int old = cred(task);
        boolean capable = maySetuid(task);
        if (!capable && kuid != table.uid(old) && kuid != table.suid(old)) {
            return -Errno.EPERM;
        }
        int cred = creds.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        if (capable) {
            table.setUid(cred, kuid);
            table.setSuid(cred, kuid);
        }
        table.setEuid(cred, kuid);
        return commitUids(task, cred, old);
    }

    private long commitUids(int task, int cred, int old) {
        table.setFsuid(cred, table.euid(cred));
        creds.fixSetuid(cred, old);
        creds.commit(task, cred);
        return 0;
    }

    private long commitGids(int task, int cred) {
        table.setFsgid(cred, table.egid(cred));
        creds.commit(task, cred);
        return 0;
    }

    private long setgid(int task, SyscallArgs args) {
        int kgid = namespaces.makeKgid(ns(task), args.intAt(0));
        if (kgid == UserNamespaces.INVALID_ID) {
            return -Errno.EINVAL;
        }
        int old = cred(task);
        boolean capable = maySetgid(task);
        if (!capable && kgid != table.gid(old) && kgid != table.sgid(old)) {
            return -Errno.EPERM;
        }
        int cred = creds.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        if (capable) {
            table.setGid(cred, kgid);
            table.setSgid(cred, kgid);
        }
        table.setEgid(cred, kgid);
        return commitGids(task, cred);
    }

    private long setreuid(int task, SyscallArgs args) {
        int old = cred(task);
        int real = args.intAt(0) == -1 ? table.uid(old) : namespaces.makeKuid(ns(task), args.intAt(0));
        int effective = args.intAt(1) == -1 ? table.euid(old) : namespaces.makeKuid(ns(task), args.intAt(1));
        if (real == UserNamespaces.INVALID_ID || effective == UserNamespaces.INVALID_ID) {
            return -Errno.EINVAL;
        }
        boolean realAllowed = real == table.uid(old) || real == table.euid(old);
        boolean effectiveAllowed =
                effective == table.uid(old) || effective == table.euid(old) || effective == table.suid(old);
        if (!(realAllowed && effectiveAllowed) && !maySetuid(task)) {
            return -Errno.EPERM;
        }
        int cred = creds.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        table.setUid(cred, real);
        table.setEuid(cred, effective);
        if (args.intAt(0) != -1 || (args.intAt(1) != -1 && effective != table.uid(old))) {
            table.setSuid(cred, effective);
        }
        return commitUids(task, cred, old);
    }

    private long setregid(int task, SyscallArgs args) {
        int old = cred(task);
        int real = args.intAt(0) == -1 ? table.gid(old) : namespaces.makeKgid(ns(task), args.intAt(0));
        int effective = args.intAt(1) == -1 ? table.egid(old) : namespaces.makeKgid(ns(task), args.intAt(1));
        if (real == UserNamespaces.INVALID_ID || effective == UserNamespaces.INVALID_ID) {
            return -Errno.EINVAL;
        }
        boolean realAllowed = real == table.gid(old) || real == table.egid(old);
        boolean effectiveAllowed =
                effective == table.gid(old) || effective == table.egid(old) || effective == table.sgid(old);
        if (!(realAllowed && effectiveAllowed) && !maySetgid(task)) {
            return -Errno.EPERM;
        }
        int cred = creds.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        table.setGid(cred, real);
        table.setEgid(cred, effective);
        if (args.intAt(0) != -1 || (args.intAt(1) != -1 && effective != table.gid(old))) {
            table.setSgid(cred, effective);
        }
        return commitGids(task, cred);
    }

    private boolean isUidOf(int cred, int kuid) {
        return kuid == table.uid(cred) || kuid == table.euid(cred) || kuid == table.suid(cred);
    }

    private boolean isGidOf(int cred, int kgid) {
        return kgid == table.gid(cred) || kgid == table.egid(cred) || kgid == table.sgid(cred);
    }

    private long setresuid(int task, SyscallArgs args) {
        int old = cred(task);
        int real = args.intAt(0) == -1 ? table.uid(old) : namespaces.makeKuid(ns(task), args.intAt(0));
        int effective = args.intAt(1) == -1 ? table.euid(old) : namespaces.makeKuid(ns(task), args.intAt(1));
        int saved = args.intAt(2) == -1 ? table.suid(old) : namespaces.makeKuid(ns(task), args.intAt(2));
        if (real == UserNamespaces.INVALID_ID
                || effective == UserNamespaces.INVALID_ID
                || saved == UserNamespaces.INVALID_ID) {
            return -Errno.EINVAL;
        }
        boolean allowed = isUidOf(old, real) && isUidOf(old, effective) && isUidOf(old, saved);
        if (!allowed && !maySetuid(task)) {
            return -Errno.EPERM;
        }
        int cred = creds.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        table.setUid(cred, real);
        table.setEuid(cred, effective);
        table.setSuid(cred, saved);
        return commitUids(task, cred, old);
    }

    private long setresgid(int task, SyscallArgs args) {
        int old = cred(task);
        int real = args.intAt(0) == -1 ? table.gid(old) : namespaces.makeKgid(ns(task), args.intAt(0));
        int effective = args.intAt(1) == -1 ? table.egid(old) : namespaces.makeKgid(ns(task), args.intAt(1));
        int saved = args.intAt(2) == -1 ? table.sgid(old) : namespaces.makeKgid(ns(task), args.intAt(2));
        if (real == UserNamespaces.INVALID_ID
                || effective == UserNamespaces.INVALID_ID
                || saved == UserNamespaces.INVALID_ID) {
            return -Errno.EINVAL;
        }
        boolean allowed = isGidOf(old, real) && isGidOf(old, effective) && isGidOf(old, saved);
        if (!allowed && !maySetgid(task)) {
            return -Errno.EPERM;
        }
        int cred = creds.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        table.setGid(cred, real);
        table.setEgid(cred, effective);
        table.setSgid(cred, saved);
        return commitGids(task, cred);
    }

    /** Answers the old id whether or not it changes. */
    private long setfsuid(int task, SyscallArgs args) {
        int old = cred(task);
        long answer = uid(task, table.fsuid(old));
        int kuid = namespaces.makeKuid(ns(task), args.intAt(0));
        if (kuid == UserNamespaces.INVALID_ID || kuid == table.fsuid(old)) {
            return answer;
        }
        if (isUidOf(old, kuid) || maySetuid(task)) {
            int cred = creds.prepare(task);
            if (cred != NULL) {
                table.setFsuid(cred, kuid);
                creds.fixSetfsuid(cred, old);
                creds.commit(task, cred);
            }
        }
        return answer;
    }

    private long setfsgid(int task, SyscallArgs args) {
        int old = cred(task);
        long answer = gid(task, table.fsgid(old));
        int kgid = namespaces.makeKgid(ns(task), args.intAt(0));
        if (kgid == UserNamespaces.INVALID_ID || kgid == table.fsgid(old)) {
            return answer;
        }
        if (isGidOf(old, kgid) || maySetgid(task)) {
            int cred = creds.prepare(task);
            if (cred != NULL) {
                table.setFsgid(cred, kgid);
                creds.commit(task, cred);
            }
        }
        return answer;
    }
}
