package dev.nestor.mm;

import static dev.nestor.mm.PageTables.FILE;
import static dev.nestor.mm.PageTables.GUARD;
import static dev.nestor.mm.PageTables.PRESENT;
import static dev.nestor.mm.PageTables.READ;
import static dev.nestor.mm.PageTables.WRITE;
import static dev.nestor.table.Table.NULL;

import dev.nestor.machine.Work;

/** What happens to the pages of a range at once: zap_page_range(), copy_page_range(), change_protection(), move_page_tables(). */
final class PageRanges {
    private final MmTable mms;
    private final VmaTable vmas;
    private final PageTables tables;
    private final Frames frames;
    private final Work work;

    PageRanges(AddressSpaces spaces, PageTables tables) {
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.tables = tables;
        this.frames = spaces.frames();
        this.work = spaces.work();
    }

    int get(int mm, long page) {
        return tables.get(mms.pgd(mm), page);
    }

    void set(int mm, long page, int pte) {
        mms.setPgd(mm, tables.set(mms.pgd(mm), page, pte));
    }

    /** The first page in [page, end) that is present, or end. */
    long next(int mm, long page, long end) {
        return tables.next(mms.pgd(mm), page, end);
    }

    /** Counts a frame that the mm now maps, or (by -1) no longer maps. */
    void account(int mm, int vma, int pte, int by) {
        if (PageTables.frame(pte) == NULL) {
            return;
        }
        if ((pte & FILE) == 0) {
            mms.setRssAnon(mm, mms.rssAnon(mm) + by);
        } else if (vmas.kind(vma) == VmaTable.SHMEM) {
            mms.setRssShmem(mm, mms.rssShmem(mm) + by);
        } else {
            mms.setRssFile(mm, mms.rssFile(mm) + by);
        }
        if (by > 0) {
            long rss = mms.rssAnon(mm) + mms.rssFile(mm) + mms.rssShmem(mm);
            mms.setHiwaterRss(mm, Math.max(mms.hiwaterRss(mm), rss));
        }
    }

    /** Takes away the pages of a part of a vma, guards too. */
    void zap(int vma, long start, long end) {
        zap(vma, start, end, true);
    }

    /** As {@link #zap(int, long, long)}, but guards may stay. */
    void zap(int vma, long start, long end, boolean guards) {
        int mm = vmas.mm(vma);
        long last = end >>> Frames.PAGE_SHIFT;
        for (long page = next(mm, start >>> Frames.PAGE_SHIFT, last); page < last; page = next(mm, page + 1, last)) {
            int pte = get(mm, page);
            if (pte == GUARD && !guards) {
                continue;
            }
            account(mm, vma, pte, -1);
            if (PageTables.frame(pte) != NULL) {
                frames.put(PageTables.frame(pte));
                work.add(Work.PAGE_FREE);
            }
            mms.setPgd(mm, tables.clear(mms.pgd(mm), page));
        }
    }

    /** Shares the pages of a vma with its copy in another mm; what is private is copied by whoever writes first. */
    void copy(int vma, int copy) {
        int from = vmas.mm(vma);
        int to = vmas.mm(copy);
        long last = vmas.end(vma) >>> Frames.PAGE_SHIFT;
        long first = vmas.start(vma) >>> Frames.PAGE_SHIFT;
        boolean shared = vmas.has(vma, VmFlags.VM_SHARED);
        for (long page = next(from, first, last); page < last; page = next(from, page + 1, last)) {
            int pte = get(from, page);
            if (!shared && (pte & WRITE) != 0) {
                pte &= ~WRITE;
                set(from, page, pte);
            }
            if (PageTables.frame(pte) != NULL) {
                frames.get(PageTables.frame(pte));
            }
            set(to, page, pte);
            account(to, copy, pte, 1);
            work.add(Work.PAGE_COPY);
        }
    }

    /** Fits the pages of a part of a vma to its flags; what may be written again shows at the next write. */
    void protect(int vma, long start, long end) {
        int mm = vmas.mm(vma);
        int read = vmas.has(vma, VmFlags.VM_ACCESS_FLAGS) ? READ : 0;
        int write = vmas.has(vma, VmFlags.VM_WRITE) ? WRITE : 0;
        long last = end >>> Frames.PAGE_SHIFT;
        for (long page = next(mm, start >>> Frames.PAGE_SHIFT, last); page < last; page = next(mm, page + 1, last)) {
            int pte = get(mm, page);
            if (pte != GUARD) {
                set(mm, page, (pte & ~(READ | WRITE)) | read | (pte & write));
            }
        }
    }

    /** Moves the pages of a range elsewhere in the same mm. */
    void move(int mm, long from, long to, long length) {
        long shift = (to - from) >> Frames.PAGE_SHIFT;
        long last = (from + length) >>> Frames.PAGE_SHIFT;
        for (long page = next(mm, from >>> Frames.PAGE_SHIFT, last); page < last; page = next(mm, page + 1, last)) {
            int pte = get(mm, page);
            mms.setPgd(mm, tables.clear(mms.pgd(mm), page));
            set(mm, page + shift, pte);
        }
    }

    /** Puts guards into a range, whose pages go. */
    void installGuards(int vma, long start, long end) {
        zap(vma, start, end);
        for (long at = start; at < end; at += Frames.PAGE_SIZE) {
            set(vmas.mm(vma), at >>> Frames.PAGE_SHIFT, GUARD);
        }
    }

    /** Takes the guards out of a range. */
    void removeGuards(int mm, long start, long end) {
        long last = end >>> Frames.PAGE_SHIFT;
        for (long page = next(mm, start >>> Frames.PAGE_SHIFT, last); page < last; page = next(mm, page + 1, last)) {
            if (get(mm, page) == GUARD) {
                mms.setPgd(mm, tables.clear(mms.pgd(mm), page));
            }
        }
    }

    /** Pages of a range that are present. */
    long resident(int mm, long start, long end) {
        long last = end >>> Frames.PAGE_SHIFT;
        long found = 0;
        for (long page = next(mm, start >>> Frames.PAGE_SHIFT, last); page < last; page = next(mm, page + 1, last)) {
            found += (get(mm, page) & PRESENT) != 0 ? 1 : 0;
        }
        return found;
    }
}
