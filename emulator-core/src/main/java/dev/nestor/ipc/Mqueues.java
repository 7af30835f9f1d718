package dev.nestor.ipc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Vfs;
import dev.nestor.kernel.cred.Ucounts;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.signal.PidType;
import dev.nestor.kernel.signal.SigInfo;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.Work;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.Chain;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Time;

/**
 * POSIX message queues themselves: what ipc/mqueue.c does with a queue once it has been found.
 *
 * <p>A message for a task that waits is handed to it, past the queue; the place that a message leaves is taken by that of a
 * task that waits. So a waiting task only looks whether it has been served.
 */
public final class Mqueues {
    /** The call waits; the same value as the system call boundary's. */
    public static final long BLOCKED = Long.MIN_VALUE;

    /** MQ_PRIO_MAX. */
    public static final long MQ_PRIO_MAX = 32_768;

    private static final int MAX_RT_PRIO = 100;
    private static final int MSG_MSG_SIZE = 48; // bytes of struct msg_msg
    private static final int TREE_NODE_SIZE = 48; // bytes of struct posix_msg_tree_node

    private final MqueueTable queues;
    private final MqMessageTable messages;
    private final MqWaiterTable waiters;
    private final ByteBlocks texts;
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final Vfs vfs;
    private final Around around;
    private final SigInfo info = new SigInfo();

    /** What queues need beside files. */
    public record Around(
            WaitQueues waitQueues,
            Wakeups wakeups,
            HrTimers timers,
            Timekeeping time,
            Ucounts ucounts,
            UserNamespaces userNamespaces,
            PidTable pidTable,
            Pids pids,
            Work work) {}

    /** The most rows of each table, and bytes of all messages. */
    public record Limits(int queues, int messages, int waiters, int bytes) {}

    public Mqueues(Vfs vfs, Around around, Limits limits) {
        this.vfs = vfs;
        this.around = around;
        this.tasks = vfs.below.tasks();
        this.signals = vfs.below.signals();
        this.messages = new MqMessageTable(limits.messages);
        this.waiters = new MqWaiterTable(limits.waiters, tasks);
        this.queues = new MqueueTable(limits.queues, messages, waiters);
        this.texts = new ByteBlocks(limits.bytes);
    }

    MqueueTable table() {
        return queues;
    }

    /** A queue of an inode, counted for the task's user: EMFILE for more than RLIMIT_MSGQUEUE, ENOMEM. */
    int create(int task, int inode, long maxmsg, long msgsize) {
        long tree = maxmsg * MSG_MSG_SIZE + Math.min(maxmsg, MQ_PRIO_MAX) * TREE_NODE_SIZE;
        long bytes = maxmsg * msgsize + tree;
        int user = vfs.below.credTable().ucounts(tasks.cred(task));
        long has = around.ucounts.incRlimit(user, Ucounts.RLIMIT_MSGQUEUE, bytes);
        long limit = signals.rlimCur(tasks.signal(task), Resource.RLIMIT_MSGQUEUE);
        int error = has == Long.MAX_VALUE || Long.compareUnsigned(has, limit) > 0 ? -Errno.EMFILE : 0;
        int queue = error == 0 ? queues.alloc() : NULL;
        int waitQ = queue == NULL ? NULL : around.waitQueues.alloc();
        if (waitQ == NULL) {
            if (queue != NULL) {
                queues.free(queue);
            }
            around.ucounts.decRlimit(user, Ucounts.RLIMIT_MSGQUEUE, bytes);
            return error != 0 ? error : -Errno.ENOMEM;
        }
        around.work.add(Work.OBJECT_ALLOC);
        queues.setWaitQ(queue, waitQ);
        queues.setUcounts(queue, around.ucounts.get(user));
        queues.setBytes(queue, bytes);
        queues.setMaxmsg(queue, maxmsg);
        queues.setMsgsize(queue, msgsize);
        queues.setInode(queue, inode);
        return queue;
    }

    /** mqueue_evict_inode(): nobody has the queue any more. */
    void destroy(int queue) {
        removeNotification(queue);
        Chain chain = queues.messages();
        while (!chain.isEmpty(queue)) {
            int message = chain.first(queue);
            chain.remove(message);
            free(message);
        }
        around.waitQueues.free(queues.waitQ(queue));
        around.ucounts.decRlimit(queues.ucounts(queue), Ucounts.RLIMIT_MSGQUEUE, queues.bytes(queue));
        around.ucounts.put(queues.ucounts(queue));
        queues.free(queue);
        around.work.add(Work.OBJECT_FREE);
    }

    private void free(int message) {
        texts.free(messages.block(message), messages.length(message));
        messages.free(message);
    }

    /** load_msg(): a message from the task's memory, or EFAULT, ENOMEM. */
    int load(int task, long from, int length, int priority) {
        int block = texts.alloc(length);
        int message = block == ByteBlocks.NONE ? NULL : messages.alloc();
        if (message == NULL) {
            if (block != ByteBlocks.NONE) {
                texts.free(block, length);
            }
            return -Errno.ENOMEM;
        }
        messages.setBlock(message, block);
        messages.setLength(message, length);
        messages.setPriority(message, priority);
        UserMemory memory = vfs.below.memory();
        if (length > 0 && texts.load(memory, tasks.mm(task), from, block, length) != 0) {
            free(message);
            return -Errno.EFAULT;
        }
        around.work.add(Work.BYTES_COPIED, length);
        return message;
    }

