package dev.nestor.ipc;

import static dev.nestor.fs.FileOps.BLOCKED;
import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Ipc;

/**
 * Message queues: ipc/msg.c.
 *
 * <p>A task that waits has a row of its own, msg_sender or msg_receiver, whose handle is kept in restart word 0. A message
 * that somebody waits for is given to him and never enters the queue.
 */
public final class MessageQueues implements IpcNamespaces.Contents {
    private static final int WAITER = 0; // restart word
    private static final int S_IRWXUGO = 0777;
    private static final int SEARCH_ANY = 1;
    private static final int SEARCH_EQUAL = 2;
    private static final int SEARCH_NOTEQUAL = 3;
    private static final int SEARCH_LESSEQUAL = 4;
    private static final int SEARCH_NUMBER = 5;

    private final IpcNamespaceTable namespaces;
    private final MsgQueueTable queues;
    private final MsgTable msgs;
    private final MsgReceiverTable receivers;
    private final MsgSenderTable senders;
    private final IpcIds ids;
    private final IpcPermissions permissions;
    private final IpcBelow below;
    private final TaskTable tasks;
    private final UserMemory memory;
    private final Work work;
    private final Ops ops = new Ops();

    /** The tables of this room that are about messages. */
    public record Tables(MsgQueueTable queues, MsgTable msgs, MsgReceiverTable receivers, MsgSenderTable senders) {}

    public MessageQueues(IpcNamespaceTable namespaces, Tables tables, IpcPermissions permissions, IpcBelow below) {
        this.namespaces = namespaces;
        this.queues = tables.queues;
        this.msgs = tables.msgs;
        this.receivers = tables.receivers;
        this.senders = tables.senders;
        this.permissions = permissions;
        this.below = below;
        this.tasks = below.tasks();
        this.memory = below.spaces().memory();
        this.work = below.work();
        this.ids = new IpcIds(IpcIds.MSG, namespaces, queues, permissions, work);
    }

    /** The text of a message in user memory, and how it is sent or received. One object, filled anew for each call. */
    public static final class Message {
        private int msqid;
        private long type;
        private long text;
        private long size;
        private int flag;

        /**
         * @param mtext user address of the text; its type lies in the eight bytes before it
         * @param bytes of the text, or of the room for one
         */
        public Message set(int queueId, long messageType, long mtext, long bytes, int msgflg) {
            msqid = queueId;
            type = messageType;
            text = mtext;
            size = bytes;
            flag = msgflg;
            return this;
        }
    }

    public MsgQueueTable table() {
        return queues;
    }

    public IpcIds ids() {
        return ids;
    }

    /** msgget(2): an identifier, or ENOENT, EEXIST, EACCES, ENOSPC, ENOMEM. */
    public int msgget(int task, int ns, int key, int flag) {
        return ids.ipcget(task, ns, key, flag, ops, 0);
    }

    private final class Ops implements IpcIds.Ops {
        @Override
        public int getNew(int task, int ns, int key, int flag, long param) {
            int queue = queues.alloc();
            if (queue == NULL) {
                return -Errno.ENOMEM;
            }
            queues.setKey(queue, key);
            queues.setMode(queue, flag & S_IRWXUGO);
            int id = ids.addid(task, ns, queue, namespaces.msgCtlmni(ns));
            if (id < 0) {
                queues.free(queue);
                return id;
            }
            queues.setCtime(queue, below.realSeconds());
            queues.setQbytes(queue, namespaces.msgCtlmnb(ns) & 0xffffffffL);
            work.add(Work.OBJECT_ALLOC);
            return id;
        }

        @Override
        public int moreChecks(int object, long param) {
            return 0;
        }
    }

