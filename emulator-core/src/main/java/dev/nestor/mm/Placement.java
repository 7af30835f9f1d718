package dev.nestor.mm;

import static dev.nestor.table.Table.NULL;
import static dev.nestor.uapi.Errno.EINVAL;
import static dev.nestor.uapi.Errno.ENOMEM;
import static dev.nestor.uapi.Errno.EPERM;
import static dev.nestor.uapi.Mman.MAP_FIXED;

/** Where a mapping goes: get_unmapped_area() and its x86 part (arch/x86/kernel/sys_x86_64.c, mm/vma.c, mm/huge_memory.c). */
final class Placement {
    static final int MAP_32BIT = 0x40;

    private static final long PAGE = Frames.PAGE_SIZE;
    private static final long PMD_SIZE = 2L << 20;
    private static final long LOW_32BIT = 0x40000000L;
    private static final long HIGH_32BIT = 0x80000000L;
    /** TASK_UNMAPPED_BASE: where the search from below begins, a third of the way up. */
    private static final long BOTTOM_UP_BASE = (AddressSpaces.TASK_SIZE_MAX / 3 + PAGE - 1) & -PAGE;

    private final MmTable mms;
    private final VmaTable vmas;
    private final VmaTree tree;
    private final MmLimits limits;

    Placement(AddressSpaces spaces, MmLimits limits) {
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.tree = spaces.tree();
        this.limits = limits;
    }

    /**
     * __get_unmapped_area(): an address for a mapping.
     *
     * @param flags MAP_FIXED takes the address as it is; MAP_32BIT searches below 2 GiB
     * @param alignOffset offset in bytes that large mappings are aligned by, or -1 for no alignment
     * @return a page-aligned address, or a negative errno
     */
    long find(int task, long address, long length, int flags, long alignOffset) {
        if (Long.compareUnsigned(length, AddressSpaces.TASK_SIZE_MAX) > 0) {
            return -ENOMEM;
        }
        long found = search(task, address, length, flags, alignOffset);
        if (found < 0 && found > -4096) {
            return found;
        }
        if (Long.compareUnsigned(found, AddressSpaces.TASK_SIZE_MAX - length) > 0) {
            return -ENOMEM;
        }
        if ((found & Frames.PAGE_MASK) != 0) {
            return -EINVAL;
        }
        return limits.mayMapAt(task, found) ? found : -EPERM;
    }

    private long search(int task, long address, long length, int flags, long alignOffset) {
        int mm = limits.mm(task);
        if ((flags & MAP_FIXED) != 0) {
            return address;
        }
        long hint = address & -PAGE;
        boolean low = (flags & MAP_32BIT) == 0 || (hint >= 0 && hint <= HIGH_32BIT - length);
        if (hint != 0 && low && isFreeAt(mm, hint, length)) {
            return hint;
        }
        long suggested = takeSuggestion(mm, length);
        if (suggested != 0) {
            return suggested;
        }
        long aligned = alignOffset < 0 ? 0 : searchAligned(mm, length, flags, alignOffset);
        return aligned != 0 ? aligned : searchFree(mm, length, flags);
    }

    /** __thp_get_unmapped_area(): a place where huge pages fit, or 0. */
    private long searchAligned(int mm, long length, int flags, long offset) {
        long firstHuge = (offset + PMD_SIZE - 1) & -PMD_SIZE;
        if (offset + length - firstHuge < PMD_SIZE) {
            return 0;
        }
        long found = searchFree(mm, length + PMD_SIZE, flags);
        if (found < 0) {
            return 0;
        }
        long shift = (offset - found) & (PMD_SIZE - 1);
        return found + (shift == 0 ? PMD_SIZE : shift);
    }

    private long searchFree(int mm, long length, int flags) {
        if ((flags & MAP_32BIT) != 0) {
            return bottomUp(mm, LOW_32BIT, HIGH_32BIT, length);
        }
        long found = topDown(mm, PAGE, mms.mmapBase(mm), length);
        return found >= 0 ? found : bottomUp(mm, BOTTOM_UP_BASE, AddressSpaces.TASK_SIZE_MAX, length);
    }

    /** unmapped_area_topdown(): the highest free range, apart from the gaps that stacks keep free below them. */
    private long topDown(int mm, long low, long high, long length) {
        long limit = high;
        while (true) {
            long end = tree.highestGap(mm, low, limit, length);
            if (end < 0) {
                return -ENOMEM;
            }
            int next = tree.find(mm, end);
            if (next == NULL || startGap(next) >= end) {
                return end - length;
            }
            limit = startGap(next);
        }
    }

    private long bottomUp(int mm, long low, long high, long length) {
        long from = low;
        while (true) {
            long start = tree.lowestGap(mm, from, high, length);
            if (start < 0) {
                return -ENOMEM;
            }
            int next = tree.find(mm, start + length);
            if (next == NULL || startGap(next) >= start + length) {
                return start;
            }
            from = vmas.end(next);
        }
    }

    /** mmap_address_hint_valid() and the look at what is there. */
    private boolean isFreeAt(int mm, long address, long length) {
        if (address < 0 || address > AddressSpaces.TASK_SIZE_MAX - length) {
            return false;
        }
        int vma = tree.find(mm, address);
        return vma == NULL || address + length <= startGap(vma);
    }

    private long takeSuggestion(int mm, long length) {
        long address = mms.suggested(mm);
        mms.setSuggested(mm, 0);
        boolean lawful = address >= PAGE && (address & Frames.PAGE_MASK) == 0 && isFreeAt(mm, address, length);
        return lawful ? address : 0;
    }

    /** vm_start_gap(): where a vma begins, with the room that a stack keeps below it. */
    long startGap(int vma) {
        long start = vmas.start(vma);
        return vmas.has(vma, VmFlags.VM_GROWSDOWN) ? Math.max(0, start - AddressSpaces.STACK_GUARD_GAP) : start;
    }
}
