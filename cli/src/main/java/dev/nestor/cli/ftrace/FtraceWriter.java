package dev.nestor.cli.ftrace;

import dev.nestor.cli.Draft;
import dev.nestor.cli.trace.TraceFile;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the scheduler does as tracefs's {@code trace} shows it, with the kernel's own formats of the events. Times are
 * seconds of the simulation, to the ns. A name that ends in .gz is compressed.
 */
public final class FtraceWriter implements TraceFile {
    private static final int BUFFER = 1 << 16;
    private static final long NS_PER_SECOND = 1_000_000_000;
    private static final String ON_CPU = "d..2. ";
    private static final String IN_WAKEUP = "d..4. ";

    private final Draft draft;
    private final Writer out;
    private final StringBuilder line = new StringBuilder(256);
    private final byte[] comm = new byte[TaskTable.TASK_COMM_LEN];

    /** Of a task that has been seen, by its handle: a dead one has no number any more. */
    private final Int2IntOpenHashMap pids = new Int2IntOpenHashMap();

    private @Nullable Kernel kernel;
    private @Nullable IOException failure;

    private FtraceWriter(Draft draft, Writer out) throws IOException {
        this.draft = draft;
        this.out = out;
        out.write("# tracer: nop\n#\n");
        out.write("#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION\n");
        out.write("#              | |         |   |||||     |         |\n");
    }

    public static FtraceWriter open(Path file) throws IOException {
        Draft draft = Draft.open(file);
        boolean isPacked = file.toString().endsWith(".gz");
        var to = isPacked ? new GZIPOutputStream(draft.out(), BUFFER) : draft.out();
        return new FtraceWriter(
                draft, new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.ISO_8859_1), BUFFER));
    }

    @Override
    public void setKernel(Kernel of) {
        kernel = of;
    }

    private Kernel kernel() {
        return Objects.requireNonNull(kernel, "the kernel that is traced");
    }

    private int pid(int task) {
        if (task == IDLE) {
            return 0;
        }
        int known = pids.get(task);
        if (known != 0) {
            return known;
        }
        int root = kernel().pids().activeNs(kernel().initTask());
        int pid = kernel().pids().taskNr(task, root);
        pids.put(task, pid);
        return pid;
    }

    private FtraceWriter name(int task, int cpu) {
        if (task == IDLE) {
            line.append("swapper/").append(cpu);
            return this;
        }
        int length = kernel().tasks().comm(task, comm);
        for (int i = 0; i < length; i++) {
            line.append((char) (comm[i] & 0xff));
        }
        return this;
    }

    private int prio(int task) {
        return task == IDLE ? 120 : kernel().scheduler().tasks().prio(task);
    }

    /** The task that the event happens in, its CPU, and when. */
    private void begin(long now, int cpu, int task, String context) {
        line.setLength(0);
        if (task == IDLE) {
            line.append("          <idle>-0      ");
        } else {
            name(task, cpu);
            line.insert(0, " ".repeat(Math.max(0, 16 - line.length())));
            String number = Integer.toString(pid(task));
            line.append('-').append(number).append(" ".repeat(Math.max(0, 7 - number.length())));
        }
        padded(cpu, "[", "] ");
        line.append(context);
        long ns = kernel().timekeeping().cyclesToNs(now);
        String fraction = Long.toString(NS_PER_SECOND + ns % NS_PER_SECOND);
        line.append(ns / NS_PER_SECOND)
                .append('.')
                .append(fraction, 1, fraction.length())
                .append(": ");
    }

    private void padded(int cpu, String before, String after) {
        line.append(before);
        line.append(cpu < 100 ? "0" : "")
                .append(cpu < 10 ? "0" : "")
                .append(cpu)
                .append(after);
    }

    private void end() {
        line.append('\n');
        try {
            out.append(line);
        } catch (IOException e) {
            failure = failure == null ? e : failure;
        }
    }

    @Override
    public void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {
        begin(now, cpu, prevTask, ON_CPU);
        line.append("sched_switch: prev_comm=");
        name(prevTask, cpu)
                .line
                .append(" prev_pid=")
                .append(pid(prevTask))
                .append(" prev_prio=")
                .append(prio(prevTask));
        line.append(" prev_state=").append(letter(prevTask, prevState)).append(" ==> next_comm=");
        name(nextTask, cpu)
                .line
                .append(" next_pid=")
                .append(pid(nextTask))
                .append(" next_prio=")
                .append(prio(nextTask));
        end();
    }

    /** __trace_sched_switch_state(). */
    private static char letter(int task, int state) {
        return switch (state) {
            case TaskTable.TASK_RUNNING -> 'R';
            case TaskTable.TASK_DEAD -> 'X';
            case TaskTable.TASK_STOPPED -> 'T';
            default -> (state & TaskTable.TASK_UNINTERRUPTIBLE) != 0 && task != IDLE ? 'D' : 'S';
        };
    }

    @Override
    public void schedWakeup(long now, int cpu, int task, int targetCpu) {
        wakeup("sched_wakeup", now, cpu, task, targetCpu);
    }

    @Override
    public void schedWakeupNew(long now, int cpu, int task, int targetCpu) {
        wakeup("sched_wakeup_new", now, cpu, task, targetCpu);
    }

    private void wakeup(String event, long now, int cpu, int task, int targetCpu) {
        int on = cpu < 0 ? targetCpu : cpu;
        begin(now, on, kernel().scheduler().cpus().curr(on), IN_WAKEUP);
        line.append(event).append(": comm=");
        name(task, on).line.append(" pid=").append(pid(task)).append(" prio=").append(prio(task));
        padded(targetCpu, " target_cpu=", "");
        end();
    }

    @Override
    public void schedMigrateTask(long now, int task, int fromCpu, int toCpu) {
        begin(now, fromCpu, kernel().scheduler().cpus().curr(fromCpu), IN_WAKEUP);
        line.append("sched_migrate_task: comm=");
        name(task, fromCpu)
                .line
                .append(" pid=")
                .append(pid(task))
                .append(" prio=")
                .append(prio(task));
        line.append(" orig_cpu=").append(fromCpu).append(" dest_cpu=").append(toCpu);
        end();
    }

    @Override
    public void commit() throws IOException {
        out.close();
        if (failure != null) {
            throw failure;
        }
        draft.commit();
    }

    @Override
    public void close() throws IOException {
        try {
            out.close();
        } finally {
            draft.close();
        }
    }
}
