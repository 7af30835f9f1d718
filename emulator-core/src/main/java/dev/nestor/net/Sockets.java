package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.signal.Signals;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.Work;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Socket;
import java.util.Arrays;

/** The life of sockets, waiting on them, and what all families have in common: net/core/sock.c, net/socket.c. */
public final class Sockets {
    static final long BLOCKED = FileOps.BLOCKED;

    /** sysctl_wmem_default, sysctl_rmem_default, bytes. */
    static final int BUFFER_DEFAULT = 212_992;

    private static final int EXPIRES = 0; // restart word: when a call that waits gives up, cycles

    final Vfs vfs;
    final TaskTable tasks;
    final CredTable creds;
    final Capabilities capabilities;
    final UserNamespaces userNamespaces;
    final Pids pids;
    final Nets nets;
    final SockTable table;
    final SkBuffs skBuffs;
    final Timekeeping time;
    final Work work;
    private final WaitQueues waitQueues;
    private final Signals signals;
    private final HrTimers timers;
    private final FileTable files;
    private ProtoOps[] ops = new ProtoOps[1]; // by place; 0 is none
    private long lastCookie;
    private int[] lingerers = new int[4]; // socks that are closed while tasks wait on them
    private int lingering;

    Sockets(NetBelow below, SockTable table, SkBuffTable skbs, ScmFileTable flights, int maxBytes) {
        this.vfs = below.vfs();
        this.tasks = vfs.below.tasks();
        this.creds = vfs.below.credTable();
        this.capabilities = vfs.below.capabilities();
        this.userNamespaces = vfs.below.userNamespaces();
        this.pids = vfs.below.pids();
        this.waitQueues = vfs.below.waitQueues();
        this.signals = vfs.below.sender();
        this.work = vfs.below.work();
        this.files = vfs.tables.files;
        this.timers = below.timers();
        this.time = below.timekeeping();
        this.nets = below.nets();
        this.table = table;
        this.skBuffs = new SkBuffs(this, skbs, flights, maxBytes);
    }

    /** The sock columns. */
    public SockTable table() {
        return table;
    }

    /** sock_net(). */
    @HotPath
    public int sockNet(int sk) {
        return table.net(sk);
    }

    /** sock_net_set(): from now on the socket is in another namespace, and holds that one. */
    public void sockNetSet(int sk, int net) {
        nets.hold(net);
        int before = table.net(sk);
        table.setNet(sk, net);
        table.sockets().remove(sk);
        table.sockets().addLast(net, sk);
        nets.put(before);
    }

    int register(ProtoOps operations) {
        ops = Arrays.copyOf(ops, ops.length + 1);
        ops[ops.length - 1] = operations;
        return ops.length - 1;
    }

    ProtoOps ops(int sk) {
        return ops[table.ops(sk)];
    }

    /** sk_alloc() and sock_init_data(): held once, in no file; NULL at a limit. */
    int alloc(int task, int net, int family, int type, int protocol, int place) {
        return allocFor(creds.fsuid(tasks.cred(task)), net, family, type, protocol, place);
    }

    /** The same in the name of a user. */
    int allocFor(int uid, int net, int family, int type, int protocol, int place) {
        reap();
        int sk = table.alloc();
        if (sk == NULL) {
            return NULL;
        }
        work.add(Work.OBJECT_ALLOC);
        table.setRefcnt(sk, 1);
        nets.hold(net);
        table.setNet(sk, net);
        table.sockets().addLast(net, sk);
        table.setFamily(sk, family);
        table.setType(sk, type);
        table.setProtocol(sk, protocol);
        table.setOps(sk, place);
        table.setSocketState(sk, Socket.SS_UNCONNECTED);
        table.setState(sk, Socket.TCP_CLOSE);
        table.setSndbuf(sk, BUFFER_DEFAULT);
        table.setRcvbuf(sk, BUFFER_DEFAULT);
        table.setRcvlowat(sk, 1);
        table.setRcvtimeo(sk, Long.MAX_VALUE);
        table.setSndtimeo(sk, Long.MAX_VALUE);
        table.setUid(sk, uid);
        table.setPeerUid(sk, -1);
        table.setPeerGid(sk, -1);
        table.setWait(sk, waitQueues.alloc());
        table.setPeerWait(sk, waitQueues.alloc());
        return sk;
    }

    /** sock_hold(). */
    int hold(int sk) {
        table.setRefcnt(sk, table.refcnt(sk) + 1);
        return sk;
    }

    /** sock_put(): with the last reference it goes, and its hold on its namespace. */
    void put(int sk) {
        int count = table.refcnt(sk) - 1;
        table.setRefcnt(sk, count);
        if (count > 0) {
            return;
        }
        if (waitQueues.hasWaiters(table.wait(sk)) || waitQueues.hasWaiters(table.peerWait(sk))) {
            linger(sk);
            return;
        }
        free(sk);
    }

