package dev.nestor.cli.rtapp;

import dev.nestor.cli.rtapp.JsonText.Node;
import dev.nestor.cli.strace.LogException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether a task lets go of every mutex that it takes before it begins anew, and waits only under one that it holds. */
final class LockCheck {
    private final JsonText text;
    private final Set<String> held = new LinkedHashSet<>();

    LockCheck(JsonText text) {
        this.text = text;
    }

    void check(String task, Node node, List<Workload.Phase> phases) throws LogException {
        for (Workload.Phase phase : phases) {
            for (Workload.Event event : phase.events()) {
                check(task, node, event);
            }
        }
        for (String mutex : held) {
            throw text.fault(line(node, "lock", mutex), "\"lock\": " + task + " never unlocks " + mutex);
        }
    }

    private void check(String task, Node node, Workload.Event event) throws LogException {
        switch (event) {
            case Workload.Lock lock -> {
                if (!held.add(lock.mutex())) {
                    int line = line(node, "lock", lock.mutex());
                    throw text.fault(line, "\"lock\": " + task + " holds " + lock.mutex() + " already");
                }
            }
            case Workload.Unlock unlock -> {
                if (!held.remove(unlock.mutex())) {
                    int line = line(node, "unlock", unlock.mutex());
                    throw text.fault(line, "\"unlock\": " + task + " does not hold " + unlock.mutex());
                }
            }
            case Workload.Await await -> {
                if (held.contains(await.mutex()) == await.locks()) {
                    String claim =
                            await.locks() ? " holds " + await.mutex() + " already" : " does not hold " + await.mutex();
                    throw text.fault(node.line(), "\"" + (await.locks() ? "sync" : "wait") + "\": " + task + claim);
                }
            }
            default -> {}
        }
    }

    /** The line of an event that names a mutex, or that of the task. */
    private static int line(Node node, String key, String mutex) {
        for (Map.Entry<String, Node> member : node.members().entrySet()) {
            if (member.getKey().startsWith(key)
                    && mutex.equals(member.getValue().value())) {
                return member.getValue().line();
            }
        }
        Node phases = node.members().get("phases");
        if (phases != null) {
            for (Node phase : phases.members().values()) {
                int line = line(phase, key, mutex);
                if (line != phase.line()) {
                    return line;
                }
            }
        }
        return node.line();
    }
}
