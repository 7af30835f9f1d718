package dev.nestor.kernel.sched;

import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/** tasks_timeline: the waiting entities of a cfs_rq by deadline, those with equal ones in the order of their coming. */
final class EntityTree {
    /*
     * A treap (Seidel and Aragon, 1996): in order by deadline from left to right, a heap by a hash of the handle from top to
     * bottom, which keeps it about 2 ln(n) deep whatever the deadlines do. The order is all that the kernel's red-black tree
     * has in common with it, and all that a pick depends on.
     *
     * Each node knows the least vruntime and the least slice of its subtree. A rotation leaves those of the upper node's
     * place as they were, so only the node that goes down is computed anew.
     */
    private final SchedEntityTable ses;
    private final CfsRqTable cfsRqs;

    EntityTree(SchedEntityTable ses, CfsRqTable cfsRqs) {
        this.ses = ses;
        this.cfsRqs = cfsRqs;
    }

    @HotPath
    void insert(int cfsRq, int se) {
        ses.setMinVruntime(se, ses.vruntime(se));
        ses.setMinSlice(se, ses.slice(se));
        int parent = Table.NULL;
        boolean isLeft = true;
        boolean isLeftmost = true;
        for (int node = cfsRqs.root(cfsRq);
                node != Table.NULL;
                node = isLeft ? ses.runLeft(node) : ses.runRight(node)) {
            ses.setMinVruntime(node, earlier(ses.minVruntime(node), ses.vruntime(se)));
            ses.setMinSlice(node, Math.min(ses.minSlice(node), ses.slice(se)));
            parent = node;
            isLeft = ses.deadline(se) - ses.deadline(node) < 0;
            isLeftmost &= isLeft;
        }
        link(cfsRq, parent, isLeft, se);
        if (isLeftmost) {
            cfsRqs.setLeftmost(cfsRq, se);
        }
        while (parent != Table.NULL && isAbove(se, parent)) {
            rotateUp(cfsRq, se);
            parent = ses.runParent(se);
        }
    }

    @HotPath
    void remove(int cfsRq, int se) {
        if (cfsRqs.leftmost(cfsRq) == se) {
            cfsRqs.setLeftmost(cfsRq, next(se));
        }
        int child = higherChild(se);
        while (child != Table.NULL) {
            rotateUp(cfsRq, child);
            child = higherChild(se);
        }
        int parent = ses.runParent(se);
        replaceChild(cfsRq, parent, se, Table.NULL);
        ses.setRunParent(se, Table.NULL);
        for (int node = parent; node != Table.NULL; node = ses.runParent(node)) {
            refresh(node);
        }
    }

    /** The entity after this one in the order of deadlines, or NULL. */
    int next(int se) {
        int node = ses.runRight(se);
        if (node != Table.NULL) {
            while (ses.runLeft(node) != Table.NULL) {
                node = ses.runLeft(node);
            }
            return node;
        }
        int below = se;
        node = ses.runParent(se);
        while (node != Table.NULL && ses.runRight(node) == below) {
            below = node;
            node = ses.runParent(node);
        }
        return node;
    }

    private void link(int cfsRq, int parent, boolean isLeft, int se) {
        ses.setRunParent(se, parent);
        if (parent == Table.NULL) {
            cfsRqs.setRoot(cfsRq, se);
        } else if (isLeft) {
            ses.setRunLeft(parent, se);
        } else {
            ses.setRunRight(parent, se);
        }
    }

    /** Exchanges a node with its parent, which becomes its child. */
    private void rotateUp(int cfsRq, int node) {
        int parent = ses.runParent(node);
        int inner;
        if (ses.runLeft(parent) == node) {
            inner = ses.runRight(node);
            ses.setRunLeft(parent, inner);
            ses.setRunRight(node, parent);
        } else {
            inner = ses.runLeft(node);
            ses.setRunRight(parent, inner);
            ses.setRunLeft(node, parent);
        }
        if (inner != Table.NULL) {
            ses.setRunParent(inner, parent);
        }
        int above = ses.runParent(parent);
        replaceChild(cfsRq, above, parent, node);
        ses.setRunParent(node, above);
        ses.setRunParent(parent, node);
        ses.setMinVruntime(node, ses.minVruntime(parent));
        ses.setMinSlice(node, ses.minSlice(parent));
        refresh(parent);
    }

    private void replaceChild(int cfsRq, int parent, int old, int node) {
        if (parent == Table.NULL) {
            cfsRqs.setRoot(cfsRq, node);
        } else if (ses.runLeft(parent) == old) {
            ses.setRunLeft(parent, node);
        } else {
            ses.setRunRight(parent, node);
        }
    }

    private int higherChild(int node) {
        int left = ses.runLeft(node);
        int right = ses.runRight(node);
        if (left == Table.NULL || right == Table.NULL) {
            return left | right;
        }
        return isAbove(left, right) ? left : right;
    }

    /** min_vruntime_cb_propagate(): a node's own slice has changed. */
    void refreshUp(int se) {
        for (int node = se; node != Table.NULL; node = ses.runParent(node)) {
            refresh(node);
        }
    }

    private void refresh(int node) {
        long vruntime = ses.vruntime(node);
        long slice = ses.slice(node);
        int left = ses.runLeft(node);
        if (left != Table.NULL) {
            vruntime = earlier(vruntime, ses.minVruntime(left));
            slice = Math.min(slice, ses.minSlice(left));
        }
        int right = ses.runRight(node);
        if (right != Table.NULL) {
            vruntime = earlier(vruntime, ses.minVruntime(right));
            slice = Math.min(slice, ses.minSlice(right));
        }
        ses.setMinVruntime(node, vruntime);
        ses.setMinSlice(node, slice);
    }

    /** min_vruntime(): virtual times may wrap, so they are compared by their difference. */
    static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    private static boolean isAbove(int a, int b) {
        return rank(a) < rank(b);
    }

    private static int rank(int se) {
        int mixed = se * 0x9e3779b9;
        return (mixed ^ (mixed >>> 15)) * 0x85ebca6b;
    }
}
