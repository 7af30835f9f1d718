package dev.nestor.property;

import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.property.model.Model;
import dev.nestor.property.model.ModelExit;
import dev.nestor.property.model.ModelFork;
import dev.nestor.property.model.ModelIds;
import dev.nestor.property.model.ModelKill;
import dev.nestor.property.model.ModelSets;
import dev.nestor.property.model.ModelTask;
import dev.nestor.syscalls.Syscalls;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Prctl;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Wait;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Each operation as the call that it is, made of both: the model says what the emulator has to answer. */
final class Calls {
    private static final long ARGUMENTS = Lab.MEMORY;
    private static final long ANSWERS = Lab.MEMORY + 4096;
    private static final int CLONE_ARGS_SIZE = 88;
    private static final int UTS_FIELD = 65;
    private static final int NOBODYS_NUMBER = 3_000_000;

    private final Duel duel;
    private final Lab lab;
    private final Model model;
    private final ModelExit exits;
    private final ModelFork forks;
    private final ModelSets sets;
    private final ModelKill kills;
    private final ModelIds ids;

    Calls(Duel duel, Model model, ModelExit exits) {
        this.duel = duel;
        this.lab = duel.lab();
        this.model = model;
        this.exits = exits;
        this.forks = new ModelFork(model);
        this.sets = new ModelSets(model);
        this.kills = new ModelKill(model, exits);
        this.ids = new ModelIds(model);
    }

    void perform(Operation operation, ModelTask task, ModelTask target) {
        long flags = operation.flags();
        int number = operation.number();
        switch (operation.kind()) {
            case CLONE -> clone(task, flags, number);
            case CLONE3 -> clone3(task, flags, number);
            case UNSHARE -> unshare(task, flags);
            case SETNS -> setns(task, target, flags);
            case EXIT -> exit(task, number, false);
            case EXIT_GROUP -> exit(task, number, true);
            case WAIT -> await(task, waitedFor(task, target, number), (int) flags);
            case KILL -> kill(task, numberOf(task, target), number);
            case KILL_GROUP -> kill(task, -target.process().group().nrIn(task.ns()), number);
            case KILL_ALL -> kill(task, -1, number);
            case TKILL -> tkill(task, numberOf(task, target), number);
            case SETSID -> setsid(task);
            case SETPGID -> setpgid(task, target, number);
            case SUBREAPER -> subreaper(task, number != 0);
            case IGNORE_SIGCHLD -> ignoreSigchld(task, number != 0);
            case SETRESUID -> setresuid(task, number);
            case MAP_IDS -> mapIds(task);
            case SETHOSTNAME -> sethostname(task, "host" + number);
            case LOOK -> look(task, target);
        }
    }

    private long call(ModelTask task, int nr, long... args) {
        return lab.call(duel.handle(task), nr, args);
    }

    private static void expect(long expected, long actual) {
        if (expected != actual) {
            throw new AssertionError("the answer is " + actual + ", not " + expected);
        }
    }

    private boolean isOfInit(ModelTask task) {
        return task.process() == model.init().process();
    }

    /** The number by which the task knows the target; where it can't see it, the number that others know it by. */
    private static int numberOf(ModelTask task, ModelTask target) {
        int nr = target.pid().nrIn(task.ns());
        return nr != 0 ? nr : target.pid().nrIn(target.ns());
    }

    private void clone(ModelTask task, long flags, int exitSignal) {
        long wanted = isOfInit(task) ? flags & ~Sched.CLONE_VFORK : flags;
        ModelFork.Born born = forks.clone(task, wanted, exitSignal);
        finishClone(task, born, call(task, Nr.NR_clone, wanted | exitSignal));
    }

    private void clone3(ModelTask task, long flags, int exitSignal) {
        long wanted = isOfInit(task) ? flags & ~Sched.CLONE_VFORK : flags;
        int handle = duel.handle(task);
        for (int word = 0; word < CLONE_ARGS_SIZE / 8; word++) {
            lab.putLong(handle, ARGUMENTS + 8L * word, word == 0 ? wanted : word == 4 ? exitSignal : 0);
        }
        ModelFork.Born born = forks.clone3(task, wanted, exitSignal);
        finishClone(task, born, call(task, Nr.NR_clone3, ARGUMENTS, CLONE_ARGS_SIZE));
    }

    private void finishClone(ModelTask task, ModelFork.Born born, long result) {
        ModelTask child = born.child();
        expect(child != null && task.vfork() != null ? Syscalls.BLOCKED : born.result(), result);
        if (child != null) {
            int ns = lab.kernel().pids().activeNs(duel.handle(task));
            int handle = lab.kernel().pids().findTaskByVpid(ns, (int) born.result());
            if (handle == 0) {
                throw new AssertionError("nobody has number " + born.result());
            }
            duel.bind(child, handle);
        }
    }

