package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.TimeNamespaces;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.Frames;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Time;
import java.util.Arrays;

/** sysinfo(2): kernel/sys.c. */
public final class SysInfo {
    private static final int SIZE = 112; // bytes of struct sysinfo
    private static final int UPTIME = 0;
    private static final int TOTALRAM = 32;
    private static final int FREERAM = 40;
    private static final int PROCS = 80;
    private static final int MEM_UNIT = 104;
    private static final long NSEC_PER_SEC = 1_000_000_000L;

    private final TaskTable tasks;
    private final Timekeeping timekeeping;
    private final TimeNamespaces timeNamespaces;
    private final NsProxyTable nsproxies;
    private final UserMemory memory;
    private final Kernel kernel;
    private final byte[] bytes = new byte[SIZE];

    public SysInfo(Kernel kernel) {
        this.kernel = kernel;
        this.tasks = kernel.tasks();
        this.timekeeping = kernel.timekeeping();
        this.timeNamespaces = kernel.timeNamespaces();
        this.nsproxies = kernel.nsProxyTable();
        this.memory = kernel.userMemory();
    }

    public void register(SyscallTable.Builder table) {
        table.partial(
                Nr.NR_sysinfo,
                "sysinfo",
                this::sysinfo,
                "loads, shared and buffer memory are 0; there is no swap and no high memory");
    }

    /** The time since boot, of the task's time namespace, is rounded up. */
    private long sysinfo(int task, SyscallArgs args) {
        Arrays.fill(bytes, (byte) 0);
        int timeNs = nsproxies.timeNs(tasks.nsproxy(task));
        long up = timekeeping.boottimeNs() + timeNamespaces.offsetNs(timeNs, Time.CLOCK_BOOTTIME);
        Bytes.putLong(bytes, UPTIME, up / NSEC_PER_SEC + (up % NSEC_PER_SEC != 0 ? 1 : 0));
        long total = (long) kernel.config().maxFrames() * Frames.PAGE_SIZE;
        Bytes.putLong(bytes, TOTALRAM, total);
        Bytes.putLong(bytes, FREERAM, total);
        Bytes.putInt(bytes, PROCS, tasks.size() & 0xffff);
        Bytes.putInt(bytes, MEM_UNIT, 1);
        return memory.copyToUser(tasks.mm(task), args.get(0), bytes, 0, SIZE);
    }
}
