package dev.nestor.mm;

import static dev.nestor.mm.VmFlags.VM_LOCKED;
import static dev.nestor.mm.VmFlags.VM_LOCKED_MASK;
import static dev.nestor.mm.VmFlags.VM_LOCKONFAULT;
import static dev.nestor.table.Table.NULL;
import static dev.nestor.uapi.Errno.EAGAIN;
import static dev.nestor.uapi.Errno.EBUSY;
import static dev.nestor.uapi.Errno.EFAULT;
import static dev.nestor.uapi.Errno.EINVAL;
import static dev.nestor.uapi.Errno.ENOMEM;
import static dev.nestor.uapi.Errno.EPERM;
import static dev.nestor.uapi.Mman.MS_ASYNC;
import static dev.nestor.uapi.Mman.MS_INVALIDATE;
import static dev.nestor.uapi.Mman.MS_SYNC;

/** mlock(2) and its kin, msync(2), mincore(2): mm/mlock.c, mm/msync.c, mm/mincore.c. */
public final class Mlock {
    public static final int MLOCK_ONFAULT = 1;
    public static final int MCL_CURRENT = 1;
    public static final int MCL_FUTURE = 2;
    public static final int MCL_ONFAULT = 4;

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final VmaTree tree;
    private final MmLimits limits;

    public Mlock(AddressSpaces spaces, MmLimits limits) {
        this.spaces = spaces;
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.tree = spaces.tree();
        this.limits = limits;
    }

    /** do_mlock(): 0 or a negative errno. */
    public int mlock(int task, long start, long length, boolean onFault) {
        if (!limits.canMlock(task)) {
            return -EPERM;
        }
        long first = start & -Frames.PAGE_SIZE;
        long bytes = (length + (start & Frames.PAGE_MASK) + Frames.PAGE_MASK) & -Frames.PAGE_SIZE;
        int mm = limits.mm(task);
        long pages = bytes >>> Frames.PAGE_SHIFT;
        long locked = pages + mms.lockedVm(mm);
        long limit = limits.memlockPages(task);
        if (Long.compareUnsigned(locked, limit) > 0 && !limits.mayLockAll(task)) {
            locked -= lockedPages(mm, first, first + bytes);
            if (Long.compareUnsigned(locked, limit) > 0) {
                return -ENOMEM;
            }
        }
        int error = apply(mm, first, bytes, onFault ? VM_LOCKED | VM_LOCKONFAULT : VM_LOCKED);
        if (error != 0 || onFault) {
            return error;
        }
        int populated = spaces.populate(mm, first, first + bytes);
        return populated == -EFAULT ? -ENOMEM : populated == -ENOMEM ? -EAGAIN : populated;
    }

    /** munlock(2). */
    public int munlock(int task, long start, long length) {
        long bytes = (length + (start & Frames.PAGE_MASK) + Frames.PAGE_MASK) & -Frames.PAGE_SIZE;
        return apply(limits.mm(task), start & -Frames.PAGE_SIZE, bytes, 0);
    }

    /** mlockall(2). */
    public int mlockall(int task, int flags) {
        if (flags == 0 || (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) != 0 || flags == MCL_ONFAULT) {
            return -EINVAL;
        }
        if (!limits.canMlock(task)) {
            return -EPERM;
        }
        int mm = limits.mm(task);
        boolean current = (flags & MCL_CURRENT) != 0;
        if (current
                && Long.compareUnsigned(mms.totalVm(mm), limits.memlockPages(task)) > 0
                && !limits.mayLockAll(task)) {
            return -ENOMEM;
        }
        long lock = VM_LOCKED | ((flags & MCL_ONFAULT) != 0 ? VM_LOCKONFAULT : 0);
        mms.setDefFlags(mm, (mms.defFlags(mm) & ~VM_LOCKED_MASK) | ((flags & MCL_FUTURE) != 0 ? lock : 0));
        if (current) {
            applyAll(mm, lock);
            populateAll(mm);
        }
        return 0;
    }

    /** munlockall(2). */
    public int munlockall(int task) {
        int mm = limits.mm(task);
        mms.setDefFlags(mm, mms.defFlags(mm) & ~VM_LOCKED_MASK);
        applyAll(mm, 0);
        return 0;
    }