    /** do_msgsnd(): 0, BLOCKED, or EINVAL, EFAULT, ENOMEM, EACCES, EAGAIN, EIDRM, ERESTARTNOHAND. */
    @HotPath
    public long msgsnd(int task, int ns, Message message) {
        int sender = (int) tasks.restart(task, WAITER);
        if (sender != NULL) {
            return continueSend(task, sender, message.flag);
        }
        boolean tooLong = message.size < 0 || message.size > (namespaces.msgCtlmax(ns) & 0xffffffffL);
        if (tooLong || message.msqid < 0 || message.type < 1) {
            return -Errno.EINVAL;
        }
        int msg = msgs.create(message.type, (int) message.size);
        if (msg == NULL) {
            return -Errno.ENOMEM;
        }
        work.add(Work.OBJECT_ALLOC);
        int queue = msgs.load(memory, tasks.mm(task), message.text, msg) != 0
                ? -Errno.EFAULT
                : ids.obtainCheck(ns, message.msqid);
        if (queue < 0) {
            msgs.destroy(msg);
            return queue;
        }
        work.add(Work.BYTES_COPIED, message.size);
        return send(task, queue, msg, message.flag);
    }

    private long continueSend(int task, int sender, int flag) {
        int msg = senders.msg(sender);
        int queue = queues.senders().owner(sender);
        tasks.setRestart(task, WAITER, NULL);
        if (queue != NULL) {
            queues.senders().remove(sender);
        }
        senders.free(sender);
        if (queue == NULL || tasks.sigpending(task)) {
            msgs.destroy(msg);
            return queue == NULL ? -Errno.EIDRM : -Errno.ERESTARTNOHAND;
        }
        return send(task, queue, msg, flag);
    }

    private long send(int task, int queue, int msg, int flag) {
        if (!permissions.ipcperms(task, queues, queue, IpcPermissions.WRITE)) {
            msgs.destroy(msg);
            return -Errno.EACCES;
        }
        if (!fits(queue, msgs.size(msg))) {
            return waitForRoom(task, queue, msg, flag);
        }
        queues.setLspid(queue, below.updatePid(queues.lspid(queue), below.pids().tgid(task)));
        queues.setStime(queue, below.realSeconds());
        if (!pipelinedSend(queue, msg)) {
            queues.messages().addLast(queue, msg);
            queues.setCbytes(queue, queues.cbytes(queue) + msgs.size(msg));
            queues.setQnum(queue, queues.qnum(queue) + 1);
            namespaces.countMessages(queues.ns(queue), 1, msgs.size(msg));
        }
        return 0;
    }

    private long waitForRoom(int task, int queue, int msg, int flag) {
        int sender = (flag & Ipc.IPC_NOWAIT) != 0 ? NULL : senders.alloc();
        if (sender == NULL) {
            msgs.destroy(msg);
            return (flag & Ipc.IPC_NOWAIT) != 0 ? -Errno.EAGAIN : -Errno.ENOMEM;
        }
        senders.setTask(sender, task);
        senders.setMsg(sender, msg);
        queues.senders().addLast(queue, sender);
        tasks.setRestart(task, WAITER, sender);
        below.sleep(task);
        return BLOCKED;
    }

    /** msg_fits_inqueue(). */
    private boolean fits(int queue, int size) {
        long room = queues.qbytes(queue);
        return Long.compareUnsigned(size + queues.cbytes(queue), room) <= 0
                && Long.compareUnsigned(1 + queues.qnum(queue), room) <= 0;
    }

    /** pipelined_send(): gives the message to the first task that waits for one like it. */
    private boolean pipelinedSend(int queue, int msg) {
        Chain waiting = queues.receivers();
        int receiver = waiting.first(queue);
        while (receiver != NULL) {
            int next = waiting.next(receiver);
            work.add(Work.LIST_STEP);
            if (matches(msg, receivers.type(receiver), receivers.mode(receiver))) {
                int task = receivers.task(receiver);
                waiting.remove(receiver);
                if (receivers.maxSize(receiver) >= msgs.size(msg)) {
                    queues.setLrpid(queue, below.updatePid(queues.lrpid(queue), tasks.threadPid(task)));
                    queues.setRtime(queue, below.realSeconds());
                    receivers.setMsg(receiver, msg);
                    below.wakeups().wakeUpProcess(task);
                    return true;
                }
                receivers.setError(receiver, -Errno.E2BIG);
                below.wakeups().wakeUpProcess(task);
            }
            receiver = next;
        }
        return false;
    }

