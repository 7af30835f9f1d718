package dev.nestor.property.model;

import dev.nestor.property.model.ModelTask.Life;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Death, orphans, zombies: exit(2), exit_group(2), wait4(2), the end of a PID namespace's init. */
public final class ModelExit {
    private final Model model;

    public ModelExit(Model model) {
        this.model = model;
    }

    /** exit_group(2), before the caller itself exits: the other threads are doomed. */
    public void beginGroupExit(ModelTask task, int status) {
        ModelProcess process = task.process();
        if (!process.groupExit && process.threads.size() > 1) {
            doom(process, status);
            task.doomed = false;
        }
    }

    /** All threads that still live will end, with this status for the process. */
    void doom(ModelProcess process, int status) {
        process.groupExit = true;
        process.groupStatus = status;
        for (ModelTask thread : process.threads) {
            thread.doomed |= thread.life == Life.ALIVE;
        }
    }

    /** A thread begins to exit: it lets go of all it had. The last one of a namespace's init takes the namespace along. */
    public void exited(ModelTask task, int status) {
        require(task.life == Life.ALIVE, task, "exits twice");
        task.life = Life.EXITING;
        task.doomed = false;
        task.exitStatus = task.process().groupExit ? task.process().groupStatus : status;
        task.namespaces = null;
        task.mm = null;
        task.files = null;
        task.fs = null;
        task.wait = null;
        task.vfork = null;
        for (ModelTask waiter : model.tasks) {
            if (waiter.vfork != null && waiter.vfork.child == task) {
                waiter.vfork.released = true;
            }
        }
        ModelPidNs ns = task.ns();
        if (ns.reaper == task) {
            ModelTask other = aliveThread(task.process());
            if (other != null) {
                ns.reaper = other;
            } else {
                killNamespace(task, ns);
            }
        }
    }

    private void killNamespace(ModelTask reaper, ModelPidNs ns) {
        ns.dying = true;
        reaper.handlers.ignoresSigchld = true;
        for (ModelTask task : List.copyOf(model.tasks)) {
            if (task.pid.nrIn(ns) != 0 && task.process() != reaper.process() && !task.process().groupExit) {
                if (task.process().threads.stream().anyMatch(thread -> thread.life == Life.ALIVE)) {
                    doom(task.process(), Signal.SIGKILL);
                }
            }
        }
    }

    /** An init that waits for its namespace to empty reaps every child. */
    private void reapAll(ModelTask reaper) {
        for (ModelTask child : List.copyOf(reaper.children)) {
            if (child.life == Life.ZOMBIE && child.isAlone()) {
                release(child);
            }
        }
    }

    /** Whether a thread that has begun to exit may be gone now: an init reaps its children, and has to be the last. */
    public boolean mayFinish(ModelTask task) {
        if (task.life != Life.EXITING) {
            return false;
        }
        ModelPidNs ns = task.ns();
        boolean waits = ns.reaper == task && ns.dying;
        if (waits) {
            reapAll(task);
        }
        return !waits || ns.numbers.size() <= (task.isLeader() ? 1 : 2);
    }

    /** The rest of an exit: children get a new parent, and the thread is a zombie or released. */
    public void dead(ModelTask task) {
        require(mayFinish(task), task, "is dead too early");
        giveChildrenAway(task);
        task.life = Life.ZOMBIE;
        if (!task.isLeader()) {
            releaseThread(task);
        } else if (task.isAlone() && notifyParent(task, task.exitSignal)) {
            release(task);
        }
    }

    private void giveChildrenAway(ModelTask father) {
        if (father.children.isEmpty()) {
            return;
        }
        ModelTask reaper = newParent(father);
        for (ModelTask child : List.copyOf(father.children)) {
            father.children.remove(child);
            reaper.children.add(child);
            for (ModelTask thread : child.process().threads) {
                thread.realParent = reaper;
            }
            if (reaper.process() == father.process()) {
                continue;
            }
            child.exitSignal = Signal.SIGCHLD;
            if (child.life == Life.ZOMBIE && child.isAlone() && notifyParent(child, Signal.SIGCHLD)) {
                release(child);
            }
        }
    }

