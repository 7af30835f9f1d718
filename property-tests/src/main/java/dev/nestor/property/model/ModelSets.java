package dev.nestor.property.model;

import dev.nestor.property.model.ModelTask.Namespaces;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Sched;
import java.util.function.Supplier;

/** Making new namespaces, leaving shared ones, entering others: unshare(2), setns(2), and that part of clone(2). */
public final class ModelSets {
    static final long NEW_FLAGS = Sched.CLONE_NEWNS
            | Sched.CLONE_NEWUTS
            | Sched.CLONE_NEWIPC
            | Sched.CLONE_NEWPID
            | Sched.CLONE_NEWNET
            | Sched.CLONE_NEWCGROUP
            | Sched.CLONE_NEWTIME;
    private static final long UNSHARE_FLAGS = NEW_FLAGS
            | Sched.CLONE_NEWUSER
            | Sched.CLONE_THREAD
            | Sched.CLONE_FS
            | Sched.CLONE_SIGHAND
            | Sched.CLONE_VM
            | Sched.CLONE_FILES
            | Sched.CLONE_SYSVSEM;

    private final Model model;

    public ModelSets(Model model) {
        this.model = model;
    }

    /** An answer that is an error, or what has been made. */
    record Made<T>(long error, T value) {}

    /** Why a child of the cred's user namespace can't be made, or 0. */
    static long checkUserNs(ModelCred cred) {
        if (cred.ns().level() >= ModelUserNs.MAX_LEVEL) {
            return -Errno.ENOSPC;
        }
        return cred.ns().isMapped() ? 0 : -Errno.EPERM;
    }

    /** The maker owns it, and has all capabilities in it. */
    static ModelCred inNewUserNs(ModelCred cred) {
        return new ModelCred(new ModelUserNs(cred.ns(), cred.uid()), cred.uid(), true);
    }

    /** Why a PID namespace owned by {@code owner} can't be made by the task, or 0. */
    static long checkPidNs(ModelTask task, ModelUserNs owner) {
        ModelPidNs parent = task.namespaces().pidForChildren();
        if (parent != task.ns() || !parent.owner().isSelfOrAncestorOf(owner)) {
            return -Errno.EINVAL;
        }
        return parent.level() >= ModelPidNs.MAX_LEVEL ? -Errno.ENOSPC : 0;
    }

    /** The task's set, with new members for the flags. */
    static Namespaces copy(ModelTask task, long flags, ModelUserNs owner) {
        Namespaces old = task.namespaces();
        boolean newPid = (flags & Sched.CLONE_NEWPID) != 0;
        return new Namespaces(
                newOr(flags, Sched.CLONE_NEWNS, old.mnt(), () -> new ModelNs(owner)),
                newOr(
                        flags,
                        Sched.CLONE_NEWUTS,
                        old.uts(),
                        () -> new ModelUts(owner, old.uts().nodename())),
                newOr(flags, Sched.CLONE_NEWIPC, old.ipc(), () -> new ModelNs(owner)),
                newPid ? new ModelPidNs(old.pidForChildren(), owner, 4_194_304) : old.pidForChildren(),
                newOr(flags, Sched.CLONE_NEWCGROUP, old.cgroup(), () -> new ModelNs(owner)),
                newOr(flags, Sched.CLONE_NEWNET, old.net(), () -> new ModelNs(owner)),
                old.time(),
                newOr(flags, Sched.CLONE_NEWTIME, old.timeForChildren(), () -> new ModelNs(owner)));
    }

    private static <T> T newOr(long flags, long flag, T old, Supplier<T> made) {
        return (flags & flag) != 0 ? made.get() : old;
    }

    /** Who has this set is in the time namespace of children from now on. */
    static Namespaces enterTime(Namespaces set) {
        return new Namespaces(
                set.mnt(),
                set.uts(),
                set.ipc(),
                set.pidForChildren(),
                set.cgroup(),
                set.net(),
                set.timeForChildren(),
                set.timeForChildren());
    }

