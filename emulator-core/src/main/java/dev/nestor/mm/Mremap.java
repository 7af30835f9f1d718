package dev.nestor.mm;

import static dev.nestor.table.Table.NULL;
import static dev.nestor.uapi.Errno.EAGAIN;
import static dev.nestor.uapi.Errno.EFAULT;
import static dev.nestor.uapi.Errno.EINVAL;
import static dev.nestor.uapi.Errno.ENOMEM;
import static dev.nestor.uapi.Mman.MAP_FIXED;
import static dev.nestor.uapi.Mman.MREMAP_DONTUNMAP;
import static dev.nestor.uapi.Mman.MREMAP_FIXED;
import static dev.nestor.uapi.Mman.MREMAP_MAYMOVE;

/** mremap(2): mm/mremap.c. */
public final class Mremap {
    private static final long FIXED_SIZE = VmFlags.VM_DONTEXPAND | VmFlags.VM_PFNMAP;

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final VmaTree tree;
    private final Regions regions;
    private final MmLimits limits;
    private final Placement placement;
    private final MmapFiles files;
    /* The call that is being made: vma_remap_struct. */
    private int task;
    private int mm;
    private int flags;
    private long addr;
    private long oldLen;
    private long newLen;
    private long newAddr;

    public Mremap(AddressSpaces spaces, MmLimits limits, Mmap mmap, MmapFiles files) {
        this.spaces = spaces;
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.tree = spaces.tree();
        this.regions = spaces.regions();
        this.limits = limits;
        this.placement = mmap.placement();
        this.files = files;
    }

    /** do_mremap(): the address, or a negative errno. */
    public long mremap(int caller, long address, long oldLength, long newLength, long how, long newAddress) {
        task = caller;
        mm = limits.mm(caller);
        addr = address;
        oldLen = (oldLength + Frames.PAGE_MASK) & -Frames.PAGE_SIZE;
        newLen = (newLength + Frames.PAGE_MASK) & -Frames.PAGE_SIZE;
        newAddr = newAddress;
        flags = (int) how;
        if ((how & ~(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP)) != 0) {
            return -EINVAL;
        }
        int error = checkParameters();
        if (error != 0) {
            return error;
        }
        if ((flags & MREMAP_FIXED) != 0 && oldLen == newLen) {
            return moveAll();
        }
        int vma = addr < 0 ? NULL : tree.lookup(mm, addr);
        error = checkVma(vma);
        if (error != 0) {
            return error;
        }
        return impliesNewAddress() ? moveTo(vma) : resize(vma);
    }

    private boolean impliesNewAddress() {
        return (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) != 0;
    }

    /** check_mremap_params(). */
    private int checkParameters() {
        if ((addr & Frames.PAGE_MASK) != 0
                || newLen == 0
                || Long.compareUnsigned(newLen, AddressSpaces.TASK_SIZE_MAX) > 0) {
            return -EINVAL;
        }
        if (!impliesNewAddress()) {
            return 0;
        }
        if (Long.compareUnsigned(newAddr, AddressSpaces.TASK_SIZE_MAX - newLen) > 0
                || (newAddr & Frames.PAGE_MASK) != 0
                || (flags & MREMAP_MAYMOVE) == 0
                || ((flags & MREMAP_DONTUNMAP) != 0 && oldLen != newLen)
                || (addr + oldLen > newAddr && newAddr + newLen > addr)) {
            return -EINVAL;
        }
        return mms.mapCount(mm) + 2 >= spaces.maxMapCount() - 3 ? -ENOMEM : 0;
    }

    /** check_prep_vma(). */
    private int checkVma(int vma) {
        if (vma == NULL) {
            return -EFAULT;
        }
        if (!grows() && !impliesNewAddress()) {
            return 0;
        }
        if (oldLen == 0 && !vmas.has(vma, VmFlags.VM_SHARED | VmFlags.VM_MAYSHARE)) {
            return -EINVAL;
        }
        if ((flags & MREMAP_DONTUNMAP) != 0 && vmas.has(vma, FIXED_SIZE)) {
            return -EINVAL;
        }
        if (Long.compareUnsigned(grows() ? oldLen : newLen, vmas.end(vma) - addr) > 0) {
            return -EFAULT;
        }
        if (!grows()) {
            return 0;
        }
        long pgoff = pgoffAt(vma);
        if (Long.compareUnsigned(pgoff + (newLen >>> Frames.PAGE_SHIFT), pgoff) < 0) {
            return -EINVAL;
        }
        if (vmas.has(vma, FIXED_SIZE)) {
            return -EFAULT;
        }
        long delta = newLen - oldLen;
        if (!limits.mlockFutureOk(task, vmas.flags(vma), delta)) {
            return -EAGAIN;
        }
        return limits.mayExpand(task, vmas.flags(vma), delta >>> Frames.PAGE_SHIFT) ? 0 : -ENOMEM;
    }

    /** remap_move(): moves all mappings of a range, which may have gaps but not at its start. */
    private long moveAll() {
        long start = addr;
        long end = addr + oldLen;
        long target = newAddr;
        long lastEnd = 0;
        long result = -EFAULT;
        int vma = start < 0 ? NULL : tree.findIntersection(mm, start, end);
        while (vma != NULL) {
            if (lastEnd == 0 && vmas.start(vma) > start) {
                return -EFAULT;
            }
            long from = Math.max(vmas.start(vma), start);
            long gap = lastEnd == 0 ? 0 : vmas.start(vma) - lastEnd;
            lastEnd = vmas.end(vma);
            addr = from;
            oldLen = Math.min(end, lastEnd) - from;
            newLen = oldLen;
            newAddr = target + gap;
            int error = checkVma(vma);
            long moved = error != 0 ? error : moveTo(vma);
            if (moved < 0) {
                return moved;
            }
            result = result == -EFAULT ? moved : result;
            target = moved + newLen;
            vma = lastEnd < end ? tree.findIntersection(mm, lastEnd, end) : NULL;
        }
        return result;
    }

