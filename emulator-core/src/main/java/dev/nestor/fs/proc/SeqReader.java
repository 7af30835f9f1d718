package dev.nestor.fs.proc;

import dev.nestor.fs.Contents;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Vfs;
import dev.nestor.uapi.Stat;

/**
 * Reading a text that is kept for an open file: seq_read_iter() of fs/seq_file.c. It is in the pages of an inode that
 * belongs to the file alone: f_handle. How far the buffer of seq_read() would reach is kept in f_datum.
 */
public final class SeqReader {
    private static final int PAGE = 4096;

    private final Vfs vfs;
    private final FileTable files;
    private final InodeTable inodes;
    private final Contents contents;

    public SeqReader(Vfs vfs) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        this.contents = vfs.contents;
    }

    /** Gives the file its inode; NULL at the limit. The file's release() is to put it. */
    public int newKept(int file) {
        int kept = vfs.inodes.create(inodes.sb(files.inode(file)), Stat.S_IFREG, 0, 0);
        files.setHandle(file, kept);
        return kept;
    }

    /** Keeps a text, from which reads are made until the next; false without memory. */
    public boolean keep(int file, SeqFile text) {
        int kept = files.handle(file);
        contents.truncate(kept, 0);
        files.setDatum(file, 0);
        return contents.put(kept, 0, text.bytes(), 0, text.length());
    }

    /** @param records whether a read takes lines whole, as many as fit a page */
    public long read(int file, IovIter to, long pos, boolean records) {
        int kept = files.handle(file);
        long end = pos;
        long buffered = Math.max(files.datum(file), pos);
        if (records) {
            long available = buffered - pos;
            if (available < to.remaining()) {
                buffered = fill(kept, buffered, to.remaining() - available);
            }
            end = buffered;
            files.setDatum(file, buffered);
        } else {
            end = inodes.size(kept);
        }
        to.truncate(Math.max(0, end - pos));
        return contents.read(kept, to, pos);
    }

    /** Where the buffer of seq_read() ends that begins here: one record, and as many more as are wanted and fit a page. */
    private long fill(int kept, long from, long wanted) {
        long size = inodes.size(kept);
        long end = recordEnd(kept, from, size);
        while (end < size && end - from < wanted) {
            long next = recordEnd(kept, end, size);
            if (next - from >= PAGE) {
                break;
            }
            end = next;
        }
        return end;
    }

    private long recordEnd(int kept, long from, long size) {
        long at = from;
        while (at < size) {
            int frame = contents.frame(kept, at >>> 12);
            byte c = vfs.below.frames().byteAt(frame, (int) at & (PAGE - 1));
            at++;
            if (c == '\n') {
                return at;
            }
        }
        return at;
    }
}
