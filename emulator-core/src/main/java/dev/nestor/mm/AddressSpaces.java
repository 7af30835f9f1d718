package dev.nestor.mm;

import static dev.nestor.table.Table.NULL;
import static dev.nestor.uapi.Errno.ENOMEM;

import dev.nestor.machine.Work;
import dev.nestor.table.StateHash;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Address spaces from their making to their end: mm_alloc(), dup_mm(), exec_mmap(), mmput(). Mirrors kernel/fork.c. */
public final class AddressSpaces {
    private static final int DEFAULT_DUMP_FILTER = 0x33; // anonymous, shared, ELF headers, private huge pages

    /** One above the highest user address. */
    public static final long TASK_SIZE_MAX = 0x7ffffffff000L;
    /** Where the first stack ends. */
    public static final long STACK_TOP = TASK_SIZE_MAX;
    /** Bytes that stay free below a stack. */
    public static final long STACK_GUARD_GAP = 256L << Frames.PAGE_SHIFT;
    /** RLIMIT_STACK of an mm that nobody has told another. */
    public static final long DEFAULT_STACK_LIMIT = 8L << 20;
    /** Where brk starts if nobody says otherwise: behind a position-independent program of medium size. */
    public static final long DEFAULT_BRK = 0x555555580000L;
    /** The special mapping behind a vma of kind SPECIAL. */
    public static final int VVAR = 1;

    public static final int VVAR_VCLOCK = 2;
    public static final int VDSO = 3;

    private static final long STACK_PAGES = 33;
    private static final long MIN_MMAP_GAP = 128L << 20;
    private static final long MAX_MMAP_GAP = TASK_SIZE_MAX / 6 * 5;
    private static final long STACK_FLAGS = VmFlags.VM_DATA_FLAGS | VmFlags.VM_GROWSDOWN | VmFlags.VM_ACCOUNT;
    private static final long VDSO_FLAGS =
            VmFlags.VM_READ | VmFlags.VM_EXEC | VmFlags.VM_MAY_FLAGS | VmFlags.VM_DONTEXPAND;
    private static final long VVAR_FLAGS = VmFlags.VM_READ
            | VmFlags.VM_MAYREAD
            | VmFlags.VM_IO
            | VmFlags.VM_PFNMAP
            | VmFlags.VM_DONTEXPAND
            | VmFlags.VM_DONTDUMP;

    private final Frames frames;
    private final Work work;
    private final MmTable mms;
    private final VmaTable vmas;
    private final ShmemTable shmemTable;
    private final Ldts ldts;
    private final PageTables tables = new PageTables();
    private final Shmem shmem;
    private final VmaTree tree;
    private final PageRanges pages;
    private final Regions regions;
    private final Faults faults;
    private final UserMemory memory;
    private VmFile files = new NoFiles();
    private @Nullable VmSegments segments;
    private int maxMapCount = 65530;
    private long mmapMinAddr = 4096;

    /** Address spaces whose work nobody prices. */
    public AddressSpaces(Frames frames, int mmLimit, int vmaLimit) {
        this(frames, mmLimit, vmaLimit, new Work());
    }

    public AddressSpaces(Frames frames, int mmLimit, int vmaLimit, Work work) {
        this.frames = frames;
        this.work = work;
        this.mms = new MmTable(mmLimit);
        this.vmas = new VmaTable(vmaLimit);
        this.ldts = new Ldts(mms, mmLimit);
        this.shmemTable = new ShmemTable(vmaLimit);
        this.shmem = new Shmem(shmemTable, tables, frames);
        this.tree = new VmaTree(mms, vmas);
        this.pages = new PageRanges(this, tables);
        this.regions = new Regions(this, pages);
        this.faults = new Faults(this, pages);
        this.memory = new UserMemory(faults, frames, work);
    }

    /** Who stands for the files behind mappings; set once, before any is mapped. */
    public void setFiles(VmFile files) {
        this.files = files;
    }

    /** Who has the System V attachments; set once, before there is any. */
    public void setSegments(VmSegments segments) {
        this.segments = segments;
    }

