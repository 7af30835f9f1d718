import dev.nestor.kernel.sched.ext.SchedExtOps;
import dev.nestor.kernel.sched.ext.Scx;

/** First come, first served: one queue for all CPUs, 20 ms for each turn. */
public final class Fifo implements SchedExtOps {
    private static final long SHARED = 0;

    @Override
    public void init(Scx scx) {
        scx.createDsq(SHARED);
    }

    @Override
    public void enqueue(Scx scx, int task, long enqFlags) {
        scx.dsqInsert(task, SHARED, Scx.SLICE_DFL, enqFlags);
    }

    @Override
    public void dispatch(Scx scx, int cpu, int prev) {
        scx.dsqMoveToLocal(SHARED);
    }
}
