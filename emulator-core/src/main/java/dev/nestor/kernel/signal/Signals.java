package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Signal;

/**
 * Sending: kernel/signal.c from send_signal_locked() to complete_signal(). The kernel's own takes the sender from
 * current; here it is passed, NULL where the kernel sends of its own accord.
 */
public final class Signals {
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final Sighands sighands;
    private final PendingSignals pending;
    private final SignalWakeups wakeups;
    private final SignalIds ids;
    private final SigInfo noinfo = SigInfo.noinfo();
    private final SigInfo priv = SigInfo.priv();
    private final SigInfo scratch = new SigInfo();

    public Signals(
            TaskTable tasks,
            SignalStructTable signals,
            Sighands sighands,
            PendingSignals pending,
            SignalWakeups wakeups,
            SignalIds ids) {
        this.tasks = tasks;
        this.signals = signals;
        this.sighands = sighands;
        this.pending = pending;
        this.wakeups = wakeups;
        this.ids = ids;
    }

    /** SEND_SIG_NOINFO: si_code SI_USER, from the sender. */
    public SigInfo noinfo() {
        return noinfo;
    }

    /** SEND_SIG_PRIV: si_code SI_KERNEL. */
    public SigInfo priv() {
        return priv;
    }

    Sighands sighands() {
        return sighands;
    }

    public SignalIds ids() {
        return ids;
    }

    /** do_send_sig_info(): without asking for permission. ESRCH once the task has been released. */
    public int doSendSigInfo(int sender, int sig, SigInfo info, int task, int type) {
        return tasks.sighand(task) == NULL ? -Errno.ESRCH : sendSignal(sender, sig, info, task, type);
    }

    /** send_sig(): to one thread, from a task or (priv) the kernel. */
    public int sendSig(int sender, int sig, int task, boolean fromKernel) {
        return doSendSigInfo(sender, sig, fromKernel ? priv : noinfo, task, PidType.PIDTYPE_PID);
    }

    /**
     * send_signal_locked(): 0, or EAGAIN when a real-time signal finds no room. What the info says about its sender is
     * translated in place, so that a second receiver of the same info is told what the first one was.
     */
    int sendSignal(int sender, int sig, SigInfo info, int task, int type) {
        boolean force = false;
        if (info.isNoinfo()) {
            force = ids.pidFor(task, sender) == 0;
        } else if (info.isPriv()) {
            force = true;
        } else if (info.hasPidAndUid() && sender != NULL) {
            ids.translateUid(sender, task, info);
            force = info.code() == Signal.SI_KERNEL;
            if (ids.pidFor(task, sender) == 0) {
                info.setPid(0);
                force = true;
            }
        }
        return sendSignalAs(sender, sig, info, task, type, force);
    }

    /** __send_signal_locked(). */
    int sendSignalAs(int sender, int sig, SigInfo info, int task, int type, boolean force) {
        if (!prepareSignal(sig, task, force)) {
            return 0;
        }
        boolean shared = type != PidType.PIDTYPE_PID;
        if (sig < Signal.SIGRTMIN && pending.isPending(task, shared, sig)) {
            return 0;
        }
        if (sig != Signal.SIGKILL && !tasks.hasFlag(task, TaskTable.PF_KTHREAD)) {
            boolean override = sig < Signal.SIGRTMIN && (info.isSpecial() || info.code() >= 0);
            boolean queued = pending.enqueue(task, shared, fillIn(sender, sig, info, task), override);
            if (!queued && !info.isSpecial() && sig >= Signal.SIGRTMIN && info.code() != Signal.SI_USER) {
                return -Errno.EAGAIN;
            }
        }
        pending.add(task, shared, sig);
        sighands.signalfdNotify(task);
        completeSignal(sig, task, type);
        return 0;
    }

    private SigInfo fillIn(int sender, int sig, SigInfo info, int task) {
        if (info.isNoinfo()) {
            scratch.set(sig, Signal.SI_USER).setPidUid(ids.tgidFor(task, sender), ids.uidFor(task, sender));
            return scratch;
        }
        return info.isPriv() ? scratch.set(sig, Signal.SI_KERNEL) : info;
    }

    /** prepare_signal(): what a signal does even before it is queued; whether it is to be queued at all. */
    boolean prepareSignal(int sig, int task, boolean force) {
        int signal = tasks.signal(task);
        if ((signals.flags(signal) & SignalStructTable.SIGNAL_GROUP_EXIT) != 0) {
            return false;
        }
        if (SigSets.has(SigSets.KERNEL_STOP, sig)) {
            pending.flushProcess(task, SigSets.mask(Signal.SIGCONT));
        } else if (sig == Signal.SIGCONT) {
            pending.flushProcess(task, SigSets.KERNEL_STOP);
            continueProcess(signal);
        }
        return !isIgnored(task, sig, force);
    }

    /** SIGCONT: all threads go on, whatever its action is, and the first to do so tells the parent. */
    private void continueProcess(int signal) {
        Chain threads = signals.threads();
        for (int at = threads.first(signal); at != NULL; at = threads.next(at)) {
            clearStopPending(at);
            wakeups.wakeUpStopped(at);
        }
        int why = 0;
        if ((signals.flags(signal) & SignalStructTable.SIGNAL_STOP_STOPPED) != 0) {
            why = SignalStructTable.SIGNAL_CLD_CONTINUED;
        } else if (signals.groupStopCount(signal) != 0) {
            why = SignalStructTable.SIGNAL_CLD_STOPPED;
        }
        if (why != 0) {
            GroupStop.setStopFlags(signals, signal, why | SignalStructTable.SIGNAL_STOP_CONTINUED);
            signals.setGroupStopCount(signal, 0);
            signals.setGroupExitCode(signal, 0);
        }
    }

