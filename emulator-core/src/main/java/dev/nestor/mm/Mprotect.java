package dev.nestor.mm;

import static dev.nestor.mm.VmFlags.VM_ACCESS_FLAGS;
import static dev.nestor.mm.VmFlags.VM_ACCOUNT;
import static dev.nestor.mm.VmFlags.VM_NORESERVE;
import static dev.nestor.mm.VmFlags.VM_SHARED;
import static dev.nestor.mm.VmFlags.VM_WRITE;
import static dev.nestor.table.Table.NULL;
import static dev.nestor.uapi.Errno.EACCES;
import static dev.nestor.uapi.Errno.EINVAL;
import static dev.nestor.uapi.Errno.ENOMEM;
import static dev.nestor.uapi.Mman.PROT_EXEC;
import static dev.nestor.uapi.Mman.PROT_GROWSDOWN;
import static dev.nestor.uapi.Mman.PROT_GROWSUP;
import static dev.nestor.uapi.Mman.PROT_READ;
import static dev.nestor.uapi.Mman.PROT_WRITE;

import dev.nestor.machine.Work;

/** mprotect(2): mm/mprotect.c. */
public final class Mprotect {
    private static final int PROT_SEM = 8;
    private static final int PROT_GROWS = PROT_GROWSDOWN | PROT_GROWSUP;

    private final AddressSpaces spaces;
    private final VmaTable vmas;
    private final VmaTree tree;
    private final Regions regions;
    private final PageRanges pages;
    private final MmLimits limits;

    public Mprotect(AddressSpaces spaces, MmLimits limits) {
        this.spaces = spaces;
        this.vmas = spaces.vmas();
        this.tree = spaces.tree();
        this.regions = spaces.regions();
        this.pages = spaces.pageRanges();
        this.limits = limits;
    }

    /** do_mprotect_pkey(): 0 or a negative errno. What comes before the fault in a range has been changed. */
    public int mprotect(int task, long start, long length, int prot) {
        int grows = prot & PROT_GROWS;
        if (grows == PROT_GROWS || (start & Frames.PAGE_MASK) != 0) {
            return -EINVAL;
        }
        if (length == 0) {
            return 0;
        }
        long end = start + ((length + Frames.PAGE_MASK) & -Frames.PAGE_SIZE);
        if (Long.compareUnsigned(end, start) <= 0) {
            return -ENOMEM;
        }
        if ((prot & ~(PROT_GROWS | PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM)) != 0) {
            return -EINVAL;
        }
        int vma = start < 0 ? NULL : tree.find(limits.mm(task), start);
        if (vma == NULL) {
            return -ENOMEM;
        }
        if ((grows & PROT_GROWSDOWN) != 0) {
            if (vmas.start(vma) >= end) {
                return -ENOMEM;
            }
            return vmas.has(vma, VmFlags.VM_GROWSDOWN) ? protect(task, vmas.start(vma), end, prot) : -EINVAL;
        }
        if (vmas.start(vma) > start) {
            return -ENOMEM;
        }
        return (grows & PROT_GROWSUP) != 0 ? -EINVAL : protect(task, start, end, prot);
    }

    private int protect(int task, long start, long end, int prot) {
        int mm = limits.mm(task);
        long at = start;
        while (Long.compareUnsigned(at, end) < 0) {
            int vma = tree.lookup(mm, at);
            if (vma == NULL) {
                return -ENOMEM;
            }
            long flags = (vmas.flags(vma) & ~VM_ACCESS_FLAGS) | VmFlags.ofProt(prot);
            /* VM_MAY* stand four bits above what they allow. */
            if ((flags & ~(flags >> 4) & VM_ACCESS_FLAGS) != 0) {
                return -EACCES;
            }
            long last = Long.compareUnsigned(end, vmas.end(vma)) < 0 ? end : vmas.end(vma);
            int error = fixup(task, vma, at, last, flags);
            if (error != 0) {
                return error;
            }
            at = last;
        }
        return 0;
    }

    /** mprotect_fixup(). */
    private int fixup(int task, int vma, long start, long end, long wanted) {
        long old = vmas.flags(vma);
        if (old == wanted) {
            return 0;
        }
        long flags = wanted;
        long count = (end - start) >>> Frames.PAGE_SHIFT;
        if ((flags & VM_WRITE) != 0) {
            if (!limits.mayExpand(task, flags, count) && limits.mayExpand(task, old, count)) {
                return -ENOMEM;
            }
            if ((old & (VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE)) == 0) {
                if (!limits.enoughMemory(count)) {
                    return -ENOMEM;
                }
                flags |= VM_ACCOUNT;
            }
        } else if ((old & VM_ACCOUNT) != 0 && vmas.kind(vma) == VmaTable.ANON && vmas.anonVma(vma) == 0) {
            flags &= ~VM_ACCOUNT;
        }
        int changed = regions.modify(vma, start, end, flags);
        if (changed < 0) {
            return changed;
        }
        pages.protect(changed, start, end);
        spaces.work().add(Work.TLB_FLUSH);
        /* What is locked gets its private pages now, not at the first write. */
        if ((old & (VM_WRITE | VM_SHARED | VmFlags.VM_LOCKED)) == VmFlags.VM_LOCKED && (flags & VM_WRITE) != 0) {
            spaces.populate(limits.mm(task), start, end);
        }
        return 0;
    }
}
