package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.machine.Work;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.mm.Frames;
import dev.nestor.mm.Madvise;
import dev.nestor.mm.Mlock;
import dev.nestor.mm.MmLimits;
import dev.nestor.mm.Mmap;
import dev.nestor.mm.MmapFiles;
import dev.nestor.mm.Mprotect;
import dev.nestor.mm.Mremap;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Mman;
import dev.nestor.uapi.Nr;

/** Address spaces: mmap(2), munmap(2), mprotect(2), mremap(2), brk(2), madvise(2), msync(2), mincore(2), mlock(2); mm/. */
public final class SysMemory {
    private static final int MAP_HUGE_SHIFT = 26;
    private static final int MAP_HUGE_MASK = 0x3f;
    private static final int MAP_HUGE_2MB = 21;
    private static final int MAP_HUGE_1GB = 30;

    private final MmapFiles files;
    private final Work work;
    private final Mmap mmap;
    private final Mprotect mprotect;
    private final Mremap mremap;
    private final Madvise madvise;
    private final Mlock mlock;
    private final Mmap.Source source = new Mmap.Source();

    public SysMemory(Kernel kernel) {
        this.files = kernel.fileMappings();
        this.work = kernel.work();
        AddressSpaces spaces = kernel.addressSpaces();
        MmLimits limits = new MmLimits(spaces, kernel.tasks(), kernel.signalStructs(), kernel.capabilities());
        this.mmap = new Mmap(spaces, limits, files);
        this.mprotect = new Mprotect(spaces, limits);
        this.mremap = new Mremap(spaces, limits, mmap, files);
        this.madvise = new Madvise(spaces, limits, files);
        this.mlock = new Mlock(spaces, limits);
    }

    public void register(SyscallTable.Builder calls) {
        calls.partial(Nr.NR_mmap, "mmap", this::mmap, "no huge pages: MAP_HUGETLB is ENOMEM")
                .full(Nr.NR_munmap, "munmap", this::munmap)
                .partial(Nr.NR_mprotect, "mprotect", this::mprotect, "PROT_EXEC alone can be read, as without pkeys")
                .full(Nr.NR_mremap, "mremap", this::mremap)
                .full(Nr.NR_brk, "brk", this::brk)
                .partial(Nr.NR_madvise, "madvise", this::madvise, "no reclaim, huge pages or MADV_COLLAPSE")
                .full(Nr.NR_msync, "msync", this::msync)
                .full(Nr.NR_mincore, "mincore", this::mincore)
                .full(Nr.NR_mlock, "mlock", this::mlock)
                .full(Nr.NR_mlock2, "mlock2", this::mlock2)
                .full(Nr.NR_munlock, "munlock", this::munlock)
                .full(Nr.NR_mlockall, "mlockall", this::mlockall)
                .full(Nr.NR_munlockall, "munlockall", this::munlockall);
    }

    private long mmap(int task, SyscallArgs args) {
        long offset = args.get(5);
        if ((offset & Frames.PAGE_MASK) != 0) {
            return -Errno.EINVAL;
        }
        int flags = args.intAt(3);
        int file = NULL;
        boolean huge = (flags & Mman.MAP_HUGETLB) != 0;
        if ((flags & Mman.MAP_ANONYMOUS) == 0) {
            work.add(Work.LOOKUP);
            file = files.find(task, args.intAt(4));
            if (file < 0) {
                return file;
            }
            if (huge) {
                return -Errno.EINVAL;
            }
        } else if (huge) {
            return hugeTlb(args.get(1), flags);
        }
        source.set(file, offset >>> Frames.PAGE_SHIFT);
        return mmap.mmap(task, args.get(0), args.get(1), args.intAt(2), flags, source);
    }

    /** A machine whose pool of huge pages is empty. */
    private static long hugeTlb(long length, int flags) {
        int size = flags >>> MAP_HUGE_SHIFT & MAP_HUGE_MASK;
        boolean known = size == 0 || size == MAP_HUGE_2MB || size == MAP_HUGE_1GB;
        return !known || length == 0 ? -Errno.EINVAL : -Errno.ENOMEM;
    }

    private long munmap(int task, SyscallArgs args) {
        return mmap.munmap(task, args.get(0), args.get(1));
    }

    private long mprotect(int task, SyscallArgs args) {
        return mprotect.mprotect(task, args.get(0), args.get(1), args.intAt(2));
    }

    private long mremap(int task, SyscallArgs args) {
        return mremap.mremap(task, args.get(0), args.get(1), args.get(2), args.get(3), args.get(4));
    }

    private long brk(int task, SyscallArgs args) {
        mmap.placeBrk(task);
        return mmap.brk(task, args.get(0));
    }

    private long madvise(int task, SyscallArgs args) {
        return madvise.madvise(task, args.get(0), args.get(1), args.intAt(2));
    }

    private long msync(int task, SyscallArgs args) {
        return mlock.msync(task, args.get(0), args.get(1), args.intAt(2));
    }

    private long mincore(int task, SyscallArgs args) {
        return mlock.mincore(task, args.get(0), args.get(1), args.get(2));
    }

    private long mlock(int task, SyscallArgs args) {
        return mlock.mlock(task, args.get(0), args.get(1), false);
    }

    private long mlock2(int task, SyscallArgs args) {
        if ((args.intAt(2) & ~Mlock.MLOCK_ONFAULT) != 0) {
            return -Errno.EINVAL;
        }
        return mlock.mlock(task, args.get(0), args.get(1), args.intAt(2) != 0);
    }

    private long munlock(int task, SyscallArgs args) {
        return mlock.munlock(task, args.get(0), args.get(1));
    }

    private long mlockall(int task, SyscallArgs args) {
        return mlock.mlockall(task, args.intAt(0));
    }

    private long munlockall(int task, SyscallArgs args) {
        return mlock.munlockall(task);
    }
}