    /**
     * The rest of do_mq_timedsend(), of a message that {@link #load} gave: 0, EAGAIN, or BLOCKED.
     *
     * @param deadlineNs by CLOCK_REALTIME, Long.MAX_VALUE for none
     */
    long send(int task, int file, int queue, int message, long deadlineNs) {
        if (queues.curmsgs(queue) == queues.maxmsg(queue)) {
            if (vfs.files.isNonblocking(file)) {
                free(message);
                return -Errno.EAGAIN;
            }
            return beginWait(task, file, queue, message, deadlineNs);
        }
        int receiver = queues.waiters(false).last(queue);
        if (receiver != NULL) {
            waiters.setMessage(receiver, message);
            serve(receiver);
        } else {
            insert(queue, message);
            doNotify(queue, task);
        }
        vfs.inodes.initTimes(queues.inode(queue));
        return 0;
    }

    /** The rest of do_mq_timedreceive(), with room for any message: its length, EFAULT, EAGAIN, or BLOCKED. */
    long receive(int task, int file, int queue, long to, long priorityTo, long deadlineNs) {
        int message = queues.messages().first(queue);
        if (message == NULL) {
            return vfs.files.isNonblocking(file) ? -Errno.EAGAIN : beginWait(task, file, queue, NULL, deadlineNs);
        }
        queues.messages().remove(message);
        queues.setCurmsgs(queue, queues.curmsgs(queue) - 1);
        queues.setQsize(queue, queues.qsize(queue) - messages.length(message));
        vfs.inodes.initTimes(queues.inode(queue));
        int sender = queues.waiters(true).last(queue);
        if (sender == NULL) {
            around.waitQueues.wakeUp(queues.waitQ(queue), TaskTable.TASK_INTERRUPTIBLE);
        } else {
            insert(queue, waiters.message(sender));
            waiters.setMessage(sender, NULL);
            serve(sender);
        }
        return give(task, message, to, priorityTo);
    }

    private long give(int task, int message, long to, long priorityTo) {
        int length = messages.length(message);
        UserMemory memory = vfs.below.memory();
        int mm = tasks.mm(task);
        boolean faults = (priorityTo != 0 && memory.putInt(mm, priorityTo, messages.priority(message)) != 0)
                || (length > 0 && texts.store(memory, mm, to, messages.block(message), length) != 0);
        around.work.add(Work.BYTES_COPIED, length);
        free(message);
        return faults ? -Errno.EFAULT : length;
    }

    /** msg_insert(): behind those of the same priority or a higher one. */
    private void insert(int queue, int message) {
        Chain chain = queues.messages();
        int before = chain.last(queue);
        while (before != NULL && messages.priority(before) < messages.priority(message)) {
            around.work.add(Work.LIST_STEP);
            before = chain.prev(before);
        }
        if (before == NULL) {
            chain.addFirst(queue, message);
        } else {
            chain.addAfter(before, message);
        }
        queues.setCurmsgs(queue, queues.curmsgs(queue) + 1);
        queues.setQsize(queue, queues.qsize(queue) + messages.length(message));
    }

    /** __pipelined_op(). */
    private void serve(int waiter) {
        queues.waiters(waiters.sends(waiter)).remove(waiter);
        waiters.setReady(waiter, true);
        around.wakeups.tryToWakeUp(waiters.ofTask().owner(waiter), TaskTable.TASK_INTERRUPTIBLE);
    }

    /** wq_add() and the first half of wq_sleep(). */
    private long beginWait(int task, int file, int queue, int message, long deadlineNs) {
        int waiter = waiters.alloc();
        if (waiter == NULL) {
            if (message != NULL) {
                free(message);
            }
            return -Errno.ENOMEM;
        }
        boolean sends = message != NULL;
        waiters.setSends(waiter, sends);
        waiters.setMessage(waiter, message);
        waiters.setFile(waiter, vfs.files.get(file));
        waiters.setQueue(waiter, queue);
        waiters.setDeadlineNs(waiter, deadlineNs);
        waiters.ofTask().addLast(task, waiter);
        Chain chain = queues.waiters(sends);
        int walk = chain.first(queue);
        int before = NULL;
        while (walk != NULL && prio(taskOf(walk)) > prio(task)) {
            before = walk;
            walk = chain.next(walk);
        }
        if (before == NULL) {
            chain.addFirst(queue, waiter);
        } else {
            chain.addAfter(before, waiter);
        }
        around.work.add(Work.WAIT);
        return wait(task, waiter);
    }

    /** task_struct.prio: the lower, the sooner. */
    private int prio(int task) {
        return tasks.rtPriority(task) > 0 ? MAX_RT_PRIO - 1 - tasks.rtPriority(task) : tasks.staticPrio(task);
    }

