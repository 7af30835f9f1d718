package dev.nestor.property.model;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Birth: clone(2) and clone3(2). */
public final class ModelFork {
    private final Model model;

    public ModelFork(Model model) {
        this.model = model;
    }

    /** What a clone answers, and the child when there is one. */
    public record Born(long result, @Nullable ModelTask child) {}

    private static Born error(int errno) {
        return new Born(-errno, null);
    }

    /** clone3(2), whose check of the arguments comes first. */
    public Born clone3(ModelTask parent, long flags, int exitSignal) {
        boolean oldBits = (flags & (Sched.CLONE_DETACHED | (Sched.CSIGNAL & ~Sched.CLONE_NEWTIME))) != 0;
        boolean bothHandlers = (flags & Sched.CLONE_SIGHAND) != 0 && (flags & Sched.CLONE_CLEAR_SIGHAND) != 0;
        boolean noSignal = (flags & (Sched.CLONE_THREAD | Sched.CLONE_PARENT)) != 0 && exitSignal != 0;
        return oldBits || bothHandlers || noSignal ? error(Errno.EINVAL) : clone(parent, flags, exitSignal);
    }

    /** kernel_clone(). */
    public Born clone(ModelTask parent, long flags, int exitSignal) {
        if (contradicts(parent, flags)) {
            return error(Errno.EINVAL);
        }
        ModelCred cred = parent.cred;
        if ((flags & Sched.CLONE_NEWUSER) != 0) {
            long wrong = ModelSets.checkUserNs(cred);
            if (wrong != 0) {
                return new Born(wrong, null);
            }
            cred = ModelSets.inNewUserNs(cred);
        }
        long wrong = checkNamespaces(parent, flags, cred);
        if (wrong != 0) {
            return new Born(wrong, null);
        }
        ModelTask.Namespaces set = namespacesOf(parent, flags, cred);
        Map<ModelPidNs, Integer> numbers = new HashMap<>();
        for (ModelPidNs ns = set.pidForChildren(); ns != null; ns = ns.parent()) {
            numbers.put(ns, ns.nextNumber());
        }
        if (set.pidForChildren().dying) {
            return error(Errno.ENOMEM);
        }
        ModelTask child = bear(parent, flags, exitSignal, cred, Model.newPid(set.pidForChildren(), numbers));
        child.namespaces = set;
        if ((flags & Sched.CLONE_VFORK) != 0) {
            parent.vfork = new ModelTask.Vfork(child, child.pid.nrIn(parent.ns()));
        }
        return new Born(child.pid.nrIn(parent.ns()), child);
    }

    private static boolean contradicts(ModelTask parent, long flags) {
        boolean thread = (flags & Sched.CLONE_THREAD) != 0;
        boolean fs = (flags & Sched.CLONE_FS) != 0;
        boolean handlers = (flags & Sched.CLONE_SIGHAND) != 0;
        boolean elsewhere = parent.ns() != parent.namespaces().pidForChildren();
        return (fs && (flags & (Sched.CLONE_NEWNS | Sched.CLONE_NEWUSER)) != 0)
                || (thread && !handlers)
                || (handlers && (flags & Sched.CLONE_VM) == 0)
                || ((flags & Sched.CLONE_PARENT) != 0 && parent.process().unkillable)
                || (thread && ((flags & (Sched.CLONE_NEWUSER | Sched.CLONE_NEWPID)) != 0 || elsewhere));
    }

    private static long checkNamespaces(ModelTask parent, long flags, ModelCred cred) {
        if ((flags & ModelSets.NEW_FLAGS) == 0) {
            return 0;
        }
        if (!cred.isCapableOver(cred.ns())) {
            return -Errno.EPERM;
        }
        if ((flags & Sched.CLONE_NEWIPC) != 0 && (flags & Sched.CLONE_SYSVSEM) != 0) {
            return -Errno.EINVAL;
        }
        return (flags & Sched.CLONE_NEWPID) != 0 ? ModelSets.checkPidNs(parent, cred.ns()) : 0;
    }

    /** A child in memory of its own enters the time namespace that was made for children. */
    private static ModelTask.Namespaces namespacesOf(ModelTask parent, long flags, ModelCred cred) {
        ModelTask.Namespaces set = ModelSets.copy(parent, flags, cred.ns());
        return (flags & Sched.CLONE_VM) != 0 ? set : ModelSets.enterTime(set);
    }

    private ModelTask bear(ModelTask parent, long flags, int exitSignal, ModelCred cred, ModelPid pid) {
        boolean thread = (flags & Sched.CLONE_THREAD) != 0;
        ModelTask.Handlers handlers = parent.handlers;
        if ((flags & Sched.CLONE_SIGHAND) == 0) {
            handlers = new ModelTask.Handlers();
            handlers.ignoresSigchld = parent.handlers.ignoresSigchld;
        }
        ModelTask child = model.newTask(pid, cred, handlers);
        child.mm = (flags & Sched.CLONE_VM) != 0 ? parent.mm : parent.memory().copy();
        child.files = (flags & Sched.CLONE_FILES) != 0 ? parent.files : new ModelTask.Shared();
        child.fs = (flags & Sched.CLONE_FS) != 0 ? parent.fs : new ModelTask.Shared();
        boolean sibling = thread || (flags & Sched.CLONE_PARENT) != 0;
        child.realParent = sibling ? parent.realParent : parent;
        if (thread) {
            child.exitSignal = -1;
            child.process = parent.process();
            child.process().threads.add(child);
            return child;
        }
        boolean inherits = (flags & Sched.CLONE_PARENT) != 0;
        child.exitSignal = inherits ? parent.process().leader.exitSignal : exitSignal;
        child.process = new ModelProcess(child, parent.process().group, parent.process().session);
        child.process().threads.add(child);
        if (child.realParent != null) {
            child.realParent.children.add(child);
        }
        if (pid.nr() == 1) {
            pid.ns().reaper = child;
            child.process().unkillable = true;
        }
        return child;
    }

    /** fork(2). */
    public Born fork(ModelTask parent) {
        return clone(parent, 0, Signal.SIGCHLD);
    }
}
