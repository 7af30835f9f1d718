package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Files;
import dev.nestor.fs.eventpoll.EventPolls;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.signal.SignalWakeups;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.HotPath;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;

/**
 * epoll_create(2), epoll_ctl(2), epoll_wait(2) and their kin: fs/eventpoll.c. Restart word 0 keeps when a waiting call gives
 * up, in cycles.
 */
public final class SysEpoll {
    private static final int EVENT_SIZE = 12; // bytes: struct epoll_event is packed on x86-64
    private static final int EP_MAX_EVENTS = Integer.MAX_VALUE / EVENT_SIZE;
    private static final long TASK_SIZE_MAX = 0x7fff_ffff_f000L;
    private static final long NSEC_PER_MSEC = 1_000_000;

    private final TaskTable tasks;
    private final Files files;
    private final EventPolls polls;
    private final UserMemory memory;
    private final SignalWakeups signals;
    private final PollTimeouts timeouts;
    private final byte[] bytes = new byte[Timespecs.SIZE];
    private final EventPolls.Taker taker = this::take;
    private int mm; // of the task that takes events
    private long to; // where they go

    public SysEpoll(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.files = kernel.files();
        this.polls = kernel.fileSystems().eventPolls();
        this.memory = kernel.userMemory();
        this.signals = kernel.signals().wakeups();
        this.timeouts = new PollTimeouts(kernel);
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_epoll_create, "epoll_create", this::create)
                .full(Nr.NR_epoll_create1, "epoll_create1", (task, args) -> polls.create(task, args.intAt(0)))
                .full(Nr.NR_epoll_ctl, "epoll_ctl", this::control)
                .full(Nr.NR_epoll_wait, "epoll_wait", this::epollWait)
                .full(Nr.NR_epoll_pwait, "epoll_pwait", this::epollPwait)
                .full(Nr.NR_epoll_pwait2, "epoll_pwait2", this::epollPwait2);
    }

    private long create(int task, SyscallArgs args) {
        return args.intAt(0) <= 0 ? -Errno.EINVAL : polls.create(task, 0);
    }

    private long control(int task, SyscallArgs args) {
        int op = args.intAt(1);
        int events = 0;
        long data = 0;
        if (op != EventPolls.EPOLL_CTL_DEL) {
            if (memory.copyFromUser(tasks.mm(task), args.get(3), bytes, 0, EVENT_SIZE) != 0) {
                return -Errno.EFAULT;
            }
            events = Bytes.getInt(bytes, 0);
            data = Bytes.getLong(bytes, 4);
        }
        int file = files.usableFileOf(task, args.intAt(0));
        return file == NULL ? -Errno.EBADF : polls.control(task, file, op, args.intAt(2), events, data);
    }

    @HotPath
    private long epollWait(int task, SyscallArgs args) {
        return doWait(task, args, millis(args.intAt(3)));
    }

    private static long millis(int timeout) {
        return timeout < 0 ? Long.MAX_VALUE : timeout * NSEC_PER_MSEC;
    }

    private long epollPwait(int task, SyscallArgs args) {
        long error = timeouts.setSigmask(task, args.get(4), args.get(5));
        return error != 0 ? error : finish(task, doWait(task, args, millis(args.intAt(3))));
    }

    private long epollPwait2(int task, SyscallArgs args) {
        long timeout = args.get(3) == 0 ? Long.MAX_VALUE : Timespecs.get(memory, tasks.mm(task), args.get(3), bytes);
        if (timeout < 0) {
            return timeout;
        }
        long error = timeouts.setSigmask(task, args.get(4), args.get(5));
        return error != 0 ? error : finish(task, doWait(task, args, timeout));
    }

    /** restore_saved_sigmask_unless(): a handler that is to run restores it itself. */
    private long finish(int task, long result) {
        if (result != Syscalls.BLOCKED && result != -Errno.EINTR) {
            signals.restoreSavedSigmask(task);
        }
        return result;
    }

    /** do_epoll_wait(), ep_poll(). */
    private long doWait(int task, SyscallArgs args, long timeout) {
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        int most = args.intAt(2);
        if (most <= 0 || most > EP_MAX_EVENTS) {
            return -Errno.EINVAL;
        }
        long end = args.get(1) + (long) most * EVENT_SIZE;
        if (Long.compareUnsigned(end, TASK_SIZE_MAX) > 0 || Long.compareUnsigned(end, args.get(1)) < 0) {
            return -Errno.EFAULT;
        }
        if (!polls.isEventPoll(file)) {
            return -Errno.EINVAL;
        }
        mm = tasks.mm(task);
        to = args.get(1);
        int taken = polls.send(task, file, most, taker);
        if (taken != 0 || timeouts.isExpired(task, timeout)) {
            return timeouts.end(task, taken);
        }
        if (tasks.sigpending(task)) {
            return timeouts.end(task, -Errno.EINTR);
        }
        polls.sleep(task, file);
        return timeouts.sleep(task);
    }

    private boolean take(int index, int events, long data) {
        Bytes.putInt(bytes, 0, events);
        Bytes.putLong(bytes, 4, data);
        return memory.copyToUser(mm, to + (long) index * EVENT_SIZE, bytes, 0, EVENT_SIZE) == 0;
    }
}