    /** mremap_to(). */
    private long moveTo(int at) {
        int vma = at;
        if ((flags & MREMAP_FIXED) != 0) {
            int error = regions.unmap(mm, newAddr, newAddr + newLen);
            if (error != 0) {
                return error;
            }
            vma = tree.lookup(mm, addr);
        }
        if (vma != NULL && shrinks()) {
            int error = shrink();
            if (error != 0) {
                return error;
            }
            vma = tree.lookup(mm, addr);
            oldLen = newLen;
        }
        if (vma == NULL) {
            return -EFAULT;
        }
        if ((flags & MREMAP_DONTUNMAP) != 0 && !limits.mayExpand(task, vmas.flags(vma), oldLen >>> Frames.PAGE_SHIFT)) {
            return -ENOMEM;
        }
        return place(vma, newAddr);
    }

    /** mremap_at(). */
    private long resize(int vma) {
        if (oldLen == newLen) {
            return addr;
        }
        if (shrinks()) {
            int error = shrink();
            return error == 0 ? addr : error;
        }
        if (canExpandInPlace(vma)) {
            return expandInPlace(vma);
        }
        return (flags & MREMAP_MAYMOVE) == 0 ? -ENOMEM : place(vma, 0);
    }

    /** shrink_vma(): what is unmapped may lie beyond the vma. */
    private int shrink() {
        return UserMemory.accessOk(addr + newLen, oldLen - newLen)
                ? regions.unmap(mm, addr + newLen, addr + oldLen)
                : -EINVAL;
    }

    private boolean shrinks() {
        return Long.compareUnsigned(oldLen, newLen) > 0;
    }

    private boolean grows() {
        return Long.compareUnsigned(oldLen, newLen) < 0;
    }

    private boolean canExpandInPlace(int vma) {
        long end = vmas.end(vma) + newLen - oldLen;
        return vmas.end(vma) - addr == oldLen
                && end <= AddressSpaces.TASK_SIZE_MAX
                && tree.findIntersection(mm, vmas.end(vma), end) == NULL
                && limits.mayMapAt(task, vmas.start(vma));
    }

    private long expandInPlace(int vma) {
        long delta = newLen - oldLen;
        if (vmas.has(vma, VmFlags.VM_ACCOUNT) && !limits.enoughMemory(delta >>> Frames.PAGE_SHIFT)) {
            return -ENOMEM;
        }
        boolean locked = vmas.has(vma, VmFlags.VM_LOCKED);
        regions.extend(vma, vmas.end(vma) + delta);
        if (locked) {
            spaces.populate(mm, addr + oldLen, addr + newLen);
        }
        return addr;
    }

    /** vrm_set_new_addr() and move_vma(): copies the mapping and its pages to a new place, and drops the old one. */
    private long place(int vma, long hint) {
        long to =
                placement.find(task, hint, newLen, (flags & MREMAP_FIXED) != 0 ? MAP_FIXED : 0, alignOffset(vma, hint));
        if (to < 0) {
            return to;
        }
        if (mms.mapCount(mm) >= spaces.maxMapCount() - 3) {
            return -ENOMEM;
        }
        boolean keep = (flags & MREMAP_DONTUNMAP) != 0;
        long charged = (keep ? newLen : newLen - oldLen) >>> Frames.PAGE_SHIFT;
        if (vmas.has(vma, VmFlags.VM_ACCOUNT) && !limits.enoughMemory(charged)) {
            return -ENOMEM;
        }
        boolean locked = vmas.has(vma, VmFlags.VM_LOCKED);
        long highest = mms.hiwaterVm(mm);
        int copy = regions.addMoved(vma, addr, to, newLen);
        if (copy == NULL) {
            return -ENOMEM;
        }
        spaces.pageRanges().move(mm, addr, to, oldLen);
        if (keep) {
            forget(tree.lookup(mm, addr), copy);
        } else if (oldLen != 0) {
            regions.unmap(mm, addr, addr + oldLen);
        }
        mms.setHiwaterVm(mm, highest);
        if (locked && newLen > oldLen) {
            spaces.populate(mm, to + oldLen, to + newLen);
        }
        return to;
    }

    /** dontunmap_complete(): what stays is not locked and has no pages. */
    private void forget(int old, int copy) {
        vmas.setFlags(old, vmas.flags(old) & ~VmFlags.VM_LOCKED_MASK);
        if (old != copy && vmas.start(old) == addr && vmas.end(old) == addr + oldLen) {
            vmas.setAnonVma(old, 0);
            vmas.setAnonCloned(old, false);
        }
    }

    private long pgoffAt(int vma) {
        return vmas.pgoff(vma) + ((addr - vmas.start(vma)) >>> Frames.PAGE_SHIFT);
    }

    private long alignOffset(int vma, long hint) {
        if (vmas.kind(vma) == VmaTable.FILE) {
            boolean aligned = (files.mode(vmas.file(vma)) & MmapFiles.ALIGNED) != 0;
            return aligned ? pgoffAt(vma) << Frames.PAGE_SHIFT : -1;
        }
        return vmas.kind(vma) == VmaTable.ANON && hint == 0 && (newLen & ((2L << 20) - 1)) == 0 ? 0 : -1;
    }
}
