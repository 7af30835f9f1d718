package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.ipc.IpcIds;
import dev.nestor.ipc.IpcNamespaceTable;
import dev.nestor.ipc.MessageQueues;
import dev.nestor.ipc.MsgQueueTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Ipc;
import dev.nestor.uapi.Nr;
import java.util.Arrays;

/** Message queues: msgget(2), msgsnd(2), msgrcv(2), msgctl(2); ipc/msg.c. */
public final class SysMsg {
    private static final int DS_SIZE = 120; // bytes of struct msqid64_ds
    private static final int INFO_SIZE = 32; // bytes of struct msginfo

    private final TaskTable tasks;
    private final UserMemory memory;
    private final IpcNamespaceTable namespaces;
    private final MessageQueues queues;
    private final MsgQueueTable table;
    private final IpcPerms perms;
    private final MessageQueues.Message message = new MessageQueues.Message();
    private final byte[] bytes = new byte[DS_SIZE];

    public SysMsg(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.namespaces = kernel.ipcNamespaceTable();
        this.queues = kernel.messageQueues();
        this.table = queues.table();
        this.perms = new IpcPerms(kernel);
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_msgget, "msgget", this::msgget)
                .full(Nr.NR_msgsnd, "msgsnd", this::msgsnd)
                .full(Nr.NR_msgrcv, "msgrcv", this::msgrcv)
                .full(Nr.NR_msgctl, "msgctl", this::msgctl);
    }

    private long msgget(int task, SyscallArgs args) {
        return queues.msgget(task, perms.ns(task), args.intAt(0), args.intAt(1));
    }

    /** A call that has waited has its message already. */
    private long msgsnd(int task, SyscallArgs args) {
        long type = 0;
        if (tasks.restart(task, 0) == 0) {
            type = memory.getLong(tasks.mm(task), args.get(1));
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
        }
        message.set(args.intAt(0), type, args.get(1) + Long.BYTES, args.get(2), args.intAt(3));
        return queues.msgsnd(task, perms.ns(task), message);
    }

    private long msgrcv(int task, SyscallArgs args) {
        message.set(args.intAt(0), args.get(3), args.get(1) + Long.BYTES, args.get(2), args.intAt(4));
        return queues.msgrcv(task, perms.ns(task), message);
    }

    private long msgctl(int task, SyscallArgs args) {
        int msqid = args.intAt(0);
        int cmd = args.intAt(1);
        if (msqid < 0 || cmd < 0) {
            return -Errno.EINVAL;
        }
        int ns = perms.ns(task);
        return switch (cmd) {
            case Ipc.IPC_INFO, Ipc.MSG_INFO -> info(task, ns, cmd, args.get(2));
            case Ipc.IPC_STAT, Ipc.MSG_STAT, Ipc.MSG_STAT_ANY -> stat(task, queues.stat(task, ns, msqid, cmd), args);
            case Ipc.IPC_SET -> set(task, ns, args);
            case Ipc.IPC_RMID -> queues.rmid(task, ns, msqid);
            default -> -Errno.EINVAL;
        };
    }

    private long info(int task, int ns, int cmd, long to) {
        Arrays.fill(bytes, (byte) 0);
        boolean now = cmd == Ipc.MSG_INFO;
        Bytes.putInt(bytes, 0, now ? namespaces.inUse(ns, IpcIds.MSG) : Ipc.MSGPOOL);
        Bytes.putInt(bytes, 4, now ? (int) Math.min(namespaces.msgHdrs(ns), Integer.MAX_VALUE) : Ipc.MSGMAP);
        Bytes.putInt(bytes, 8, namespaces.msgCtlmax(ns));
        Bytes.putInt(bytes, 12, namespaces.msgCtlmnb(ns));
        Bytes.putInt(bytes, 16, namespaces.msgCtlmni(ns));
        Bytes.putInt(bytes, 20, Ipc.MSGSSZ);
        Bytes.putInt(bytes, 24, now ? (int) Math.min(namespaces.msgBytes(ns), Integer.MAX_VALUE) : Ipc.MSGTQL);
        Bytes.putInt(bytes, 28, Ipc.MSGSEG);
        int copied = memory.copyToUser(tasks.mm(task), to, bytes, 0, INFO_SIZE);
        return copied != 0 ? copied : Math.max(0, namespaces.maxIdx(ns, IpcIds.MSG));
    }

    private long stat(int task, int queue, SyscallArgs args) {
        if (queue < 0) {
            return queue;
        }
        Arrays.fill(bytes, (byte) 0);
        perms.put(task, table, queue, bytes);
        Bytes.putLong(bytes, 48, table.stime(queue));
        Bytes.putLong(bytes, 56, table.rtime(queue));
        Bytes.putLong(bytes, 64, table.ctime(queue));
        Bytes.putLong(bytes, 72, table.cbytes(queue));
        Bytes.putLong(bytes, 80, table.qnum(queue));
        Bytes.putLong(bytes, 88, table.qbytes(queue));
        Bytes.putInt(bytes, 96, perms.vnr(task, table.lspid(queue)));
        Bytes.putInt(bytes, 100, perms.vnr(task, table.lrpid(queue)));
        int copied = memory.copyToUser(tasks.mm(task), args.get(2), bytes, 0, DS_SIZE);
        return copied != 0 ? copied : args.intAt(1) == Ipc.IPC_STAT ? 0 : table.id(queue);
    }

    private long set(int task, int ns, SyscallArgs args) {
        if (memory.copyFromUser(tasks.mm(task), args.get(2), bytes, 0, DS_SIZE) != 0) {
            return -Errno.EFAULT;
        }
        return queues.set(task, ns, args.intAt(0), perms.get(bytes), Bytes.getLong(bytes, 88));
    }
}
