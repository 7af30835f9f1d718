package dev.nestor.fs;

/** A file whose behaviour is not known here: whatever is asked of it, somebody else has to answer. */
final class OutsideOps implements FileOps {
    @Override
    public long read(int task, int file, IovIter to, long pos) {
        return -Outside.EOUTSIDE;
    }

    @Override
    public long write(int task, int file, IovIter from, long pos) {
        return -Outside.EOUTSIDE;
    }

    @Override
    public long llseek(int task, int file, long offset, int whence) {
        return -Outside.EOUTSIDE;
    }

    @Override
    public long iterate(int task, int file, DirEmitter out) {
        return -Outside.EOUTSIDE;
    }

    @Override
    public int poll(int task, int file) {
        return -Outside.EOUTSIDE;
    }

    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        return -Outside.EOUTSIDE;
    }

    @Override
    public long fsync(int file) {
        return -Outside.EOUTSIDE;
    }

    @Override
    public int fasync(int file, boolean on) {
        return 0;
    }
}
