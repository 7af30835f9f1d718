import dev.nestor.kernel.sched.ext.SchedExtOps;
import dev.nestor.kernel.sched.ext.Scx;

/** Who has had least for his weight goes first: one queue for all CPUs, sorted by time on a CPU divided by weight. */
public final class WeightedVtime implements SchedExtOps {
    private static final long SHARED = 0;
    private long vtimeNow; // the furthest that a task which came to a CPU had come

    @Override
    public void init(Scx scx) {
        scx.createDsq(SHARED);
    }

    @Override
    public void enable(Scx scx, int task) {
        scx.setVtime(task, vtimeNow);
        scx.setScratch(task, scx.sumExecRuntime(task));
    }

    @Override
    public void enqueue(Scx scx, int task, long enqFlags) {
        long atLeast = vtimeNow - Scx.SLICE_DFL; // who has slept is owed one slice at the most
        scx.dsqInsertVtime(task, SHARED, Scx.SLICE_DFL, Math.max(scx.vtime(task), atLeast), enqFlags);
    }

    /** The task whose slice is over is in no queue; it goes on if it is still behind the first one there. */
    @Override
    public void dispatch(Scx scx, int cpu, int prev) {
        int first = scx.dsqFirst(SHARED);
        if (prev != 0 && first != 0 && scx.taskQueued(prev) && charge(scx, prev) < scx.vtime(first)) {
            scx.setSlice(prev, Scx.SLICE_DFL);
        } else {
            scx.dsqMoveToLocal(SHARED);
        }
    }

    @Override
    public void running(Scx scx, int task) {
        vtimeNow = Math.max(vtimeNow, scx.vtime(task));
    }

    @Override
    public void stopping(Scx scx, int task, boolean isRunnable) {
        charge(scx, task);
    }

    private static long charge(Scx scx, int task) {
        long used = scx.sumExecRuntime(task) - scx.scratch(task);
        scx.setScratch(task, scx.scratch(task) + used);
        scx.setVtime(task, scx.vtime(task) + used * 100 / scx.weight(task));
        return scx.vtime(task);
    }
}