    /** msync(2). Shared pages are the file's own, so there is nothing to write. */
    public int msync(int task, long start, long length, int flags) {
        if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) != 0
                || (start & Frames.PAGE_MASK) != 0
                || (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC)) {
            return -EINVAL;
        }
        long end = start + ((length + Frames.PAGE_MASK) & -Frames.PAGE_SIZE);
        if (Long.compareUnsigned(end, start) < 0) {
            return -ENOMEM;
        }
        int mm = limits.mm(task);
        int unmapped = 0;
        long at = start;
        while (at != end) {
            int vma = at < 0 ? NULL : tree.find(mm, at);
            if (vma == NULL) {
                return -ENOMEM;
            }
            if (at < vmas.start(vma)) {
                if (flags == MS_ASYNC) {
                    return -ENOMEM;
                }
                at = vmas.start(vma);
                if (Long.compareUnsigned(at, end) >= 0) {
                    return -ENOMEM;
                }
                unmapped = -ENOMEM;
            }
            if ((flags & MS_INVALIDATE) != 0 && vmas.has(vma, VM_LOCKED)) {
                return -EBUSY;
            }
            at = Long.compareUnsigned(end, vmas.end(vma)) < 0 ? end : vmas.end(vma);
        }
        return unmapped;
    }

    /** mincore(2): writes a byte for each page, 1 if it is in memory. 0 or a negative errno. */
    public int mincore(int task, long start, long length, long vector) {
        if ((start & Frames.PAGE_MASK) != 0) {
            return -EINVAL;
        }
        if (!UserMemory.accessOk(start, length)) {
            return -ENOMEM;
        }
        long pages = (length + Frames.PAGE_MASK) >>> Frames.PAGE_SHIFT;
        if (!UserMemory.accessOk(vector, pages)) {
            return -EFAULT;
        }
        int mm = limits.mm(task);
        for (long i = 0; i < pages; i++) {
            long at = start + (i << Frames.PAGE_SHIFT);
            int vma = tree.lookup(mm, at);
            if (vma == NULL) {
                return -ENOMEM;
            }
            if (spaces.memory().putByte(mm, vector + i, isInCore(vma, at) ? 1 : 0) != 0) {
                return -EFAULT;
            }
        }
        return 0;
    }

    private boolean isInCore(int vma, long address) {
        if ((spaces.pageRanges().get(vmas.mm(vma), address >>> Frames.PAGE_SHIFT) & PageTables.PRESENT) != 0) {
            return true;
        }
        long page = vmas.pgoff(vma) + ((address - vmas.start(vma)) >>> Frames.PAGE_SHIFT);
        return switch (vmas.kind(vma)) {
            case VmaTable.FILE -> spaces.files().frame(vmas.file(vma), page, false) >= 0;
            case VmaTable.SHMEM -> spaces.shmem().has(vmas.file(vma), page);
            case VmaTable.SPECIAL -> true;
            default -> false;
        };
    }

    /** apply_vma_lock_flags(). */
    private int apply(int mm, long start, long bytes, long lock) {
        long end = start + bytes;
        if (Long.compareUnsigned(end, start) < 0) {
            return -EINVAL;
        }
        long at = start;
        while (at != end) {
            int vma = at < 0 ? NULL : tree.lookup(mm, at);
            if (vma == NULL) {
                return -ENOMEM;
            }
            long last = Long.compareUnsigned(end, vmas.end(vma)) < 0 ? end : vmas.end(vma);
            int error = fixup(vma, at, last, lock);
            if (error != 0) {
                return error;
            }
            at = last;
        }
        return 0;
    }

    private void applyAll(int mm, long lock) {
        int vma = tree.first(mm);
        while (vma != NULL) {
            long end = vmas.end(vma);
            fixup(vma, vmas.start(vma), end, lock);
            vma = tree.find(mm, end);
        }
    }

    private void populateAll(int mm) {
        int vma = tree.first(mm);
        while (vma != NULL) {
            spaces.populate(mm, vmas.start(vma), vmas.end(vma));
            vma = tree.next(vma);
        }
    }

    /** mlock_fixup(). */
    private int fixup(int vma, long start, long end, long lock) {
        long old = vmas.flags(vma);
        long flags = (old & ~VM_LOCKED_MASK) | lock;
        if (flags == old || (old & VmFlags.VM_SPECIAL) != 0) {
            return 0;
        }
        return Math.min(0, spaces.regions().modify(vma, start, end, flags));
    }

    /** count_mm_mlocked_page_nr(). */
    private long lockedPages(int mm, long start, long end) {
        long bytes = 0;
        int vma = tree.findIntersection(mm, start, end);
        while (vma != NULL) {
            if (vmas.has(vma, VM_LOCKED)) {
                bytes += Math.min(end, vmas.end(vma)) - Math.max(start, vmas.start(vma));
            }
            vma = tree.findIntersection(mm, vmas.end(vma), end);
        }
        return bytes >>> Frames.PAGE_SHIFT;
    }
}
