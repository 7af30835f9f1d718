package dev.nestor.mm;

import static dev.nestor.table.Table.NULL;
import static dev.nestor.uapi.Errno.EACCES;
import static dev.nestor.uapi.Errno.EFAULT;
import static dev.nestor.uapi.Errno.EINVAL;
import static dev.nestor.uapi.Errno.ENOMEM;
import static dev.nestor.uapi.Mman.MADV_COLD;
import static dev.nestor.uapi.Mman.MADV_DODUMP;
import static dev.nestor.uapi.Mman.MADV_DOFORK;
import static dev.nestor.uapi.Mman.MADV_DONTDUMP;
import static dev.nestor.uapi.Mman.MADV_DONTFORK;
import static dev.nestor.uapi.Mman.MADV_DONTNEED;
import static dev.nestor.uapi.Mman.MADV_FREE;
import static dev.nestor.uapi.Mman.MADV_HUGEPAGE;
import static dev.nestor.uapi.Mman.MADV_KEEPONFORK;
import static dev.nestor.uapi.Mman.MADV_MERGEABLE;
import static dev.nestor.uapi.Mman.MADV_NOHUGEPAGE;
import static dev.nestor.uapi.Mman.MADV_NORMAL;
import static dev.nestor.uapi.Mman.MADV_PAGEOUT;
import static dev.nestor.uapi.Mman.MADV_POPULATE_READ;
import static dev.nestor.uapi.Mman.MADV_POPULATE_WRITE;
import static dev.nestor.uapi.Mman.MADV_RANDOM;
import static dev.nestor.uapi.Mman.MADV_REMOVE;
import static dev.nestor.uapi.Mman.MADV_SEQUENTIAL;
import static dev.nestor.uapi.Mman.MADV_UNMERGEABLE;
import static dev.nestor.uapi.Mman.MADV_WILLNEED;
import static dev.nestor.uapi.Mman.MADV_WIPEONFORK;

/** madvise(2): mm/madvise.c. There is no reclaim: advice on it is checked and has no effect. */
public final class Madvise {
    private static final int MADV_DONTNEED_LOCKED = 24;
    private static final int MADV_COLLAPSE = 25;
    private static final int MADV_GUARD_INSTALL = 102;
    private static final int MADV_GUARD_REMOVE = 103;
    private static final long KSM_REFUSED =
            VmFlags.VM_SHARED | VmFlags.VM_MAYSHARE | VmFlags.VM_PFNMAP | VmFlags.VM_IO | VmFlags.VM_DONTEXPAND;

    private final AddressSpaces spaces;
    private final VmaTable vmas;
    private final VmaTree tree;
    private final Regions regions;
    private final MmLimits limits;
    private final MmapFiles files;

    public Madvise(AddressSpaces spaces, MmLimits limits, MmapFiles files) {
        this.spaces = spaces;
        this.vmas = spaces.vmas();
        this.tree = spaces.tree();
        this.regions = spaces.regions();
        this.limits = limits;
        this.files = files;
    }

    /** do_madvise(): 0 or a negative errno. A hole is ENOMEM in the end, after all that is mapped has had the advice. */
    public int madvise(int task, long start, long length, int advice) {
        if (!isKnown(advice) || (start & Frames.PAGE_MASK) != 0) {
            return -EINVAL;
        }
        long bytes = (length + Frames.PAGE_MASK) & -Frames.PAGE_SIZE;
        long end = start + bytes;
        if ((length != 0 && bytes == 0) || Long.compareUnsigned(end, start) < 0) {
            return -EINVAL;
        }
        if (end == start) {
            return 0;
        }
        int mm = limits.mm(task);
        if (start < 0) {
            return -ENOMEM;
        }
        return isPopulation(advice)
                ? populate(mm, start, end, advice == MADV_POPULATE_WRITE)
                : walk(mm, start, end < 0 ? Long.MAX_VALUE & -Frames.PAGE_SIZE : end, advice);
    }

    private int walk(int mm, long start, long end, int advice) {
        int unmapped = 0;
        long at = start;
        while (at < end) {
            int vma = tree.findIntersection(mm, at, end);
            if (vma == NULL) {
                return -ENOMEM;
            }
            if (vmas.start(vma) > at) {
                unmapped = -ENOMEM;
                at = vmas.start(vma);
            }
            long last = Math.min(end, vmas.end(vma));
            int error = advise(vma, at, last, advice);
            if (error != 0) {
                return error;
            }
            at = last;
        }
        return unmapped;
    }

    /** madvise_vma_behavior(). */
    private int advise(int vma, long start, long end, int advice) {
        return switch (advice) {
            case MADV_WILLNEED -> 0;
            case MADV_DONTNEED, MADV_DONTNEED_LOCKED, MADV_FREE -> zap(vma, start, end, advice);
            case MADV_REMOVE -> remove(vma, start, end);
            case MADV_COLD, MADV_PAGEOUT -> vmas.has(vma, VmFlags.VM_LOCKED | VmFlags.VM_PFNMAP) ? -EINVAL : 0;
            case MADV_COLLAPSE -> -EINVAL;
            case MADV_GUARD_INSTALL -> guard(vma, start, end);
            case MADV_GUARD_REMOVE -> unguard(vma, start, end);
            default -> changeFlags(vma, start, end, advice);
        };
    }

