package dev.nestor.kernel.pid;

import dev.nestor.table.StateHash;
import dev.nestor.table.Table;
import java.util.Arrays;

/**
 * Numbers to handles, for every namespace of a table: the kernel's struct idr as pages of one shared pool. A namespace
 * has a directory with a page for each 256 numbers that are in use; a lookup reads the directory and the page. Pages go
 * back to the pool, all zero, when their last number is removed.
 */
public final class Idr {
    private static final int PAGE_BITS = 8;
    private static final int PAGE_SIZE = 1 << PAGE_BITS; // numbers
    private static final int PAGE_MASK = PAGE_SIZE - 1;
    private static final int KEPT_PAGES = 16;
    private static final int[] NO_PAGES = new int[0];

    private int[][] directories = new int[16][]; // page by number / 256, by namespace row
    private int[] pool = new int[4 * PAGE_SIZE]; // handles; page 0 stays zero and stands for an absent one
    private int[] pageCount = new int[4]; // numbers in use; of a free page, the next free one
    private int pagesUsed = 1;
    private int freePage; // 0 when none

    public Idr() {
        Arrays.fill(directories, NO_PAGES);
    }

    public int find(int row, int nr) {
        int[] directory = directories[row];
        int slot = nr >>> PAGE_BITS;
        return slot < directory.length ? pool[(directory[slot] << PAGE_BITS) + (nr & PAGE_MASK)] : Table.NULL;
    }

    public void put(int row, int nr, int handle) {
        int page = pageFor(row, nr >>> PAGE_BITS);
        int at = (page << PAGE_BITS) + (nr & PAGE_MASK);
        assert pool[at] == Table.NULL : nr + " is in use";
        pool[at] = handle;
        pageCount[page]++;
    }

    public void remove(int row, int nr) {
        int slot = nr >>> PAGE_BITS;
        int page = directories[row][slot];
        int at = (page << PAGE_BITS) + (nr & PAGE_MASK);
        assert pool[at] != Table.NULL : nr + " is not in use";
        pool[at] = Table.NULL;
        if (--pageCount[page] == 0) {
            directories[row][slot] = 0;
            pageCount[page] = freePage;
            freePage = page;
        }
    }

    /** The lowest free number in [from, to), or -1. */
    public int nextFree(int row, int from, int to) {
        int[] directory = directories[row];
        int nr = from;
        while (nr < to) {
            int slot = nr >>> PAGE_BITS;
            int page = slot < directory.length ? directory[slot] : 0;
            if (page == 0) {
                return nr;
            }
            if (pageCount[page] == PAGE_SIZE) {
                nr = (slot + 1) << PAGE_BITS;
                continue;
            }
            int end = Math.min(to, (slot + 1) << PAGE_BITS);
            int base = page << PAGE_BITS;
            while (nr < end) {
                if (pool[base + (nr & PAGE_MASK)] == Table.NULL) {
                    return nr;
                }
                nr++;
            }
        }
        return -1;
    }

    /** The lowest number in use that is at least {@code from}, or -1: the kernel's idr_get_next(). */
    public int nextUsed(int row, int from) {
        int[] directory = directories[row];
        int nr = from;
        while (nr >>> PAGE_BITS < directory.length) {
            int page = directory[nr >>> PAGE_BITS];
            if (page == 0) {
                nr = ((nr >>> PAGE_BITS) + 1) << PAGE_BITS;
            } else if (pool[(page << PAGE_BITS) + (nr & PAGE_MASK)] != Table.NULL) {
                return nr;
            } else {
                nr++;
            }
        }
        return -1;
    }

    /** Forgets a namespace, which has to be empty. A small directory stays for the next one in its row. */
    public void clear(int row) {
        if (row < directories.length && directories[row].length > KEPT_PAGES) {
            directories[row] = NO_PAGES;
        }
    }

    public void digest(StateHash hash) {
        hash.add(pool, pagesUsed << PAGE_BITS);
    }

    private int pageFor(int row, int slot) {
        int[] directory = directories[row];
        if (slot >= directory.length) {
            directory = Arrays.copyOf(directory, Math.max(slot + 1, 2 * directory.length));
            directories[row] = directory;
        }
        if (directory[slot] == 0) {
            directory[slot] = takePage();
        }
        return directory[slot];
    }

    /** Makes room for the directory of a namespace. */
    public void reserve(int row) {
        if (row >= directories.length) {
            int before = directories.length;
            directories = Arrays.copyOf(directories, Math.max(row + 1, 2 * before));
            Arrays.fill(directories, before, directories.length, NO_PAGES);
        }
    }

    private int takePage() {
        int page = freePage;
        if (page != 0) {
            freePage = pageCount[page];
            pageCount[page] = 0;
            return page;
        }
        if (pagesUsed == pageCount.length) {
            pageCount = Arrays.copyOf(pageCount, 2 * pagesUsed);
            pool = Arrays.copyOf(pool, (2 * pagesUsed) << PAGE_BITS);
        }
        return pagesUsed++;
    }
}