    /** mm_alloc(): an empty address space with one holder, or NULL at the limit. */
    public int create() {
        int mm = mms.alloc();
        if (mm != NULL) {
            mms.setUsers(mm, 1);
            mms.setStackLimit(mm, DEFAULT_STACK_LIMIT);
            mms.setCoredumpFilter(mm, DEFAULT_DUMP_FILTER);
            mms.setMmapBase(mm, mmapBase(STACK_TOP, DEFAULT_STACK_LIMIT));
        }
        return mm;
    }

    /** mmget(): one holder more. */
    public void get(int mm) {
        mms.setUsers(mm, mms.users(mm) + 1);
    }

    /** mmput(): one holder less; the last one ends the address space. */
    public void mmput(int mm) {
        int users = mms.users(mm) - 1;
        assert users >= 0 : "mm has no holder";
        mms.setUsers(mm, users);
        if (users == 0) {
            exitMmap(mm);
            ldts.free(mm);
            if (mms.exeFile(mm) != NULL) {
                files.release(mms.exeFile(mm));
            }
            mms.free(mm);
        }
    }

    /** dup_mm(): a copy for a forked task that shares the pages until one of the two writes. NULL at a limit. */
    public int dupMm(int mm) {
        int copy = mms.alloc();
        if (copy == NULL) {
            return NULL;
        }
        work.add(Work.MM_DUP);
        mms.setUsers(copy, 1);
        copyLayout(mm, copy);
        for (int vma = tree.first(mm); vma != NULL; vma = tree.next(vma)) {
            if (!vmas.has(vma, VmFlags.VM_DONTCOPY) && !dupVma(vma, copy)) {
                mmput(copy);
                return NULL;
            }
        }
        if (!ldts.copy(mm, copy)) {
            mmput(copy);
            return NULL;
        }
        return copy;
    }

    /** bprm_mm_init() and exec_mmap(): an address space for a new program, with its first stack. NULL at a limit. */
    public int execMm() {
        return execMm(STACK_TOP, DEFAULT_BRK, DEFAULT_STACK_LIMIT);
    }

    /** As {@link #execMm()}, with the end of the stack, the start of brk, and RLIMIT_STACK. */
    public int execMm(long stackTop, long startBrk, long stackLimit) {
        int mm = create();
        if (mm == NULL) {
            return NULL;
        }
        mms.setStackLimit(mm, stackLimit);
        mms.setMmapBase(mm, mmapBase(stackTop, stackLimit));
        mms.setStartStack(mm, stackTop);
        mms.setStartBrk(mm, startBrk);
        mms.setBrk(mm, startBrk);
        long stack = stackTop - (STACK_PAGES << Frames.PAGE_SHIFT);
        int vma = addAnonymous(mm, stack, stackTop, STACK_FLAGS);
        long vdso = mms.mmapBase(mm) - (2L << Frames.PAGE_SHIFT);
        long vclock = vdso - (2L << Frames.PAGE_SHIFT);
        long vvar = vclock - (4L << Frames.PAGE_SHIFT);
        if (vma == NULL
                || addSpecial(mm, vvar, vclock, VVAR_FLAGS, VVAR) == NULL
                || addSpecial(mm, vclock, vdso, VVAR_FLAGS, VVAR_VCLOCK) == NULL
                || addSpecial(mm, vdso, mms.mmapBase(mm), VDSO_FLAGS, VDSO) == NULL) {
            mmput(mm);
            return NULL;
        }
        return mm;
    }

    /** The next address that the kernel is free to choose in this mm is this one, if it is free and lawful there. */
    public void suggest(int mm, long address) {
        mms.setSuggested(mm, address);
    }

    /** The heap of a program that has not asked for any begins here. */
    public void startHeap(int mm, long address) {
        assert mms.brk(mm) == mms.startBrk(mm) : "the heap is in use";
        mms.setStartBrk(mm, address);
        mms.setBrk(mm, address);
    }

    /**
     * Maps memory that a replayed task had before the emulator knew of it, its contents unknown and zero. Leaves alone what
     * is mapped, but for vdso and vvar: their place was only the emulator's own choice.
     *
     * @return 0, or -ENOMEM
     */
    public int learnMapping(int mm, long start, long end, int prot) {
        long at = start & -Frames.PAGE_SIZE;
        long last = Math.min((end + Frames.PAGE_MASK) & -Frames.PAGE_SIZE, TASK_SIZE_MAX);
        long flags = VmFlags.ofProt(prot) | VmFlags.VM_MAY_FLAGS;
        while (at < last) {
            int vma = tree.findIntersection(mm, at, last);
            if (vma != NULL && vmas.kind(vma) == VmaTable.SPECIAL) {
                regions.drop(mm, vma);
                continue;
            }
            long free = vma == NULL ? last : vmas.start(vma);
            if (free > at && addAnonymous(mm, at, free, flags) == NULL) {
                return -ENOMEM;
            }
            int next = tree.findIntersection(mm, free, last);
            at = next == NULL ? last : vmas.end(next);
        }
        return 0;
    }

