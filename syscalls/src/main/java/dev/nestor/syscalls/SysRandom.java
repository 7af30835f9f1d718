package dev.nestor.syscalls;

import dev.nestor.event.Random;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;

/** getrandom(2): drivers/char/random.c. The bytes come from the machine's seed. */
public final class SysRandom {
    private static final int GRND_NONBLOCK = 1;
    private static final int GRND_RANDOM = 2;
    private static final int GRND_INSECURE = 4;
    private static final int MAX_RW_COUNT = 0x7ffff000;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Random random;
    private final Work work;

    public SysRandom(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.random = kernel.random();
        this.work = kernel.work();
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_getrandom, "getrandom", this::getrandom);
    }

    private long getrandom(int task, SyscallArgs args) {
        int flags = args.intAt(2);
        if ((flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE)) != 0
                || (flags & (GRND_RANDOM | GRND_INSECURE)) == (GRND_RANDOM | GRND_INSECURE)) {
            return -Errno.EINVAL;
        }
        long length = Long.compareUnsigned(args.get(1), MAX_RW_COUNT) > 0 ? MAX_RW_COUNT : args.get(1);
        int mm = tasks.mm(task);
        long done = 0;
        while (done < length) {
            long word = random.nextLong();
            for (int i = 0; i < 8 && done < length; i++, done++, word >>>= 8) {
                if (memory.putByte(mm, args.get(0) + done, (int) word & 0xff) < 0) {
                    return done == 0 ? -Errno.EFAULT : done;
                }
            }
        }
        work.add(Work.BYTES_COPIED, done);
        return done;
    }
}
