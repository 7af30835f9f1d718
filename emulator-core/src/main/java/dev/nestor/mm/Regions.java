package dev.nestor.mm;

import static dev.nestor.table.Table.NULL;
import static dev.nestor.uapi.Errno.EFAULT;
import static dev.nestor.uapi.Errno.ENOMEM;
import static dev.nestor.uapi.Errno.EPERM;

/** What happens to vmas: making, merging, splitting, changing, removing. Mirrors mm/vma.c. */
final class Regions {
    /*
     * Merging. Two neighbours are one vma when their flags and what stands behind them are equal, their offsets
     * go on into each other and their anon_vmas can be one: one has none, or both the same. An anon_vma that came by
     * fork takes no neighbour without one (the kernel keeps such chains short). A new mapping has no anon_vma.
     */
    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final VmaTree tree;
    private final PageRanges pages;

    Regions(AddressSpaces spaces, PageRanges pages) {
        this.spaces = spaces;
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.tree = spaces.tree();
        this.pages = pages;
    }

    /**
     * mmap_region(), its last part: adds a mapping where nothing is, merging it with its neighbours.
     *
     * @param file by kind; the new vma takes a holder of its own
     * @return the vma, which may be larger; NULL when there are no rows left
     */
    int add(int mm, long start, long end, long flags, long pgoff, int kind, int file) {
        int vma = tryMergeNew(mm, start, end, flags, pgoff, kind, file);
        if (vma == NULL) {
            vma = vmas.alloc();
            if (vma == NULL) {
                return NULL;
            }
            vmas.setStart(vma, start);
            vmas.setEnd(vma, end);
            vmas.setFlags(vma, flags);
            vmas.setPgoff(vma, pgoff);
            vmas.setKind(vma, kind);
            vmas.setFile(vma, file);
            spaces.holdBacking(vma);
            tree.insert(mm, vma);
        }
        account(mm, flags, (end - start) >> Frames.PAGE_SHIFT);
        return vma;
    }

    /** vm_stat_account(): counts pages that are now mapped with these flags, or no longer. */
    void account(int mm, long flags, long by) {
        mms.setTotalVm(mm, mms.totalVm(mm) + by);
        mms.setHiwaterVm(mm, Math.max(mms.hiwaterVm(mm), mms.totalVm(mm)));
        if (VmFlags.isExec(flags)) {
            mms.setExecVm(mm, mms.execVm(mm) + by);
        } else if (VmFlags.isStack(flags)) {
            mms.setStackVm(mm, mms.stackVm(mm) + by);
        } else if (VmFlags.isData(flags)) {
            mms.setDataVm(mm, mms.dataVm(mm) + by);
        }
        if ((flags & VmFlags.VM_LOCKED) != 0) {
            mms.setLockedVm(mm, mms.lockedVm(mm) + by);
        }
    }

    /** do_vmi_munmap(): removes what is mapped in a range. 0, or -ENOMEM when a vma cannot be split. */
    int unmap(int mm, long start, long end) {
        int vma = tree.findIntersection(mm, start, end);
        if (vma == NULL) {
            return 0;
        }
        if (vmas.start(vma) < start) {
            if (end < vmas.end(vma) && mms.mapCount(mm) >= spaces.maxMapCount()) {
                return -ENOMEM;
            }
            vma = split(vma, start);
            if (vma == NULL) {
                return -ENOMEM;
            }
        }
        int last = tree.lookup(mm, end - 1);
        if (last != NULL && vmas.end(last) > end && split(last, end) == NULL) {
            return -ENOMEM;
        }
        while (vma != NULL) {
            remove(mm, vma);
            vma = tree.findIntersection(mm, start, end);
        }
        return 0;
    }

    /** Removes a whole vma with its pages. */
    void remove(int mm, int vma) {
        pages.zap(vma, vmas.start(vma), vmas.end(vma));
        account(mm, vmas.flags(vma), -vmas.pages(vma));
        discard(mm, vma);
    }

