package dev.nestor.property.model;

import dev.nestor.uapi.Signal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The world as the model sees it. Calls say what they must answer; what the emulator may decide for itself (in which order
 * the killed die, which of several zombies a wait finds) it is told as events, which it either accepts or calls impossible.
 */
public final class Model {
    final List<ModelTask> tasks = new ArrayList<>(); // not released, by birth
    private final ModelUserNs rootUser;
    private final ModelTask init;
    private int born;

    public Model(int pidMax, String nodename) {
        rootUser = new ModelUserNs(null, 0);
        ModelPidNs ns = new ModelPidNs(null, rootUser, pidMax);
        ModelPid pid = newPid(ns, new HashMap<>(Map.of(ns, ns.nextNumber())));
        init = new ModelTask(born++, pid, new ModelCred(rootUser, 0, true), new ModelTask.Handlers());
        init.process = new ModelProcess(init, pid, pid);
        init.process().threads.add(init);
        init.process().unkillable = true;
        ns.reaper = init;
        ModelNs time = new ModelNs(rootUser);
        init.namespaces = new ModelTask.Namespaces(
                new ModelNs(rootUser),
                new ModelUts(rootUser, nodename),
                new ModelNs(rootUser),
                ns,
                new ModelNs(rootUser),
                new ModelNs(rootUser),
                time,
                time);
        init.mm = new ModelTask.Memory();
        init.files = new ModelTask.Shared();
        init.fs = new ModelTask.Shared();
        init.exitSignal = Signal.SIGCHLD;
        tasks.add(init);
    }

    public ModelTask init() {
        return init;
    }

    public ModelUserNs rootUser() {
        return rootUser;
    }

    /** All that have not been released, by birth. */
    public List<ModelTask> tasks() {
        return tasks;
    }

    ModelTask newTask(ModelPid pid, ModelCred cred, ModelTask.Handlers handlers) {
        ModelTask task = new ModelTask(born++, pid, cred, handlers);
        tasks.add(task);
        return task;
    }

    /** A pid with these numbers, by namespace. */
    static ModelPid newPid(ModelPidNs ns, Map<ModelPidNs, Integer> numbers) {
        ModelPid pid = new ModelPid(ns);
        numbers.forEach((at, nr) -> {
            pid.numbers.put(at, nr);
            at.numbers.put(nr, pid);
        });
        return pid;
    }

    /** The thread that a namespace calls nr. */
    @Nullable
    ModelTask taskOf(ModelPidNs ns, int nr) {
        ModelPid pid = ns.numbers.get(nr);
        return pid == null ? null : threadOf(pid);
    }

    @Nullable
    ModelTask threadOf(ModelPid pid) {
        for (ModelTask task : tasks) {
            if (task.pid == pid) {
                return task;
            }
        }
        return null;
    }

    /** Processes by their leaders. */
    List<ModelProcess> processes() {
        return tasks.stream()
                .filter(ModelTask::isLeader)
                .map(ModelTask::process)
                .toList();
    }

    List<ModelProcess> group(ModelPid pid) {
        return processes().stream().filter(process -> process.group == pid).toList();
    }

    /** Numbers that no thread, group or session has any more can be given out again. */
    void dropUnusedNumbers() {
        Set<ModelPid> used = usedPids();
        for (ModelPidNs ns : pidNamespaces()) {
            ns.numbers.values().removeIf(pid -> !used.contains(pid));
        }
    }

    private Set<ModelPid> usedPids() {
        Set<ModelPid> used = new HashSet<>();
        for (ModelTask task : tasks) {
            used.add(task.pid);
            used.add(task.process().group);
            used.add(task.process().session);
        }
        return used;
    }

    /** PID namespaces that somebody lives in or uses a number of, or will have children in, and their ancestors. */
    public Set<ModelPidNs> pidNamespaces() {
        Set<ModelPidNs> found = new LinkedHashSet<>();
        for (ModelPid pid : usedPids()) {
            addWithParents(pid.ns(), found);
        }
        for (ModelTask task : tasks) {
            if (task.namespaces != null) {
                addWithParents(task.namespaces().pidForChildren(), found);
            }
        }
        return found;
    }

    private static void addWithParents(ModelPidNs ns, Collection<ModelPidNs> found) {
        for (ModelPidNs at = ns; at != null; at = at.parent()) {
            found.add(at);
        }
    }

    /** The namespaces of one kind that some task has. */
    public Set<ModelNs> namespaces(Kind kind) {
        Set<ModelNs> found = new LinkedHashSet<>();
        for (ModelTask task : tasks) {
            if (task.namespaces != null) {
                found.add(kind.of(task.namespaces()));
                if (kind == Kind.TIME) {
                    found.add(task.namespaces().timeForChildren());
                }
            }
        }
        return found;
    }

    /** User namespaces that credentials are in, or that own a namespace, and their ancestors. */
    public Set<ModelUserNs> userNamespaces() {
        Set<ModelUserNs> found = new LinkedHashSet<>();
        tasks.forEach(task -> addWithParents(task.cred.ns(), found));
        pidNamespaces().forEach(ns -> addWithParents(ns.owner(), found));
        for (Kind kind : Kind.values()) {
            namespaces(kind).forEach(ns -> addWithParents(ns.owner(), found));
        }
        return found;
    }

    private static void addWithParents(ModelUserNs ns, Collection<ModelUserNs> found) {
        for (ModelUserNs at = ns; at != null; at = at.parent()) {
            found.add(at);
        }
    }
}
