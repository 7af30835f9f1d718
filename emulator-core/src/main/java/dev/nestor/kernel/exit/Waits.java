package dev.nestor.kernel.exit;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Wait;

/** Looking for a child that has something to tell: do_wait() of kernel/exit.c. The waiting itself is the caller's. */
public final class Waits {
    /** No child that fits has anything to tell yet. */
    public static final int NOTHING = 0;

    /** What the child found has to tell, filled in by {@link #scan}. */
    public static final class Report {
        private int nr; // of the child, as the waiter sees it
        private int status; // of wait(2)
        private int cause; // CLD_*
        private int detail; // si_status: exit code or signal
        private int kuid;
        private long utime; // cycles
        private long stime; // cycles

        public int nr() {
            return nr;
        }

        public int status() {
            return status;
        }

        public int cause() {
            return cause;
        }

        public int detail() {
            return detail;
        }

        public int kuid() {
            return kuid;
        }

        public long utime() {
            return utime;
        }

        public long stime() {
            return stime;
        }
    }

    private final TaskTable tasks;
    private final SignalStructTable signalStructs;
    private final PidTable pidTable;
    private final Pids pids;
    private final Release release;
    private final CredUid credUid;
    private final Report report = new Report();
    private final Work work;

    /** The real uid of a task. */
    public interface CredUid {
        int uid(int task);
    }

    public Waits(Exit.Tables tables, Pids pids, Release release, CredUid credUid, Work work) {
        this.tasks = tables.tasks();
        this.signalStructs = tables.signalStructs();
        this.pidTable = tables.pids();
        this.pids = pids;
        this.release = release;
        this.credUid = credUid;
        this.work = work;
    }

    public Report report() {
        return report;
    }

    /**
     * One pass over the children of all threads of the task (only its own with __WNOTHREAD). Returns the child's number
     * and fills in the report, NOTHING if one that fits may still have something to tell, or -ECHILD.
     *
     * @param type P_ALL, P_PID or P_PGID
     * @param pid the pid looked for; not for P_ALL
     */
    public int scan(int task, int type, int pid, int options) {
        boolean eligible = false;
        Chain threads = signalStructs.threads();
        int thread = (options & Wait.__WNOTHREAD) != 0 ? task : threads.first(tasks.signal(task));
        while (thread != NULL) {
            Chain children = tasks.children();
            for (int child = children.first(thread); child != NULL; child = children.next(child)) {
                work.add(Work.LIST_STEP);
                if (!isEligible(child, type, pid, options)) {
                    continue;
                }
                int found = consider(task, child, options);
                if (found > 0) {
                    return found;
                }
                eligible |= tasks.exitState(child) != TaskTable.EXIT_DEAD;
            }
            thread = (options & Wait.__WNOTHREAD) != 0 ? NULL : threads.next(thread);
        }
        return eligible ? NOTHING : -Errno.ECHILD;
    }

    /** eligible_child(): the right number, and the right kind: a clone child is one whose exit signal is not SIGCHLD. */
    private boolean isEligible(int child, int type, int pid, int options) {
        if (type == Wait.P_PID && pids.tgid(child) != pid) {
            return false;
        }
        if (type == Wait.P_PGID && pids.pgrp(child) != pid) {
            return false;
        }
        if ((options & Wait.__WALL) != 0) {
            return true;
        }
        boolean isClone = tasks.exitSignal(child) != Signal.SIGCHLD;
        return isClone == ((options & Wait.__WCLONE) != 0);
    }

    /** wait_consider_task(). */
    private int consider(int task, int child, int options) {
        if (tasks.exitState(child) == TaskTable.EXIT_DEAD) {
            return NOTHING;
        }
        if (tasks.exitState(child) == TaskTable.EXIT_ZOMBIE) {
            if (tasks.ptrace(child) != 0 || !release.isThreadGroupEmpty(child) || (options & Wait.WEXITED) == 0) {
                return NOTHING;
            }
            return waitZombie(task, child, options);
        }
        int signal = tasks.signal(child);
        int flags = signalStructs.flags(signal);
        if ((options & Wait.WUNTRACED) != 0 && (flags & SignalStructTable.SIGNAL_STOP_STOPPED) != 0) {
            return waitStopped(task, child, options);
        }
        if ((options & Wait.WCONTINUED) != 0 && (flags & SignalStructTable.SIGNAL_STOP_CONTINUED) != 0) {
            return waitContinued(task, child, options);
        }
        return NOTHING;
    }

    private int waitZombie(int task, int child, int options) {
        int signal = tasks.signal(child);
        boolean group = (signalStructs.flags(signal) & SignalStructTable.SIGNAL_GROUP_EXIT) != 0;
        int status = group ? signalStructs.groupExitCode(signal) : tasks.exitCode(child);
        fill(task, child, status);
        if ((status & 0x7f) == 0) {
            report.cause = Signal.CLD_EXITED;
            report.detail = status >> 8;
        } else {
            report.cause = (status & 0x80) != 0 ? Signal.CLD_DUMPED : Signal.CLD_KILLED;
            report.detail = status & 0x7f;
        }
        int nr = report.nr;
        if ((options & Wait.WNOWAIT) == 0) {
            addTimes(task, child);
            release.releaseTask(child);
        }
        return nr;
    }

    private void addTimes(int task, int child) {
        int own = tasks.signal(task);
        int signal = tasks.signal(child);
        signalStructs.setCutime(own, signalStructs.cutime(own) + report.utime + signalStructs.cutime(signal));
        signalStructs.setCstime(own, signalStructs.cstime(own) + report.stime + signalStructs.cstime(signal));
    }

    /** A stop is told once: the code is gone after that, unless WNOWAIT leaves it. */
    private int waitStopped(int task, int child, int options) {
        int signal = tasks.signal(child);
        int stopSignal = signalStructs.groupExitCode(signal);
        if (stopSignal == 0) {
            return NOTHING;
        }
        fill(task, child, stopSignal << 8 | 0x7f);
        report.cause = Signal.CLD_STOPPED;
        report.detail = stopSignal;
        if ((options & Wait.WNOWAIT) == 0) {
            signalStructs.setGroupExitCode(signal, 0);
        }
        return report.nr;
    }

    private int waitContinued(int task, int child, int options) {
        int signal = tasks.signal(child);
        fill(task, child, 0xffff);
        report.cause = Signal.CLD_CONTINUED;
        report.detail = Signal.SIGCONT;
        if ((options & Wait.WNOWAIT) == 0) {
            signalStructs.setFlags(signal, signalStructs.flags(signal) & ~SignalStructTable.SIGNAL_STOP_CONTINUED);
        }
        return report.nr;
    }

    private void fill(int task, int child, int status) {
        int signal = tasks.signal(child);
        report.nr = pids.pidNrNs(pids.tgid(child), pids.activeNs(task));
        report.status = status;
        report.kuid = credUid.uid(child);
        report.utime = tasks.utime(child) + signalStructs.utime(signal);
        report.stime = tasks.stime(child) + signalStructs.stime(signal);
        assert pidTable.isLive(pids.tgid(child)) : "a child without a number";
    }
}
