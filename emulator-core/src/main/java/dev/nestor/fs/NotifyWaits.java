package dev.nestor.fs;

import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.machine.Work;
import dev.nestor.uapi.Errno;

/** Waiting for the events of a group, of whatever kind its file is: inotify and fanotify. */
public final class NotifyWaits {
    private final Files files;
    private final NotifyGroupTable groups;
    private final WaitQueues waitQueues;
    private final Work work;

    public NotifyWaits(Vfs vfs) {
        this.files = vfs.files;
        this.groups = vfs.tables.notifyGroups;
        this.waitQueues = vfs.below.waitQueues();
        this.work = vfs.below.work();
    }

    /** What a read of an empty queue comes to: BLOCKED, EAGAIN, ERESTARTSYS; EOUTSIDE where something unseen may have happened. */
    public long await(int task, int file, int group) {
        if (groups.nrUnknown(group) > 0) {
            return -Outside.EOUTSIDE;
        }
        if (files.isNonblocking(file)) {
            return -Errno.EAGAIN;
        }
        if (!waitQueues.waitInterruptible(groups.wait(group), task, false)) {
            return -Errno.ERESTARTSYS;
        }
        work.add(Work.WAIT);
        return FileOps.BLOCKED;
    }

    /** The POLL* of a group, or -EOUTSIDE. */
    public int poll(int group, boolean hasEvents) {
        if (hasEvents) {
            return FileOps.POLLIN | FileOps.POLLRDNORM;
        }
        return groups.nrUnknown(group) > 0 ? -Outside.EOUTSIDE : 0;
    }
}
