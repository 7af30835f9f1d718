package dev.nestor.mm;

import static dev.nestor.mm.PageTables.FILE;
import static dev.nestor.mm.PageTables.GUARD;
import static dev.nestor.mm.PageTables.PRESENT;
import static dev.nestor.mm.PageTables.READ;
import static dev.nestor.mm.PageTables.WRITE;
import static dev.nestor.table.Table.NULL;
import static dev.nestor.uapi.Errno.EFAULT;
import static dev.nestor.uapi.Errno.ENOMEM;

import dev.nestor.machine.Work;

/** Page faults: handle_mm_fault() and the growth of stacks. */
final class Faults {
    private final AddressSpaces spaces;
    private final VmaTable vmas;
    private final PageRanges pages;
    private final Frames frames;

    Faults(AddressSpaces spaces, PageRanges pages) {
        this.spaces = spaces;
        this.vmas = spaces.vmas();
        this.pages = pages;
        this.frames = spaces.frames();
    }

    /**
     * The frame behind an address, for reading or for writing, made present if need be.
     *
     * @return a frame; NULL for the zero page, when reading; -EFAULT or -ENOMEM
     */
    int frameAt(int mm, long address, boolean write) {
        int pte = pages.get(mm, address >>> Frames.PAGE_SHIFT);
        int need = write ? WRITE : READ;
        return (pte & need) != 0 ? PageTables.frame(pte) : fault(mm, address, write);
    }

    private int fault(int mm, long address, boolean write) {
        int vma = spaces.tree().find(mm, address);
        if (vma == NULL) {
            return -EFAULT;
        }
        if (vmas.start(vma) > address && spaces.regions().expandDownwards(vma, address) != 0) {
            return -EFAULT;
        }
        if (!vmas.has(vma, write ? VmFlags.VM_WRITE : VmFlags.VM_ACCESS_FLAGS)) {
            return -EFAULT;
        }
        return makePresent(vma, address, write);
    }

    /** handle_pte_fault(): makes a page of a vma present, whatever the vma allows to a task. Answers as frameAt(). */
    int makePresent(int vma, long address, boolean write) {
        long page = address >>> Frames.PAGE_SHIFT;
        int pte = pages.get(vmas.mm(vma), page);
        if (pte == GUARD) {
            return -EFAULT;
        }
        spaces.work().add(Work.PAGE_FAULT);
        if (vmas.has(vma, VmFlags.VM_SHARED) || vmas.kind(vma) == VmaTable.SHMEM) {
            return sharedFault(vma, page, pte, write);
        }
        if (pte != 0 && (!write || isMine(pte))) {
            return upgrade(vma, page, pte, write);
        }
        if (pte == 0 && vmas.kind(vma) == VmaTable.FILE) {
            return privateFileFault(vma, page, write);
        }
        if (write) {
            return breakCow(vma, page, pte);
        }
        pages.set(vmas.mm(vma), page, PageTables.pte(NULL, PRESENT | readBit(vma)));
        return NULL;
    }

    /** populate_vma_page_range(): brings in a part of a vma, to write where it is private and writable. */
    int populate(int vma, long start, long end) {
        if (!vmas.has(vma, VmFlags.VM_ACCESS_FLAGS)) {
            return -EFAULT;
        }
        if ((vmas.flags(vma) & (VmFlags.VM_LOCKED | VmFlags.VM_LOCKONFAULT)) == VmFlags.VM_LOCKED_MASK) {
            return 0;
        }
        boolean write = vmas.has(vma, VmFlags.VM_WRITE) && !vmas.has(vma, VmFlags.VM_SHARED);
        for (long at = start; at < end; at += Frames.PAGE_SIZE) {
            int pte = pages.get(vmas.mm(vma), at >>> Frames.PAGE_SHIFT);
            if (pte == 0 || (write && (pte & WRITE) == 0)) {
                int frame = makePresent(vma, at, write);
                if (frame < 0) {
                    return frame;
                }
            }
        }
        return 0;
    }