    /** Another thread of the process; else the nearest subreaper in the same PID namespace; else the namespace's init. */
    private ModelTask newParent(ModelTask father) {
        ModelTask thread = aliveThread(father.process());
        if (thread != null) {
            return thread;
        }
        ModelTask init = Objects.requireNonNull(father.ns().reaper);
        for (ModelTask at = father.realParent; at != null && at.ns() == father.ns() && at != init; at = at.realParent) {
            ModelTask alive = at.process().subreaper ? aliveThread(at.process()) : null;
            if (alive != null) {
                return alive;
            }
        }
        return init;
    }

    private static @Nullable ModelTask aliveThread(ModelProcess process) {
        for (ModelTask thread : process.threads) {
            if (thread.life == Life.ALIVE) {
                return thread;
            }
        }
        return null;
    }

    /** Whether nobody will wait for it. The first init of all is taken to wait always. */
    private boolean notifyParent(ModelTask task, int signal) {
        ModelTask parent = Objects.requireNonNull(task.realParent);
        boolean ignored = signal == Signal.SIGCHLD && parent.handlers.ignoresSigchld;
        return ignored || parent.process() == model.init().process();
    }

    private void releaseThread(ModelTask task) {
        release(task);
        ModelTask leader = task.process().leader;
        if (leader.life == Life.ZOMBIE && leader.isAlone() && notifyParent(leader, leader.exitSignal)) {
            release(leader);
        }
    }

    private void release(ModelTask task) {
        task.life = Life.RELEASED;
        task.process().threads.remove(task);
        if (task.isLeader() && task.realParent != null) {
            task.realParent.children.remove(task);
        }
        model.tasks.remove(task);
        model.dropUnusedNumbers();
    }

    /** What wait4(2) may find, its answer when it finds nothing. */
    public record Found(List<ModelTask> zombies, boolean mayComeLater) {
        /** An error, 0 with WNOHANG, or null when it blocks. */
        public @Nullable Long empty(int options) {
            if (!mayComeLater) {
                return -(long) Errno.ECHILD;
            }
            return (options & Wait.WNOHANG) != 0 ? 0L : null;
        }
    }

    /** Whom a wait is for, found out once: the pid stays the same however long it blocks. */
    public static ModelTask.Wait waitFor(ModelTask task, int upid, int options) {
        ModelPid wanted = upid == 0 ? task.process().group : task.ns().numbers.get(Math.abs(upid));
        return new ModelTask.Wait(upid, wanted, options);
    }

    public Found find(ModelTask task, ModelTask.Wait wait) {
        int upid = wait.upid();
        int options = wait.options();
        List<ModelTask> zombies = new ArrayList<>();
        boolean any = false;
        List<ModelTask> threads = (options & Wait.__WNOTHREAD) != 0 ? List.of(task) : task.process().threads;
        for (ModelTask thread : threads) {
            for (ModelTask child : thread.children) {
                boolean named = upid == -1
                        || (upid > 0 && child.pid == wait.wanted())
                        || (upid <= 0 && child.process().group == wait.wanted());
                boolean isClone = child.exitSignal != Signal.SIGCHLD;
                boolean rightKind = (options & Wait.__WALL) != 0 || isClone == ((options & Wait.__WCLONE) != 0);
                if (named && rightKind) {
                    any = true;
                    if (child.life == Life.ZOMBIE && child.isAlone()) {
                        zombies.add(child);
                    }
                }
            }
        }
        return new Found(zombies, any);
    }

    /** A wait has found this zombie: gives its status. */
    public int reap(ModelTask zombie) {
        int status = zombie.process().status();
        release(zombie);
        return status;
    }

    static void require(boolean holds, ModelTask task, String what) {
        if (!holds) {
            throw new AssertionError(task + " " + what);
        }
    }
}