    /** __split_vma(): the upper half, which is new; NULL when there are no rows left. Does not look at max_map_count. */
    int split(int vma, long address) {
        assert vmas.start(vma) < address && address < vmas.end(vma) : "split outside";
        int upper = copy(vma);
        if (upper == NULL) {
            return NULL;
        }
        int mm = vmas.mm(vma);
        vmas.setPgoff(upper, vmas.pgoff(vma) + ((address - vmas.start(vma)) >>> Frames.PAGE_SHIFT));
        vmas.setStart(upper, address);
        tree.resize(vma, vmas.start(vma), address);
        tree.insert(mm, upper);
        return upper;
    }

    /** vm_area_dup(): a row with the same mapping that is in no tree yet. */
    int copy(int vma) {
        int copy = vmas.alloc();
        if (copy == NULL) {
            return NULL;
        }
        vmas.setStart(copy, vmas.start(vma));
        vmas.setEnd(copy, vmas.end(vma));
        vmas.setFlags(copy, vmas.flags(vma));
        vmas.setPgoff(copy, vmas.pgoff(vma));
        vmas.setKind(copy, vmas.kind(vma));
        vmas.setFile(copy, vmas.file(vma));
        vmas.setAnonVma(copy, vmas.anonVma(vma));
        vmas.setAnonCloned(copy, vmas.anonCloned(vma));
        spaces.holdBacking(copy);
        return copy;
    }

    /**
     * vma_modify(): gives a part of a vma other flags, merging or splitting. Pages stay as they are.
     *
     * @return the vma that now covers the part; NULL when a split is needed and refused
     */
    int modify(int vma, long start, long end, long flags) {
        int mm = vmas.mm(vma);
        long old = vmas.flags(vma);
        int target = mergeExisting(vma, start, end, flags);
        if (target == NULL) {
            target = carve(vma, start, end);
            if (target == NULL) {
                return NULL;
            }
            vmas.setFlags(target, flags);
        }
        long changed = (end - start) >>> Frames.PAGE_SHIFT;
        account(mm, old, -changed);
        account(mm, flags, changed);
        return target;
    }

    /** expand_downwards(): 0, or why a stack cannot reach down to an address. */
    int expandDownwards(int vma, long address) {
        if (!vmas.has(vma, VmFlags.VM_GROWSDOWN)) {
            return -EFAULT;
        }
        int mm = vmas.mm(vma);
        long start = address & -Frames.PAGE_SIZE;
        if (start < spaces.mmapMinAddr()) {
            return -EPERM;
        }
        int prev = tree.prev(vma);
        if (prev != NULL
                && !vmas.has(prev, VmFlags.VM_GROWSDOWN)
                && vmas.has(prev, VmFlags.VM_ACCESS_FLAGS)
                && start - vmas.end(prev) < AddressSpaces.STACK_GUARD_GAP) {
            return -ENOMEM;
        }
        long size = vmas.end(vma) - start;
        long grow = (vmas.start(vma) - start) >>> Frames.PAGE_SHIFT;
        if (Long.compareUnsigned(size, mms.stackLimit(mm)) > 0 || grow > vmas.pgoff(vma)) {
            return -ENOMEM;
        }
        tree.resize(vma, start, vmas.end(vma));
        vmas.setPgoff(vma, vmas.pgoff(vma) - grow);
        account(mm, vmas.flags(vma), grow);
        return 0;
    }

    /** Lets a vma reach further up into free space. */
    void extend(int vma, long end) {
        long grow = (end - vmas.end(vma)) >>> Frames.PAGE_SHIFT;
        tree.resize(vma, vmas.start(vma), end);
        account(vmas.mm(vma), vmas.flags(vma), grow);
    }

