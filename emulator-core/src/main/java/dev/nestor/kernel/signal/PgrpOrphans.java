package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;

/** Orphaned process groups: will_become_orphaned_pgrp() and has_stopped_jobs() of kernel/exit.c. */
public final class PgrpOrphans {
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final PidTable pids;

    public PgrpOrphans(TaskTable tasks, SignalStructTable signals, PidTable pids) {
        this.tasks = tasks;
        this.signals = signals;
        this.pids = pids;
    }

    /**
     * will_become_orphaned_pgrp(): no member but the ignored one (which is about to die; NULL: none) has a parent in
     * another group of the same session, who could see to stopped jobs.
     */
    public boolean willBecomeOrphaned(int pgrp, int ignored) {
        Chain members = pids.groupMembers();
        for (int at = members.first(pgrp); at != NULL; at = members.next(at)) {
            int parent = tasks.realParent(at);
            boolean gone = at == ignored || (tasks.exitState(at) != 0 && signals.live(tasks.signal(at)) == 0);
            if (gone || parent == NULL || isInit(parent)) {
                continue;
            }
            int ofParent = tasks.signal(parent);
            if (signals.pgrp(ofParent) != pgrp && signals.session(ofParent) == signals.session(tasks.signal(at))) {
                return false;
            }
        }
        return true;
    }

    /** is_current_pgrp_orphaned(). */
    boolean isOrphaned(int task) {
        return willBecomeOrphaned(signals.pgrp(tasks.signal(task)), NULL);
    }

    /** has_stopped_jobs(): SIGHUP and SIGCONT are due when such a group becomes orphaned. */
    public boolean hasStoppedJobs(int pgrp) {
        Chain members = pids.groupMembers();
        for (int at = members.first(pgrp); at != NULL; at = members.next(at)) {
            if ((signals.flags(tasks.signal(at)) & SignalStructTable.SIGNAL_STOP_STOPPED) != 0) {
                return true;
            }
        }
        return false;
    }

    /** is_global_init(). */
    private boolean isInit(int task) {
        return tasks.realParent(tasks.groupLeader(task)) == NULL;
    }
}