    /**
     * do_msgrcv(): bytes of the text, BLOCKED, or EINVAL, EFAULT, ENOMEM, EACCES, ENOMSG, E2BIG, EIDRM, ERESTARTNOHAND.
     */
    @HotPath
    public long msgrcv(int task, int ns, Message room) {
        if (room.msqid < 0 || room.size < 0) {
            return -Errno.EINVAL;
        }
        int receiver = (int) tasks.restart(task, WAITER);
        if (receiver != NULL) {
            return continueReceive(task, ns, room, receiver);
        }
        return (room.flag & Ipc.MSG_COPY) != 0 ? receiveCopy(task, ns, room) : receive(task, ns, room);
    }

    private long continueReceive(int task, int ns, Message room, int receiver) {
        int msg = receivers.msg(receiver);
        int error = receivers.error(receiver);
        boolean listed = queues.receivers().owner(receiver) != NULL;
        tasks.setRestart(task, WAITER, NULL);
        if (listed) {
            queues.receivers().remove(receiver);
        }
        receivers.free(receiver);
        if (msg != NULL) {
            return deliver(task, room, msg);
        }
        if (error != 0) {
            return error;
        }
        return tasks.sigpending(task) ? -Errno.ERESTARTNOHAND : receive(task, ns, room);
    }

    private long receive(int task, int ns, Message room) {
        int mode = searchMode(room);
        long type = searchType(room);
        int queue = ids.obtainCheck(ns, room.msqid);
        if (queue < 0) {
            return queue;
        }
        if (!permissions.ipcperms(task, queues, queue, IpcPermissions.READ)) {
            return -Errno.EACCES;
        }
        int msg = find(queue, type, mode);
        if (msg == NULL) {
            return (room.flag & Ipc.IPC_NOWAIT) != 0 ? -Errno.ENOMSG : waitForMessage(task, queue, room);
        }
        if (room.size < msgs.size(msg) && (room.flag & Ipc.MSG_NOERROR) == 0) {
            return -Errno.E2BIG;
        }
        queues.messages().remove(msg);
        queues.setQnum(queue, queues.qnum(queue) - 1);
        queues.setCbytes(queue, queues.cbytes(queue) - msgs.size(msg));
        queues.setRtime(queue, below.realSeconds());
        queues.setLrpid(queue, below.updatePid(queues.lrpid(queue), below.pids().tgid(task)));
        namespaces.countMessages(ns, -1, -msgs.size(msg));
        wakeSenders(queue);
        return deliver(task, room, msg);
    }

    private long waitForMessage(int task, int queue, Message room) {
        int receiver = receivers.alloc();
        if (receiver == NULL) {
            return -Errno.ENOMEM;
        }
        receivers.setTask(receiver, task);
        receivers.setMode(receiver, searchMode(room));
        receivers.setType(receiver, searchType(room));
        receivers.setMaxSize(receiver, (room.flag & Ipc.MSG_NOERROR) != 0 ? Integer.MAX_VALUE : room.size);
        queues.receivers().addLast(queue, receiver);
        tasks.setRestart(task, WAITER, receiver);
        below.sleep(task);
        return BLOCKED;
    }

    /** do_msg_fill(): a message that cannot be stored is lost. */
    private long deliver(int task, Message room, int msg) {
        int length = (int) Math.min(room.size, msgs.size(msg));
        int mm = tasks.mm(task);
        boolean stored = memory.putLong(mm, room.text - Long.BYTES, msgs.type(msg)) == 0
                && msgs.store(memory, mm, room.text, msg, length) == 0;
        work.add(Work.BYTES_COPIED, length);
        work.add(Work.OBJECT_FREE);
        msgs.destroy(msg);
        return stored ? length : -Errno.EFAULT;
    }