    /** anon_vma_prepare(): gives the vma an anon_vma, a neighbour's if the two could be one but for protection. */
    void prepareAnonVma(int vma) {
        if (vmas.anonVma(vma) != 0) {
            return;
        }
        int next = tree.next(vma);
        int prev = tree.prev(vma);
        int mm = vmas.mm(vma);
        if (next != NULL && couldShareAnonVma(vma, next) && reusable(next)) {
            vmas.setAnonVma(vma, vmas.anonVma(next));
        } else if (prev != NULL && couldShareAnonVma(prev, vma) && reusable(prev)) {
            vmas.setAnonVma(vma, vmas.anonVma(prev));
        } else {
            giveOwnAnonVma(mm, vma);
        }
    }

    /** anon_vma_fork(): what the child's copy of a vma has of its own. */
    void forkAnonVma(int mm, int copy) {
        if (vmas.anonVma(copy) != 0) {
            giveOwnAnonVma(mm, copy);
            vmas.setAnonCloned(copy, true);
        }
    }

    private void giveOwnAnonVma(int mm, int vma) {
        int number = mms.nextAnonVma(mm) + 1;
        mms.setNextAnonVma(mm, number);
        vmas.setAnonVma(vma, number);
    }

    private boolean reusable(int vma) {
        return vmas.anonVma(vma) != 0 && !vmas.anonCloned(vma);
    }

    private boolean couldShareAnonVma(int lower, int upper) {
        return vmas.end(lower) == vmas.start(upper)
                && ((vmas.flags(lower) ^ vmas.flags(upper)) & ~VmFlags.VM_ACCESS_FLAGS) == 0
                && vmas.kind(lower) == vmas.kind(upper)
                && vmas.file(lower) == vmas.file(upper)
                && vmas.pgoff(upper) == vmas.pgoff(lower) + vmas.pages(lower);
    }

    /** vma_merge_new_range(): the vma that a new mapping became part of, or NULL. */
    private int tryMergeNew(int mm, long start, long end, long flags, long pgoff, int kind, int file) {
        if ((flags & VmFlags.VM_SPECIAL) != 0 || kind == VmaTable.SPECIAL) {
            return NULL;
        }
        int prev = tree.lookup(mm, start - 1);
        int next = tree.lookup(mm, end);
        long count = (end - start) >>> Frames.PAGE_SHIFT;
        boolean left = prev != NULL
                && isLike(prev, flags, kind, file)
                && vmas.pgoff(prev) + vmas.pages(prev) == pgoff
                && anonVmasFit(vmas.anonVma(prev), vmas.anonCloned(prev), 0, false);
        boolean right = next != NULL
                && isLike(next, flags, kind, file)
                && vmas.pgoff(next) == pgoff + count
                && anonVmasFit(vmas.anonVma(next), vmas.anonCloned(next), 0, false)
                && (!left || anonVmasFit(prev, next));
        if (left && right) {
            absorb(mm, prev, next);
            return prev;
        }
        if (left) {
            tree.resize(prev, vmas.start(prev), end);
            return prev;
        }
        if (right) {
            vmas.setPgoff(next, pgoff);
            tree.resize(next, start, vmas.end(next));
            return next;
        }
        return NULL;
    }

    /** vma_merge_existing_range(): the neighbour that a part of a vma with new flags became part of, or NULL. */
    private int mergeExisting(int vma, long start, long end, long flags) {
        boolean atStart = start == vmas.start(vma);
        boolean atEnd = end == vmas.end(vma);
        if ((flags & VmFlags.VM_SPECIAL) != 0 || !(atStart || atEnd)) {
            return NULL;
        }
        int mm = vmas.mm(vma);
        int prev = atStart ? tree.lookup(mm, start - 1) : NULL;
        int next = atEnd ? tree.lookup(mm, end) : NULL;
        boolean left = prev != NULL && goesOn(prev, vma) && fitsFlags(prev, vma, flags) && anonVmasFit(prev, vma);
        boolean right = next != NULL
                && goesOn(vma, next)
                && fitsFlags(next, vma, flags)
                && anonVmasFit(next, vma)
                && (!left || anonVmasFit(prev, next));
        if (left && right) {
            takeAnonVma(prev, vma);
            discard(mm, vma);
            absorb(mm, prev, next);
            return prev;
        }
        if (left) {
            moveBoundaryUp(mm, prev, vma, end);
            return prev;
        }
        if (right) {
            moveBoundaryDown(mm, vma, next, start);
            return next;
        }
        return NULL;
    }

