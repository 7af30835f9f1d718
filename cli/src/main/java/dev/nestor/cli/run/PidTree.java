package dev.nestor.cli.run;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.pid.PidNamespaceTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The PID namespaces of a run, with the tasks that were born in each; also of those that are gone. */
final class PidTree {
    private static final int FIRST_OF_NAMESPACE = 1;

    private final PidNamespaceTable namespaces;
    private final Pids pids;
    private final TaskTable tasks;

    /** By pid_namespace, the latest that had the row; looked up, never walked. */
    private final Int2ObjectOpenHashMap<Node> byNs = new Int2ObjectOpenHashMap<>();

    private final Node root;

    /** A namespace. */
    record Node(long inode, int level, List<TaskAccount> members, List<Node> children) {
        Node(long inode, int level) {
            this(inode, level, new ArrayList<>(), new ArrayList<>());
        }
    }

    private PidTree(PidNamespaceTable namespaces, Pids pids, TaskTable tasks, int rootNs) {
        this.namespaces = namespaces;
        this.pids = pids;
        this.tasks = tasks;
        this.root = new Node(inode(rootNs), 0);
        byNs.put(rootNs, root);
    }

    static PidTree of(Kernel kernel) {
        int rootNs = kernel.pids().activeNs(kernel.initTask());
        return new PidTree(kernel.pidNamespaceTable(), kernel.pids(), kernel.tasks(), rootNs);
    }

    /** A task's numbers, of the outermost PID namespace first. */
    static int[] numbers(Kernel kernel, int task) {
        Pids pids = kernel.pids();
        int pid = kernel.tasks().threadPid(task);
        int[] numbers = new int[pids.level(pid) + 1];
        for (int level = 0; level < numbers.length; level++) {
            numbers[level] = pids.numberAt(pid, level);
        }
        return numbers;
    }

    /** The name that a task goes by. */
    static String command(Kernel kernel, int task) {
        byte[] comm = new byte[TaskTable.TASK_COMM_LEN];
        return new String(comm, 0, kernel.tasks().comm(task, comm), StandardCharsets.UTF_8);
    }

    private long inode(int ns) {
        return Integer.toUnsignedLong(namespaces.inum(ns));
    }

    void add(int task, TaskAccount account) {
        int ns = pids.activeNs(task);
        boolean isFirst = pids.taskNr(task, ns) == FIRST_OF_NAMESPACE;
        node(ns, isFirst && namespaces.childReaper(ns) == task && tasks.isLive(task))
                .members()
                .add(account);
    }

    private Node node(int ns, boolean isNew) {
        Node known = byNs.get(ns);
        if (known != null && (!isNew || known.level() == 0 || known.members().isEmpty())) {
            return known;
        }
        int parent = namespaces.parent(ns);
        Node added = new Node(inode(ns), namespaces.level(ns));
        byNs.put(ns, added);
        (parent == NULL ? root : node(parent, false)).children().add(added);
        return added;
    }

    Node root() {
        return root;
    }
}