    /** MSG_COPY: the message at a place in the queue is looked at and stays. */
    private long receiveCopy(int task, int ns, Message room) {
        if ((room.flag & Ipc.MSG_EXCEPT) != 0 || (room.flag & Ipc.IPC_NOWAIT) == 0) {
            return -Errno.EINVAL;
        }
        long most = Math.min(room.size, namespaces.msgCtlmax(ns) & 0xffffffffL);
        int mm = tasks.mm(task);
        if (!memory.readable(mm, room.text - Long.BYTES, most)) {
            return -Errno.EFAULT;
        }
        int queue = ids.obtainCheck(ns, room.msqid);
        if (queue < 0) {
            return queue;
        }
        if (!permissions.ipcperms(task, queues, queue, IpcPermissions.READ)) {
            return -Errno.EACCES;
        }
        int msg = find(queue, room.type, SEARCH_NUMBER);
        if (msg == NULL) {
            return -Errno.ENOMSG;
        }
        if (room.size < msgs.size(msg) && (room.flag & Ipc.MSG_NOERROR) == 0) {
            return -Errno.E2BIG;
        }
        if (msgs.size(msg) > most) {
            return -Errno.EINVAL;
        }
        int length = msgs.size(msg);
        boolean stored = memory.putLong(mm, room.text - Long.BYTES, msgs.type(msg)) == 0
                && msgs.store(memory, mm, room.text, msg, length) == 0;
        work.add(Work.BYTES_COPIED, 2L * length);
        return stored ? length : -Errno.EFAULT;
    }

    /** convert_mode(). */
    private static int searchMode(Message room) {
        if (room.type == 0) {
            return SEARCH_ANY;
        }
        if (room.type < 0) {
            return SEARCH_LESSEQUAL;
        }
        return (room.flag & Ipc.MSG_EXCEPT) != 0 ? SEARCH_NOTEQUAL : SEARCH_EQUAL;
    }

    private static long searchType(Message room) {
        return room.type == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(room.type);
    }

    /** testmsg(). */
    private boolean matches(int msg, long type, int mode) {
        return switch (mode) {
            case SEARCH_LESSEQUAL -> msgs.type(msg) <= type;
            case SEARCH_EQUAL -> msgs.type(msg) == type;
            case SEARCH_NOTEQUAL -> msgs.type(msg) != type;
            default -> true;
        };
    }

    /** find_msg(): the first that matches; of those up to a type, the first of the lowest. NULL when there is none. */
    private int find(int queue, long wanted, int mode) {
        long type = wanted;
        int found = NULL;
        long count = 0;
        Chain messages = queues.messages();
        for (int msg = messages.first(queue); msg != NULL; msg = messages.next(msg)) {
            work.add(Work.LIST_STEP);
            if (!matches(msg, type, mode)) {
                continue;
            }
            if (mode == SEARCH_LESSEQUAL && msgs.type(msg) != 1) {
                type = msgs.type(msg) - 1;
                found = msg;
            } else if (mode != SEARCH_NUMBER || count == wanted) {
                return msg;
            }
            count++;
        }
        return found;
    }

    /** ss_wakeup(): wakes those whose messages fit now; the others go to the end of the line. */
    private void wakeSenders(int queue) {
        Chain waiting = queues.senders();
        int firstMoved = NULL;
        int sender = waiting.first(queue);
        while (sender != NULL && sender != firstMoved) {
            int next = waiting.next(sender);
            work.add(Work.LIST_STEP);
            if (fits(queue, msgs.size(senders.msg(sender)))) {
                below.wakeups().wakeUpProcess(senders.task(sender));
            } else {
                firstMoved = firstMoved == NULL ? sender : firstMoved;
                waiting.remove(sender);
                waiting.addLast(queue, sender);
            }
            sender = next;
        }
    }

