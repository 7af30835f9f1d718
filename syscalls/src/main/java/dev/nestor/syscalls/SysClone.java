package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.fork.CloneArgs;
import dev.nestor.kernel.fork.Fork;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.signal.SignalWakeups;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import java.util.Arrays;

/** fork(2), vfork(2), clone(2), clone3(2): kernel/fork.c. */
public final class SysClone {
    private static final int CLONE_ARGS_SIZE_VER0 = 64;
    private static final int CLONE_ARGS_SIZE_VER2 = 88;
    private static final int PAGE_SIZE = 4096;
    private static final int MAX_PID_NS_LEVEL = 32;

    /** Restart words: the number and the task of a child that a vfork waits for. */
    private static final int CHILD_NR = 0;

    private static final int CHILD = 1;

    private final TaskTable tasks;
    private final Pids pids;
    private final Fork fork;
    private final SignalWakeups signals;
    private final UserMemory memory;
    private final CloneArgs clone = new CloneArgs();
    private final byte[] buffer = new byte[PAGE_SIZE];

    public SysClone(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.pids = kernel.pids();
        this.fork = kernel.fork();
        this.signals = kernel.signals().wakeups();
        this.memory = kernel.userMemory();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_fork, "fork", this::fork)
                .full(Nr.NR_vfork, "vfork", this::vfork)
                .partial(Nr.NR_clone, "clone", this::clone, "CLONE_IO and CLONE_SYSVSEM share nothing yet")
                .partial(Nr.NR_clone3, "clone3", this::clone3, "CLONE_IO and CLONE_SYSVSEM share nothing yet");
    }

    private long fork(int task, SyscallArgs args) {
        clone.reset(0, Signal.SIGCHLD);
        return finish(task);
    }

    private long vfork(int task, SyscallArgs args) {
        if (tasks.restart(task, CHILD_NR) != 0) {
            return awaitVfork(task);
        }
        clone.reset(Sched.CLONE_VFORK | Sched.CLONE_VM, Signal.SIGCHLD);
        return finish(task);
    }

    private long clone(int task, SyscallArgs args) {
        if (tasks.restart(task, CHILD_NR) != 0) {
            return awaitVfork(task);
        }
        long flags = args.get(0) & 0xffffffffL;
        if ((flags & Sched.CLONE_PIDFD) != 0 && (flags & Sched.CLONE_PARENT_SETTID) != 0) {
            return -Errno.EINVAL;
        }
        clone.reset(flags & ~(long) Sched.CSIGNAL, (int) flags & Sched.CSIGNAL)
                .stack(args.get(1))
                .parentTid(args.get(2))
                .pidfd(args.get(2))
                .childTid(args.get(3))
                .tls(args.get(4));
        return finish(task);
    }

    private long clone3(int task, SyscallArgs args) {
        if (tasks.restart(task, CHILD_NR) != 0) {
            return awaitVfork(task);
        }
        long size = args.get(1);
        if (size > PAGE_SIZE || size < 0) {
            return -Errno.E2BIG;
        }
        if (size < CLONE_ARGS_SIZE_VER0) {
            return -Errno.EINVAL;
        }
        int mm = tasks.mm(task);
        Arrays.fill(buffer, 0, CLONE_ARGS_SIZE_VER2, (byte) 0);
        if (memory.copyFromUser(mm, args.get(0), buffer, 0, (int) size) < 0) {
            return -Errno.EFAULT;
        }
        for (int i = CLONE_ARGS_SIZE_VER2; i < size; i++) {
            if (buffer[i] != 0) {
                return -Errno.E2BIG;
            }
        }
        int invalid = readCloneArgs(task, (int) size);
        return invalid < 0 ? invalid : finish(task);
    }

    private long word(int index) {
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = value << 8 | (buffer[index * 8 + i] & 0xff);
        }
        return value;
    }

    /** copy_clone_args_from_user() and clone3_args_valid(), in their order of checks. */
    private int readCloneArgs(int task, int size) {
        long flags = word(0);
        long exitSignal = word(4);
        long stack = word(5);
        long stackSize = word(6);
        long setTid = word(8);
        long setTidSize = word(9);
        if (Long.compareUnsigned(setTidSize, MAX_PID_NS_LEVEL) > 0 || (setTid == 0) != (setTidSize == 0)) {
            return -Errno.EINVAL;
        }
        if ((exitSignal & ~(long) Sched.CSIGNAL) != 0 || exitSignal > Signal.NSIG) {
            return -Errno.EINVAL;
        }
        if ((flags & Sched.CLONE_INTO_CGROUP) != 0) {
            if (size < CLONE_ARGS_SIZE_VER2 || Long.compareUnsigned(word(10), Integer.MAX_VALUE) > 0) {
                return -Errno.EINVAL;
            }
        }
        clone.reset(flags, (int) exitSignal)
                .pidfd(word(1))
                .childTid(word(2))
                .parentTid(word(3))
                .stack(stack == 0 ? 0 : stack + stackSize)
                .tls(word(7))
                .cgroup((int) word(10));
        for (int i = 0; i < setTidSize; i++) {
            clone.addSetTid(memory.getInt(tasks.mm(task), setTid + 4L * i));
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
        }
        return checkCloneArgs(flags, exitSignal, stack, stackSize);
    }

    private static int checkCloneArgs(long flags, long exitSignal, long stack, long stackSize) {
        if ((flags & ~(0xffffffffL | Sched.CLONE_CLEAR_SIGHAND | Sched.CLONE_INTO_CGROUP)) != 0
                || (flags & (Sched.CLONE_DETACHED | (Sched.CSIGNAL & ~Sched.CLONE_NEWTIME))) != 0) {
            return -Errno.EINVAL;
        }
        if ((flags & Sched.CLONE_SIGHAND) != 0 && (flags & Sched.CLONE_CLEAR_SIGHAND) != 0) {
            return -Errno.EINVAL;
        }
        if ((flags & (Sched.CLONE_THREAD | Sched.CLONE_PARENT)) != 0 && exitSignal != 0) {
            return -Errno.EINVAL;
        }
        if (stack == 0) {
            return stackSize != 0 ? -Errno.EINVAL : 0;
        }
        return stackSize == 0 || !UserMemory.accessOk(stack, stackSize) ? -Errno.EINVAL : 0;
    }

    private long finish(int task) {
        int child = fork.kernelClone(task, clone);
        if (child < 0) {
            return child;
        }
        int nr = pids.taskNr(child, pids.activeNs(task));
        if ((clone.flags() & Sched.CLONE_VFORK) == 0) {
            return nr;
        }
        tasks.setRestart(task, CHILD_NR, nr);
        tasks.setRestart(task, CHILD, child);
        return awaitVfork(task);
    }

    /** wait_for_vfork_done(): only a fatal signal ends the wait early. */
    private long awaitVfork(int task) {
        int child = (int) tasks.restart(task, CHILD);
        long nr = tasks.restart(task, CHILD_NR);
        if (fork.isVforkDone(task, child)) {
            fork.endVforkWait(task);
            return nr;
        }
        if (signals.fatalSignalPending(task)) {
            fork.abandonVfork(task, child);
            fork.endVforkWait(task);
            return nr;
        }
        assert child != NULL : "a vfork without a child";
        fork.beginVforkWait(task);
        tasks.setState(task, TaskTable.TASK_KILLABLE);
        return Syscalls.BLOCKED;
    }
}