    /** unshare(2). */
    public long unshare(ModelTask task, long asked) {
        long flags = asked;
        flags |= (flags & Sched.CLONE_NEWUSER) != 0 ? Sched.CLONE_THREAD | Sched.CLONE_FS : 0;
        flags |= (flags & Sched.CLONE_VM) != 0 ? Sched.CLONE_SIGHAND : 0;
        flags |= (flags & Sched.CLONE_SIGHAND) != 0 ? Sched.CLONE_THREAD : 0;
        flags |= (flags & Sched.CLONE_NEWNS) != 0 ? Sched.CLONE_FS : 0;
        long wrong = checkUnshare(task, flags);
        if (wrong != 0) {
            return wrong;
        }
        ModelCred cred = task.cred;
        if ((flags & Sched.CLONE_NEWUSER) != 0) {
            wrong = checkUserNs(cred);
            if (wrong != 0) {
                return wrong;
            }
            cred = inNewUserNs(cred);
        }
        if ((flags & NEW_FLAGS) != 0) {
            wrong = cred.isCapableOver(cred.ns()) ? 0 : -Errno.EPERM;
            if (wrong == 0 && (flags & Sched.CLONE_NEWPID) != 0) {
                wrong = checkPidNs(task, cred.ns());
            }
            if (wrong != 0) {
                return wrong;
            }
            task.namespaces = copy(task, flags, cred.ns());
        }
        commit(task, cred);
        task.fs = (flags & Sched.CLONE_FS) != 0 ? new ModelTask.Shared() : task.fs;
        task.files = (flags & Sched.CLONE_FILES) != 0 ? new ModelTask.Shared() : task.files;
        return 0;
    }