    private int zap(int vma, long start, long end, int advice) {
        long refused = VmFlags.VM_PFNMAP | (advice == MADV_DONTNEED_LOCKED ? 0 : VmFlags.VM_LOCKED);
        if (vmas.has(vma, refused)) {
            return -EINVAL;
        }
        if (advice == MADV_FREE) {
            return vmas.kind(vma) == VmaTable.ANON ? 0 : -EINVAL;
        }
        spaces.pageRanges().zap(vma, start, end, false);
        return 0;
    }

    private int guard(int vma, long start, long end) {
        if (vmas.has(vma, VmFlags.VM_SPECIAL | VmFlags.VM_LOCKED)) {
            return -EINVAL;
        }
        regions.prepareAnonVma(vma);
        spaces.pageRanges().installGuards(vma, start, end);
        return 0;
    }

    private int unguard(int vma, long start, long end) {
        if (vmas.has(vma, VmFlags.VM_SPECIAL)) {
            return -EINVAL;
        }
        spaces.pageRanges().removeGuards(vmas.mm(vma), start, end);
        return 0;
    }

    /** madvise_remove(): makes a hole in the file. */
    private int remove(int vma, long start, long end) {
        if (vmas.has(vma, VmFlags.VM_LOCKED) || (vmas.kind(vma) != VmaTable.FILE && vmas.kind(vma) != VmaTable.SHMEM)) {
            return -EINVAL;
        }
        if ((~vmas.flags(vma) & (VmFlags.VM_SHARED | VmFlags.VM_MAYWRITE)) != 0) {
            return -EACCES;
        }
        long first = vmas.pgoff(vma) + ((start - vmas.start(vma)) >>> Frames.PAGE_SHIFT);
        if (vmas.kind(vma) == VmaTable.FILE) {
            return files.punch(vmas.file(vma), first << Frames.PAGE_SHIFT, end - start);
        }
        spaces.punchShared(vmas.file(vma), first, first + ((end - start) >>> Frames.PAGE_SHIFT));
        return 0;
    }

    private int changeFlags(int vma, long start, long end, int advice) {
        long old = vmas.flags(vma);
        long flags =
                switch (advice) {
                    case MADV_NORMAL -> old & ~(VmFlags.VM_RAND_READ | VmFlags.VM_SEQ_READ);
                    case MADV_SEQUENTIAL -> (old & ~VmFlags.VM_RAND_READ) | VmFlags.VM_SEQ_READ;
                    case MADV_RANDOM -> (old & ~VmFlags.VM_SEQ_READ) | VmFlags.VM_RAND_READ;
                    case MADV_DONTFORK -> old | VmFlags.VM_DONTCOPY;
                    case MADV_DOFORK -> (old & VmFlags.VM_IO) != 0 ? -1 : old & ~VmFlags.VM_DONTCOPY;
                    case MADV_WIPEONFORK -> vmas.kind(vma) != VmaTable.ANON ? -1 : old | VmFlags.VM_WIPEONFORK;
                    case MADV_KEEPONFORK -> (old & VmFlags.VM_DROPPABLE) != 0 ? -1 : old & ~VmFlags.VM_WIPEONFORK;
                    case MADV_DONTDUMP -> old | VmFlags.VM_DONTDUMP;
                    case MADV_DODUMP ->
                        (old & (VmFlags.VM_SPECIAL | VmFlags.VM_DROPPABLE)) != 0 ? -1 : old & ~VmFlags.VM_DONTDUMP;
                    case MADV_MERGEABLE -> (old & KSM_REFUSED) != 0 ? old : old | VmFlags.VM_MERGEABLE;
                    case MADV_UNMERGEABLE -> old & ~VmFlags.VM_MERGEABLE;
                    case MADV_HUGEPAGE ->
                        (old & VmFlags.VM_SPECIAL) != 0 ? -1 : (old & ~VmFlags.VM_NOHUGEPAGE) | VmFlags.VM_HUGEPAGE;
                    case MADV_NOHUGEPAGE -> (old & ~VmFlags.VM_HUGEPAGE) | VmFlags.VM_NOHUGEPAGE;
                    default -> -1;
                };
        if (flags == -1) {
            return -EINVAL;
        }
        return flags == old ? 0 : Math.min(0, regions.modify(vma, start, end, flags));
    }

    /** madvise_populate(): unlike the other advice, this stops at the first hole. */
    private int populate(int mm, long start, long end, boolean write) {
        long at = start;
        while (at < end) {
            int vma = tree.lookup(mm, at);
            if (vma == NULL) {
                return -ENOMEM;
            }
            if (vmas.has(vma, VmFlags.VM_IO | VmFlags.VM_PFNMAP)
                    || !vmas.has(vma, write ? VmFlags.VM_WRITE : VmFlags.VM_READ)) {
                return -EINVAL;
            }
            int frame = spaces.faults().frameAt(mm, at, write);
            if (frame < 0) {
                return frame == -EFAULT ? -EFAULT : -ENOMEM;
            }
            at += Frames.PAGE_SIZE;
        }
        return 0;
    }

    private static boolean isPopulation(int advice) {
        return advice == MADV_POPULATE_READ || advice == MADV_POPULATE_WRITE;
    }

    /** madvise_behavior_valid(), for a kernel with KSM and huge pages, and without memory failure. */
    private static boolean isKnown(int advice) {
        return (advice >= MADV_NORMAL && advice <= MADV_DONTNEED)
                || (advice >= MADV_FREE && advice <= MADV_COLLAPSE)
                || advice == MADV_GUARD_INSTALL
                || advice == MADV_GUARD_REMOVE;
    }
}