    /** Tasks are still in calls on a socket that others have closed: it goes when they have looked again. */
    private void linger(int sk) {
        table.setRefcnt(sk, 1);
        if (lingering == lingerers.length) {
            lingerers = Arrays.copyOf(lingerers, 2 * lingering);
        }
        lingerers[lingering++] = sk;
        stateChange(sk);
        wakeAllPeers(sk);
    }

    /** Lets go of what lingers. */
    void reap() {
        int count = lingering;
        lingering = 0;
        for (int i = 0; i < count; i++) {
            put(lingerers[i]);
        }
    }

    private void free(int sk) {
        work.add(Work.OBJECT_FREE);
        int net = table.net(sk);
        ops(sk).destroy(sk);
        waitQueues.free(table.wait(sk));
        waitQueues.free(table.peerWait(sk));
        pids.putPid(table.peerPid(sk));
        setPeerGroups(sk, NULL);
        if (table.name(sk) != NULL) {
            vfs.tables.names.put(table.name(sk));
        }
        table.sockets().remove(sk);
        table.free(sk);
        nets.put(net);
    }

    boolean is(int sk, int flag) {
        return (table.flags(sk) & flag) != 0;
    }

    void set(int sk, int flag, boolean on) {
        table.setFlags(sk, on ? table.flags(sk) | flag : table.flags(sk) & ~flag);
    }

    /** How much room getsockopt(2) has for a value, in bytes; EFAULT, EINVAL. */
    int optionRoom(int mm, long lengthAt) {
        UserMemory memory = vfs.below.memory();
        int room = memory.getInt(mm, lengthAt);
        return memory.faulted() ? -Errno.EFAULT : room < 0 ? -Errno.EINVAL : room;
    }

    /** sock_orphan(): it is dead; who sleeps on it looks again. */
    void orphan(int sk) {
        set(sk, SockFlags.DEAD, true);
        table.setFile(sk, NULL);
    }

    /** The next number of SO_COOKIE: of the whole machine. */
    long cookie(int sk) {
        if (table.cookie(sk) == 0) {
            table.setCookie(sk, ++lastCookie);
        }
        return table.cookie(sk);
    }

    /** sock_error(): the pending error, told once; 0 or a negative errno. */
    int takeError(int sk) {
        int err = table.err(sk);
        table.setErr(sk, 0);
        return -err;
    }

    /** Sends SIGPIPE unless the call wants none; -EPIPE. */
    long brokenPipe(int task, Message message) {
        if (!message.is(Socket.MSG_NOSIGNAL)) {
            signals.sendSig(task, Signal.SIGPIPE, task, false);
        }
        return -Errno.EPIPE;
    }

    /** sock_rcvtimeo(), in ns. */
    long rcvtimeo(int sk, boolean noblock) {
        return noblock ? 0 : table.rcvtimeo(sk);
    }

    long sndtimeo(int sk, boolean noblock) {
        return noblock ? 0 : table.sndtimeo(sk);
    }

    /** sock_rcvlowat(). */
    int rcvlowat(int sk, boolean all, long wanted) {
        int least = all ? (int) Math.min(wanted, Integer.MAX_VALUE) : (int) Math.min(table.rcvlowat(sk), wanted);
        return Math.max(least, 1);
    }

    /**
     * Sleeps on a queue of a socket: BLOCKED, or ERESTARTSYS, EINTR on a signal, EAGAIN when the time is over. The call
     * ends with {@link #endWait}.
     *
     * @param timeoutNs from the first time on
     */
    long sleepOn(int task, int queue, long timeoutNs, boolean exclusive) {
        if (timeoutNs == 0) {
            return -Errno.EAGAIN;
        }
        if (tasks.sigpending(task)) {
            return timeoutNs == Long.MAX_VALUE ? -Errno.ERESTARTSYS : -Errno.EINTR;
        }
        if (timeoutNs != Long.MAX_VALUE) {
            if (tasks.restart(task, EXPIRES) == 0) {
                tasks.setRestart(task, EXPIRES, time.now() + time.nsToCycles(timeoutNs));
            }
            long expires = tasks.restart(task, EXPIRES);
            if (expires <= time.now()) {
                return -Errno.EAGAIN;
            }
            if (!timers.isSleeping(task) && !timers.sleepUntil(task, expires)) {
                return -Errno.ENOMEM;
            }
        }
        work.add(Work.WAIT);
        if (exclusive) {
            waitQueues.prepareToWaitExclusive(queue, task, TaskTable.TASK_INTERRUPTIBLE);
        } else {
            waitQueues.prepareToWait(queue, task, TaskTable.TASK_INTERRUPTIBLE);
        }
        return BLOCKED;
    }

    /** The end of every call on a file that may have slept; from its first sleep to its end the call holds the file. */
    public long endWait(int task, int file, long result) {
        if (result == BLOCKED) {
            vfs.files.holdForCall(task, file);
            return result;
        }
        if (tasks.restart(task, EXPIRES) != 0) {
            timers.cancelSleep(task);
        }
        return result;
    }

