package dev.nestor.fs.eventpoll;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.anon.AnonInodes;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;

/**
 * Watching many files at once: fs/eventpoll.c.
 *
 * <p>An item is on the wait queues of its file, with a function for the waiter: when they are woken it goes to the list of
 * those that may be ready, and who waits for the list is woken. epoll_wait(2) asks each file on the list what holds
 * now, and puts those back that are watched for a level. An item is gone with its file, not with its descriptor.
 */
public final class EventPolls implements FileOps {
    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLL_CTL_MOD = 3;

    private static final int EPIOCSPARAMS = 0x40088a01;
    private static final int EPIOCGPARAMS = 0x80088a02;
    private static final int BUDGET_SHIFT = 32; // in struct epoll_params
    private static final int PREFER_SHIFT = 48;
    private static final int NAPI_POLL_WEIGHT = 64; // packets
    private static final int EPOLLEXCLUSIVE = 1 << 28;
    private static final int EPOLLWAKEUP = 1 << 29;
    private static final int EPOLLONESHOT = 1 << 30;
    private static final int EPOLLET = 1 << 31;
    private static final int EP_PRIVATE_BITS = EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE;
    private static final int EPOLLINOUT_BITS = POLLIN | POLLOUT;
    private static final int EPOLLEXCLUSIVE_OK_BITS =
            EPOLLINOUT_BITS | POLLERR | POLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE;
    private static final int EP_MAX_NESTS = 4;

    private final Vfs vfs;
    private final FileTable files;
    private final WaitQueues waitQueues;
    private final AnonInodes anonInodes;
    private final Work work;
    private final EventPollTable polls;
    private final EpItemTable items;
    private final int kind;
    private final int function;