    /** The first process keeps what it has, so that at the end nothing else is left. */
    private void unshare(ModelTask task, long flags) {
        if (!isOfInit(task)) {
            expect(sets.unshare(task, flags), call(task, Nr.NR_unshare, flags));
        }
    }

    /** By a pidfd that is opened for it, and closed again. */
    private void setns(ModelTask task, ModelTask target, long flags) {
        if (isOfInit(task)) {
            return;
        }
        int nr = target.pid().nrIn(task.ns());
        if (nr == 0) {
            expect(-Errno.ESRCH, call(task, Nr.NR_pidfd_open, NOBODYS_NUMBER));
            return;
        }
        long fd = call(task, Nr.NR_pidfd_open, nr);
        if (target != target.process().leader()) {
            expect(-Errno.ENOENT, fd);
            return;
        }
        expect(0, fd);
        expect(sets.setns(task, target, flags), call(task, Nr.NR_setns, fd, flags));
        lab.kernel().fileTables().close(lab.kernel().tasks().files(duel.handle(task)), (int) fd);
    }

    private void exit(ModelTask task, int code, boolean group) {
        if (isOfInit(task)) {
            return;
        }
        int status = (code & 0xff) << 8;
        duel.setExitStatus(status);
        if (group) {
            exits.beginGroupExit(task, status);
        }
        call(task, group ? Nr.NR_exit_group : Nr.NR_exit, code);
        if (task.life() == ModelTask.Life.ALIVE) {
            throw new AssertionError(task + " lives after its exit");
        }
    }

    private static int waitedFor(ModelTask task, ModelTask target, int choice) {
        return switch (choice) {
            case 0, 1 -> -1;
            case 2 -> numberOf(task, target);
            case 3 -> 0;
            default -> -Math.max(2, target.process().group().nrIn(task.ns()));
        };
    }

    /** Where the status of a task's wait goes: memory may be shared. */
    private long statusAddress(ModelTask task) {
        return ANSWERS + 4L * (task.pid().nrIn(model.init().ns()) & 0x1fff);
    }

    private void await(ModelTask task, int upid, int options) {
        int wanted = isOfInit(task) ? options | Wait.WNOHANG : options;
        ModelTask.Wait wait = ModelExit.waitFor(task, upid, wanted);
        ModelExit.Found found = exits.find(task, wait);
        if (found.zombies().isEmpty() && found.empty(wanted) == null) {
            task.setWait(wait);
        }
        long result = call(task, Nr.NR_wait4, upid, statusAddress(task), wanted, 0);
        if (found.zombies().isEmpty()) {
            Long empty = found.empty(wanted);
            expect(empty == null ? Syscalls.BLOCKED : empty, result);
        } else {
            reap(task, found.zombies(), result);
        }
    }

    /** The answer names one of the zombies, and the status is its. */
    private void reap(ModelTask task, List<ModelTask> zombies, long nr) {
        for (ModelTask zombie : zombies) {
            if (zombie.pid().nrIn(task.ns()) == nr) {
                int status = exits.reap(zombie);
                if (task.mm() != null) {
                    expect(status, lab.intAt(duel.handle(task), statusAddress(task)));
                }
                return;
            }
        }
        throw new AssertionError("wait4 is answered " + nr + ", and the zombies are " + zombies);
    }

    /** A call that was blocked has an answer. */
    void returned(ModelTask task, long result) {
        ModelTask.Wait wait = task.waiting();
        ModelTask.Vfork vfork = task.vfork();
        if (vfork != null) {
            if (!vfork.isReleased() && !task.isDoomed()) {
                throw new AssertionError(task + " returns from its vfork too early");
            }
            task.endVfork();
            expect(vfork.nr(), result);
            return;
        }
        if (wait == null) {
            throw new AssertionError(task + " was not blocked");
        }
        task.setWait(null);
        ModelExit.Found found = exits.find(task, wait);
        if (result > 0) {
            reap(task, found.zombies(), result);
        } else if (task.isDoomed() && found.zombies().isEmpty() && found.mayComeLater()) {
            expect(-Errno.ERESTARTSYS, result);
        } else {
            expect(-Errno.ECHILD, result);
            if (found.mayComeLater()) {
                throw new AssertionError(task + " has children, and wait4 says ECHILD");
            }
        }
    }

