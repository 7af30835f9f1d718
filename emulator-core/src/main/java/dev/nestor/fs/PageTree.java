package dev.nestor.fs;

import dev.nestor.table.StateHash;
import java.util.Arrays;

/**
 * Which frame holds which page of a file (struct xarray): trees of 64-way nodes in one pool, as tall as the highest page
 * needs. A tree is known by its root node; 0 is the empty tree.
 */
public final class PageTree {
    private static final int SHIFT = 6;
    private static final int FANOUT = 1 << SHIFT;
    private static final int MASK = FANOUT - 1;

    private int[] slots = new int[FANOUT * 16]; // by node: child nodes, or frames at level 0
    private int[] used = new int[16]; // slots in use; of a free node, the next free one
    private int[] level = new int[16]; // 0: its slots are frames
    private int nodes = 1; // ever taken, node 0 included
    private int freeHead; // node; 0 when none

    /** The frame of a page, or 0. */
    public int get(int root, long index) {
        if (root == 0 || index >>> ((level[root] + 1) * SHIFT) != 0) {
            return 0;
        }
        int node = root;
        while (level[node] > 0) {
            node = slots[slot(node, index)];
            if (node == 0) {
                return 0;
            }
        }
        return slots[slot(node, index)];
    }

    /** Puts a frame where there was none; returns the root. */
    public int set(int root, long index, int frame) {
        int top = root == 0 ? take(0) : root;
        while (index >>> ((level[top] + 1) * SHIFT) != 0) {
            int taller = take(level[top] + 1);
            slots[taller * FANOUT] = top;
            used[taller] = 1;
            top = taller;
        }
        int node = top;
        while (level[node] > 0) {
            int at = slot(node, index);
            if (slots[at] == 0) {
                int below = take(level[node] - 1);
                slots[at] = below;
                used[node]++;
            }
            node = slots[at];
        }
        assert slots[slot(node, index)] == 0 : "page is there already";
        slots[slot(node, index)] = frame;
        used[node]++;
        return top;
    }

    /** Takes a page out; returns the root, 0 when the tree is empty. */
    public int clear(int root, long index) {
        return clearBelow(root, index) ? 0 : root;
    }

    /** Whether the node has become empty, and is freed. */
    private boolean clearBelow(int node, long index) {
        int at = slot(node, index);
        if (level[node] == 0 || clearBelow(slots[at], index)) {
            slots[at] = 0;
            used[node]--;
        }
        if (used[node] > 0) {
            return false;
        }
        used[node] = freeHead;
        freeHead = node;
        return true;
    }

    /** The first page at or after {@code from} that has a frame, or -1. */
    public long next(int root, long from) {
        if (root == 0 || from >>> ((level[root] + 1) * SHIFT) != 0) {
            return -1;
        }
        return nextBelow(root, from, 0);
    }

    private long nextBelow(int node, long from, long base) {
        int shift = level[node] * SHIFT;
        int first = (int) (Math.max(0, from - base) >>> shift);
        for (int i = first; i < FANOUT; i++) {
            int entry = slots[node * FANOUT + i];
            if (entry == 0) {
                continue;
            }
            long start = base + ((long) i << shift);
            if (level[node] == 0) {
                return start;
            }
            long found = nextBelow(entry, from, start);
            if (found >= 0) {
                return found;
            }
        }
        return -1;
    }

    public void digest(StateHash hash) {
        hash.add(nodes);
        hash.add(freeHead);
        hash.add(used, nodes);
        hash.add(level, nodes);
        hash.add(slots, nodes * FANOUT);
    }

    private int slot(int node, long index) {
        return node * FANOUT + ((int) (index >>> (level[node] * SHIFT)) & MASK);
    }

    private int take(int height) {
        int node = freeHead;
        if (node != 0) {
            freeHead = used[node];
        } else {
            node = nodes++;
            if (node == used.length) {
                used = Arrays.copyOf(used, 2 * node);
                level = Arrays.copyOf(level, 2 * node);
                slots = Arrays.copyOf(slots, 2 * node * FANOUT);
            }
        }
        used[node] = 0;
        level[node] = height;
        return node;
    }
}
