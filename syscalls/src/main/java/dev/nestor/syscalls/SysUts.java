package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.utsname.UtsNamespaceTable;
import dev.nestor.kernel.utsname.UtsNamespaces;
import dev.nestor.machine.Work;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;

/** Names of the machine: uname(2), sethostname(2), setdomainname(2); kernel/sys.c. */
public final class SysUts {
    private static final int NEW_UTS_LEN = UtsNamespaceTable.FIELD - 1;

    private final TaskTable tasks;
    private final NsProxyTable nsProxies;
    private final UtsNamespaceTable table;
    private final UtsNamespaces namespaces;
    private final Capabilities capabilities;
    private final UserMemory memory;
    private final Work work;
    private final byte[] name = new byte[UtsNamespaceTable.NEW_UTSNAME_SIZE];

    public SysUts(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.nsProxies = kernel.nsProxyTable();
        this.table = kernel.utsNamespaceTable();
        this.namespaces = kernel.utsNamespaces();
        this.capabilities = kernel.capabilities();
        this.memory = kernel.userMemory();
        this.work = kernel.work();
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_uname, "uname", this::uname)
                .full(Nr.NR_sethostname, "sethostname", this::sethostname)
                .full(Nr.NR_setdomainname, "setdomainname", this::setdomainname);
    }

    private long uname(int task, SyscallArgs args) {
        table.read(nsProxies.utsNs(tasks.nsproxy(task)), name);
        work.add(Work.BYTES_COPIED, name.length);
        return memory.copyToUser(tasks.mm(task), args.get(0), name, 0, name.length);
    }

    private long sethostname(int task, SyscallArgs args) {
        return setName(task, args, UtsNamespaces.NODENAME);
    }

    private long setdomainname(int task, SyscallArgs args) {
        return setName(task, args, UtsNamespaces.DOMAINNAME);
    }

    private long setName(int task, SyscallArgs args, int field) {
        int ns = nsProxies.utsNs(tasks.nsproxy(task));
        if (!capabilities.nsCapable(task, namespaces.owner(ns), Capability.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        int length = args.intAt(1);
        if (length < 0 || length > NEW_UTS_LEN) {
            return -Errno.EINVAL;
        }
        if (memory.copyFromUser(tasks.mm(task), args.get(0), name, 0, length) < 0) {
            return -Errno.EFAULT;
        }
        namespaces.setName(ns, field, name, length);
        work.add(Work.BYTES_COPIED, length);
        return 0;
    }
}
