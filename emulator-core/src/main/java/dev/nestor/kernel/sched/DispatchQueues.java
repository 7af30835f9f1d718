package dev.nestor.kernel.sched;

import dev.nestor.kernel.sched.ext.Scx;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;

/** Tasks in dispatch queues, in the order of their coming or by vtime: struct scx_dispatch_q of kernel/sched/ext.c. */
final class DispatchQueues {
    /** SCX_DSQ_FLAG_BUILTIN: the queue is the kernel's own. */
    static final long BUILTIN = 1L << 63;

    /** The number of the queue of those that are to go to another CPU's, and have not yet. */
    static final long DEFERRED = BUILTIN | 4;

    final ScxEntityTable scxs;
    final ScxDispatchQueueTable dsqs;
    private final Chain members; // of a queue: entities in the order in which they run
    private final VtimeTree tree;

    /* Its order depends on its history: look up, never walk. */
    private final Long2IntOpenHashMap byId = new Long2IntOpenHashMap(); // scx_dispatch_q of the SchedExtOps
    private final int global; // scx_dispatch_q
    private final int deferred; // scx_dispatch_q

    DispatchQueues(ScxEntityTable scxs, ScxDispatchQueueTable dsqs, ScxRqTable scxRqs, int cpus) {
        this.scxs = scxs;
        this.dsqs = dsqs;
        members = new Chain(dsqs, scxs);
        tree = new VtimeTree(scxs, dsqs);
        global = make(Scx.DSQ_GLOBAL);
        deferred = make(DEFERRED);
        for (int cpu = 0; cpu < cpus; cpu++) {
            scxRqs.setLocalDsq(scxRqs.ofCpu(cpu), make(Scx.DSQ_LOCAL));
        }
    }

    private int make(long id) {
        int dsq = dsqs.alloc();
        dsqs.setId(dsq, id);
        return dsq;
    }

    int global() {
        return global;
    }

    int deferred() {
        return deferred;
    }

    /** find_user_dsq(), or NULL. */
    int find(long id) {
        return byId.get(id);
    }

    /** create_dsq(): false at the limit. */
    boolean create(long id) {
        int dsq = make(id);
        if (dsq == Table.NULL) {
            return false;
        }
        byId.put(id, dsq);
        return true;
    }

    /** destroy_dsq(), of an empty one. */
    void destroy(long id) {
        dsqs.free(byId.remove(id));
    }

    /** All of the SchedExtOps's, which are empty. */
    void destroyAll() {
        byId.clear();
        for (int row = 1; row < dsqs.rows(); row++) {
            int dsq = dsqs.handleInRow(row);
            if (dsq != Table.NULL && !isBuiltin(dsq)) {
                dsqs.free(dsq);
            }
        }
    }

    boolean isBuiltin(int dsq) {
        return (dsqs.id(dsq) & BUILTIN) != 0;
    }

    /** Whether it has tasks in order of vtime. */
    boolean isByVtime(int dsq) {
        return dsqs.root(dsq) != Table.NULL;
    }

    int first(int dsq) {
        return members.first(dsq);
    }

    int next(int scx) {
        return members.next(scx);
    }

    /** The queue that an entity is in, or NULL. */
    int of(int scx) {
        return members.owner(scx);
    }

    /** dispatch_enqueue(), first in first out. */
    @HotPath
    void insert(int dsq, int scx, boolean isHead) {
        assert !isByVtime(dsq) : "two orders in one queue";
        if (isHead) {
            members.addFirst(dsq, scx);
        } else {
            members.addLast(dsq, scx);
        }
        dsqs.setNr(dsq, dsqs.nr(dsq) + 1);
    }

    /** dispatch_enqueue() with SCX_ENQ_DSQ_PRIQ: behind those of the same vtime. */
    @HotPath
    void insertByVtime(int dsq, int scx) {
        assert isByVtime(dsq) || members.isEmpty(dsq) : "two orders in one queue";
        int before = tree.insert(dsq, scx);
        if (before == Table.NULL) {
            members.addFirst(dsq, scx);
        } else {
            members.addAfter(before, scx);
        }
        dsqs.setNr(dsq, dsqs.nr(dsq) + 1);
    }

    /** task_unlink_from_dsq(): of an entity that is in a queue. */
    @HotPath
    void remove(int scx) {
        int dsq = members.owner(scx);
        if (isByVtime(dsq)) {
            tree.remove(dsq, scx);
        }
        members.remove(scx);
        dsqs.setNr(dsq, dsqs.nr(dsq) - 1);
    }
}