    private int sharedFault(int vma, long page, int pte, boolean write) {
        int frame = PageTables.frame(pte);
        if (pte == 0 || write) {
            frame = backing(vma, page, write);
        }
        if (frame < 0) {
            return frame;
        }
        int mm = vmas.mm(vma);
        if (frame == NULL && pte == 0 && !write) {
            pages.set(mm, page, PageTables.pte(NULL, PRESENT | readBit(vma)));
            return NULL;
        }
        if (frame == NULL) {
            /* Nothing is known of the file: what is written stays with this mapping. */
            return (pte & FILE) == 0 && PageTables.frame(pte) != NULL
                    ? upgrade(vma, page, pte, write)
                    : breakCow(vma, page, pte);
        }
        return mapBacking(vma, page, pte, PageTables.pte(frame, PRESENT | FILE | readBit(vma) | (write ? WRITE : 0)));
    }

    private int mapBacking(int vma, long page, int before, int pte) {
        int mm = vmas.mm(vma);
        int frame = PageTables.frame(pte);
        if (PageTables.frame(before) != frame) {
            frames.get(frame);
            pages.account(mm, vma, before, -1);
            pages.account(mm, vma, pte, 1);
            if (PageTables.frame(before) != NULL) {
                frames.put(PageTables.frame(before));
            }
        }
        pages.set(mm, page, pte);
        return frame;
    }

    private int privateFileFault(int vma, long page, boolean write) {
        int frame = backing(vma, page, false);
        if (frame < 0) {
            return frame;
        }
        if (write) {
            return breakCow(vma, page, PageTables.pte(frame, 0));
        }
        int pte = PageTables.pte(frame, PRESENT | readBit(vma) | (frame == NULL ? 0 : FILE));
        return mapBacking(vma, page, 0, pte);
    }

    /** do_wp_page(): gives the vma a page of its own, a copy of the frame in a pte which is or would be mapped, if any. */
    private int breakCow(int vma, long page, int pte) {
        int mm = vmas.mm(vma);
        int from = PageTables.frame(pte);
        int frame = from == NULL ? frames.alloc() : frames.allocCopy(from);
        if (frame == NULL) {
            return -ENOMEM;
        }
        spaces.regions().prepareAnonVma(vma);
        if ((pte & PRESENT) != 0 && from != NULL) {
            pages.account(mm, vma, pte, -1);
            frames.put(from);
        }
        int write = vmas.has(vma, VmFlags.VM_WRITE) ? WRITE : 0;
        int next = PageTables.pte(frame, PRESENT | readBit(vma) | write);
        pages.set(mm, page, next);
        pages.account(mm, vma, next, 1);
        return frame;
    }

    private int upgrade(int vma, long page, int pte, boolean write) {
        int bits = readBit(vma) | (write && vmas.has(vma, VmFlags.VM_WRITE) ? WRITE : 0);
        pages.set(vmas.mm(vma), page, pte | bits);
        return PageTables.frame(pte);
    }

    /** Whether a private page may be written as it is: nobody else holds it. */
    private boolean isMine(int pte) {
        int frame = PageTables.frame(pte);
        return (pte & FILE) == 0 && frame != NULL && frames.refs(frame) == 1;
    }

    private int backing(int vma, long page, boolean write) {
        long index = vmas.pgoff(vma) + page - (vmas.start(vma) >>> Frames.PAGE_SHIFT);
        return switch (vmas.kind(vma)) {
            case VmaTable.FILE -> spaces.files().frame(vmas.file(vma), index, write);
            case VmaTable.SHMEM -> spaces.shmem().frame(vmas.file(vma), index);
            default -> NULL;
        };
    }

    private int readBit(int vma) {
        return vmas.has(vma, VmFlags.VM_ACCESS_FLAGS) ? READ : 0;
    }
}