    public UserMemory memory() {
        return memory;
    }

    /** Local descriptor tables. */
    public Ldts ldts() {
        return ldts;
    }

    public MmTable mms() {
        return mms;
    }

    public VmaTable vmas() {
        return vmas;
    }

    public Frames frames() {
        return frames;
    }

    /** Anonymous shared objects, for System V segments too. */
    public Shmem shmem() {
        return shmem;
    }

    /** vm.max_map_count: the most vmas of an mm. */
    public int maxMapCount() {
        return maxMapCount;
    }

    public void setMaxMapCount(int count) {
        maxMapCount = count;
    }

    /** vm.mmap_min_addr: addresses below need CAP_SYS_RAWIO. */
    public long mmapMinAddr() {
        return mmapMinAddr;
    }

    public void setMmapMinAddr(long address) {
        mmapMinAddr = address;
    }

    /** The first vma of an mm that ends above an address, or NULL: start at 0 and go on from each one's end. */
    public int findVma(int mm, long address) {
        return tree.find(mm, address);
    }

    /** find_vma_intersection(): whether anything is mapped in a range. */
    public boolean isMapped(int mm, long start, long end) {
        return tree.findIntersection(mm, start, end) != NULL;
    }

    /** mm_populate(): brings in the pages of a range as far as that goes. 0, -EFAULT or -ENOMEM. */
    int populate(int mm, long start, long end) {
        long at = start;
        while (at < end) {
            int vma = tree.findIntersection(mm, at, end);
            if (vma == NULL) {
                return 0;
            }
            long last = Math.min(end, vmas.end(vma));
            boolean special = vmas.has(vma, VmFlags.VM_IO | VmFlags.VM_PFNMAP);
            int error = special ? 0 : faults.populate(vma, Math.max(at, vmas.start(vma)), last);
            if (error != 0) {
                return error;
            }
            at = last;
        }
        return 0;
    }

    /** shmem_fallocate() of a hole: the pages go, from every mapping too. */
    void punchShared(int object, long first, long last) {
        for (int row = 1; row < vmas.rows(); row++) {
            int vma = vmas.handleInRow(row);
            if (vma != NULL && vmas.kind(vma) == VmaTable.SHMEM && vmas.file(vma) == object) {
                long from = Math.clamp(first - vmas.pgoff(vma), 0, vmas.pages(vma)) << Frames.PAGE_SHIFT;
                long to = Math.clamp(last - vmas.pgoff(vma), 0, vmas.pages(vma)) << Frames.PAGE_SHIFT;
                pages.zap(vma, vmas.start(vma) + from, vmas.start(vma) + to);
            }
        }
        shmem.punch(object, first, last);
    }

    /** Pages that the page tables of an mm take. */
    public int pageTablePages(int mm) {
        return tables.nodes(mms.pgd(mm));
    }

    /** Adds all address spaces and all of memory to a digest of the machine's state. */
    public void digest(StateHash hash) {
        ldts.digest(hash);
        mms.digest(hash);
        vmas.digest(hash);
        shmemTable.digest(hash);
        tables.digest(hash);
        frames.digest(hash);
    }

    Work work() {
        return work;
    }

    VmaTree tree() {
        return tree;
    }

    Regions regions() {
        return regions;
    }

    PageRanges pageRanges() {
        return pages;
    }

    Faults faults() {
        return faults;
    }

    VmFile files() {
        return files;
    }

    void holdBacking(int vma) {
        if (vmas.kind(vma) == VmaTable.FILE) {
            files.hold(vmas.file(vma));
        } else if (vmas.kind(vma) == VmaTable.SHMEM) {
            shmem.hold(vmas.file(vma));
        }
    }