    /** sock_def_readable(). */
    @HotPath
    void dataReady(int sk) {
        waitQueues.wakeUp(table.wait(sk), TaskTable.TASK_INTERRUPTIBLE);
        vfs.fasync.kill(table.fasync(), sk, Signal.POLL_IN);
    }

    /** sock_def_wakeup(): its state has changed. */
    void stateChange(int sk) {
        waitQueues.wakeUpAll(table.wait(sk), TaskTable.TASK_INTERRUPTIBLE);
    }

    /** sk_wake_async(SOCK_WAKE_WAITD). */
    void wakeAsync(int sk, int reason) {
        vfs.fasync.kill(table.fasync(), sk, reason);
    }

    /** sk_send_sigurg(): urgent data has come. */
    void sendUrg(int sk) {
        int file = table.file(sk);
        if (file != NULL) {
            vfs.fasync.urgent(file);
        }
    }

    /** sock_def_write_space() and its kind. */
    void writeSpace(int sk) {
        if (!is(sk, SockFlags.DEAD)) {
            ops(sk).writeSpace(sk);
        }
    }

    void wakeWriters(int sk) {
        waitQueues.wakeUp(table.wait(sk), TaskTable.TASK_INTERRUPTIBLE);
        vfs.fasync.kill(table.fasync(), sk, Signal.POLL_OUT);
    }

    /** wake_up_interruptible() of those who wait for room behind a socket. */
    void wakePeers(int sk) {
        waitQueues.wakeUp(table.peerWait(sk), TaskTable.TASK_INTERRUPTIBLE);
    }

    void wakeAllPeers(int sk) {
        waitQueues.wakeUpAll(table.peerWait(sk), TaskTable.TASK_INTERRUPTIBLE);
    }

    /**
     * sock_alloc_send_pskb() without the buffer: 0 when the sender may have one, EPIPE, EAGAIN, a pending error, or as
     * {@link #sleepOn}.
     */
    long waitForSendRoom(int task, int sk, boolean noblock) {
        int error = takeError(sk);
        if (error != 0) {
            return error;
        }
        if ((table.shutdown(sk) & Socket.SEND_SHUTDOWN) != 0) {
            return -Errno.EPIPE;
        }
        if (table.wmemAlloc(sk) < table.sndbuf(sk)) {
            return 0;
        }
        return sleepOn(task, table.wait(sk), sndtimeo(sk, noblock), false);
    }

    /** init_peercred(): the other side will see the task as it is now. */
    void setPeerCred(int task, int sk) {
        int cred = tasks.cred(task);
        int before = table.peerPid(sk);
        table.setPeerPid(sk, pids.getPid(pids.tgid(task)));
        table.setPeerUid(sk, creds.euid(cred));
        table.setPeerGid(sk, creds.egid(cred));
        setPeerGroups(sk, cred);
        pids.putPid(before);
    }

    /** copy_peercred(). */
    void copyPeerCred(int to, int from) {
        int before = table.peerPid(to);
        int pid = table.peerPid(from);
        table.setPeerPid(to, pid == NULL ? NULL : pids.getPid(pid));
        table.setPeerUid(to, table.peerUid(from));
        table.setPeerGid(to, table.peerGid(from));
        setPeerGroups(to, table.peerCred(from));
        pids.putPid(before);
    }

    private void setPeerGroups(int sk, int cred) {
        Creds all = vfs.below.creds();
        int before = table.peerCred(sk);
        table.setPeerCred(sk, cred == NULL ? NULL : all.get(cred));
        if (before != NULL) {
            all.put(before);
        }
    }

    /** skb_queue_purge() of the receive queue. */
    void purge(int sk) {
        int skb = table.receiveQueue().first(sk);
        while (skb != NULL) {
            table.receiveQueue().remove(skb);
            skBuffs.free(skb);
            skb = table.receiveQueue().first(sk);
        }
    }

    /** ns_capable() in the user namespace that owns a socket's net. */
    boolean nsCapable(int task, int sk, int capability) {
        return capabilities.nsCapable(task, nets.owner(table.net(sk)), capability);
    }

    private boolean isInRange(int cred, int low, int high) {
        Creds all = vfs.below.creds();
        int count = all.ngroups(cred);
        for (int i = 0; i < count; i++) {
            int group = all.groupAt(cred, i);
            if (low <= group && group <= high) {
                return true;
            }
        }
        return false;
    }

    /** Whether one of a task's groups is in net.ipv4.ping_group_range. */
    boolean mayPing(int cred, int net) {
        int low = nets.table().pingLow(net);
        int high = nets.table().pingHigh(net);
        int group = creds.egid(cred);
        return (low <= group && group <= high) || isInRange(cred, low, high);
    }

    boolean isNonblocking(int file) {
        return vfs.files.isNonblocking(file);
    }

    /** The sock of an open file, or NULL. */
    int sockOf(int file, int kind) {
        return files.kind(file) == kind ? files.handle(file) : NULL;
    }

    void digest(StateHash hash) {
        hash.add(lastCookie);
        table.digest(hash);
        skBuffs.digest(hash);
    }
}
