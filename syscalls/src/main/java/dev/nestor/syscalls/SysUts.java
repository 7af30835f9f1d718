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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Names of the machine: uname(2), sethostname(2), setdomainname(2); kernel/sys.c. */
public final class SysUts {
    private static final int NEW_UTS_LEN = UtsNamespaceTable.FIELD - 1;

    private static final int PER_MASK = 0xff;
    private static final int PER_LINUX32 = 8;
    private static final int UNAME26 = 0x20000;

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
                .partial(Nr.NR_personality, "personality", this::personality, "only uname looks at it")
                .full(Nr.NR_sethostname, "sethostname", this::sethostname)
                .full(Nr.NR_setdomainname, "setdomainname", this::setdomainname);
    }

    private long uname(int task, SyscallArgs args) {
        table.read(nsProxies.utsNs(tasks.nsproxy(task)), name);
        int personality = tasks.personality(task);
        if ((personality & UNAME26) != 0) {
            overrideRelease();
        }
        if ((personality & PER_MASK) == PER_LINUX32) {
            put(UtsNamespaces.MACHINE, "i686");
        }
        work.add(Work.BYTES_COPIED, name.length);
        return memory.copyToUser(tasks.mm(task), args.get(0), name, 0, name.length);
    }

    /** override_release(): 2.6.60 and the second number of the version, with what stands behind the numbers. */
    private void overrideRelease() {
        int start = UtsNamespaces.RELEASE * UtsNamespaceTable.FIELD;
        int end = start;
        while (name[end] != 0) {
            end++;
        }
        int at = start;
        int dots = 0;
        while (at < end && dots < 3 && (name[at] == '.' || (name[at] >= '0' && name[at] <= '9'))) {
            dots += name[at++] == '.' ? 1 : 0;
        }
        String release = new String(name, start, end - start, StandardCharsets.ISO_8859_1);
        String[] numbers = release.split("[^0-9]", 3);
        int patchLevel = numbers.length > 1 && !numbers[1].isEmpty() ? Integer.parseInt(numbers[1]) : 0;
        put(UtsNamespaces.RELEASE, "2.6." + (patchLevel + 60) + release.substring(at - start));
    }

    private void put(int field, String text) {
        int start = field * UtsNamespaceTable.FIELD;
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int length = Math.min(bytes.length, UtsNamespaceTable.FIELD - 1);
        Arrays.fill(name, start, start + UtsNamespaceTable.FIELD, (byte) 0);
        System.arraycopy(bytes, 0, name, start, length);
    }

    /** The old one; 0xffffffff only asks. */
    private long personality(int task, SyscallArgs args) {
        int old = tasks.personality(task);
        int wanted = args.intAt(0);
        if (wanted != -1) {
            tasks.setPersonality(task, wanted);
        }
        return Integer.toUnsignedLong(old);
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
