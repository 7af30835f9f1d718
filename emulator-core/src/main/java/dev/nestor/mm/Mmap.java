package dev.nestor.mm;

import static dev.nestor.mm.VmFlags.VM_ACCOUNT;
import static dev.nestor.mm.VmFlags.VM_EXEC;
import static dev.nestor.mm.VmFlags.VM_GROWSDOWN;
import static dev.nestor.mm.VmFlags.VM_LOCKED;
import static dev.nestor.mm.VmFlags.VM_MAYEXEC;
import static dev.nestor.mm.VmFlags.VM_MAYSHARE;
import static dev.nestor.mm.VmFlags.VM_MAYWRITE;
import static dev.nestor.mm.VmFlags.VM_MAY_FLAGS;
import static dev.nestor.mm.VmFlags.VM_NORESERVE;
import static dev.nestor.mm.VmFlags.VM_SHARED;
import static dev.nestor.table.Table.NULL;
import static dev.nestor.uapi.Errno.EACCES;
import static dev.nestor.uapi.Errno.EAGAIN;
import static dev.nestor.uapi.Errno.EEXIST;
import static dev.nestor.uapi.Errno.EINVAL;
import static dev.nestor.uapi.Errno.ENODEV;
import static dev.nestor.uapi.Errno.ENOMEM;
import static dev.nestor.uapi.Errno.EOPNOTSUPP;
import static dev.nestor.uapi.Errno.EOVERFLOW;
import static dev.nestor.uapi.Errno.EPERM;
import static dev.nestor.uapi.Mman.MAP_FIXED;
import static dev.nestor.uapi.Mman.MAP_FIXED_NOREPLACE;
import static dev.nestor.uapi.Mman.MAP_GROWSDOWN;
import static dev.nestor.uapi.Mman.MAP_LOCKED;
import static dev.nestor.uapi.Mman.MAP_NONBLOCK;
import static dev.nestor.uapi.Mman.MAP_NORESERVE;
import static dev.nestor.uapi.Mman.MAP_POPULATE;
import static dev.nestor.uapi.Mman.MAP_PRIVATE;
import static dev.nestor.uapi.Mman.MAP_SHARED;
import static dev.nestor.uapi.Mman.MAP_SHARED_VALIDATE;
import static dev.nestor.uapi.Mman.MAP_STACK;
import static dev.nestor.uapi.Mman.MAP_SYNC;
import static dev.nestor.uapi.Mman.MAP_TYPE;

import dev.nestor.uapi.Resource;

/** mmap(2), munmap(2) and brk(2): mm/mmap.c. */
public final class Mmap {
    private static final long PAGE = Frames.PAGE_SIZE;
    /** LEGACY_MAP_MASK: what MAP_SHARED_VALIDATE knows. */
    private static final int LEGACY_MAP_MASK = 0x7c07f9f3;

    private static final int MAP_DROPPABLE = 8;
    private static final long DROPPABLE =
            VmFlags.VM_DROPPABLE | VM_NORESERVE | VmFlags.VM_WIPEONFORK | VmFlags.VM_DONTDUMP;

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final VmaTree tree;
    private final Regions regions;
    private final MmLimits limits;
    private final MmapFiles files;
    private final Placement placement;
    private long vmFlags; // of the mapping that is being made
    private long offset; // of the mapping that is being made, in pages

    public Mmap(AddressSpaces spaces, MmLimits limits, MmapFiles files) {
        this.spaces = spaces;
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.tree = spaces.tree();
        this.regions = spaces.regions();
        this.limits = limits;
        this.files = files;
        this.placement = new Placement(spaces, limits);
    }

    Placement placement() {
        return placement;
    }

    /** The file and offset of the next {@link #mmap}, where its flags do not say MAP_ANONYMOUS. */
    public static final class Source {
        private int file; // VmFile handle, or NULL
        private long pgoff; // pages
        private int shmem; // shmem object of a System V attachment, or NULL
        private int segment; // the attachment, known to VmSegments
        private boolean readOnly; // the attachment can never be written

