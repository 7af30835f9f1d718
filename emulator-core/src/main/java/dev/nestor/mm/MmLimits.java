package dev.nestor.mm;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Resource;

/** What limits a task's memory: its resource limits, its capabilities, and the memory there is. */
public final class MmLimits {
    /** The memory of the machine that Nestor is compared with. Frames are what a run may really fill, and fewer. */
    private static final long REFERENCE_RAM_PAGES = 24_683_656 / 4;

    private final AddressSpaces spaces;
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final Capabilities capabilities;
    private long totalRamPages;

    public MmLimits(AddressSpaces spaces, TaskTable tasks, SignalStructTable signals, Capabilities capabilities) {
        this.spaces = spaces;
        this.tasks = tasks;
        this.signals = signals;
        this.capabilities = capabilities;
        this.totalRamPages = Math.max(REFERENCE_RAM_PAGES, spaces.frames().limit());
    }

    /** Pages of memory, beyond which a single mapping is refused (vm.overcommit_memory 0). */
    public void setTotalRamPages(long pages) {
        totalRamPages = pages;
    }

    int mm(int task) {
        return tasks.mm(task);
    }

    /** may_expand_vm(): whether RLIMIT_AS and RLIMIT_DATA leave room for pages with these flags. */
    boolean mayExpand(int task, long flags, long pages) {
        MmTable mms = spaces.mms();
        int mm = tasks.mm(task);
        if (Long.compareUnsigned(mms.totalVm(mm) + pages, limit(task, Resource.RLIMIT_AS) >>> Frames.PAGE_SHIFT) > 0) {
            return false;
        }
        long data = mms.dataVm(mm) + pages;
        if (!VmFlags.isData(flags) || Long.compareUnsigned(data, limit(task, Resource.RLIMIT_DATA) >>> 12) <= 0) {
            return true;
        }
        /* A limit of 0 is taken as meant for brk alone, as long as the hard limit allows. */
        int signal = tasks.signal(task);
        return limit(task, Resource.RLIMIT_DATA) == 0
                && Long.compareUnsigned(data, signals.rlimMax(signal, Resource.RLIMIT_DATA) >>> Frames.PAGE_SHIFT) <= 0;
    }

    /** can_do_mlock(). */
    public boolean canMlock(int task) {
        return limit(task, Resource.RLIMIT_MEMLOCK) != 0 || mayLockAll(task);
    }

    /** Whether RLIMIT_MEMLOCK does not concern the task. */
    boolean mayLockAll(int task) {
        return capabilities.capable(task, Capability.CAP_IPC_LOCK);
    }

    /** user_shm_lock(), without what the user has locked otherwise. */
    public boolean mayLock(int task, long pages) {
        return Long.compareUnsigned(pages, memlockPages(task)) <= 0 || mayLockAll(task);
    }

    /** Pages that RLIMIT_MEMLOCK allows. */
    long memlockPages(int task) {
        return limit(task, Resource.RLIMIT_MEMLOCK) >>> Frames.PAGE_SHIFT;
    }

    /** mlock_future_ok(): whether bytes more may be mapped with these flags, should they mean locked. */
    boolean mlockFutureOk(int task, long flags, long bytes) {
        if ((flags & VmFlags.VM_LOCKED) == 0) {
            return true;
        }
        long locked = spaces.mms().lockedVm(tasks.mm(task)) + (bytes >>> Frames.PAGE_SHIFT);
        return Long.compareUnsigned(memlockPages(task), locked) >= 0 || mayLockAll(task);
    }

    /** security_mmap_addr(): whether the task may map at an address. */
    boolean mayMapAt(int task, long address) {
        return address >= spaces.mmapMinAddr() || capabilities.capable(task, Capability.CAP_SYS_RAWIO);
    }

    /** __vm_enough_memory() with vm.overcommit_memory 0: a guess that refuses only what can never fit. */
    public boolean enoughMemory(long pages) {
        return pages <= totalRamPages;
    }

    /** rlimit(): the soft limit, unsigned. */
    long limit(int task, int resource) {
        return signals.rlimCur(tasks.signal(task), resource);
    }
}
