package dev.nestor.mm;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Errno;

/**
 * Anonymous shared memory: mm/shmem.c without its file system. An object has a size in pages and makes its pages when they
 * are first touched; shared anonymous mappings and System V segments hold it.
 */
public final class Shmem {
    private final ShmemTable objects;
    private final PageTables tables;
    private final Frames frames;

    Shmem(ShmemTable objects, PageTables tables, Frames frames) {
        this.objects = objects;
        this.tables = tables;
        this.frames = frames;
    }

    /** shmem_zero_setup(): an object with one holder, or NULL at the limit. */
    public int create(long pages) {
        int shmem = objects.alloc();
        if (shmem != NULL) {
            objects.setCount(shmem, 1);
            objects.setPages(shmem, pages);
        }
        return shmem;
    }

    public void hold(int shmem) {
        objects.setCount(shmem, objects.count(shmem) + 1);
    }

    /** One holder less; the last one frees the pages. */
    public void release(int shmem) {
        int count = objects.count(shmem) - 1;
        assert count >= 0 : "shmem has no holder";
        objects.setCount(shmem, count);
        if (count == 0) {
            truncate(shmem, 0);
            objects.free(shmem);
        }
    }

    /** The frame of a page, which the object goes on holding; -EFAULT beyond the end, -ENOMEM when memory is full. */
    public int frame(int shmem, long page) {
        if (page < 0 || page >= objects.pages(shmem)) {
            return -Errno.EFAULT;
        }
        int root = objects.root(shmem);
        int pte = tables.get(root, page);
        if (pte != 0) {
            return PageTables.frame(pte);
        }
        int frame = frames.alloc();
        if (frame == NULL) {
            return -Errno.ENOMEM;
        }
        objects.setRoot(shmem, tables.set(root, page, PageTables.pte(frame, PageTables.PRESENT)));
        return frame;
    }

    /** Whether a page is in memory. */
    public boolean has(int shmem, long page) {
        return tables.get(objects.root(shmem), page) != 0;
    }

    /** Pages that are in memory. */
    public long resident(int shmem) {
        int root = objects.root(shmem);
        long end = objects.pages(shmem);
        long found = 0;
        for (long page = tables.next(root, 0, end); page < end; page = tables.next(root, page + 1, end)) {
            found++;
        }
        return found;
    }

    public long pages(int shmem) {
        return objects.pages(shmem);
    }

    /** shmem_truncate_range(): drops the pages in a range, which then read as zeros. */
    public void punch(int shmem, long from, long to) {
        int root = objects.root(shmem);
        long end = Math.min(to, objects.pages(shmem));
        for (long page = tables.next(root, from, end); page < end; page = tables.next(root, page + 1, end)) {
            frames.put(PageTables.frame(tables.get(root, page)));
            root = tables.clear(root, page);
        }
        objects.setRoot(shmem, root);
    }

    private void truncate(int shmem, long pages) {
        punch(shmem, pages, objects.pages(shmem));
        objects.setPages(shmem, pages);
    }
}
