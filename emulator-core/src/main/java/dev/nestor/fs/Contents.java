package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.machine.Work;
import dev.nestor.mm.Frames;
import dev.nestor.uapi.Errno;
import java.util.Arrays;

/**
 * The bytes of regular files, in page frames: mm/filemap.c, mm/shmem.c. A page that is not there reads as zeros, or as
 * {@link Outside#UNKNOWN_BYTE} in a file whose bytes are not known.
 */
public final class Contents {
    /** MAX_LFS_FILESIZE. */
    public static final long MAX_SIZE = Long.MAX_VALUE;

    private static final int SHIFT = Frames.PAGE_SHIFT;
    private static final int PAGE = Frames.PAGE_SIZE;
    private static final long MAX_FRAMES_AT_ONCE = 1024;

    private final InodeTable inodes;
    private final SuperBlockTable superBlocks;
    private final PageTree tree;
    private final Frames frames;
    private final Work work;
    private final byte[] page = new byte[PAGE];

    Contents(FsTables tables, Frames frames, Work work) {
        this.inodes = tables.inodes;
        this.superBlocks = tables.superBlocks;
        this.tree = tables.pages;
        this.frames = frames;
        this.work = work;
    }

    /** The frame of a page, which the file goes on holding, or NULL for a hole. */
    public int frame(int inode, long index) {
        return tree.get(inodes.pages(inode), index);
    }

    /** The frame of a page, made when it was a hole; -ENOSPC when the file system or the memory is full. */
    public int makeFrame(int inode, long index) {
        int frame = tree.get(inodes.pages(inode), index);
        if (frame != NULL) {
            return frame;
        }
        int sb = inodes.sb(inode);
        if (superBlocks.maxBlocks(sb) > 0 && superBlocks.blocks(sb) >= superBlocks.maxBlocks(sb)) {
            return -Errno.ENOSPC;
        }
        frame = frames.alloc();
        if (frame == NULL) {
            return -Errno.ENOSPC;
        }
        if ((inodes.flags(inode) & InodeFlags.CONTENT_UNKNOWN) != 0) {
            Arrays.fill(page, Outside.UNKNOWN_BYTE);
            frames.write(frame, 0, page, 0, PAGE);
        }
        superBlocks.setBlocks(sb, superBlocks.blocks(sb) + 1);
        inodes.setPages(inode, tree.set(inodes.pages(inode), index, frame));
        inodes.setNrPages(inode, inodes.nrPages(inode) + 1);
        return frame;
    }

    /** filemap_read(): the bytes read, 0 at the end, or a negative errno. */
    public long read(int inode, IovIter to, long pos) {
        if ((inodes.flags(inode) & InodeFlags.SIZE_UNKNOWN) != 0) {
            return to.remaining() == 0 ? 0 : -Outside.EOUTSIDE;
        }
        long at = pos;
        long end = inodes.size(inode);
        while (at < end && to.remaining() > 0) {
            int offset = (int) at & PAGE - 1;
            int length = (int) Math.min(Math.min(PAGE - offset, end - at), to.remaining());
            fill(inode, at >>> SHIFT, offset, length);
            int copied = to.copyTo(page, 0, length);
            at += copied;
            if (copied < length) {
                return at > pos ? at - pos : -Errno.EFAULT;
            }
        }
        work.add(Work.BYTES_COPIED, Math.max(0, at - pos));
        return Math.max(0, at - pos);
    }

    private void fill(int inode, long index, int offset, int length) {
        int frame = frame(inode, index);
        if (frame != NULL) {
            frames.read(frame, offset, page, 0, length);
        } else {
            boolean unknown = (inodes.flags(inode) & InodeFlags.CONTENT_UNKNOWN) != 0;
            Arrays.fill(page, 0, length, unknown ? Outside.UNKNOWN_BYTE : 0);
        }
    }

    /** generic_perform_write(): the bytes written, or a negative errno when there were none. */
    public long write(int inode, IovIter from, long pos) {
        long at = pos;
        while (from.remaining() > 0 && at < MAX_SIZE) {
            int offset = (int) at & PAGE - 1;
            int length = (int) Math.min(PAGE - offset, from.remaining());
            int copied = from.copyFrom(page, 0, length);
            int frame = copied == 0 ? -Errno.EFAULT : makeFrame(inode, at >>> SHIFT);
            if (frame < 0) {
                return at > pos ? written(inode, pos, at) : frame;
            }
            frames.write(frame, offset, page, 0, copied);
            at += copied;
            if (copied < length) {
                return written(inode, pos, at);
            }
        }
        return written(inode, pos, at);
    }

    private long written(int inode, long pos, long end) {
        if (end > inodes.size(inode)) {
            inodes.setSize(inode, end);
        }
        work.add(Work.BYTES_COPIED, end - pos);
        return end - pos;
    }

