package dev.nestor.mm;

import static dev.nestor.table.Table.NULL;

/** The vmas of each mm, in the order of their addresses: what the kernel keeps in a maple tree. */
final class VmaTree {
    /*
     * A treap: a search tree by address that is a heap by a number mixed from the handle, so that its shape depends on
     * nothing but the run. Every node knows the lowest and highest address of its subtree and the widest gap
     * between neighbours in it, by which free ranges are found without a walk (gaps outside the ends are the caller's).
     * Depth is about 2 ln n: 40 at the 65530 vmas that an mm may have.
     */
    private final MmTable mms;
    private final VmaTable vmas;
    private int cached; // vm_area_struct found last, or NULL; not part of the state

    VmaTree(MmTable mms, VmaTable vmas) {
        this.mms = mms;
        this.vmas = vmas;
    }

    /** find_vma(): the first vma that ends above the address, or NULL. */
    int find(int mm, long address) {
        int last = cached;
        if (last != NULL && vmas.mm(last) == mm && vmas.start(last) <= address && address < vmas.end(last)) {
            return last;
        }
        int found = NULL;
        int at = mms.root(mm);
        while (at != NULL) {
            if (vmas.end(at) > address) {
                found = at;
                at = vmas.left(at);
            } else {
                at = vmas.right(at);
            }
        }
        if (found != NULL) {
            cached = found;
        }
        return found;
    }

    /** vma_lookup(): the vma with the address, or NULL. */
    int lookup(int mm, long address) {
        int vma = find(mm, address);
        return vma != NULL && vmas.start(vma) <= address ? vma : NULL;
    }

    /** find_vma_intersection(): the first vma with an address in [start, end), or NULL. */
    int findIntersection(int mm, long start, long end) {
        int vma = find(mm, start);
        return vma != NULL && vmas.start(vma) < end ? vma : NULL;
    }

    /** The last vma that starts below the address, or NULL. */
    int findBelow(int mm, long address) {
        int found = NULL;
        int at = mms.root(mm);
        while (at != NULL) {
            if (vmas.start(at) < address) {
                found = at;
                at = vmas.right(at);
            } else {
                at = vmas.left(at);
            }
        }
        return found;
    }

    int first(int mm) {
        return find(mm, 0);
    }

    int next(int vma) {
        return find(vmas.mm(vma), vmas.end(vma));
    }

    int prev(int vma) {
        return findBelow(vmas.mm(vma), vmas.start(vma));
    }

    void insert(int mm, int vma) {
        assert findIntersection(mm, vmas.start(vma), vmas.end(vma)) == NULL : "overlap";
        vmas.setMm(vma, mm);
        pull(vma);
        mms.setRoot(mm, insertBelow(mms.root(mm), vma));
        mms.setMapCount(mm, mms.mapCount(mm) + 1);
    }

    void remove(int mm, int vma) {
        mms.setRoot(mm, removeBelow(mms.root(mm), vma));
        mms.setMapCount(mm, mms.mapCount(mm) - 1);
        cached = NULL;
        vmas.setLeft(vma, NULL);
        vmas.setRight(vma, NULL);
        vmas.setMm(vma, NULL);
    }

    /** Moves the bounds of a vma, which stays between its neighbours. */
    void resize(int vma, long start, long end) {
        long key = vmas.start(vma);
        assert start < end : start + " to " + end;
        cached = NULL;
        vmas.setStart(vma, start);
        vmas.setEnd(vma, end);
        refresh(mms.root(vmas.mm(vma)), vma, key);
    }

    /** The highest end of a free range of a length within [low, high), or -1. */
    long highestGap(int mm, long low, long high, long length) {
        int root = mms.root(mm);
        if (root == NULL) {
            return fits(low, high, length) ? high : -1;
        }
        long above = Math.max(vmas.highest(root), low);
        if (fits(above, high, length)) {
            return high;
        }
        long inside = highestGapIn(root, low, high, length);
        if (inside >= 0) {
            return inside;
        }
        long below = Math.min(vmas.lowest(root), high);
        return fits(low, below, length) ? below : -1;
    }

    /** The lowest start of a free range of a length within [low, high), or -1. */
    long lowestGap(int mm, long low, long high, long length) {
        int root = mms.root(mm);
        if (root == NULL || fits(low, Math.min(vmas.lowest(root), high), length)) {
            return fits(low, high, length) ? low : -1;
        }
        long inside = lowestGapIn(root, low, high, length);
        if (inside >= 0) {
            return inside;
        }
        long above = Math.max(vmas.highest(root), low);
        return fits(above, high, length) ? above : -1;
    }

