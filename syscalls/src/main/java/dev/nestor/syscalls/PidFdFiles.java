package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Files;
import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.fs.proc.ProcFs;
import dev.nestor.init.Kernel;
import dev.nestor.uapi.Errno;

/** What descriptors that stand for processes say, from the files behind them. */
final class PidFdFiles implements PidFdLookup {
    private final Files files;
    private final PidFds pidFds;
    private final ProcFs procFs;

    PidFdFiles(Kernel kernel) {
        this.files = kernel.files();
        this.pidFds = kernel.fileSystems().pidFds();
        this.procFs = kernel.fileSystems().procFs();
    }

    @Override
    public int pidOf(int task, int fd) {
        int file = files.fileOf(task, fd);
        return file == NULL || !pidFds.isPidfd(file) ? -Errno.EBADF : pidFds.pidOf(file);
    }

    @Override
    public int pidOfProcess(int task, int fd) {
        int file = files.fileOf(task, fd);
        if (file == NULL || pidFds.isPidfd(file)) {
            return pidOf(task, fd);
        }
        int pid = procFs.pidOfDirectory(file);
        return pid == NULL ? -Errno.EBADF : pid;
    }

    @Override
    public boolean isOfThread(int task, int fd) {
        int file = files.fileOf(task, fd);
        return file != NULL && pidFds.isPidfd(file) && pidFds.isOfThread(file);
    }
}
