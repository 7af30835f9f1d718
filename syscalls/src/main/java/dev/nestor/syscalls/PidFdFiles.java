package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Files;
import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.init.Kernel;
import dev.nestor.uapi.Errno;

/** What descriptors that stand for processes say, from the files behind them. */
final class PidFdFiles implements PidFdLookup {
    private final Files files;
    private final PidFds pidFds;

    PidFdFiles(Kernel kernel) {
        this.files = kernel.files();
        this.pidFds = kernel.fileSystems().pidFds();
    }

    @Override
    public int pidOf(int task, int fd) {
        int file = files.fileOf(task, fd);
        return file == NULL || !pidFds.isPidfd(file) ? -Errno.EBADF : pidFds.pidOf(file);
    }

    @Override
    public boolean isOfThread(int task, int fd) {
        int file = files.fileOf(task, fd);
        return file != NULL && pidFds.isPidfd(file) && pidFds.isOfThread(file);
    }
}