    /** Makes a vma that is in no mm yet one of a System V attachment's; NULL is none. */
    void bindSegment(int vma, int segment) {
        if (segment != NULL) {
            vmas.setSegment(vma, segment);
            Objects.requireNonNull(segments, "no segments").open(segment);
        }
    }

    void releaseBacking(int vma) {
        if (vmas.segment(vma) != NULL) {
            Objects.requireNonNull(segments, "no segments").close(vmas.segment(vma));
        }
        if (vmas.kind(vma) == VmaTable.FILE) {
            files.release(vmas.file(vma));
        } else if (vmas.kind(vma) == VmaTable.SHMEM) {
            shmem.release(vmas.file(vma));
        }
    }

    /** mmap_base(): where mappings end, below the stack and as much as it may grow. */
    static long mmapBase(long stackTop, long stackLimit) {
        long gap = Math.clamp(stackLimit, -1, TASK_SIZE_MAX) + STACK_GUARD_GAP;
        long bounded = stackLimit < 0 ? MAX_MMAP_GAP : Math.clamp(gap, MIN_MMAP_GAP, MAX_MMAP_GAP);
        return (stackTop - bounded) & -Frames.PAGE_SIZE;
    }

    private void exitMmap(int mm) {
        for (int vma = tree.first(mm); vma != NULL; vma = tree.first(mm)) {
            regions.drop(mm, vma);
        }
        work.add(Work.MM_FREE);
        assert mms.pgd(mm) == 0 && mms.totalVm(mm) == 0 : "pages left behind";
    }

    private int addAnonymous(int mm, long start, long end, long flags) {
        long accounted = VmFlags.isAccountable(flags) ? flags | VmFlags.VM_ACCOUNT : flags;
        return regions.add(mm, regions.make(start, end, accounted, start >>> Frames.PAGE_SHIFT, VmaTable.ANON, NULL));
    }

    private int addSpecial(int mm, long start, long end, long flags, int special) {
        return regions.add(mm, regions.make(start, end, flags, 0, VmaTable.SPECIAL, special));
    }

    private boolean dupVma(int vma, int copy) {
        int dup = regions.copy(vma);
        if (dup == NULL) {
            return false;
        }
        vmas.setFlags(dup, vmas.flags(vma) & ~VmFlags.VM_LOCKED_MASK);
        tree.insert(copy, dup);
        regions.account(copy, vmas.flags(dup), vmas.pages(dup));
        if (vmas.has(vma, VmFlags.VM_WIPEONFORK)) {
            vmas.setAnonVma(dup, 0);
            vmas.setAnonCloned(dup, false);
        } else {
            regions.forkAnonVma(copy, dup);
            /* vma_needs_copy(): pages that a fault brings back need not be copied. */
            if (vmas.anonVma(vma) != 0) {
                pages.copy(vma, dup);
            }
        }
        return true;
    }

    private void copyLayout(int from, int to) {
        mms.setMmapBase(to, mms.mmapBase(from));
        mms.setStartCode(to, mms.startCode(from));
        mms.setEndCode(to, mms.endCode(from));
        mms.setStartData(to, mms.startData(from));
        mms.setEndData(to, mms.endData(from));
        mms.setStartBrk(to, mms.startBrk(from));
        mms.setBrk(to, mms.brk(from));
        mms.setStartStack(to, mms.startStack(from));
        mms.setArgStart(to, mms.argStart(from));
        mms.setArgEnd(to, mms.argEnd(from));
        mms.setEnvStart(to, mms.envStart(from));
        mms.setEnvEnd(to, mms.envEnd(from));
        mms.setDumpable(to, mms.dumpable(from));
        mms.setCoredumpFilter(to, mms.coredumpFilter(from));
        mms.setMembarrierState(to, mms.membarrierState(from));
        mms.setUserNs(to, mms.userNs(from));
        if (mms.exeFile(from) != NULL) {
            mms.setExeFile(to, mms.exeFile(from));
            files.hold(mms.exeFile(from));
        }
        mms.setStackLimit(to, mms.stackLimit(from));
    }

    /** No files are known: nothing is held, contents are unknown. */
    private static final class NoFiles implements VmFile {
        @Override
        public void hold(int file) {}

        @Override
        public void release(int file) {}

        @Override
        public int frame(int file, long pageIndex, boolean write) {
            return NULL;
        }
    }
}