        public Source set(int vmFile, long pageOffset) {
            file = vmFile;
            pgoff = pageOffset;
            shmem = NULL;
            segment = NULL;
            return this;
        }

        /** A System V attachment: its pages from the first on. */
        public Source setSegment(int object, int attachment, boolean isReadOnly) {
            set(NULL, 0);
            shmem = object;
            segment = attachment;
            readOnly = isReadOnly;
            return this;
        }
    }

    /** do_mmap(): the address, or a negative errno. */
    public long mmap(int task, long address, long length, int prot, int flags, Source source) {
        if (length == 0) {
            return -EINVAL;
        }
        int kinds = (flags & MAP_FIXED_NOREPLACE) != 0 ? flags | MAP_FIXED : flags;
        long hint = (kinds & MAP_FIXED) != 0 ? address : roundHint(address);
        long bytes = (length + PAGE - 1) & -PAGE;
        if (bytes == 0) {
            return -ENOMEM;
        }
        if (Long.compareUnsigned(source.pgoff + (bytes >>> Frames.PAGE_SHIFT), source.pgoff) < 0) {
            return -EOVERFLOW;
        }
        int mm = limits.mm(task);
        if (mms.mapCount(mm) > spaces.maxMapCount()) {
            return -ENOMEM;
        }
        vmFlags = VmFlags.ofProt(prot) | flagBits(kinds) | mms.defFlags(mm) | VM_MAY_FLAGS;
        offset = source.pgoff;
        long at = placement.find(task, hint, bytes, kinds, alignOffset(hint, bytes, kinds, source));
        if (at < 0) {
            return at;
        }
        if ((kinds & MAP_FIXED_NOREPLACE) != 0 && tree.findIntersection(mm, at, at + bytes) != NULL) {
            return -EEXIST;
        }
        int error = check(task, bytes, kinds, source);
        if (error == 0) {
            offset = source.file != NULL ? offset : (vmFlags & VM_MAYSHARE) != 0 ? 0 : at >>> Frames.PAGE_SHIFT;
            error = mapRegion(task, at, bytes, source);
        }
        if (error != 0) {
            return error;
        }
        if ((vmFlags & VM_LOCKED) != 0 || (kinds & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE) {
            spaces.populate(mm, at, at + bytes);
        }
        return at;
    }

    /** __vm_munmap(): 0 or a negative errno. */
    public int munmap(int task, long start, long length) {
        if ((start & Frames.PAGE_MASK) != 0 || !UserMemory.accessOk(start, length)) {
            return -EINVAL;
        }
        long end = start + ((length + PAGE - 1) & -PAGE);
        return end == start ? -EINVAL : regions.unmap(limits.mm(task), start, end);
    }

    /** brk(2): the end of the heap, which has moved if it could. */
    public long brk(int task, long to) {
        int mm = limits.mm(task);
        long start = mms.startBrk(mm);
        long now = mms.brk(mm);
        if (Long.compareUnsigned(to, start) < 0 || !dataLimitAllows(task, to - start)) {
            return now;
        }
        long newEnd = (to + PAGE - 1) & -PAGE;
        long oldEnd = (now + PAGE - 1) & -PAGE;
        if (newEnd == oldEnd) {
            mms.setBrk(mm, to);
            return to;
        }
        if (Long.compareUnsigned(to, now) <= 0) {
            int error = tree.findIntersection(mm, newEnd, oldEnd) == NULL ? -ENOMEM : regions.unmap(mm, newEnd, oldEnd);
            mms.setBrk(mm, error == 0 ? to : now);
            return mms.brk(mm);
        }
        if (!growBrk(task, oldEnd, newEnd)) {
            return now;
        }
        mms.setBrk(mm, to);
        if ((mms.defFlags(mm) & VM_LOCKED) != 0) {
            spaces.populate(mm, oldEnd, newEnd);
        }
        return to;
    }

    /** The place where brk begins, chosen anew by {@link AddressSpaces#suggest} while the heap is still empty. */
    public void placeBrk(int task) {
        int mm = limits.mm(task);
        long suggested = mms.suggested(mm);
        if (suggested != 0 && mms.brk(mm) == mms.startBrk(mm)) {
            mms.setSuggested(mm, 0);
            mms.setStartBrk(mm, suggested);
            mms.setBrk(mm, suggested);
        }
    }

    private boolean growBrk(int task, long from, long to) {
        int mm = limits.mm(task);
        long length = to - from;
        long flags = VmFlags.VM_DATA_FLAGS | VM_ACCOUNT | mms.defFlags(mm);
        if (placement.find(task, from, length, MAP_FIXED, -1) < 0
                || !limits.mlockFutureOk(task, mms.defFlags(mm), length)) {
            return false;
        }
        int next = tree.find(mm, from);
        if (next != NULL && to + PAGE > placement.startGap(next)) {
            return false;
        }
        long pages = length >>> Frames.PAGE_SHIFT;
        return limits.mayExpand(task, flags, pages)
                && mms.mapCount(mm) <= spaces.maxMapCount()
                && limits.enoughMemory(pages)
                && regions.add(mm, regions.make(from, to, flags, from >>> Frames.PAGE_SHIFT, VmaTable.ANON, NULL))
                        != NULL;
    }

    /** check_data_rlimit(). */
    private boolean dataLimitAllows(int task, long brkBytes) {
        int mm = limits.mm(task);
        long limit = limits.limit(task, Resource.RLIMIT_DATA);
        return limit == Resource.RLIM_INFINITY
                || Long.compareUnsigned(brkBytes + mms.endData(mm) - mms.startData(mm), limit) <= 0;
    }

    private int check(int task, long bytes, int flags, Source source) {
        if ((flags & MAP_LOCKED) != 0 && !limits.canMlock(task)) {
            return -EPERM;
        }
        if (!limits.mlockFutureOk(task, vmFlags, bytes)) {
            return -EAGAIN;
        }
        int error = 0;
        if (source.segment != NULL) {
            vmFlags |= source.readOnly ? VM_MAYSHARE : VM_SHARED | VM_MAYSHARE;
            vmFlags &= source.readOnly ? ~VM_MAYWRITE : -1;
        } else {
            error = source.file == NULL ? checkAnonymous(flags) : checkFile(flags, source.file, bytes);
        }
        if (error == 0 && (flags & MAP_NORESERVE) != 0) {
            vmFlags |= VM_NORESERVE;
        }
        return error;
    }

    private int checkAnonymous(int flags) {
        return switch (flags & MAP_TYPE) {
            case MAP_SHARED -> {
                if ((vmFlags & VM_GROWSDOWN) != 0) {
                    yield -EINVAL;
                }
                vmFlags |= VM_SHARED | VM_MAYSHARE;
                yield 0;
            }
            case MAP_PRIVATE -> 0;
            case MAP_DROPPABLE -> {
                if ((flags & MAP_LOCKED) != 0 || (vmFlags & VM_GROWSDOWN) != 0) {
                    yield -EINVAL;
                }
                vmFlags |= DROPPABLE;
                yield 0;
            }
            default -> -EINVAL;
        };
    }

    private int checkFile(int flags, int file, long bytes) {
        if (offset > (Long.MAX_VALUE - bytes) >>> Frames.PAGE_SHIFT || bytes < 0) {
            return -EOVERFLOW;
        }
        int mode = files.mode(file);
        int type = flags & MAP_TYPE;
        if (type == MAP_SHARED || type == MAP_SHARED_VALIDATE) {
            if (type == MAP_SHARED_VALIDATE && (flags & ~(LEGACY_MAP_MASK | MAP_SYNC)) != 0) {
                return -EOPNOTSUPP;
            }
            boolean writable = (mode & MmapFiles.WRITE) != 0;
            if (writable ? (mode & MmapFiles.APPEND) != 0 : (vmFlags & VmFlags.VM_WRITE) != 0) {
                return -EACCES;
            }
            vmFlags |= VM_SHARED | VM_MAYSHARE;
            if (!writable) {
                vmFlags &= ~(VM_MAYWRITE | VM_SHARED);
            }
            if ((mode & MmapFiles.SEALED) != 0) {
                if ((vmFlags & VmFlags.VM_WRITE) != 0) {
                    return -EPERM;
                }
                vmFlags &= ~VM_MAYWRITE;
            }
        } else if (type != MAP_PRIVATE) {
            return -EINVAL;
        }
        if ((mode & MmapFiles.READ) == 0) {
            return -EACCES;
        }
        if ((mode & MmapFiles.NOEXEC) != 0) {
            if ((vmFlags & VM_EXEC) != 0) {
                return -EPERM;
            }
            vmFlags &= ~VM_MAYEXEC;
        }
        if ((mode & MmapFiles.MAPPABLE) == 0) {
            return -ENODEV;
        }
        if ((vmFlags & VM_GROWSDOWN) != 0) {
            return -EINVAL;
        }
        /* Known to the flags, but no file system here has memory of that kind. */
        return (flags & MAP_SYNC) != 0 ? -EOPNOTSUPP : 0;
    }

    /** mmap_region(): takes away what is in the place and puts the new mapping there. */
    private int mapRegion(int task, long at, long bytes, Source source) {
        int mm = limits.mm(task);
        long pages = bytes >>> Frames.PAGE_SHIFT;
        long replaced = mappedPages(mm, at, at + bytes);
        if (!limits.mayExpand(task, vmFlags, pages - replaced)) {
            return -ENOMEM;
        }
        if (VmFlags.isAccountable(vmFlags)) {
            if (!limits.enoughMemory(pages - replaced)) {
                return -ENOMEM;
            }
            vmFlags |= VM_ACCOUNT;
        }
        int error = regions.unmap(mm, at, at + bytes);
        if (error != 0) {
            return error;
        }
        int file = source.file;
        boolean shmem = file == NULL && (vmFlags & VM_MAYSHARE) != 0;
        boolean isNew = shmem && source.segment == NULL;
        int kind = file != NULL ? VmaTable.FILE : shmem ? VmaTable.SHMEM : VmaTable.ANON;
        int backing = isNew ? spaces.shmem().create(pages) : shmem ? source.shmem : file;
        if (shmem && backing == NULL) {
            return -ENOMEM;
        }
        int made = regions.make(at, at + bytes, vmFlags, offset, kind, backing);
        if (made != NULL) {
            spaces.bindSegment(made, source.segment);
        }
        int vma = regions.add(mm, made);
        if (isNew) {
            spaces.shmem().release(backing);
        }
        return vma == NULL ? -ENOMEM : 0;
    }

    /** count_vma_pages_range(). */
    private long mappedPages(int mm, long start, long end) {
        long bytes = 0;
        int vma = tree.findIntersection(mm, start, end);
        while (vma != NULL) {
            bytes += Math.min(end, vmas.end(vma)) - Math.max(start, vmas.start(vma));
            vma = tree.findIntersection(mm, vmas.end(vma), end);
        }
        return bytes >>> Frames.PAGE_SHIFT;
    }

    /** round_hint_to_min(). */
    private long roundHint(long address) {
        long hint = address & -PAGE;
        return hint != 0 && hint < spaces.mmapMinAddr() && hint > 0 ? (spaces.mmapMinAddr() + PAGE - 1) & -PAGE : hint;
    }

    private long alignOffset(long hint, long bytes, int flags, Source source) {
        if (source.file != NULL) {
            return (files.mode(source.file) & MmapFiles.ALIGNED) != 0 ? source.pgoff << Frames.PAGE_SHIFT : -1;
        }
        boolean shared = (flags & MAP_TYPE) == MAP_SHARED;
        return hint == 0 && !shared && (bytes & ((2L << 20) - 1)) == 0 ? 0 : -1;
    }

    /** calc_vm_flag_bits(). */
    private static long flagBits(int flags) {
        return ((flags & MAP_GROWSDOWN) != 0 ? VM_GROWSDOWN : 0)
                | ((flags & MAP_LOCKED) != 0 ? VM_LOCKED : 0)
                | ((flags & MAP_STACK) != 0 ? VmFlags.VM_NOHUGEPAGE : 0);
    }
}
