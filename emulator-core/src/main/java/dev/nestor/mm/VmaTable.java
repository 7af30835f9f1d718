package dev.nestor.mm;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The vm_area_struct columns: one row per mapping. The vmas of an mm form a treap ({@link VmaTree}). */
public final class VmaTable extends Table {
    private int[] mm = new int[initialRows()]; // mm_struct
    private long[] start = new long[initialRows()]; // user address, page aligned
    private long[] end = new long[initialRows()]; // user address after the last byte
    private long[] flags = new long[initialRows()]; // VM_*
    private long[] pgoff =
            new long[initialRows()]; // pages into the file; of a private anonymous vma, its first address in pages
    private int[] kind = new int[initialRows()]; // VmaTable.ANON and so on: whose handle file is
    private int[] file =
            new int[initialRows()]; // by kind: nothing, a VmFile handle, a shmem object, or a special mapping
    private int[] segment = new int[initialRows()]; // the attachment that it is of, known to VmSegments; or NULL
    private int[] anonVma = new int[initialRows()]; // number of the anon_vma; 0 while no private page was written
    private byte[] anonCloned = new byte[initialRows()]; // bool; the anon_vma came from the parent by fork
    private int[] left = new int[initialRows()]; // vm_area_struct
    private int[] right = new int[initialRows()]; // vm_area_struct
    private long[] lowest = new long[initialRows()]; // user address: the lowest start in the subtree
    private long[] highest = new long[initialRows()]; // user address: the highest end in the subtree
    private long[] gap = new long[initialRows()]; // bytes: the widest gap between neighbours in the subtree

    public VmaTable(int limit) {
        super("vm_area_struct", 18, limit);
    }

    public int mm(int vma) {
        return mm[row(vma)];
    }

    void setMm(int vma, int value) {
        mm[row(vma)] = value;
    }

    public long start(int vma) {
        return start[row(vma)];
    }

    void setStart(int vma, long value) {
        start[row(vma)] = value;
    }

    public long end(int vma) {
        return end[row(vma)];
    }

    void setEnd(int vma, long value) {
        end[row(vma)] = value;
    }

    public long flags(int vma) {
        return flags[row(vma)];
    }

    void setFlags(int vma, long value) {
        flags[row(vma)] = value;
    }

    public long pgoff(int vma) {
        return pgoff[row(vma)];
    }

    void setPgoff(int vma, long value) {
        pgoff[row(vma)] = value;
    }

    public int kind(int vma) {
        return kind[row(vma)];
    }

    void setKind(int vma, int value) {
        kind[row(vma)] = value;
    }

    public int file(int vma) {
        return file[row(vma)];
    }

    void setFile(int vma, int value) {
        file[row(vma)] = value;
    }

    /** The System V attachment (shm_file_data) that a vma of kind SHMEM is of, or NULL. */
    public int segment(int vma) {
        return segment[row(vma)];
    }

    void setSegment(int vma, int value) {
        segment[row(vma)] = value;
    }

    public int anonVma(int vma) {
        return anonVma[row(vma)];
    }

    void setAnonVma(int vma, int value) {
        anonVma[row(vma)] = value;
    }

    public boolean anonCloned(int vma) {
        return anonCloned[row(vma)] != 0;
    }

    void setAnonCloned(int vma, boolean value) {
        anonCloned[row(vma)] = (byte) (value ? 1 : 0);
    }

    public int left(int vma) {
        return left[row(vma)];
    }

    void setLeft(int vma, int value) {
        left[row(vma)] = value;
    }

    public int right(int vma) {
        return right[row(vma)];
    }

    void setRight(int vma, int value) {
        right[row(vma)] = value;
    }

    public long lowest(int vma) {
        return lowest[row(vma)];
    }

    void setLowest(int vma, long value) {
        lowest[row(vma)] = value;
    }

    public long highest(int vma) {
        return highest[row(vma)];
    }

    void setHighest(int vma, long value) {
        highest[row(vma)] = value;
    }

    public long gap(int vma) {
        return gap[row(vma)];
    }

    void setGap(int vma, long value) {
        gap[row(vma)] = value;
    }

    /** The kinds of vma: what stands behind it. */
    public static final int ANON = 0;

    /** A file, known to {@link VmFile}. */
    public static final int FILE = 1;

    /** Anonymous shared memory, known to {@link Shmem}. */
    public static final int SHMEM = 2;

    /** A special mapping of the kernel's own: vdso, vvar. */
    public static final int SPECIAL = 3;

    public boolean has(int vma, long flag) {
        return (flags(vma) & flag) != 0;
    }

    public long pages(int vma) {
        return (end(vma) - start(vma)) >>> 12;
    }

    @Override
    protected void clearRow(int row) {
        mm[row] = 0;
        start[row] = 0;
        end[row] = 0;
        flags[row] = 0;
        pgoff[row] = 0;
        kind[row] = 0;
        file[row] = 0;
        segment[row] = 0;
        anonVma[row] = 0;
        anonCloned[row] = 0;
        left[row] = 0;
        right[row] = 0;
        lowest[row] = 0;
        highest[row] = 0;
        gap[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        mm = columns.ints(mm);
        start = columns.longs(start);
        end = columns.longs(end);
        flags = columns.longs(flags);
        pgoff = columns.longs(pgoff);
        kind = columns.ints(kind);
        file = columns.ints(file);
        segment = columns.ints(segment);
        anonVma = columns.ints(anonVma);
        anonCloned = columns.bytes(anonCloned);
        left = columns.ints(left);
        right = columns.ints(right);
        lowest = columns.longs(lowest);
        highest = columns.longs(highest);
        gap = columns.longs(gap);
    }
}
