package dev.nestor.kernel.cred;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.TaskTable;

/** Capability checks: kernel/capability.c, cap_capable() of security/commoncap.c. */
public final class Capabilities {
    /** All capabilities up to CAP_LAST_CAP. */
    public static final long CAP_VALID_MASK = (1L << 41) - 1;

    private final TaskTable tasks;
    private final CredTable creds;
    private final UserNamespaceTable namespaces;

    public Capabilities(TaskTable tasks, CredTable creds, UserNamespaceTable namespaces) {
        this.tasks = tasks;
        this.creds = creds;
        this.namespaces = namespaces;
    }

    /** ns_capable(): whether the task has the capability in a user namespace; it has used it then, PF_SUPERPRIV. */
    public boolean nsCapable(int task, int userNs, int cap) {
        boolean isCapable = capCapable(tasks.cred(task), userNs, cap);
        if (isCapable) {
            tasks.addFlag(task, TaskTable.PF_SUPERPRIV);
        }
        return isCapable;
    }

    /** capable(): in the initial user namespace. */
    public boolean capable(int task, int cap) {
        int ns = creds.userNs(tasks.cred(task));
        while (namespaces.parent(ns) != NULL) {
            ns = namespaces.parent(ns);
        }
        return nsCapable(task, ns, cap);
    }

    /**
     * cap_capable(): whether a cred has the capability in the target namespace: it is effective in the cred's own, or the
     * target lies below the cred's and the cred's euid made the one of its ancestors (or itself) that is a child of it.
     */
    public boolean capCapable(int cred, int target, int cap) {
        int own = creds.userNs(cred);
        int ns = target;
        while (ns != own) {
            if (namespaces.level(ns) <= namespaces.level(own)) {
                return false;
            }
            if (namespaces.parent(ns) == own && namespaces.owner(ns) == creds.euid(cred)) {
                return true;
            }
            ns = namespaces.parent(ns);
        }
        return (creds.capEffective(cred) & 1L << cap) != 0;
    }
}