    private int taskOf(int waiter) {
        return waiters.ofTask().owner(waiter);
    }

    private long wait(int task, int waiter) {
        if (tasks.sigpending(task)) {
            return endWait(task, waiter, -Errno.ERESTARTSYS);
        }
        long deadlineNs = waiters.deadlineNs(waiter);
        if (deadlineNs != Long.MAX_VALUE) {
            if (around.time.realtimeNs() >= deadlineNs) {
                return endWait(task, waiter, -Errno.ETIMEDOUT);
            }
            long cycles = around.time.cyclesAt(deadlineNs - around.time.realtimeOffsetNs());
            if (!around.timers.isSleeping(task) && !around.timers.sleepUntil(task, cycles, HrTimers.REALTIME)) {
                return endWait(task, waiter, -Errno.ENOMEM);
            }
        }
        tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
        return BLOCKED;
    }

    private long endWait(int task, int waiter, long result) {
        around.timers.cancelSleep(task);
        if (!waiters.ready(waiter)) {
            queues.waiters(waiters.sends(waiter)).remove(waiter);
        }
        if (waiters.message(waiter) != NULL) {
            free(waiters.message(waiter));
        }
        waiters.ofTask().remove(waiter);
        int file = waiters.file(waiter);
        waiters.free(waiter);
        vfs.files.put(file);
        return result;
    }

    /** Whether the task is in a call that has begun to wait here. */
    boolean isWaiting(int task) {
        return !waiters.ofTask().isEmpty(task);
    }

    /** The second half of wq_sleep(), of a task that has been woken: as {@link #send} and {@link #receive}. */
    long goOn(int task, long to, long priorityTo) {
        int waiter = waiters.ofTask().first(task);
        if (!waiters.ready(waiter)) {
            return wait(task, waiter);
        }
        int message = waiters.message(waiter);
        waiters.setMessage(waiter, NULL);
        long result = message == NULL ? 0 : give(task, message, to, priorityTo);
        return endWait(task, waiter, result);
    }

    /** The task has ended in its wait. */
    public void exit(int task) {
        if (isWaiting(task)) {
            endWait(task, waiters.ofTask().first(task), 0);
        }
    }

    /** __do_notify(): the first message of an empty queue has come. */
    private void doNotify(int queue, int sender) {
        int owner = queues.notifyOwner(queue);
        if (owner != NULL && queues.curmsgs(queue) == 1) {
            int sig = queues.signo(queue);
            int target = around.pidTable.process(owner);
            if (queues.notify(queue) == Time.SIGEV_SIGNAL && sig != 0 && target != NULL) {
                info.set(sig, Signal.SI_MESGQ);
                int ownerNs = around.pidTable.ns(owner);
                int uid = around.userNamespaces.fromKuidMunged(
                        queues.notifyUserNs(queue), vfs.below.credTable().uid(tasks.cred(sender)));
                info.setPidUid(around.pids.taskTgidNr(sender, ownerNs), uid);
                info.setValue(queues.sigval(queue));
                vfs.below.sender().doSendSigInfo(NULL, sig, info, target, PidType.PIDTYPE_TGID);
            }
            removeNotification(queue);
        }
        around.waitQueues.wakeUp(queues.waitQ(queue), TaskTable.TASK_INTERRUPTIBLE);
    }

    /** Whether a process has this table of descriptors; one that has ended has none. */
    boolean hasFiles(int owner, int struct) {
        int process = around.pidTable.process(owner);
        if (process == NULL) {
            return false;
        }
        Chain threads = signals.threads();
        int at = threads.first(tasks.signal(process));
        while (at != NULL && tasks.files(at) != struct) {
            at = threads.next(at);
        }
        return at != NULL;
    }

    /** remove_notification(). */
    void removeNotification(int queue) {
        int owner = queues.notifyOwner(queue);
        if (owner != NULL) {
            int userNs = queues.notifyUserNs(queue);
            queues.setNotifyOwner(queue, NULL);
            queues.setNotifyUserNs(queue, NULL);
            queues.setNotify(queue, 0);
            queues.setSigno(queue, 0);
            queues.setSigval(queue, 0);
            around.pids.putPid(owner);
            around.userNamespaces.put(userNs);
        }
    }

    /** The process of a task is told of the next message: EBUSY when another is already. */
    int setNotification(int task, int queue, int notify, int signo, long value) {
        if (queues.notifyOwner(queue) != NULL) {
            return -Errno.EBUSY;
        }
        int userNs = vfs.below.credTable().userNs(tasks.cred(task));
        around.userNamespaces.hold(userNs);
        queues.setNotifyUserNs(queue, userNs);
        queues.setNotifyOwner(queue, around.pids.getPid(around.pids.tgid(task)));
        queues.setNotify(queue, notify);
        queues.setSigno(queue, signo);
        queues.setSigval(queue, value);
        return 0;
    }

    void digest(StateHash hash) {
        queues.digest(hash);
        messages.digest(hash);
        waiters.digest(hash);
        texts.digest(hash);
    }
}
