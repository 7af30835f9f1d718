package dev.nestor.cli.rtapp;

import dev.nestor.cli.rtapp.JsonText.Node;
import dev.nestor.cli.strace.LogException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the events by which threads synchronise. */
final class SyncEvents {
    private SyncEvents() {}

    /**
     * The event, or null when it is none of these; the longer of two names that a key may begin with comes first.
     *
     * @param task that has the event
     */
    static Workload.@Nullable Event read(JsonText text, String task, Map.Entry<String, Node> member)
            throws LogException {
        String key = member.getKey();
        if (key.startsWith("lock")) {
            return new Workload.Lock(name(text, member));
        }
        if (key.startsWith("unlock")) {
            return new Workload.Unlock(name(text, member));
        }
        if (key.startsWith("sig_and_wait")) {
            return await(text, member, true, false);
        }
        if (key.startsWith("signal")) {
            return new Workload.Signal(name(text, member), false);
        }
        if (key.startsWith("broad")) {
            return new Workload.Signal(name(text, member), true);
        }
        if (key.startsWith("wait")) {
            return await(text, member, false, false);
        }
        if (key.startsWith("sync")) {
            return await(text, member, true, true);
        }
        if (key.startsWith("suspend")) {
            String name = name(text, member);
            return new Workload.Suspend(name.isEmpty() ? task : name);
        }
        if (key.startsWith("resume")) {
            return new Workload.Resume(name(text, member));
        }
        if (key.startsWith("barrier")) {
            return new Workload.Barrier(name(text, member));
        }
        return key.startsWith("fork") ? new Workload.Fork(name(text, member)) : null;
    }

    private static String name(JsonText text, Map.Entry<String, Node> member) throws LogException {
        if (member.getValue().value() instanceof String name) {
            return name;
        }
        throw text.fault(member.getValue().line(), "\"" + member.getKey() + "\" is not a name");
    }

    private static Workload.Await await(JsonText text, Map.Entry<String, Node> member, boolean signals, boolean locks)
            throws LogException {
        return new Workload.Await(of(text, member, "ref"), of(text, member, "mutex"), signals, locks);
    }

    private static String of(JsonText text, Map.Entry<String, Node> member, String key) throws LogException {
        Node node = member.getValue().members().get(key);
        if (node == null || !(node.value() instanceof String name)) {
            throw text.fault(member.getValue().line(), "\"" + member.getKey() + "\" has no \"" + key + "\"");
        }
        return name;
    }
}
