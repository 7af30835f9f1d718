package dev.nestor.init;

import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.kernel.fork.Fork;

/** User memory and descriptors as fork needs them. */
final class ForkMemory implements Fork.Memory {
    private final Kernel kernel;

    ForkMemory(Kernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public boolean putInt(int mm, long address, int value) {
        return kernel.userMemory().putInt(mm, address, value) >= 0;
    }

    @Override
    public int openPidfd(int task, int pid, boolean thread) {
        return kernel.fileSystems().pidFds().create(task, pid, thread ? PidFds.PIDFD_THREAD : 0);
    }

    @Override
    public void closePidfd(int task, int fd) {
        kernel.fileTables().close(kernel.tasks().files(task), fd);
    }

    @Override
    public int cgroupOf(int task, int fd, boolean thread) {
        return kernel.fileSystems().cgroupFs().cgroupForChild(task, fd, thread);
    }
}