    /** Puts bytes into a file from inside; the size grows with them. False when there was no room. */
    public boolean put(int inode, long pos, byte[] bytes, int offset, int length) {
        long at = pos;
        int done = 0;
        while (done < length) {
            int inPage = (int) at & PAGE - 1;
            int part = Math.min(PAGE - inPage, length - done);
            int frame = makeFrame(inode, at >>> SHIFT);
            if (frame < 0) {
                return false;
            }
            frames.write(frame, inPage, bytes, offset + done, part);
            at += part;
            done += part;
        }
        if (at > inodes.size(inode)) {
            inodes.setSize(inode, at);
        }
        return true;
    }

    /** truncate_setsize(): pages beyond the end go, and the rest of the last one is zeroed. */
    public void truncate(int inode, long size) {
        dropFrom(inode, (size + PAGE - 1) >>> SHIFT);
        int tail = (int) size & PAGE - 1;
        int frame = tail == 0 ? NULL : frame(inode, size >>> SHIFT);
        if (frame != NULL) {
            frames.clear(frame, tail, PAGE - tail);
        }
        inodes.setSize(inode, size);
        if (size == 0) {
            inodes.setFlags(inode, inodes.flags(inode) & ~(InodeFlags.CONTENT_UNKNOWN | InodeFlags.SIZE_UNKNOWN));
        }
    }

    /** fallocate(FALLOC_FL_PUNCH_HOLE): the bytes read as zeros. */
    public void punch(int inode, long from, long to) {
        long at = from;
        while (at < to) {
            int offset = (int) at & PAGE - 1;
            int length = (int) Math.min(PAGE - offset, to - at);
            int frame = frame(inode, at >>> SHIFT);
            if (frame != NULL && length == PAGE) {
                drop(inode, at >>> SHIFT, frame);
            } else if (frame != NULL) {
                frames.clear(frame, offset, length);
            }
            at += length;
        }
    }

    /**
     * fallocate(2): there is room for all pages of a range, which read as zeros. Those of a long range get their frames
     * when they are written: a disk has more room than our memory. 0 or -ENOSPC.
     */
    public int allocate(int inode, long from, long length, boolean keepSize) {
        int sb = inodes.sb(inode);
        long pages = ((from + length - 1) >>> SHIFT) - (from >>> SHIFT) + 1;
        long most = superBlocks.maxBlocks(sb);
        if (most > 0 && pages > most - superBlocks.blocks(sb)) {
            return -Errno.ENOSPC;
        }
        for (long index = from >>> SHIFT;
                pages <= MAX_FRAMES_AT_ONCE && index <= (from + length - 1) >>> SHIFT;
                index++) {
            int frame = makeFrame(inode, index);
            if (frame < 0) {
                return frame;
            }
        }
        if (!keepSize && from + length > inodes.size(inode)) {
            inodes.setSize(inode, from + length);
        }
        return 0;
    }

    private void dropFrom(int inode, long first) {
        long index = tree.next(inodes.pages(inode), first);
        while (index >= 0) {
            drop(inode, index, frame(inode, index));
            index = tree.next(inodes.pages(inode), index + 1);
        }
    }

    private void drop(int inode, long index, int frame) {
        int sb = inodes.sb(inode);
        frames.put(frame);
        superBlocks.setBlocks(sb, superBlocks.blocks(sb) - 1);
        inodes.setPages(inode, tree.clear(inodes.pages(inode), index));
        inodes.setNrPages(inode, inodes.nrPages(inode) - 1);
    }

    /** How many pages from the first to the last have frames. */
    public long countPages(int inode, long first, long last) {
        long count = 0;
        long index = tree.next(inodes.pages(inode), first);
        while (index >= 0 && index <= last) {
            count++;
            index = tree.next(inodes.pages(inode), index + 1);
        }
        return count;
    }

    /** Lets all pages go. */
    void free(int inode) {
        dropFrom(inode, 0);
    }

    /** SEEK_DATA and SEEK_HOLE in pages: where the next data, or the next hole, begins; -ENXIO beyond the end. */
    public long seekData(int inode, long pos, boolean data) {
        long size = inodes.size(inode);
        if (pos < 0 || pos >= size) {
            return -Errno.ENXIO;
        }
        long index = pos >>> SHIFT;
        if (data) {
            long found = tree.next(inodes.pages(inode), index);
            return found < 0 || found << SHIFT >= size ? -Errno.ENXIO : Math.max(pos, found << SHIFT);
        }
        while (frame(inode, index) != NULL) {
            index++;
        }
        return Math.min(size, Math.max(pos, index << SHIFT));
    }
}