    public EventPolls(Vfs vfs, AnonInodes anonInodes, int limit) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.waitQueues = vfs.below.waitQueues();
        this.work = vfs.below.work();
        this.anonInodes = anonInodes;
        this.polls = new EventPollTable(limit);
        this.items = new EpItemTable(limit, polls, files);
        this.kind = vfs.kinds.add(this);
        this.function = waitQueues.register(this::callback);
        vfs.files.setReleaseHook(this::fileGone);
    }

    /** do_epoll_create(): a descriptor, or EINVAL, ENOMEM, EMFILE, ENFILE. */
    public int create(int task, int flags) {
        if ((flags & ~Fcntl.O_CLOEXEC) != 0) {
            return -Errno.EINVAL;
        }
        int ep = polls.alloc();
        if (ep == NULL) {
            return -Errno.ENOMEM;
        }
        polls.setWq(ep, waitQueues.alloc());
        polls.setPollWait(ep, waitQueues.alloc());
        int fd = polls.wq(ep) == NULL || polls.pollWait(ep) == NULL
                ? -Errno.ENOMEM
                : anonInodes.open(task, "[eventpoll]", kind, Fcntl.O_RDWR | flags, ep);
        if (fd < 0) {
            free(ep);
            return fd;
        }
        work.add(Work.OBJECT_ALLOC);
        polls.setFile(ep, vfs.files.fileOf(task, fd));
        return fd;
    }

    private void free(int ep) {
        if (polls.wq(ep) != NULL) {
            waitQueues.free(polls.wq(ep));
        }
        if (polls.pollWait(ep) != NULL) {
            waitQueues.free(polls.pollWait(ep));
        }
        polls.free(ep);
    }

    /** ep_clear_and_put(). */
    @Override
    public void release(int file) {
        int ep = files.handle(file);
        for (int item = items.ofPoll().first(ep);
                item != NULL;
                item = items.ofPoll().first(ep)) {
            remove(item);
        }
        work.add(Work.OBJECT_FREE);
        free(ep);
    }

    /** eventpoll_release_file(): nobody watches a file any more that is about to go. */
    private void fileGone(int file) {
        for (int item = items.ofFile().first(file);
                item != NULL;
                item = items.ofFile().first(file)) {
            remove(item);
        }
    }

    /** __ep_remove(). */
    private void remove(int item) {
        int ep = items.ofPoll().owner(item);
        for (int entry = items.entries(item); entry != NULL; ) {
            entry = waitQueues.remove(entry);
        }
        if (items.unknown(item)) {
            polls.setNrUnknown(ep, polls.nrUnknown(ep) - 1);
        }
        if (isReady(item)) {
            items.ready().remove(item);
        }
        items.ofFile().remove(item);
        items.ofPoll().remove(item);
        items.free(item);
    }

    private boolean isReady(int item) {
        return items.ready().owner(item) != NULL;
    }

    public boolean isEventPoll(int file) {
        return files.kind(file) == kind;
    }

    /**
     * do_epoll_ctl(), of an eventpoll file and the file of a descriptor: 0, EBADF, EPERM, EINVAL, ELOOP, EEXIST, ENOENT,
     * ENOSPC.
     *
     * @param op EPOLL_CTL_*
     */
    public int control(int task, int file, int op, int fd, int events, long data) {
        int target = vfs.files.usableFileOf(task, fd);
        if (target == NULL) {
            return -Errno.EBADF;
        }
        if (!vfs.files.ops(target).canPoll(target)) {
            return -Errno.EPERM;
        }
        if (file == target || !isEventPoll(file)) {
            return -Errno.EINVAL;
        }
        boolean hasEvent = op != EPOLL_CTL_DEL;
        if (hasEvent && (events & EPOLLEXCLUSIVE) != 0) {
            boolean isOdd = isEventPoll(target) || (events & ~EPOLLEXCLUSIVE_OK_BITS) != 0;
            if (op == EPOLL_CTL_MOD || (op == EPOLL_CTL_ADD && isOdd)) {
                return -Errno.EINVAL;
            }
        }
        int ep = files.handle(file);
        if (op == EPOLL_CTL_ADD && isEventPoll(target)) {
            int above = depthAbove(file, 0);
            if (reaches(files.handle(target), ep, 0) || depthBelow(files.handle(target), 0) + above > EP_MAX_NESTS) {
                return -Errno.ELOOP;
            }
        }
        int item = find(ep, target, fd);
        int wanted = events | POLLERR | POLLHUP;
        return switch (op) {
            case EPOLL_CTL_ADD -> item != NULL ? -Errno.EEXIST : insert(task, ep, target, fd, wanted, data);
            case EPOLL_CTL_DEL -> delete(item);
            case EPOLL_CTL_MOD -> item == NULL ? -Errno.ENOENT : modify(task, ep, item, wanted, data);
            default -> -Errno.EINVAL;
        };
    }

    private int delete(int item) {
        if (item == NULL) {
            return -Errno.ENOENT;
        }
        remove(item);
        return 0;
    }

    /** Whether an eventpoll is another or watches it, near or far: ep_loop_check(). */
    private boolean reaches(int from, int to, int depth) {
        if (from == to || depth > EP_MAX_NESTS) {
            return true;
        }
        for (int item = items.ofPoll().first(from);
                item != NULL;
                item = items.ofPoll().next(item)) {
            int file = items.ofFile().owner(item);
            if (isEventPoll(file) && reaches(files.handle(file), to, depth + 1)) {
                return true;
            }
        }
        return false;
    }

    /** How many eventpolls are watched in a row, from this one down, itself included. */
    private int depthBelow(int ep, int depth) {
        int most = 0;
        for (int item = items.ofPoll().first(ep);
                item != NULL && depth <= EP_MAX_NESTS;
                item = items.ofPoll().next(item)) {
            int file = items.ofFile().owner(item);
            most = isEventPoll(file) ? Math.max(most, depthBelow(files.handle(file), depth + 1)) : most;
        }
        return most + 1;
    }

    /** How many eventpolls watch in a row, from this one up. */
    private int depthAbove(int file, int depth) {
        int most = 0;
        for (int item = items.ofFile().first(file);
                item != NULL && depth <= EP_MAX_NESTS;
                item = items.ofFile().next(item)) {
            int above = polls.file(items.ofPoll().owner(item));
            most = Math.max(most, depthAbove(above, depth + 1) + 1);
        }
        return most;
    }

    /** ep_find(). */
    private int find(int ep, int file, int fd) {
        Chain chain = items.ofFile();
        for (int item = chain.first(file); item != NULL; item = chain.next(item)) {
            if (items.fd(item) == fd && items.ofPoll().owner(item) == ep) {
                return item;
            }
        }
        return NULL;
    }

    /** ep_insert(). */
    private int insert(int task, int ep, int file, int fd, int events, long data) {
        int item = items.alloc();
        if (item == NULL) {
            return -Errno.ENOSPC;
        }
        work.add(Work.OBJECT_ALLOC);
        items.setFd(item, fd);
        items.setEvents(item, events);
        items.setData(item, data);
        items.ofPoll().addLast(ep, item);
        items.ofFile().addLast(file, item);
        FileOps ops = vfs.files.ops(file);
        int index = 0;
        for (int queue = ops.pollQueue(file, 0); queue != NULL; queue = ops.pollQueue(file, ++index)) {
            boolean exclusive = (events & EPOLLEXCLUSIVE) != 0;
            int entry = waitQueues.add(queue, function, item, exclusive, items.entries(item));
            if (entry == NULL) {
                remove(item);
                return -Errno.ENOMEM;
            }
            items.setEntries(item, entry);
        }
        int found = look(task, item);
        if (found < 0) {
            items.setUnknown(item, true);
            polls.setNrUnknown(ep, polls.nrUnknown(ep) + 1);
            return found; // nor does anybody know whether it can be polled
        }
        if (found != 0) {
            becomeReady(ep, item);
        }
        return 0;
    }

    /** ep_modify(). */
    private int modify(int task, int ep, int item, int events, long data) {
        if ((items.events(item) & EPOLLEXCLUSIVE) != 0) {
            return -Errno.EINVAL;
        }
        items.setEvents(item, events);
        items.setData(item, data);
        if (look(task, item) > 0) {
            becomeReady(ep, item);
        }
        return 0;
    }

    /** ep_item_poll(): what holds of what is watched for; negative where nobody knows. */
    private int look(int task, int item) {
        int file = items.ofFile().owner(item);
        int mask = vfs.files.ops(file).poll(task, file);
        return mask < 0 ? mask : mask & items.events(item);
    }

    private void becomeReady(int ep, int item) {
        if (!isReady(item)) {
            items.ready().addLast(ep, item);
            waitQueues.wakeUp(polls.wq(ep), TaskTable.TASK_INTERRUPTIBLE);
            waitQueues.wakeUpPoll(polls.pollWait(ep), TaskTable.TASK_INTERRUPTIBLE, POLLIN);
        }
    }

    /** ep_poll_callback(). */
    @HotPath
    private boolean callback(int item, int key) {
        int events = items.events(item);
        boolean isAsked = (events & ~EP_PRIVATE_BITS) != 0 && (key == 0 || (key & events) != 0);
        boolean isExclusive = (events & EPOLLEXCLUSIVE) != 0;
        if (!isAsked) {
            return !isExclusive;
        }
        int ep = items.ofPoll().owner(item);
        if (!isReady(item)) {
            items.ready().addLast(ep, item);
        }
        boolean woken = waitQueues.hasWaiters(polls.wq(ep));
        if (woken) {
            waitQueues.wakeUp(polls.wq(ep), TaskTable.TASK_INTERRUPTIBLE);
        }
        waitQueues.wakeUpPoll(polls.pollWait(ep), TaskTable.TASK_INTERRUPTIBLE, POLLIN);
        boolean fits = (key & EPOLLINOUT_BITS) == 0 || (events & key & EPOLLINOUT_BITS) != 0;
        return !isExclusive || (woken && fits);
    }

    /** Whose events a call takes. */
    public interface Taker {
        /** epoll_put_uevent(): false when it can't be written. */
        boolean take(int index, int events, long data);
    }

    /** ep_send_events(): how many have been taken, at most so many; EFAULT when not even the first could be. */
    @HotPath
    public int send(int task, int file, int most, Taker taker) {
        int ep = files.handle(file);
        int last = items.ready().last(ep);
        int taken = 0;
        for (boolean more = last != NULL; more && taken < most; ) {
            int item = items.ready().first(ep);
            more = item != last;
            items.ready().remove(item);
            int found = look(task, item);
            if (found <= 0) {
                continue;
            }
            if (!taker.take(taken, found, items.data(item))) {
                items.ready().addFirst(ep, item);
                return taken == 0 ? -Errno.EFAULT : taken;
            }
            taken++;
            int events = items.events(item);
            if ((events & EPOLLONESHOT) != 0) {
                items.setEvents(item, events & EP_PRIVATE_BITS);
            } else if ((events & EPOLLET) == 0) {
                items.ready().addLast(ep, item);
            }
        }
        return taken == 0 && polls.nrUnknown(ep) > 0 ? -Outside.EOUTSIDE : taken;
    }

    /** Whether files are watched of which nobody knows what holds. */
    public boolean isUnknowable(int file) {
        return polls.nrUnknown(files.handle(file)) > 0;
    }

    /** ep_poll(): the task sleeps until the list of those that may be ready has one. */
    public void sleep(int task, int file) {
        waitQueues.prepareToWaitExclusive(polls.wq(files.handle(file)), task, TaskTable.TASK_INTERRUPTIBLE);
    }

    /** noop_llseek(). */
    @Override
    public long llseek(int task, int file, long offset, int whence) {
        return files.pos(file);
    }

    /** ep_eventpoll_ioctl(): how it is to be polled busily, which is kept and nothing more. EFAULT, EINVAL, EPERM. */
    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        int mm = vfs.below.tasks().mm(task);
        int ep = files.handle(file);
        if (cmd == EPIOCGPARAMS) {
            return vfs.below.memory().putLong(mm, arg, polls.busyPoll(ep));
        }
        if (cmd != EPIOCSPARAMS) {
            return -Errno.EINVAL;
        }
        long params = vfs.below.memory().getLong(mm, arg);
        if (vfs.below.memory().faulted()) {
            return -Errno.EFAULT;
        }
        boolean isWrong = (int) params < 0 || params >>> PREFER_SHIFT > 1;
        if (isWrong) {
            return -Errno.EINVAL;
        }
        boolean isGreedy = (params >>> BUDGET_SHIFT & 0xffff) > NAPI_POLL_WEIGHT;
        if (isGreedy && !vfs.permissions.isCapable(task, Capability.CAP_NET_ADMIN)) {
            return -Errno.EPERM;
        }
        polls.setBusyPoll(ep, params);
        return 0;
    }

    /** __ep_eventpoll_poll(): readable while one on the list has something; those that have nothing leave it. */
    @Override
    public int poll(int task, int file) {
        int ep = files.handle(file);
        for (int item = items.ready().first(ep);
                item != NULL;
                item = items.ready().first(ep)) {
            if (look(task, item) > 0) {
                return POLLIN | POLLRDNORM;
            }
            items.ready().remove(item);
        }
        return polls.nrUnknown(ep) > 0 ? -Outside.EOUTSIDE : 0;
    }

    @Override
    public int pollQueue(int file, int index) {
        return index == 0 ? polls.pollWait(files.handle(file)) : NULL;
    }

    /** The first item of an eventpoll file, or the one after another: NULL at the end. */
    public int nextItem(int file, int item) {
        return item == NULL
                ? items.ofPoll().first(files.handle(file))
                : items.ofPoll().next(item);
    }

    public int itemFd(int item) {
        return items.fd(item);
    }

    public int itemEvents(int item) {
        return items.events(item);
    }

    public long itemData(int item) {
        return items.data(item);
    }

    public int itemFile(int item) {
        return items.ofFile().owner(item);
    }

    public void digest(StateHash hash) {
        polls.digest(hash);
        items.digest(hash);
    }
}
