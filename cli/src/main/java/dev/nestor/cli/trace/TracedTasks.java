package dev.nestor.cli.trace;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.trace.Tracepoints;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What traces call tasks. */
final class TracedTasks {
    /** Of tasks that have been seen, by handle: a dead one has no number any more. */
    private final Int2IntOpenHashMap pids = new Int2IntOpenHashMap();

    private final Int2IntOpenHashMap tgids = new Int2IntOpenHashMap();
    private final byte[] comm = new byte[TaskTable.TASK_COMM_LEN];
    private @Nullable Kernel kernel;

    void setKernel(Kernel of) {
        kernel = of;
    }

    Kernel kernel() {
        return Objects.requireNonNull(kernel, "the kernel that is traced");
    }

    /** The number in the initial PID namespace; 0 of the idle task. */
    int pid(int task) {
        if (task == Tracepoints.IDLE) {
            return 0;
        }
        if (!pids.containsKey(task)) {
            int root = kernel().pids().activeNs(kernel().initTask());
            pids.put(task, kernel().pids().taskNr(task, root));
            tgids.put(task, kernel().pids().taskTgidNr(task, root));
        }
        return pids.get(task);
    }

    int tgid(int task) {
        pid(task);
        return tgids.get(task);
    }

    String name(int task, int cpu) {
        if (task == Tracepoints.IDLE) {
            return "swapper/" + cpu;
        }
        return new String(comm, 0, kernel().tasks().comm(task, comm), StandardCharsets.ISO_8859_1);
    }

    int prio(int task) {
        return task == Tracepoints.IDLE ? 120 : kernel().scheduler().tasks().prio(task);
    }

    /** What a CPU runs. */
    int curr(int cpu) {
        return kernel().scheduler().cpus().curr(cpu);
    }

    /** Nanoseconds of the simulation. */
    long ns(long cycles) {
        return kernel().timekeeping().cyclesToNs(cycles);
    }
}