    private long checkUnshare(ModelTask task, long flags) {
        if ((flags & ~UNSHARE_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        boolean alone = (flags & (Sched.CLONE_THREAD | Sched.CLONE_SIGHAND | Sched.CLONE_VM)) == 0 || task.isAlone();
        boolean ownHandlers = (flags & (Sched.CLONE_SIGHAND | Sched.CLONE_VM)) == 0 || usersOfHandlers(task) == 1;
        boolean ownMemory = (flags & Sched.CLONE_VM) == 0 || isSingleThreaded(task);
        return alone && ownHandlers && ownMemory ? 0 : -Errno.EINVAL;
    }

    private long usersOfHandlers(ModelTask task) {
        return model.tasks.stream()
                .filter(other -> other.handlers == task.handlers)
                .count();
    }

    private long usersOfFs(ModelTask task) {
        return model.tasks.stream().filter(other -> other.fs == task.fs).count();
    }

    /** current_is_single_threaded(): no other thread that runs, and nobody else in its memory. */
    private boolean isSingleThreaded(ModelTask task) {
        long live = task.process().threads.stream()
                .filter(thread -> thread.life == ModelTask.Life.ALIVE)
                .count();
        long inMemory =
                model.tasks.stream().filter(other -> other.mm == task.mm).count();
        return live == 1 && inMemory == 1;
    }

    /** setns(2) by a pidfd of a process: all of its namespaces that the flags name, or none. */
    public long setns(ModelTask task, ModelTask target, long flags) {
        if (flags == 0 || (flags & ~(NEW_FLAGS | Sched.CLONE_NEWUSER)) != 0) {
            return -Errno.EINVAL;
        }
        if (!mayLookInto(task, target)) {
            return -Errno.EPERM;
        }
        if (target.namespaces == null) {
            return -Errno.ESRCH;
        }
        Entry entry = new Entry(task, target, flags);
        long wrong = entry.enterAll();
        if (wrong == 0) {
            task.namespaces = entry.set;
            commit(task, entry.cred);
        }
        return wrong;
    }

    /** ptrace_may_access(), of real ids: the namespaces of a process are for those who may read its memory. */
    private static boolean mayLookInto(ModelTask task, ModelTask target) {
        if (task.process() == target.process()) {
            return true;
        }
        boolean capable = task.cred.isCapableOver(target.cred.ns());
        boolean hidden = target.mm != null
                && !target.mm.dumpable
                && !task.cred.isCapableOver(target.cred.ns().first());
        boolean atLeastAsCapable =
                task.cred.ns() == target.cred.ns() && (task.cred.capable() || !target.cred.capable());
        return !hidden && (capable || (task.cred.uid() == target.cred.uid() && atLeastAsCapable));
    }

    /** commit_creds(). */
    private static void commit(ModelTask task, ModelCred cred) {
        task.memory().dumpable &= cred.uid() == task.cred.uid() && cred.isWithin(task.cred);
        task.cred = cred;
    }

    /** A set that takes in one namespace after the other. */
    private final class Entry {
        private final ModelTask task;
        private final Namespaces from;
        private final ModelTask target;
        private final long flags;
        private ModelCred cred;
        private Namespaces set;

        Entry(ModelTask task, ModelTask target, long flags) {
            this.task = task;
            this.target = target;
            this.from = target.namespaces();
            this.flags = flags;
            this.cred = task.cred;
            this.set = task.namespaces();
        }

        private boolean has(long flag) {
            return (flags & flag) != 0;
        }

        /** Over the namespace's owner, and in the user namespace that is being entered too. */
        private boolean mayEnter(ModelUserNs owner) {
            return task.cred.isCapableOver(owner) && cred.isCapableOver(cred.ns());
        }

        long enterAll() {
            if (has(Sched.CLONE_NEWUSER)) {
                ModelUserNs ns = target.cred.ns();
                if (ns == task.cred.ns() || !task.isAlone() || usersOfFs(task) != 1) {
                    return -Errno.EINVAL;
                }
                if (!task.cred.isCapableOver(ns)) {
                    return -Errno.EPERM;
                }
                cred = new ModelCred(ns, cred.uid(), true);
            }
            long wrong = checkAll();
            if (wrong == 0) {
                set = new Namespaces(
                        has(Sched.CLONE_NEWNS) ? from.mnt() : set.mnt(),
                        has(Sched.CLONE_NEWUTS) ? from.uts() : set.uts(),
                        has(Sched.CLONE_NEWIPC) ? from.ipc() : set.ipc(),
                        has(Sched.CLONE_NEWPID) ? target.ns() : set.pidForChildren(),
                        has(Sched.CLONE_NEWCGROUP) ? from.cgroup() : set.cgroup(),
                        has(Sched.CLONE_NEWNET) ? from.net() : set.net(),
                        has(Sched.CLONE_NEWTIME) ? from.time() : set.time(),
                        has(Sched.CLONE_NEWTIME) ? from.time() : set.timeForChildren());
            }
            return wrong;
        }

        /** In the order in which validate_nsset() takes them in: the first that refuses decides. */
        private long checkAll() {
            if (has(Sched.CLONE_NEWNS)) {
                if (!mayEnter(from.mnt().owner())) {
                    return -Errno.EPERM;
                }
                if (usersOfFs(task) != 1) {
                    return -Errno.EINVAL;
                }
            }
            if (has(Sched.CLONE_NEWUTS) && !mayEnter(from.uts().owner())) {
                return -Errno.EPERM;
            }
            if (has(Sched.CLONE_NEWIPC) && !mayEnter(from.ipc().owner())) {
                return -Errno.EPERM;
            }
            if (has(Sched.CLONE_NEWPID)) {
                if (!mayEnter(target.ns().owner())) {
                    return -Errno.EPERM;
                }
                if (!task.ns().isSelfOrAncestorOf(target.ns())) {
                    return -Errno.EINVAL;
                }
            }
            if (has(Sched.CLONE_NEWCGROUP) && !mayEnter(from.cgroup().owner())) {
                return -Errno.EPERM;
            }
            if (has(Sched.CLONE_NEWNET) && !mayEnter(from.net().owner())) {
                return -Errno.EPERM;
            }
            if (has(Sched.CLONE_NEWTIME)) {
                if (!isSingleThreaded(task)) {
                    return -Errno.EUSERS;
                }
                return mayEnter(from.time().owner()) ? 0 : -Errno.EPERM;
            }
            return 0;
        }
    }

    /** sethostname(2). */
    public long sethostname(ModelTask task, String name) {
        ModelUts uts = task.namespaces().uts();
        if (!task.cred.isCapableOver(uts.owner())) {
            return -Errno.EPERM;
        }
        uts.setNodename(name);
        return 0;
    }

    /** setresuid(2) with the same id three times. */
    public long setresuid(ModelTask task, int uid) {
        ModelCred old = task.cred;
        if (!old.ns().isMapped()) {
            return -Errno.EINVAL;
        }
        if (uid != old.uid() && !old.capable()) {
            return -Errno.EPERM;
        }
        boolean leavesRoot = old.uid() == 0 && uid != 0;
        commit(task, new ModelCred(old.ns(), uid, old.capable() && !leavesRoot));
        return 0;
    }

    /** getuid(2): nobody's where the id has none. */
    public long getuid(ModelTask task) {
        return task.cred.ns().isMapped() ? task.cred.uid() : 65534;
    }

    /** Somebody with the right to it writes the identity into uid_map and gid_map: possible where the parent has it too. */
    public boolean mapIds(ModelTask task) {
        ModelUserNs ns = task.cred.ns();
        ModelUserNs parent = ns.parent();
        if (ns.isMapped() || parent == null || !parent.isMapped()) {
            return false;
        }
        ns.map();
        return true;
    }
}
