package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.signal.SigAction;
import dev.nestor.kernel.signal.SigInfo;
import dev.nestor.kernel.signal.SigSets;
import dev.nestor.kernel.signal.SignalRoom;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;

/** Actions, masks and waiting for signals: rt_sig*(2), sigaltstack(2), pause(2). */
public final class SysSignal {
    private static final int SIGSET_SIZE = 8; // bytes of sigset_t
    private static final int SIGACTION_SIZE = 32; // bytes of struct sigaction
    private static final int STACK_SIZE = 24; // bytes of stack_t

    /** tasks.restart(task, 0) of a call that has been entered before. */
    private static final int ENTERED = 1;

    private final TaskTable tasks;
    private final SignalRoom room;
    private final UserMemory memory;
    private final HrTimers timers;
    private final Timekeeping timekeeping;
    private final SigAction action = new SigAction();
    private final SigAction old = new SigAction();
    private final SigInfo info = new SigInfo();
    private final byte[] bytes = new byte[SigInfo.SIZE];

    public SysSignal(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.room = kernel.signals();
        this.memory = kernel.userMemory();
        this.timers = kernel.hrTimers();
        this.timekeeping = kernel.timekeeping();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_rt_sigaction, "rt_sigaction", this::sigaction)
                .full(Nr.NR_rt_sigprocmask, "rt_sigprocmask", this::sigprocmask)
                .full(Nr.NR_rt_sigpending, "rt_sigpending", this::sigpending)
                .full(Nr.NR_rt_sigsuspend, "rt_sigsuspend", this::sigsuspend)
                .full(Nr.NR_rt_sigtimedwait, "rt_sigtimedwait", this::sigtimedwait)
                .full(Nr.NR_rt_sigreturn, "rt_sigreturn", this::sigreturn)
                .full(Nr.NR_sigaltstack, "sigaltstack", this::sigaltstack)
                .full(Nr.NR_pause, "pause", this::pause);
    }

    private long sigaction(int task, SyscallArgs args) {
        int sig = args.intAt(0);
        long from = args.get(1);
        long to = args.get(2);
        int mm = tasks.mm(task);
        if (args.get(3) != SIGSET_SIZE) {
            return -Errno.EINVAL;
        }
        if (from != 0) {
            if (memory.copyFromUser(mm, from, bytes, 0, SIGACTION_SIZE) != 0) {
                return -Errno.EFAULT;
            }
            action.set(
                    Bytes.getLong(bytes, 0),
                    Bytes.getLong(bytes, 8),
                    Bytes.getLong(bytes, 16),
                    Bytes.getLong(bytes, 24));
        }
        int error = room.actions().doSigaction(task, sig, from == 0 ? null : action, to == 0 ? null : old);
        if (error != 0 || to == 0) {
            return error;
        }
        Bytes.putLong(bytes, 0, old.handler());
        Bytes.putLong(bytes, 8, old.flags());
        Bytes.putLong(bytes, 16, old.restorer());
        Bytes.putLong(bytes, 24, old.mask());
        return memory.copyToUser(mm, to, bytes, 0, SIGACTION_SIZE);
    }

    private long sigprocmask(int task, SyscallArgs args) {
        if (args.get(3) != SIGSET_SIZE) {
            return -Errno.EINVAL;
        }
        long before = tasks.blocked(task);
        int mm = tasks.mm(task);
        if (args.get(1) != 0) {
            memory.faulted();
            long set = memory.getLong(mm, args.get(1)) & ~SigSets.KERNEL_ONLY;
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            long after;
            switch (args.intAt(0)) {
                case Signal.SIG_BLOCK -> after = before | set;
                case Signal.SIG_UNBLOCK -> after = before & ~set;
                case Signal.SIG_SETMASK -> after = set;
                default -> {
                    return -Errno.EINVAL;
                }
            }
            room.wakeups().setCurrentBlocked(task, after);
        }
        return args.get(2) == 0 ? 0 : memory.putLong(mm, args.get(2), before);
    }

    /** A size up to eight is fine: so many bytes are written. */
    private long sigpending(int task, SyscallArgs args) {
        long size = args.get(1);
        if (Long.compareUnsigned(size, SIGSET_SIZE) > 0) {
            return -Errno.EINVAL;
        }
        Bytes.putLong(bytes, 0, room.pending().all(task) & tasks.blocked(task));
        return size == 0 ? 0 : memory.copyToUser(tasks.mm(task), args.get(0), bytes, 0, (int) size);
    }

    private long sigsuspend(int task, SyscallArgs args) {
        if (tasks.restart(task, 0) != ENTERED) {
            if (args.get(1) != SIGSET_SIZE) {
                return -Errno.EINVAL;
            }
            memory.faulted();
            long set = memory.getLong(tasks.mm(task), args.get(0));
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            room.wakeups().setUserSigmask(task, set);
            tasks.setRestart(task, 0, ENTERED);
        }
        return pause(task, args);
    }

    /** Waits for a signal that does something. */
    private long pause(int task, SyscallArgs args) {
        if (tasks.sigpending(task)) {
            return -Errno.ERESTARTNOHAND;
        }
        tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
        return Syscalls.BLOCKED;
    }

    private long sigtimedwait(int task, SyscallArgs args) {
        int mm = tasks.mm(task);
        if (args.get(3) != SIGSET_SIZE) {
            return -Errno.EINVAL;
        }
        memory.faulted();
        long set = memory.getLong(mm, args.get(0)) & ~SigSets.KERNEL_ONLY;
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        int sig;
        if (tasks.restart(task, 0) == ENTERED) {
            sig = finishTimedwait(task, set, args.get(2) != 0);
        } else {
            long timeoutNs = timeout(mm, args.get(2));
            if (timeoutNs < 0) {
                return timeoutNs;
            }
            sig = room.delivery().dequeueSignal(task, ~set, info);
            if (sig == 0) {
                return timeoutNs == 0 ? -Errno.EAGAIN : beginTimedwait(task, set, timeoutNs);
            }
        }
        if (sig > 0 && args.get(1) != 0) {
            info.toUser(bytes);
            return memory.copyToUser(mm, args.get(1), bytes, 0, SigInfo.SIZE) != 0 ? -Errno.EFAULT : sig;
        }
        return sig;
    }

    /** Nanoseconds to wait, Long.MAX_VALUE without end, or a negative errno. */
    private long timeout(int mm, long from) {
        return from == 0 ? Long.MAX_VALUE : Timespecs.get(memory, mm, from, bytes);
    }

    /** The awaited signals are unblocked while the task sleeps, so that they wake it. */
    private long beginTimedwait(int task, long set, long timeoutNs) {
        tasks.setRealBlocked(task, tasks.blocked(task));
        room.wakeups().setBlockedForWait(task, tasks.blocked(task) & ~set);
        tasks.setRestart(task, 0, ENTERED);
        if (tasks.sigpending(task)) {
            return finishTimedwait(task, set, false);
        }
        if (timeoutNs != Long.MAX_VALUE) {
            timers.sleepUntil(task, Timespecs.expiry(timekeeping, timeoutNs, tasks.timerSlackNs(task)));
        }
        tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
        return Syscalls.BLOCKED;
    }

    /** The signal that came, EAGAIN when time is up, EINTR when something else woke the task: it waits but once. */
    private int finishTimedwait(int task, long set, boolean timed) {
        boolean expired = timed && !timers.isSleeping(task);
        timers.cancelSleep(task);
        room.wakeups().setBlockedForWait(task, tasks.realBlocked(task));
        tasks.setRealBlocked(task, 0);
        int sig = room.delivery().dequeueSignal(task, ~set, info);
        if (sig != 0) {
            return sig;
        }
        return expired ? -Errno.EAGAIN : -Errno.EINTR;
    }

    /** Without a frame there is nothing to go back to: SIGSEGV. */
    private long sigreturn(int task, SyscallArgs args) {
        if (room.frames().isEmpty(task)) {
            room.signals().forceSig(task, Signal.SIGSEGV);
            return 0;
        }
        return room.frames().pop(task);
    }

    private long sigaltstack(int task, SyscallArgs args) {
        int mm = tasks.mm(task);
        boolean sets = args.get(0) != 0;
        if (sets && memory.copyFromUser(mm, args.get(0), bytes, 0, STACK_SIZE) != 0) {
            return -Errno.EFAULT;
        }
        boolean onStack = room.frames().isOnAltStack(task);
        long oldSp = tasks.sasSsSp(task);
        long oldSize = tasks.sasSsSize(task);
        int mode = onStack ? Signal.SS_ONSTACK : oldSize == 0 ? Signal.SS_DISABLE : 0;
        int oldFlags = mode | (tasks.sasSsFlags(task) & Signal.SS_AUTODISARM);
        if (sets) {
            int error = onStack ? -Errno.EPERM : setStack(task);
            if (error != 0) {
                return error;
            }
        }
        if (args.get(1) == 0) {
            return 0;
        }
        Bytes.putLong(bytes, 0, oldSp);
        Bytes.putLong(bytes, 8, oldFlags & 0xffffffffL);
        Bytes.putLong(bytes, 16, oldSize);
        return memory.copyToUser(mm, args.get(1), bytes, 0, STACK_SIZE);
    }

    /** do_sigaltstack() with the stack_t that has been copied in. */
    private int setStack(int task) {
        long sp = Bytes.getLong(bytes, 0);
        int flags = (int) Bytes.getLong(bytes, 8);
        long size = Bytes.getLong(bytes, 16);
        int mode = flags & ~Signal.SS_AUTODISARM;
        if (mode != 0 && mode != Signal.SS_DISABLE && mode != Signal.SS_ONSTACK) {
            return -Errno.EINVAL;
        }
        if (mode == Signal.SS_DISABLE) {
            sp = 0;
            size = 0;
        } else if (Long.compareUnsigned(size, Signal.MINSIGSTKSZ) < 0) {
            return -Errno.ENOMEM;
        }
        room.frames().setStack(task, sp, size, flags);
        return 0;
    }
}
