package dev.nestor.syscalls;

import dev.nestor.fs.FileTables;
import dev.nestor.fs.Files;
import dev.nestor.fs.pipe.Pipes;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;

/** pipe(2), pipe2(2): fs/pipe.c. */
public final class SysPipe {
    private static final int O_NOTIFICATION_PIPE = Fcntl.O_EXCL;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Files files;
    private final FileTables descriptors;
    private final Pipes pipes;
    private final int[] ends = new int[2];

    public SysPipe(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.files = kernel.files();
        this.descriptors = kernel.fileTables();
        this.pipes = kernel.fileSystems().pipes();
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_pipe, "pipe", (task, args) -> pipe(task, args.get(0), 0))
                .partial(
                        Nr.NR_pipe2,
                        "pipe2",
                        (task, args) -> pipe(task, args.get(0), args.intAt(1)),
                        "notification pipes");
    }

    private long pipe(int task, long address, int flags) {
        if ((flags & ~(Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK | Fcntl.O_DIRECT | O_NOTIFICATION_PIPE)) != 0) {
            return -Errno.EINVAL;
        }
        int error = pipes.createFiles(task, flags, ends);
        if (error != 0) {
            return error;
        }
        boolean cloexec = (flags & Fcntl.O_CLOEXEC) != 0;
        int struct = tasks.files(task);
        int reader = descriptors.installLowest(task, 0, ends[0], cloexec);
        if (reader < 0) {
            files.put(ends[0]);
            files.put(ends[1]);
            return reader;
        }
        int writer = descriptors.installLowest(task, 0, ends[1], cloexec);
        if (writer < 0) {
            files.put(ends[1]);
            descriptors.close(struct, reader);
            return writer;
        }
        int mm = tasks.mm(task);
        if (memory.putLong(mm, address, (reader & 0xffffffffL) | (long) writer << 32) != 0) {
            descriptors.close(struct, reader);
            descriptors.close(struct, writer);
            return -Errno.EFAULT;
        }
        return 0;
    }
}