    private void moveBoundaryUp(int mm, int lower, int upper, long to) {
        takeAnonVma(lower, upper);
        if (to == vmas.end(upper)) {
            discard(mm, upper);
        } else {
            vmas.setPgoff(upper, vmas.pgoff(upper) + ((to - vmas.start(upper)) >>> Frames.PAGE_SHIFT));
            tree.resize(upper, to, vmas.end(upper));
        }
        tree.resize(lower, vmas.start(lower), to);
    }

    private void moveBoundaryDown(int mm, int lower, int upper, long to) {
        takeAnonVma(upper, lower);
        long down = (vmas.start(upper) - to) >>> Frames.PAGE_SHIFT;
        if (to == vmas.start(lower)) {
            discard(mm, lower);
        } else {
            tree.resize(lower, vmas.start(lower), to);
        }
        vmas.setPgoff(upper, vmas.pgoff(upper) - down);
        tree.resize(upper, to, vmas.end(upper));
    }

    /** Lets a vma reach to the end of the next one, which goes. */
    private void absorb(int mm, int vma, int next) {
        long end = vmas.end(next);
        takeAnonVma(vma, next);
        discard(mm, next);
        tree.resize(vma, vmas.start(vma), end);
    }

    private void takeAnonVma(int vma, int from) {
        if (vmas.anonVma(vma) == 0) {
            vmas.setAnonVma(vma, vmas.anonVma(from));
            vmas.setAnonCloned(vma, vmas.anonCloned(from));
        }
    }

    /** Takes a row out, leaving pages and counts alone. */
    private void discard(int mm, int vma) {
        tree.remove(mm, vma);
        spaces.releaseBacking(vma);
        vmas.free(vma);
    }

    /** split_vma() at both sides as needed: the vma of exactly a part, or NULL. */
    private int carve(int vma, long start, long end) {
        int part = vma;
        if (start > vmas.start(part)) {
            part = mayAdd(vmas.mm(vma)) ? split(part, start) : NULL;
        }
        if (part != NULL && end < vmas.end(part) && (!mayAdd(vmas.mm(vma)) || split(part, end) == NULL)) {
            return NULL;
        }
        return part;
    }

    private boolean mayAdd(int mm) {
        return mms.mapCount(mm) < spaces.maxMapCount();
    }

    private boolean isLike(int vma, long flags, int kind, int file) {
        return vmas.flags(vma) == flags && vmas.kind(vma) == kind && vmas.file(vma) == file;
    }

    private boolean fitsFlags(int vma, int other, long flags) {
        return vmas.kind(other) != VmaTable.SPECIAL && isLike(vma, flags, vmas.kind(other), vmas.file(other));
    }

    private boolean goesOn(int lower, int upper) {
        return vmas.end(lower) == vmas.start(upper) && vmas.pgoff(lower) + vmas.pages(lower) == vmas.pgoff(upper);
    }

    private boolean anonVmasFit(int one, int other) {
        return anonVmasFit(vmas.anonVma(one), vmas.anonCloned(one), vmas.anonVma(other), vmas.anonCloned(other));
    }

    private static boolean anonVmasFit(int one, boolean oneCloned, int other, boolean otherCloned) {
        if (one == 0 || other == 0) {
            return one == other || !(one == 0 ? otherCloned : oneCloned);
        }
        return one == other;
    }
}
