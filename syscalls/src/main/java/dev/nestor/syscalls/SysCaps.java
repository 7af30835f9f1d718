package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.UserNamespaceTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import java.util.Arrays;

/** Capability sets and supplementary groups: capget(2), capset(2), getgroups(2), setgroups(2). */
public final class SysCaps {
    private static final int NGROUPS_MAX = 65536;

    private final TaskTable tasks;
    private final CredTable table;
    private final Creds creds;
    private final UserNamespaceTable namespaceTable;
    private final UserNamespaces namespaces;
    private final Capabilities capabilities;
    private final Pids pids;
    private final UserMemory memory;
    private int[] gids = new int[32];

    public SysCaps(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.table = kernel.credTable();
        this.creds = kernel.creds();
        this.namespaceTable = kernel.userNamespaceTable();
        this.namespaces = kernel.userNamespaces();
        this.capabilities = kernel.capabilities();
        this.pids = kernel.pids();
        this.memory = kernel.userMemory();
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_capget, "capget", this::capget)
                .full(Nr.NR_capset, "capset", this::capset)
                .full(Nr.NR_getgroups, "getgroups", this::getgroups)
                .full(Nr.NR_setgroups, "setgroups", this::setgroups);
    }

    /** cap_validate_magic(): 32-bit words of each set, or a negative errno with the version asked for written back. */
    private int wordsOf(int mm, long header) {
        int version = memory.getInt(mm, header);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        return switch (version) {
            case Capability._LINUX_CAPABILITY_VERSION_1 -> 1;
            case Capability._LINUX_CAPABILITY_VERSION_2, Capability._LINUX_CAPABILITY_VERSION_3 -> 2;
            default ->
                memory.putInt(mm, header, Capability._LINUX_CAPABILITY_VERSION_3) < 0 ? -Errno.EFAULT : -Errno.EINVAL;
        };
    }

    private long capget(int task, SyscallArgs args) {
        int mm = tasks.mm(task);
        long header = args.get(0);
        long data = args.get(1);
        int words = wordsOf(mm, header);
        if (words < 0) {
            return data == 0 && words == -Errno.EINVAL ? 0 : words;
        }
        if (data == 0) {
            return 0;
        }
        int nr = memory.getInt(mm, header + 4);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        if (nr < 0) {
            return -Errno.EINVAL;
        }
        int target = nr == 0 ? task : pids.findTaskByVpid(pids.activeNs(task), nr);
        if (target == NULL) {
            return -Errno.ESRCH;
        }
        int cred = tasks.cred(target);
        for (int i = 0; i < words; i++) {
            long at = data + 12L * i;
            if (memory.putInt(mm, at, (int) (table.capEffective(cred) >>> (32 * i))) < 0
                    || memory.putInt(mm, at + 4, (int) (table.capPermitted(cred) >>> (32 * i))) < 0
                    || memory.putInt(mm, at + 8, (int) (table.capInheritable(cred) >>> (32 * i))) < 0) {
                return -Errno.EFAULT;
            }
        }
        return 0;
    }

    private long capset(int task, SyscallArgs args) {
        int mm = tasks.mm(task);
        int words = wordsOf(mm, args.get(0));
        if (words < 0) {
            return words;
        }
        int nr = memory.getInt(mm, args.get(0) + 4);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        if (nr != 0 && nr != pids.taskNr(task, pids.activeNs(task))) {
            return -Errno.EPERM;
        }
        long effective = 0;
        long permitted = 0;
        long inheritable = 0;
        for (int i = 0; i < words; i++) {
            long at = args.get(1) + 12L * i;
            effective |= (memory.getInt(mm, at) & 0xffffffffL) << (32 * i);
            permitted |= (memory.getInt(mm, at + 4) & 0xffffffffL) << (32 * i);
            inheritable |= (memory.getInt(mm, at + 8) & 0xffffffffL) << (32 * i);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
        }
        return setCaps(
                task,
                effective & Capabilities.CAP_VALID_MASK,
                permitted & Capabilities.CAP_VALID_MASK,
                inheritable & Capabilities.CAP_VALID_MASK);
    }

    /** cap_capset(): no set may grow beyond what the permitted and bounding sets allow. */
    private long setCaps(int task, long effective, long permitted, long inheritable) {
        int old = tasks.cred(task);
        boolean limited = !capabilities.nsCapable(task, table.userNs(old), Capability.CAP_SETPCAP);
        if (limited && (inheritable & ~(table.capInheritable(old) | table.capPermitted(old))) != 0) {
            return -Errno.EPERM;
        }
        if ((inheritable & ~(table.capInheritable(old) | table.capBset(old))) != 0
                || (permitted & ~table.capPermitted(old)) != 0
                || (effective & ~permitted) != 0) {
            return -Errno.EPERM;
        }
        int cred = creds.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        table.setCapEffective(cred, effective);
        table.setCapPermitted(cred, permitted);
        table.setCapInheritable(cred, inheritable);
        table.setCapAmbient(cred, table.capAmbient(cred) & permitted & inheritable);
        creds.commit(task, cred);
        return 0;
    }

    private long getgroups(int task, SyscallArgs args) {
        int size = args.intAt(0);
        if (size < 0) {
            return -Errno.EINVAL;
        }
        int cred = tasks.cred(task);
        int count = creds.ngroups(cred);
        if (size == 0) {
            return count;
        }
        if (count > size) {
            return -Errno.EINVAL;
        }
        for (int i = 0; i < count; i++) {
            int gid = namespaces.fromKgidMunged(table.userNs(cred), creds.groupAt(cred, i));
            if (memory.putInt(tasks.mm(task), args.get(1) + 4L * i, gid) < 0) {
                return -Errno.EFAULT;
            }
        }
        return count;
    }

    private long setgroups(int task, SyscallArgs args) {
        int ns = table.userNs(tasks.cred(task));
        if (!maySetgroups(task, ns)) {
            return -Errno.EPERM;
        }
        int count = args.intAt(0);
        if (Integer.compareUnsigned(count, NGROUPS_MAX) > 0) {
            return -Errno.EINVAL;
        }
        if (count > gids.length) {
            gids = new int[count];
        }
        for (int i = 0; i < count; i++) {
            int gid = memory.getInt(tasks.mm(task), args.get(1) + 4L * i);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            gids[i] = namespaces.makeKgid(ns, gid);
            if (gids[i] == UserNamespaces.INVALID_ID) {
                return -Errno.EINVAL;
            }
        }
        Arrays.sort(gids, 0, count);
        int cred = creds.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        int failed = creds.setGroups(cred, gids, count);
        if (failed < 0) {
            creds.put(cred);
            return failed;
        }
        creds.commit(task, cred);
        return 0;
    }

    /** may_setgroups(): the capability, in a namespace whose gid map is written and that does not deny it. */
    private boolean maySetgroups(int task, int ns) {
        return capabilities.nsCapable(task, ns, Capability.CAP_SETGID)
                && namespaces.extentCount(ns, UserNamespaces.GID) > 0
                && namespaceTable.setgroupsAllowed(ns);
    }
}