    private long highestGapIn(int node, long low, long high, long length) {
        if (node == NULL || vmas.gap(node) < length || vmas.lowest(node) >= high || vmas.highest(node) <= low) {
            return -1;
        }
        int right = vmas.right(node);
        if (right != NULL) {
            long inside = highestGapIn(right, low, high, length);
            long end = Math.min(vmas.lowest(right), high);
            if (inside >= 0) {
                return inside;
            }
            if (fits(Math.max(vmas.end(node), low), end, length)) {
                return end;
            }
        }
        int left = vmas.left(node);
        if (left == NULL) {
            return -1;
        }
        long end = Math.min(vmas.start(node), high);
        if (fits(Math.max(vmas.highest(left), low), end, length)) {
            return end;
        }
        return highestGapIn(left, low, high, length);
    }

    private long lowestGapIn(int node, long low, long high, long length) {
        if (node == NULL || vmas.gap(node) < length || vmas.lowest(node) >= high || vmas.highest(node) <= low) {
            return -1;
        }
        int left = vmas.left(node);
        if (left != NULL) {
            long inside = lowestGapIn(left, low, high, length);
            long start = Math.max(vmas.highest(left), low);
            if (inside >= 0) {
                return inside;
            }
            if (fits(start, Math.min(vmas.start(node), high), length)) {
                return start;
            }
        }
        int right = vmas.right(node);
        if (right == NULL) {
            return -1;
        }
        long start = Math.max(vmas.end(node), low);
        if (fits(start, Math.min(vmas.lowest(right), high), length)) {
            return start;
        }
        return lowestGapIn(right, low, high, length);
    }

    private static boolean fits(long start, long end, long length) {
        return end >= start && end - start >= length;
    }

    private int insertBelow(int node, int vma) {
        if (node == NULL) {
            return vma;
        }
        if (priority(vma) < priority(node)) {
            split(node, vmas.start(vma), vma);
            pull(vma);
            return vma;
        }
        if (vmas.start(vma) < vmas.start(node)) {
            vmas.setLeft(node, insertBelow(vmas.left(node), vma));
        } else {
            vmas.setRight(node, insertBelow(vmas.right(node), vma));
        }
        pull(node);
        return node;
    }

    /** Splits a subtree at an address: what is below becomes the left of a vma, the rest its right. */
    private void split(int node, long address, int vma) {
        if (node == NULL) {
            vmas.setLeft(vma, NULL);
            vmas.setRight(vma, NULL);
        } else if (vmas.start(node) < address) {
            split(vmas.right(node), address, vma);
            vmas.setRight(node, vmas.left(vma));
            pull(node);
            vmas.setLeft(vma, node);
        } else {
            split(vmas.left(node), address, vma);
            vmas.setLeft(node, vmas.right(vma));
            pull(node);
            vmas.setRight(vma, node);
        }
    }

    private int removeBelow(int node, int vma) {
        assert node != NULL : "vma is in no tree";
        if (node == vma) {
            return join(vmas.left(node), vmas.right(node));
        }
        if (vmas.start(vma) < vmas.start(node)) {
            vmas.setLeft(node, removeBelow(vmas.left(node), vma));
        } else {
            vmas.setRight(node, removeBelow(vmas.right(node), vma));
        }
        pull(node);
        return node;
    }

    private int join(int left, int right) {
        if (left == NULL || right == NULL) {
            return left == NULL ? right : left;
        }
        if (priority(left) < priority(right)) {
            vmas.setRight(left, join(vmas.right(left), right));
            pull(left);
            return left;
        }
        vmas.setLeft(right, join(left, vmas.left(right)));
        pull(right);
        return right;
    }

    private void refresh(int node, int vma, long key) {
        if (node != vma) {
            refresh(key < vmas.start(node) ? vmas.left(node) : vmas.right(node), vma, key);
        }
        pull(node);
    }

    /** Sums a node up from its children. */
    private void pull(int node) {
        int left = vmas.left(node);
        int right = vmas.right(node);
        long start = vmas.start(node);
        long end = vmas.end(node);
        long gap = 0;
        vmas.setLowest(node, left == NULL ? start : vmas.lowest(left));
        vmas.setHighest(node, right == NULL ? end : vmas.highest(right));
        if (left != NULL) {
            gap = Math.max(vmas.gap(left), start - vmas.highest(left));
        }
        if (right != NULL) {
            gap = Math.max(gap, Math.max(vmas.gap(right), vmas.lowest(right) - end));
        }
        vmas.setGap(node, gap);
    }

    private static int priority(int vma) {
        int mixed = vma * 0x9e3779b9;
        mixed ^= mixed >>> 15;
        return mixed * 0x85ebca6b;
    }
}
