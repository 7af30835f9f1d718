package dev.nestor.mm;

import static dev.nestor.table.Table.NULL;
import static dev.nestor.uapi.Errno.EFAULT;
import static dev.nestor.uapi.Errno.EINVAL;
import static dev.nestor.uapi.Errno.ENOMEM;
import static dev.nestor.uapi.Errno.EPERM;

import dev.nestor.machine.Work;

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
    private final Work work;

    Regions(AddressSpaces spaces, PageRanges pages) {
        this.spaces = spaces;
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.tree = spaces.tree();
        this.pages = pages;
        this.work = spaces.work();
    }

    /**
     * vm_area_alloc(): a mapping that is in no mm yet.
     *
     * @param file by kind; the vma takes a holder of its own
     * @return NULL when there are no rows left
     */
    int make(long start, long end, long flags, long pgoff, int kind, int file) {
        int vma = vmas.alloc();
        if (vma != NULL) {
            vmas.setStart(vma, start);
            vmas.setEnd(vma, end);
            vmas.setFlags(vma, flags);
            vmas.setPgoff(vma, pgoff);
            vmas.setKind(vma, kind);
            vmas.setFile(vma, file);
            spaces.holdBacking(vma);
        }
        return vma;
    }

    /**
     * mmap_region(), its last part: adds a mapping where nothing is, merging it with its neighbours.
     *
     * @param made the mapping, or NULL
     * @return the vma, which may be a larger one; NULL when there was none
     */
    int add(int mm, int made) {
        if (made == NULL) {
            return NULL;
        }
        work.add(Work.VMA_CHANGE);
        account(mm, vmas.flags(made), vmas.pages(made));
        int merged = mergeNew(mm, made);
        if (merged == NULL) {
            tree.insert(mm, made);
            return made;
        }
        spaces.releaseBacking(made);
        vmas.free(made);
        return merged;
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

    /** do_vmi_munmap(): removes what is mapped in a range. 0, or -ENOMEM or -EINVAL when a vma cannot be split. */
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
            if (vma < 0) {
                return vma;
            }
        }
        int last = tree.lookup(mm, end - 1);
        if (last != NULL && vmas.end(last) > end) {
            int upper = split(last, end);
            if (upper < 0) {
                return upper;
            }
        }
        while (vma != NULL) {
            work.add(Work.VMA_CHANGE);
            drop(mm, vma);
            vma = tree.findIntersection(mm, start, end);
        }
        work.add(Work.TLB_FLUSH);
        return 0;
    }

    /** Removes a whole vma with its pages. */
    void drop(int mm, int vma) {
        pages.zap(vma, vmas.start(vma), vmas.end(vma));
        account(mm, vmas.flags(vma), -vmas.pages(vma));
        discard(mm, vma);
    }

    /**
     * __split_vma(): the upper half, which is new; -EINVAL for a special mapping, -ENOMEM when there are no rows left. Does
     * not look at max_map_count.
     */
    int split(int vma, long address) {
        assert vmas.start(vma) < address && address < vmas.end(vma) : "split outside";
        if (vmas.kind(vma) == VmaTable.SPECIAL) {
            return -EINVAL;
        }
        int upper = copy(vma);
        if (upper == NULL) {
            return -ENOMEM;
        }
        work.add(Work.VMA_CHANGE);
        int mm = vmas.mm(vma);
        vmas.setPgoff(upper, vmas.pgoff(vma) + ((address - vmas.start(vma)) >>> Frames.PAGE_SHIFT));
        vmas.setStart(upper, address);
        tree.resize(vma, vmas.start(vma), address);
        tree.insert(mm, upper);
        return upper;
    }

    /** vm_area_dup(): a row with the same mapping that is in no tree yet. */
    int copy(int vma) {
        int copy =
                make(vmas.start(vma), vmas.end(vma), vmas.flags(vma), vmas.pgoff(vma), vmas.kind(vma), vmas.file(vma));
        if (copy != NULL) {
            vmas.setAnonVma(copy, vmas.anonVma(vma));
            vmas.setAnonCloned(copy, vmas.anonCloned(vma));
            spaces.bindSegment(copy, vmas.segment(vma));
        }
        return copy;
    }

    /**
     * vma_modify(): gives a part of a vma other flags, merging or splitting. Pages stay as they are.
     *
     * @return the vma that now covers the part; -ENOMEM or -EINVAL when a split is needed and refused
     */
    int modify(int vma, long start, long end, long flags) {
        work.add(Work.VMA_CHANGE);
        int mm = vmas.mm(vma);
        long old = vmas.flags(vma);
        int target = mergeExisting(vma, start, end, flags);
        if (target == NULL) {
            target = carve(vma, start, end);
            if (target < 0) {
                return target;
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
        prepareAnonVma(vma);
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

    /** vma_merge_extend(): lets a vma reach further up into free space, and become one with what is there. */
    void extend(int vma, long end) {
        int mm = vmas.mm(vma);
        account(mm, vmas.flags(vma), (end - vmas.end(vma)) >>> Frames.PAGE_SHIFT);
        tree.resize(vma, vmas.start(vma), end);
        int next = tree.lookup(mm, end);
        if (next != NULL
                && mayMerge(vma, vmas.flags(vma))
                && mayVanish(next)
                && canJoin(vma, next, next, vmas.flags(vma))) {
            absorb(mm, vma, next);
        }
    }

    /**
     * copy_vma(): adds the mapping that a part of a vma is moved to.
     *
     * @param from where the part begins
     */
    int addMoved(int vma, long from, long to, long length) {
        int made = copy(vma);
        if (made == NULL) {
            return NULL;
        }
        boolean untouched = vmas.kind(vma) == VmaTable.ANON && vmas.anonVma(vma) == 0;
        long into = (from - vmas.start(vma)) >>> Frames.PAGE_SHIFT;
        vmas.setPgoff(made, untouched ? to >>> Frames.PAGE_SHIFT : vmas.pgoff(vma) + into);
        vmas.setStart(made, to);
        vmas.setEnd(made, to + length);
        return add(vmas.mm(vma), made);
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
    private int mergeNew(int mm, int made) {
        if (!mayMerge(made, vmas.flags(made))) {
            return NULL;
        }
        int prev = tree.lookup(mm, vmas.start(made) - 1);
        int next = tree.lookup(mm, vmas.end(made));
        boolean left = prev != NULL && canJoin(prev, made, prev, vmas.flags(made));
        boolean right =
                next != NULL && canJoin(made, next, next, vmas.flags(made)) && (!left || anonVmasFit(prev, next));
        if (left) {
            takeAnonVma(prev, made);
            tree.resize(prev, vmas.start(prev), vmas.end(made));
            if (right && mayVanish(next)) {
                absorb(mm, prev, next);
            }
            return prev;
        }
        if (right) {
            takeAnonVma(next, made);
            vmas.setPgoff(next, vmas.pgoff(made));
            tree.resize(next, vmas.start(made), vmas.end(next));
            return next;
        }
        return NULL;
    }

    /** vma_merge_existing_range(): the neighbour that a part of a vma with new flags became part of, or NULL. */
    private int mergeExisting(int vma, long start, long end, long flags) {
        boolean atStart = start == vmas.start(vma);
        boolean atEnd = end == vmas.end(vma);
        if (!mayMerge(vma, flags) || (atStart && atEnd && !mayVanish(vma))) {
            return NULL;
        }
        int mm = vmas.mm(vma);
        int prev = atStart ? tree.lookup(mm, start - 1) : NULL;
        int next = atEnd ? tree.lookup(mm, end) : NULL;
        boolean left = prev != NULL && canJoin(prev, vma, prev, flags);
        boolean right = next != NULL && canJoin(vma, next, next, flags) && (!left || anonVmasFit(prev, next));
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

    /** The vma of exactly a part, split off at both sides as needed, or a negative errno. */
    private int carve(int vma, long start, long end) {
        int part = start > vmas.start(vma) ? splitWithinLimit(vma, start) : vma;
        if (part > 0 && end < vmas.end(part)) {
            int upper = splitWithinLimit(part, end);
            return upper < 0 ? upper : part;
        }
        return part;
    }

    /** split_vma(). */
    private int splitWithinLimit(int vma, long address) {
        return mms.mapCount(vmas.mm(vma)) < spaces.maxMapCount() ? split(vma, address) : -ENOMEM;
    }

    private boolean mayMerge(int vma, long flags) {
        return (flags & VmFlags.VM_SPECIAL) == 0 && vmas.kind(vma) != VmaTable.SPECIAL;
    }

    /** can_merge_remove_vma(): an attachment is told of the end of each of its vmas, and merging is none. */
    private boolean mayVanish(int vma) {
        return vmas.segment(vma) == NULL;
    }

    /** Whether two neighbours can be one with these flags; one of them, {@code fixed}, has its flags already. */
    private boolean canJoin(int lower, int upper, int fixed, long flags) {
        return vmas.flags(fixed) == flags
                && vmas.kind(lower) == vmas.kind(upper)
                && vmas.file(lower) == vmas.file(upper)
                && vmas.segment(lower) == vmas.segment(upper)
                && vmas.end(lower) == vmas.start(upper)
                && vmas.pgoff(lower) + vmas.pages(lower) == vmas.pgoff(upper)
                && anonVmasFit(lower, upper);
    }

    private boolean anonVmasFit(int one, int other) {
        int anonOne = vmas.anonVma(one);
        int anonOther = vmas.anonVma(other);
        if (anonOne == 0 || anonOther == 0) {
            return !vmas.anonCloned(one) && !vmas.anonCloned(other);
        }
        return anonOne == anonOther;
    }
}
