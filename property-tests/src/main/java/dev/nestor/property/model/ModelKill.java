package dev.nestor.property.model;

import dev.nestor.property.model.ModelTask.Life;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Signal;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** kill(2) and tkill(2), with signals that end a process or do nothing. Nobody has a handler. */
public final class ModelKill {
    /** Signals whose default is to do nothing. */
    private static final Set<Integer> HARMLESS = Set.of(0, Signal.SIGCHLD, Signal.SIGCONT);

    private final Model model;
    private final ModelExit exits;

    public ModelKill(Model model, ModelExit exits) {
        this.model = model;
        this.exits = exits;
    }

    /** The answers that kill(2) may give; the last of several targets' errors is not ours to say. */
    public Set<Long> kill(ModelTask sender, int nr, int signal) {
        if (nr > 0) {
            ModelTask target = model.taskOf(sender.ns(), nr);
            return Set.of(target == null ? -Errno.ESRCH : send(sender, target, signal, true));
        }
        List<ModelProcess> targets = nr == -1 ? everybody(sender) : group(sender, nr);
        Set<Long> results = targets.stream()
                .map(process -> send(sender, process.leader, signal, true))
                .collect(Collectors.toSet());
        if (results.isEmpty()) {
            return Set.of((long) -Errno.ESRCH);
        }
        if (nr == -1) {
            results.remove((long) -Errno.EPERM);
            return results.isEmpty() ? Set.of(0L) : results;
        }
        return results.contains(0L) ? Set.of(0L) : results;
    }

    private List<ModelProcess> group(ModelTask sender, int nr) {
        ModelPid pid = nr == 0 ? sender.process().group : sender.ns().numbers.get(-nr);
        return pid == null ? List.of() : model.group(pid);
    }

    /** All that the sender can see, but the init of its namespace and itself. */
    private List<ModelProcess> everybody(ModelTask sender) {
        return model.processes().stream()
                .filter(process -> process.leader.pid.nrIn(sender.ns()) > 1 && process != sender.process())
                .toList();
    }

    /** tkill(2). */
    public long tkill(ModelTask sender, int nr, int signal) {
        if (nr <= 0) {
            return -Errno.EINVAL;
        }
        ModelTask target = model.taskOf(sender.ns(), nr);
        return target == null ? -Errno.ESRCH : send(sender, target, signal, false);
    }

    private long send(ModelTask sender, ModelTask target, int signal, boolean toProcess) {
        if (signal < 0 || signal > Signal.NSIG) {
            return -Errno.EINVAL;
        }
        boolean same = sender.cred.uid() == target.cred.uid();
        if (!same && !sender.cred.isCapableOver(target.cred.ns())) {
            return -Errno.EPERM;
        }
        ModelProcess process = target.process();
        if (HARMLESS.contains(signal) || process.groupExit || isProtected(sender, process, signal)) {
            return 0;
        }
        ModelTask taker = toProcess ? anyAlive(process) : target;
        if (taker != null && taker.life == Life.ALIVE) {
            exits.doom(process, signal);
        }
        return 0;
    }

    /** The init of a namespace: only SIGKILL from outside gets through, and nothing to the first of all. */
    private boolean isProtected(ModelTask sender, ModelProcess process, int signal) {
        boolean outside = sender.pid.nrIn(process.leader.ns()) == 0;
        return process.unkillable && !(outside && signal == Signal.SIGKILL);
    }

    private static @Nullable ModelTask anyAlive(ModelProcess process) {
        return process.threads.stream()
                .filter(thread -> thread.life == Life.ALIVE)
                .findFirst()
                .orElse(null);
    }
}
