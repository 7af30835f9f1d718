package dev.nestor.syscalls;

import dev.nestor.fs.Namei;
import dev.nestor.fs.Nameidata;
import dev.nestor.init.Kernel;
import dev.nestor.ipc.MqueueFs;
import dev.nestor.ipc.Mqueues;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Time;
import java.util.Arrays;

/** POSIX message queues: mq_open(2), mq_unlink(2), mq_timedsend(2), mq_timedreceive(2), mq_notify(2), mq_getsetattr(2). */
public final class SysMqueue {
    private static final int ATTR_SIZE = 64; // bytes of struct mq_attr
    private static final int SIGEVENT_SIZE = 64; // bytes
    private static final int NOTIFY_COOKIE_LEN = 32; // bytes

    private final TaskTable tasks;
    private final NsProxyTable nsproxies;
    private final Namei namei;
    private final MqueueFs mqueueFs;
    private final UserMemory memory;
    private final byte[] bytes = new byte[ATTR_SIZE];

    public SysMqueue(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.nsproxies = kernel.nsProxyTable();
        this.namei = kernel.vfs().namei;
        this.mqueueFs = kernel.fileSystems().mqueueFs();
        this.memory = kernel.userMemory();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_mq_open, "mq_open", this::mqOpen)
                .full(Nr.NR_mq_unlink, "mq_unlink", this::mqUnlink)
                .full(Nr.NR_mq_timedsend, "mq_timedsend", this::mqTimedsend)
                .full(Nr.NR_mq_timedreceive, "mq_timedreceive", this::mqTimedreceive)
                .partial(Nr.NR_mq_notify, "mq_notify", this::mqNotify, "SIGEV_THREAD: no netlink socket is told")
                .full(Nr.NR_mq_getsetattr, "mq_getsetattr", this::mqGetsetattr);
    }

    private int ns(int task) {
        return nsproxies.ipcNs(tasks.nsproxy(task));
    }

    private long mqOpen(int task, SyscallArgs args) {
        long attr = args.get(3);
        if (attr != 0 && memory.copyFromUser(tasks.mm(task), attr, bytes, 0, ATTR_SIZE) != 0) {
            return -Errno.EFAULT;
        }
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, args.get(0), 0);
        if (error != 0) {
            return error;
        }
        if (attr != 0) {
            mqueueFs.wish(Bytes.getLong(bytes, 8), Bytes.getLong(bytes, 16));
        }
        return mqueueFs.open(task, ns(task), nd, args.intAt(1), args.intAt(2));
    }

    private long mqUnlink(int task, SyscallArgs args) {
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, args.get(0), 0);
        return error != 0 ? error : mqueueFs.unlink(task, ns(task), nd);
    }

    /** prepare_timeout(): a time of CLOCK_REALTIME in ns, Long.MAX_VALUE for none; EFAULT, EINVAL. */
    private long deadline(int task, long address) {
        return address == 0 ? Long.MAX_VALUE : Timespecs.get(memory, tasks.mm(task), address, bytes);
    }

    private long mqTimedsend(int task, SyscallArgs args) {
        if (mqueueFs.isWaiting(task)) {
            return mqueueFs.goOn(task, 0, 0);
        }
        long deadlineNs = deadline(task, args.get(4));
        if (deadlineNs < 0) {
            return deadlineNs;
        }
        long priority = args.get(3) & 0xffffffffL;
        if (priority >= Mqueues.MQ_PRIO_MAX) {
            return -Errno.EINVAL;
        }
        return mqueueFs.send(task, args.intAt(0), args.get(1), args.get(2), (int) priority, deadlineNs);
    }

    private long mqTimedreceive(int task, SyscallArgs args) {
        if (mqueueFs.isWaiting(task)) {
            return mqueueFs.goOn(task, args.get(1), args.get(3));
        }
        long deadlineNs = deadline(task, args.get(4));
        if (deadlineNs < 0) {
            return deadlineNs;
        }
        return mqueueFs.receive(task, args.intAt(0), args.get(1), args.get(2), args.get(3), deadlineNs);
    }

    private long mqNotify(int task, SyscallArgs args) {
        long event = args.get(1);
        int fd = args.intAt(0);
        if (event == 0) {
            return mqueueFs.forget(task, fd);
        }
        int mm = tasks.mm(task);
        if (memory.copyFromUser(mm, event, bytes, 0, SIGEVENT_SIZE) != 0) {
            return -Errno.EFAULT;
        }
        long value = Bytes.getLong(bytes, 0);
        int signo = Bytes.getInt(bytes, 8);
        int notify = Bytes.getInt(bytes, 12);
        boolean known = notify == Time.SIGEV_NONE || notify == Time.SIGEV_SIGNAL || notify == Time.SIGEV_THREAD;
        if (!known || (notify == Time.SIGEV_SIGNAL && (signo < 0 || signo > Signal.NSIG))) {
            return -Errno.EINVAL;
        }
        if (notify == Time.SIGEV_THREAD) {
            boolean faults = memory.copyFromUser(mm, value, bytes, 0, NOTIFY_COOKIE_LEN) != 0;
            return faults ? -Errno.EFAULT : mqueueFs.cookieSocket(task, signo);
        }
        return mqueueFs.notify(task, fd, notify, signo, value);
    }

    private long mqGetsetattr(int task, SyscallArgs args) {
        int mm = tasks.mm(task);
        long flags = 0;
        boolean sets = args.get(1) != 0;
        if (sets) {
            if (memory.copyFromUser(mm, args.get(1), bytes, 0, ATTR_SIZE) != 0) {
                return -Errno.EFAULT;
            }
            flags = Bytes.getLong(bytes, 0);
            if ((flags & ~(long) Fcntl.O_NONBLOCK) != 0) {
                return -Errno.EINVAL;
            }
        }
        int file = mqueueFs.attributesOf(task, args.intAt(0));
        if (file < 0) {
            return file;
        }
        Arrays.fill(bytes, (byte) 0);
        Bytes.putLong(bytes, 0, mqueueFs.isNonblocking(file) ? Fcntl.O_NONBLOCK : 0);
        Bytes.putLong(bytes, 8, mqueueFs.maxmsg(file));
        Bytes.putLong(bytes, 16, mqueueFs.msgsize(file));
        Bytes.putLong(bytes, 24, mqueueFs.curmsgs(file));
        if (sets) {
            mqueueFs.setNonblocking(file, flags != 0);
        }
        return args.get(2) == 0 ? 0 : memory.copyToUser(mm, args.get(2), bytes, 0, ATTR_SIZE);
    }
}