    /** task_clear_jobctl_pending(JOBCTL_STOP_PENDING). */
    void clearStopPending(int task) {
        int stop = TaskTable.JOBCTL_STOP_PENDING | TaskTable.JOBCTL_STOP_CONSUME;
        tasks.setJobctl(task, tasks.jobctl(task) & ~stop);
    }

    /**
     * sig_ignored(): a signal that would do nothing is not even queued, unless it is blocked or a tracer wants to see it.
     * The init of a PID namespace ignores what it has no handler for; only SIGKILL and SIGSTOP from outside (force) get
     * through to it, and to the first init not even those.
     */
    private boolean isIgnored(int task, int sig, boolean force) {
        if (SigSets.has(tasks.blocked(task) | tasks.realBlocked(task), sig)) {
            return false;
        }
        if (tasks.ptrace(task) != 0 && sig != Signal.SIGKILL) {
            return false;
        }
        int signal = tasks.signal(task);
        boolean kernelOnly = SigSets.has(SigSets.KERNEL_ONLY, sig);
        if (signals.unkillable(signal)) {
            boolean firstInit = tasks.realParent(signals.leader(signal)) == NULL;
            if (kernelOnly && firstInit) {
                return true;
            }
            if (sighands.handler(task, sig) == Signal.SIG_DFL && !(force && kernelOnly)) {
                return true;
            }
        }
        return sighands.ignores(task, sig);
    }

    /** complete_signal(): finds a thread that takes it; a fatal one ends them all at once. */
    void completeSignal(int sig, int task, int type) {
        int taker = taker(sig, task, type);
        if (taker == NULL) {
            return;
        }
        int signal = tasks.signal(task);
        boolean fatal = sighands.isFatal(task, sig)
                && (signals.flags(signal) & SignalStructTable.SIGNAL_GROUP_EXIT) == 0
                && !SigSets.has(tasks.realBlocked(taker), sig)
                && (sig == Signal.SIGKILL || tasks.ptrace(task) == 0);
        if (fatal && !SigSets.has(SigSets.KERNEL_COREDUMP, sig)) {
            startGroupExit(signal, sig);
            killThreads(signal, NULL);
            return;
        }
        wakeups.signalWakeUp(taker, sig == Signal.SIGKILL);
    }

    private int taker(int sig, int task, int type) {
        if (wakeups.wantsSignal(task, sig)) {
            return task;
        }
        int signal = tasks.signal(task);
        if (type == PidType.PIDTYPE_PID || signals.nrThreads(signal) <= 1) {
            return NULL;
        }
        int start = currTarget(signal);
        int at = start;
        while (!wakeups.wantsSignal(at, sig)) {
            at = nextThread(signal, at);
            if (at == start) {
                return NULL;
            }
        }
        signals.setCurrTarget(signal, at);
        return at;
    }

    private int currTarget(int signal) {
        int target = signals.currTarget(signal);
        return target == NULL ? signals.threads().first(signal) : target;
    }

    private int nextThread(int signal, int thread) {
        int next = signals.threads().next(thread);
        return next == NULL ? signals.threads().first(signal) : next;
    }

    /** The process is to end: the first status wins. Its threads have to be killed by the caller. */
    public void startGroupExit(int signal, int status) {
        signals.setFlags(signal, SignalStructTable.SIGNAL_GROUP_EXIT);
        signals.setGroupExitCode(signal, status);
        signals.setGroupStopCount(signal, 0);
    }

    /**
     * zap_other_threads(): SIGKILL for all threads of a process but one (NULL: for all); gives how many others there are.
     */
    public int killThreads(int signal, int but) {
        int others = 0;
        Chain threads = signals.threads();
        for (int at = threads.first(signal); at != NULL; at = threads.next(at)) {
            if (at == but) {
                continue;
            }
            others++;
            clearStopPending(at);
            if (tasks.exitState(at) == 0) {
                pending.add(at, false, Signal.SIGKILL);
                wakeups.signalWakeUp(at, true);
            }
        }
        return others;
    }

    /**
     * force_sig_info_to_task(): a signal that the thread itself has caused. Blocked or ignored, it gets the default
     * action, which not even an init survives.
     */
    public void forceSigInfo(int task, SigInfo info) {
        int sig = info.signo();
        boolean blocked = SigSets.has(tasks.blocked(task), sig);
        if (blocked || sighands.handler(task, sig) == Signal.SIG_IGN) {
            sighands.setHandler(task, sig, Signal.SIG_DFL);
            wakeups.setTaskBlocked(task, tasks.blocked(task) & ~SigSets.mask(sig));
        }
        if (sighands.handler(task, sig) == Signal.SIG_DFL && tasks.ptrace(task) == 0) {
            signals.setUnkillable(tasks.signal(task), false);
        }
        sendSignal(task, sig, info, task, PidType.PIDTYPE_PID);
        if (!tasks.sigpending(task)) {
            wakeups.signalWakeUp(task, false);
        }
    }

    /** force_sig(): from the kernel, at the thread that runs. */
    public void forceSig(int task, int sig) {
        forceSigInfo(task, scratchKernel(sig));
    }

    private SigInfo scratchKernel(int sig) {
        return scratch.set(sig, Signal.SI_KERNEL);
    }
}