    /** Somebody who waits and needn't: null when there is none. */
    @Nullable
    ModelTask overslept() {
        for (ModelTask task : List.copyOf(model.tasks())) {
            ModelTask.Wait wait = task.waiting();
            boolean found = wait != null && !exits.find(task, wait).zombies().isEmpty();
            ModelTask.Vfork vfork = task.vfork();
            boolean released = vfork != null && vfork.isReleased();
            if (found || released || task.isDoomed() || exits.mayFinish(task)) {
                return task;
            }
        }
        return null;
    }

    private void kill(ModelTask task, int nr, int signal) {
        Set<Long> allowed = kills.kill(task, nr, signal);
        long result = call(task, Nr.NR_kill, nr, signal);
        if (!allowed.contains(result)) {
            throw new AssertionError("kill(" + nr + ", " + signal + ") is answered " + result + ", not " + allowed);
        }
    }

    private void tkill(ModelTask task, int nr, int signal) {
        expect(kills.tkill(task, nr, signal), call(task, Nr.NR_tkill, nr, signal));
    }

    private void setsid(ModelTask task) {
        if (!isOfInit(task)) {
            expect(ids.setsid(task), call(task, Nr.NR_setsid));
        }
    }

    private void setpgid(ModelTask task, ModelTask target, int choice) {
        if (isOfInit(task)) {
            return;
        }
        int nr = choice == 1 ? numberOf(task, target) : 0;
        int group = choice == 2 ? target.process().group().nrIn(task.ns()) : 0;
        expect(ids.setpgid(task, nr, group), call(task, Nr.NR_setpgid, nr, group));
    }

    private void subreaper(ModelTask task, boolean on) {
        expect(ids.setSubreaper(task, on), call(task, Nr.NR_prctl, Prctl.PR_SET_CHILD_SUBREAPER, on ? 1 : 0));
    }

    private void ignoreSigchld(ModelTask task, boolean on) {
        int handle = duel.handle(task);
        for (int word = 0; word < 4; word++) {
            lab.putLong(handle, ARGUMENTS + 8L * word, word == 0 && on ? Signal.SIG_IGN : 0);
        }
        expect(ids.ignoreSigchld(task, on), call(task, Nr.NR_rt_sigaction, Signal.SIGCHLD, ARGUMENTS, 0, 8));
    }

    private void setresuid(ModelTask task, int uid) {
        if (!isOfInit(task)) {
            expect(sets.setresuid(task, uid), call(task, Nr.NR_setresuid, uid, uid, uid));
        }
    }

    private void mapIds(ModelTask task) {
        if (sets.mapIds(task)) {
            UserNamespaces namespaces = lab.kernel().userNamespaces();
            int ns = lab.kernel().credTable().userNs(lab.kernel().tasks().cred(duel.handle(task)));
            namespaces.setMap(ns, UserNamespaces.UID, 0, 0, -1);
            namespaces.setMap(ns, UserNamespaces.GID, 0, 0, -1);
        }
    }

    private void sethostname(ModelTask task, String name) {
        lab.put(duel.handle(task), ARGUMENTS, name);
        expect(sets.sethostname(task, name), call(task, Nr.NR_sethostname, ARGUMENTS, name.length()));
    }

    /** What a task is told about itself and of another. */
    private void look(ModelTask task, ModelTask target) {
        int nr = numberOf(task, target);
        expect(ids.getpid(task), call(task, Nr.NR_getpid));
        expect(ids.gettid(task), call(task, Nr.NR_gettid));
        expect(ids.getppid(task), call(task, Nr.NR_getppid));
        expect(ids.getpgid(task, nr), call(task, Nr.NR_getpgid, nr));
        expect(ids.getsid(task, nr), call(task, Nr.NR_getsid, nr));
        expect(sets.getuid(task), call(task, Nr.NR_getuid));
        kill(task, nr, 0);
        expect(0, call(task, Nr.NR_uname, ARGUMENTS));
        String nodename = lab.textAt(duel.handle(task), ARGUMENTS + UTS_FIELD);
        if (!nodename.equals(task.namespaces().uts().nodename())) {
            throw new AssertionError("the name is " + nodename + ", not "
                    + task.namespaces().uts().nodename());
        }
    }

    /** The first of all kills a process, whatever it is. */
    void killAtTheEnd(ModelTask victim) {
        kill(model.init(), victim.pid().nrIn(model.init().ns()), Signal.SIGKILL);
    }

    /** A thread of the first process ends. */
    void exitAtTheEnd(ModelTask thread) {
        duel.setExitStatus(0);
        call(thread, Nr.NR_exit, 0);
    }

    /** The list that CLONE_SYSVSEM has given a task is given up, which for others death does. */
    void unshareUndoList(ModelTask task) {
        call(task, Nr.NR_unshare, Sched.CLONE_SYSVSEM);
    }
}
