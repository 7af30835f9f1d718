package dev.nestor.property.model;

import dev.nestor.uapi.Errno;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Numbers of processes, groups and sessions: getpid(2) and its kind, setpgid(2), setsid(2), subreapers. */
public final class ModelIds {
    private final Model model;

    public ModelIds(Model model) {
        this.model = model;
    }

    public long getpid(ModelTask task) {
        return task.process().leader.pid.nr();
    }

    public long gettid(ModelTask task) {
        return task.pid.nr();
    }

    /** 0 where the parent can't be seen. */
    public long getppid(ModelTask task) {
        ModelTask parent = task.realParent;
        return parent == null ? 0 : parent.process().leader.pid.nrIn(task.ns());
    }

    public long getpgid(ModelTask task, int nr) {
        ModelTask target = nr == 0 ? task : model.taskOf(task.ns(), nr);
        return target == null ? -Errno.ESRCH : target.process().group.nrIn(task.ns());
    }

    public long getsid(ModelTask task, int nr) {
        ModelTask target = nr == 0 ? task : model.taskOf(task.ns(), nr);
        return target == null ? -Errno.ESRCH : target.process().session.nrIn(task.ns());
    }

    public long setsid(ModelTask task) {
        ModelProcess process = task.process();
        ModelPid pid = process.leader.pid;
        if (process.sessionLeader || !model.group(pid).isEmpty()) {
            return -Errno.EPERM;
        }
        process.sessionLeader = true;
        process.session = pid;
        process.group = pid;
        model.dropUnusedNumbers();
        return pid.nr();
    }

    public long setpgid(ModelTask task, int asked, int askedGroup) {
        ModelTask leader = task.process().leader;
        int nr = asked == 0 ? leader.pid.nr() : asked;
        int groupNr = askedGroup == 0 ? nr : askedGroup;
        if (groupNr < 0) {
            return -Errno.EINVAL;
        }
        ModelTask target = model.taskOf(task.ns(), nr);
        if (target == null) {
            return -Errno.ESRCH;
        }
        if (!target.isLeader()) {
            return -Errno.EINVAL;
        }
        boolean ownChild = target.realParent != null && target.realParent.process() == task.process();
        if (ownChild && target.process().session != task.process().session) {
            return -Errno.EPERM;
        }
        if (!ownChild && target != leader) {
            return -Errno.ESRCH;
        }
        if (target.process().sessionLeader) {
            return -Errno.EPERM;
        }
        ModelPid group = groupNr == nr ? target.pid : existingGroup(task, groupNr);
        if (group == null) {
            return -Errno.EPERM;
        }
        target.process().group = group;
        model.dropUnusedNumbers();
        return 0;
    }

    /** The group of that number, if it is in the caller's session. */
    private @Nullable ModelPid existingGroup(ModelTask task, int nr) {
        ModelPid group = task.ns().numbers.get(nr);
        if (group == null || model.group(group).isEmpty()) {
            return null;
        }
        ModelProcess member = Objects.requireNonNull(model.group(group).getFirst());
        return member.session == task.process().session ? group : null;
    }

    /** prctl(PR_SET_CHILD_SUBREAPER). */
    public long setSubreaper(ModelTask task, boolean on) {
        task.process().subreaper = on;
        return 0;
    }

    /** rt_sigaction(SIGCHLD): SIG_IGN or SIG_DFL. */
    public long ignoreSigchld(ModelTask task, boolean on) {
        task.handlers.ignoresSigchld = on;
        return 0;
    }
}
