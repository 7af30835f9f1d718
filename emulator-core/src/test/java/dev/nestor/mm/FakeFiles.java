package dev.nestor.mm;

import dev.nestor.uapi.Errno;

/** Files of one page each, by number. */
final class FakeFiles implements VmFile, MmapFiles {
    static final int RO = 1;
    static final int WO = 2;
    static final int RW = 3;
    static final int DIRECTORY = 4;
    static final int NOEXEC = 5;

    Frames frames = new Frames(0);
    int holders;
    private final int[] pages = new int[6];

    @Override
    public void hold(int file) {
        holders++;
    }

    @Override
    public void release(int file) {
        holders--;
    }

    @Override
    public int frame(int file, long pageIndex, boolean write) {
        if (pageIndex != 0) {
            return -Errno.EFAULT;
        }
        if (pages[file] == 0) {
            pages[file] = frames.alloc();
        }
        return pages[file];
    }

    @Override
    public int find(int task, int fd) {
        return fd;
    }

    @Override
    public int mode(int file) {
        return switch (file) {
            case RO -> MmapFiles.READ | MmapFiles.MAPPABLE;
            case WO -> MmapFiles.WRITE | MmapFiles.MAPPABLE;
            case DIRECTORY -> MmapFiles.READ;
            case NOEXEC -> MmapFiles.READ | MmapFiles.MAPPABLE | MmapFiles.NOEXEC;
            default -> MmapFiles.READ | MmapFiles.WRITE | MmapFiles.MAPPABLE;
        };
    }

    @Override
    public int punch(int file, long offset, long length) {
        return -Errno.EOPNOTSUPP;
    }
}