    /** msgctl(IPC_STAT), or by index MSG_STAT and (whoever asks) MSG_STAT_ANY: the queue, or EINVAL, EACCES. */
    public int stat(int task, int ns, int msqid, int cmd) {
        int queue = cmd == Ipc.IPC_STAT ? ids.obtainCheck(ns, msqid) : ids.obtain(ns, msqid);
        boolean hidden = queue > NULL
                && cmd != Ipc.MSG_STAT_ANY
                && !permissions.ipcperms(task, queues, queue, IpcPermissions.READ);
        return hidden ? -Errno.EACCES : queue;
    }

    /** msgctl(IPC_SET): 0, or EINVAL, EPERM. */
    public int set(int task, int ns, int msqid, IpcPermissions.IpcPerm perm, long qbytes) {
        int queue = ids.obtainToControl(task, ns, msqid);
        if (queue < 0) {
            return queue;
        }
        int bytes = (int) qbytes;
        if (Integer.compareUnsigned(bytes, namespaces.msgCtlmnb(ns)) > 0
                && !permissions.capable(task, Capability.CAP_SYS_RESOURCE)) {
            return -Errno.EPERM;
        }
        int error = permissions.updatePerm(task, queues, queue, perm);
        if (error != 0) {
            return error;
        }
        queues.setQbytes(queue, bytes);
        queues.setCtime(queue, below.realSeconds());
        Chain waiting = queues.receivers();
        for (int receiver = waiting.first(queue); receiver != NULL; receiver = waiting.next(receiver)) {
            below.wakeups().wakeUpProcess(receivers.task(receiver));
        }
        wakeSenders(queue);
        return 0;
    }

    /** msgctl(IPC_RMID): 0, or EINVAL, EPERM. */
    public int rmid(int task, int ns, int msqid) {
        int queue = ids.obtainToControl(task, ns, msqid);
        if (queue < 0) {
            return queue;
        }
        freeque(ns, queue);
        return 0;
    }

    /** freeque(): whoever waits gets EIDRM. */
    private void freeque(int ns, int queue) {
        ids.rmid(ns, queue);
        Chain receiving = queues.receivers();
        while (!receiving.isEmpty(queue)) {
            int receiver = receiving.first(queue);
            receiving.remove(receiver);
            receivers.setError(receiver, -Errno.EIDRM);
            below.wakeups().wakeUpProcess(receivers.task(receiver));
        }
        Chain sending = queues.senders();
        while (!sending.isEmpty(queue)) {
            int sender = sending.first(queue);
            sending.remove(sender);
            below.wakeups().wakeUpProcess(senders.task(sender));
        }
        namespaces.countMessages(ns, (int) -queues.qnum(queue), -queues.cbytes(queue));
        while (!queues.messages().isEmpty(queue)) {
            int msg = queues.messages().first(queue);
            queues.messages().remove(msg);
            msgs.destroy(msg);
            work.add(Work.OBJECT_FREE);
        }
        below.pids().putPid(queues.lspid(queue));
        below.pids().putPid(queues.lrpid(queue));
        queues.free(queue);
        work.add(Work.OBJECT_FREE);
    }

    @Override
    public void initNs(int ns) {
        ids.initNs(ns);
    }

    @Override
    public void exitNs(int ns) {
        for (int queue = ids.next(ns, 0); queue != NULL; queue = ids.next(ns, 0)) {
            freeque(ns, queue);
        }
        ids.exitNs(ns);
    }

    public void digest(StateHash hash) {
        queues.digest(hash);
        msgs.digest(hash);
        msgs.digestTexts(hash);
        receivers.digest(hash);
        senders.digest(hash);
        ids.digest(hash);
    }
}
