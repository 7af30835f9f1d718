package dev.nestor.fs.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.fs.proc.SeqReader;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;

/**
 * Reading, writing and polling files of cgroups: fs/kernfs/file.c, cgroup_file_write(). The inode that keeps an open file's
 * text keeps its cgroup namespace too (rdev), and the event that its last read has seen (dir offset).
 */
final class CgroupOps implements FileOps {
    private static final int PAGE = 4096;

    private final Vfs vfs;
    private final CgroupTree fs;
    private final FileTable files;
    private final InodeTable inodes;
    private final SeqReader reader;
    private final SeqFile seq = new SeqFile();
    private final CgroupRequest request = new CgroupRequest();
    private final CgroupText text = new CgroupText();
    private final byte[] written = new byte[PAGE + 1];

    CgroupOps(Vfs vfs, CgroupTree fs) {
        this.vfs = vfs;
        this.fs = fs;
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        this.reader = new SeqReader(vfs);
    }

    @Override
    public long open(int task, int file) {
        int kept = reader.newKept(file);
        if (kept == NULL) {
            return -Errno.ENOMEM;
        }
        int ns = fs.cgroupNsOf(task);
        fs.holdNs(ns);
        inodes.setRdev(kept, ns);
        return 0;
    }

    @Override
    public void release(int file) {
        int kept = files.handle(file);
        if (kept != NULL) {
            int ns = inodes.rdev(kept);
            inodes.setRdev(kept, NULL);
            files.setHandle(file, NULL);
            vfs.inodes.put(kept);
            fs.putNs(ns);
        }
    }

    private CgroupRequest request(int task, int file) {
        request.task = task;
        request.file = file;
        request.cgroup = fs.cgroupOf(file);
        request.ns = inodes.rdev(files.handle(file));
        return request;
    }

    @Override
    public long read(int task, int file, IovIter to, long pos) {
        if (to.remaining() == 0) {
            return 0;
        }
        if (fs.cgroupOf(file) == NULL) {
            return -Errno.ENODEV;
        }
        CgroupFile kind = fs.kindOf(file);
        boolean isFirst = inodes.dirOffset(files.handle(file)) == 0;
        if (pos == 0 || isFirst) {
            seq.clear();
            inodes.setDirOffset(files.handle(file), fs.eventOf(file));
            CgroupFile.Show show = kind.show;
            int error = show == null ? -Errno.EINVAL : show.show(request(task, file), seq);
            if (error == 0 && !reader.keep(file, seq)) {
                error = -Errno.ENOMEM;
            }
            if (error != 0) {
                return error;
            }
        }
        return reader.read(file, to, pos, kind.has(CgroupFile.RECORDS));
    }

    @Override
    public long write(int task, int file, IovIter from, long pos) {
        long length = from.remaining();
        if (length > PAGE) {
            return -Errno.E2BIG;
        }
        if (from.copyFrom(written, 0, (int) length) < length) {
            return -Errno.EFAULT;
        }
        int cgroup = fs.cgroupOf(file);
        if (cgroup == NULL) {
            return -Errno.ENODEV;
        }
        if (length == 0) {
            return 0;
        }
        CgroupFile kind = fs.kindOf(file);
        if (!kind.has(CgroupFile.NS_DELEGATABLE) && fs.isBoundary(inodes.rdev(files.handle(file)), cgroup)) {
            return -Errno.EPERM;
        }
        CgroupFile.Store store = kind.store;
        if (store == null) {
            return -Errno.EINVAL;
        }
        int error = store.store(request(task, file), text.set(written, (int) length));
        return error != 0 ? error : length;
    }

    @Override
    public int poll(int task, int file) {
        boolean isNews = fs.cgroupOf(file) == NULL
                || fs.kindOf(file).has(CgroupFile.PRESSURE)
                || inodes.dirOffset(files.handle(file)) != fs.eventOf(file);
        return isNews ? DEFAULT_POLLMASK | POLLERR | POLLPRI : DEFAULT_POLLMASK;
    }

    @Override
    public int pollQueue(int file, int index) {
        return index == 0 ? fs.pollQueue(file) : NULL;
    }

    @Override
    public long llseek(int task, int file, long offset, int whence) {
        return whence >= Fcntl.SEEK_SET && whence <= Fcntl.SEEK_END
                ? vfs.readWrite.seekTo(file, offset, whence, 0)
                : -Errno.EINVAL;
    }
}
