package dev.nestor.kernel.sched;

import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/** dsq->priq: the entities of a dispatch queue by vtime, those with equal ones in the order of their coming. */
final class VtimeTree {
    /* A treap, as EntityTree is, with nothing to keep but the order: which the list of the queue's members repeats. */
    private final ScxEntityTable scxs;
    private final ScxDispatchQueueTable dsqs;

    VtimeTree(ScxEntityTable scxs, ScxDispatchQueueTable dsqs) {
        this.scxs = scxs;
        this.dsqs = dsqs;
    }

    /** The entity before the new one, or NULL. */
    @HotPath
    int insert(int dsq, int scx) {
        int before = Table.NULL;
        int parent = Table.NULL;
        boolean isLeft = true;
        for (int node = dsqs.root(dsq); node != Table.NULL; node = isLeft ? scxs.left(node) : scxs.right(node)) {
            parent = node;
            isLeft = scxs.dsqVtime(scx) - scxs.dsqVtime(node) < 0;
            before = isLeft ? before : node;
        }
        scxs.setParent(scx, parent);
        if (parent == Table.NULL) {
            dsqs.setRoot(dsq, scx);
        } else if (isLeft) {
            scxs.setLeft(parent, scx);
        } else {
            scxs.setRight(parent, scx);
        }
        while (scxs.parent(scx) != Table.NULL && rank(scx) < rank(scxs.parent(scx))) {
            rotateUp(dsq, scx);
        }
        return before;
    }

    @HotPath
    void remove(int dsq, int scx) {
        int child = higherChild(scx);
        while (child != Table.NULL) {
            rotateUp(dsq, child);
            child = higherChild(scx);
        }
        replaceChild(dsq, scxs.parent(scx), scx, Table.NULL);
        scxs.setParent(scx, Table.NULL);
    }

    /** Exchanges a node with its parent, which becomes its child. */
    private void rotateUp(int dsq, int node) {
        int parent = scxs.parent(node);
        int inner;
        if (scxs.left(parent) == node) {
            inner = scxs.right(node);
            scxs.setLeft(parent, inner);
            scxs.setRight(node, parent);
        } else {
            inner = scxs.left(node);
            scxs.setRight(parent, inner);
            scxs.setLeft(node, parent);
        }
        if (inner != Table.NULL) {
            scxs.setParent(inner, parent);
        }
        int above = scxs.parent(parent);
        replaceChild(dsq, above, parent, node);
        scxs.setParent(node, above);
        scxs.setParent(parent, node);
    }

    private void replaceChild(int dsq, int parent, int old, int node) {
        if (parent == Table.NULL) {
            dsqs.setRoot(dsq, node);
        } else if (scxs.left(parent) == old) {
            scxs.setLeft(parent, node);
        } else {
            scxs.setRight(parent, node);
        }
    }

    private int higherChild(int node) {
        int left = scxs.left(node);
        int right = scxs.right(node);
        if (left == Table.NULL || right == Table.NULL) {
            return left | right;
        }
        return rank(left) < rank(right) ? left : right;
    }

    private static int rank(int scx) {
        int mixed = scx * 0x9e3779b9;
        return (mixed ^ (mixed >>> 15)) * 0x85ebca6b;
    }
}
