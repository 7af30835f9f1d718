package dev.nestor.mm;

import dev.nestor.table.StateHash;
import java.util.Arrays;

/**
 * Page tables as the processor has them: four levels of 512 entries, taken from one pool. Besides the mms, anonymous
 * shared objects keep their pages in such a tree too.
 *
 * <p>An entry is 0, or a frame and the bits below. A root is a node number, 0 while the tree is empty; entries are found by
 * page number (address >>> 12).
 */
public final class PageTables {
    /** A page is here; without a frame it is the zero page. */
    static final int PRESENT = 1;
    /** The task may read it. */
    static final int READ = 2;
    /** The task may write it without a fault. */
    static final int WRITE = 4;
    /** The frame belongs to a file or a shared object, which may hold it as well. */
    static final int FILE = 8;

    /** No page: an entry that faults whatever the vma allows (MADV_GUARD_INSTALL). */
    static final int GUARD = FILE;

    private static final int FRAME_SHIFT = 4;
    private static final int LEVELS = 4;
    private static final int NODE_SHIFT = 9;
    private static final int NODE_SIZE = 1 << NODE_SHIFT; // entries
    private static final int NODE_MASK = NODE_SIZE - 1;
    private static final int CHUNK_SHIFT = 5;
    private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;

    private int[][] chunks = new int[2][]; // entries, 32 nodes each
    private int[] count = new int[1 << CHUNK_SHIFT]; // entries in use; of a free node, the next free one
    private int used = 1; // nodes ever handed out, node 0 included
    private int freeHead; // node; 0 when none
    private int cachedRoot; // root whose leaf was used last; 0 when none
    private long cachedPrefix; // page number >>> 9 of that leaf
    private int cachedLeaf; // node
    private final int[] path = new int[LEVELS]; // nodes from the root to the leaf of the last descent

    static int frame(int pte) {
        return pte >>> FRAME_SHIFT;
    }

    static int pte(int frame, int bits) {
        return frame << FRAME_SHIFT | bits;
    }

    /** The entry of a page, or 0. */
    int get(int root, long page) {
        int leaf = leaf(root, page);
        return leaf == 0 ? 0 : entry(leaf, (int) page & NODE_MASK);
    }

    /** Sets the entry of a page to something that is not 0; gives the root, which may be new. */
    int set(int root, long page, int pte) {
        assert pte != 0 && page >>> (LEVELS * NODE_SHIFT) == 0 : "page " + page;
        int leaf = leaf(root, page);
        int top = root;
        if (leaf == 0) {
            top = root == 0 ? takeNode() : root;
            leaf = makeLeaf(top, page);
        }
        int[] chunk = chunks[leaf >> CHUNK_SHIFT];
        int at = at(leaf, (int) page & NODE_MASK);
        if (chunk[at] == 0) {
            count[leaf]++;
        }
        chunk[at] = pte;
        return top;
    }

    /** Clears the entry of a page and gives back the nodes that it leaves empty; gives the root, 0 when all is empty. */
    int clear(int root, long page) {
        int node = root;
        for (int level = LEVELS - 1; level > 0; level--) {
            if (node == 0) {
                return root;
            }
            path[level] = node;
            node = entry(node, index(page, level));
        }
        path[0] = node;
        if (node == 0 || entry(node, index(page, 0)) == 0) {
            return root;
        }
        for (int level = 0; level < LEVELS; level++) {
            node = path[level];
            setEntry(node, index(page, level), 0);
            if (--count[node] > 0) {
                return root;
            }
            freeNode(node);
        }
        return 0;
    }

    /** The first page in [page, end) that has an entry, or end. */
    long next(int root, long page, long end) {
        long at = page;
        while (root != 0 && at < end) {
            int node = root;
            int level = LEVELS - 1;
            while (level > 0) {
                int below = entry(node, index(at, level));
                if (below == 0) {
                    break;
                }
                node = below;
                level--;
            }
            if (level == 0) {
                int index = index(at, 0);
                do {
                    if (entry(node, index) != 0) {
                        return Math.min(at, end);
                    }
                    index++;
                    at++;
                } while (index < NODE_SIZE);
            } else {
                int shift = level * NODE_SHIFT;
                at = ((at >>> shift) + 1) << shift;
            }
        }
        return end;
    }

    /** The nodes of a tree: what it takes of memory, in pages of its own. */
    int nodes(int root) {
        return root == 0 ? 0 : nodesBelow(root, LEVELS - 1);
    }

    void digest(StateHash hash) {
        hash.add(used);
        hash.add(freeHead);
        hash.add(count, used);
        for (int chunk = 0; chunk << CHUNK_SHIFT < used; chunk++) {
            int nodes = Math.min(used - (chunk << CHUNK_SHIFT), 1 << CHUNK_SHIFT);
            if (chunks[chunk] != null) {
                hash.add(chunks[chunk], nodes << NODE_SHIFT);
            }
        }
    }

    /** Bytes of arrays held. */
    long footprint() {
        long bytes = 4L * count.length;
        for (int[] chunk : chunks) {
            bytes += chunk == null ? 0 : 4L * chunk.length;
        }
        return bytes;
    }

    private int nodesBelow(int node, int level) {
        int nodes = 1;
        for (int index = 0; level > 0 && index < NODE_SIZE; index++) {
            int below = entry(node, index);
            nodes += below == 0 ? 0 : nodesBelow(below, level - 1);
        }
        return nodes;
    }

    private int leaf(int root, long page) {
        if (root == 0) {
            return 0;
        }
        if (root == cachedRoot && page >>> NODE_SHIFT == cachedPrefix) {
            return cachedLeaf;
        }
        int node = root;
        for (int level = LEVELS - 1; level > 0; level--) {
            node = entry(node, index(page, level));
            if (node == 0) {
                return 0;
            }
        }
        cache(root, page, node);
        return node;
    }

    private int makeLeaf(int root, long page) {
        int node = root;
        for (int level = LEVELS - 1; level > 0; level--) {
            int index = index(page, level);
            int below = entry(node, index);
            if (below == 0) {
                below = takeNode();
                setEntry(node, index, below);
                count[node]++;
            }
            node = below;
        }
        cache(root, page, node);
        return node;
    }

    private void cache(int root, long page, int leaf) {
        cachedRoot = root;
        cachedPrefix = page >>> NODE_SHIFT;
        cachedLeaf = leaf;
    }

    private int takeNode() {
        int node = freeHead;
        if (node != 0) {
            freeHead = count[node];
            count[node] = 0;
            return node;
        }
        node = used++;
        if (node == count.length) {
            count = Arrays.copyOf(count, 2 * node);
        }
        int chunk = node >> CHUNK_SHIFT;
        if (chunk == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * chunk);
        }
        if (chunks[chunk] == null) {
            chunks[chunk] = new int[NODE_SIZE << CHUNK_SHIFT];
        }
        return node;
    }

    /** Gives back a node, all of whose entries are 0. */
    private void freeNode(int node) {
        count[node] = freeHead;
        freeHead = node;
        cachedRoot = 0;
    }

    private int entry(int node, int index) {
        return chunks[node >> CHUNK_SHIFT][at(node, index)];
    }

    private void setEntry(int node, int index, int value) {
        chunks[node >> CHUNK_SHIFT][at(node, index)] = value;
    }

    private static int at(int node, int index) {
        return (node & CHUNK_MASK) << NODE_SHIFT | index;
    }

    private static int index(long page, int level) {
        return (int) (page >>> (level * NODE_SHIFT)) & NODE_MASK;
    }
}
