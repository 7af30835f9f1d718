package dev.nestor.cli.trace;

import com.google.protobuf.CodedOutputStream;
import dev.nestor.cli.Draft;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes the scheduler's events as Perfetto records them: bundles of ftrace events for each CPU, and who the threads are. The
 * numbers are those of the fields in Perfetto's protos/perfetto/trace. Migrations show in the switches.
 */
public final class PerfettoWriter implements TraceFile {
    private static final int BUFFER = 1 << 16;
    private static final int BUNDLE = 1 << 14; // bytes after which a CPU's bundle is written
    private static final int SEQUENCE = 1;

    // Trace, TracePacket, FtraceEventBundle, ProcessTree
    private static final int TRACE_PACKET = 1;
    private static final int PACKET_FTRACE_EVENTS = 1;
    private static final int PACKET_PROCESS_TREE = 2;
    private static final int PACKET_TRUSTED_SEQUENCE_ID = 10;
    private static final int BUNDLE_CPU = 1;
    private static final int BUNDLE_EVENT = 2;
    private static final int TREE_PROCESSES = 1;
    private static final int TREE_THREADS = 2;

    // FtraceEvent
    private static final int EVENT_TIMESTAMP = 1;
    private static final int EVENT_PID = 2;
    private static final int EVENT_SCHED_SWITCH = 4;
    private static final int EVENT_SCHED_WAKEUP = 17;
    private static final int EVENT_SCHED_WAKING = 20;
    private static final int EVENT_SCHED_WAKEUP_NEW = 114;

    // What the kernel reports for a task that died, TASK_REPORT's EXIT_DEAD.
    private static final int REPORT_DEAD = 16;

    private final Draft draft;
    private final CodedOutputStream out;
    private final TracedTasks tasks = new TracedTasks();
    private final IntOpenHashSet known = new IntOpenHashSet(); // tasks whose threads have been told
    private final Message event = new Message();
    private final Message payload = new Message();
    private Message[] bundles = new Message[0]; // by CPU
    private @Nullable IOException failure;

    /** A message that is being written, and its length. */
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private CodedOutputStream out = CodedOutputStream.newInstance(bytes);

        void clear() {
            bytes.reset();
            out = CodedOutputStream.newInstance(bytes);
        }

        byte[] finished() throws IOException {
            out.flush();
            return bytes.toByteArray();
        }
    }

    private PerfettoWriter(Draft draft) {
        this.draft = draft;
        OutputStream to = draft.out();
        this.out = CodedOutputStream.newInstance(to, BUFFER);
    }

    public static PerfettoWriter open(Path file) throws IOException {
        return new PerfettoWriter(Draft.open(file));
    }

    @Override
    public void setKernel(Kernel kernel) {
        tasks.setKernel(kernel);
        bundles = new Message[kernel.scheduler().rqs().size()];
        for (int cpu = 0; cpu < bundles.length; cpu++) {
            bundles[cpu] = new Message();
        }
    }

    /** Something to write, whose failure is told in the end. */
    private interface Writing {
        void write(CodedOutputStream to) throws IOException;
    }

    private void add(long now, int cpu, int inTask, int kind, Writing fields) {
        try {
            payload.clear();
            fields.write(payload.out);
            byte[] body = payload.finished();
            event.clear();
            event.out.writeUInt64(EVENT_TIMESTAMP, tasks.ns(now));
            event.out.writeUInt32(EVENT_PID, tasks.pid(inTask));
            event.out.writeByteArray(kind, body);
            Message bundle = bundles[cpu];
            bundle.out.writeByteArray(BUNDLE_EVENT, event.finished());
            if (bundle.out.getTotalBytesWritten() > BUNDLE) {
                flush(cpu);
            }
        } catch (IOException e) {
            failure = failure == null ? e : failure;
        }
    }

    private void flush(int cpu) throws IOException {
        Message bundle = bundles[cpu];
        byte[] events = bundle.finished();
        bundle.clear();
        if (events.length > 0) {
            bundle.out.writeUInt32(BUNDLE_CPU, cpu);
            bundle.out.flush();
            bundle.bytes.write(events);
            packet(PACKET_FTRACE_EVENTS, bundle.finished());
            bundle.clear();
        }
    }

    private void packet(int kind, byte[] body) throws IOException {
        Message packet = new Message();
        packet.out.writeByteArray(kind, body);
        packet.out.writeUInt32(PACKET_TRUSTED_SEQUENCE_ID, SEQUENCE);
        out.writeByteArray(TRACE_PACKET, packet.finished());
    }

    /** Tells who a thread is when it is first seen. */
    private void introduce(int task, int cpu) {
        if (task == IDLE || !known.add(task)) {
            return;
        }
        try {
            Message thread = new Message();
            thread.out.writeInt32(1, tasks.pid(task)); // tid
            thread.out.writeString(2, tasks.name(task, cpu));
            thread.out.writeInt32(3, tasks.tgid(task));
            Message tree = new Message();
            if (tasks.pid(task) == tasks.tgid(task)) {
                Message process = new Message();
                process.out.writeInt32(1, tasks.pid(task));
                process.out.writeString(3, tasks.name(task, cpu)); // cmdline
                tree.out.writeByteArray(TREE_PROCESSES, process.finished());
            }
            tree.out.writeByteArray(TREE_THREADS, thread.finished());
            packet(PACKET_PROCESS_TREE, tree.finished());
        } catch (IOException e) {
            failure = failure == null ? e : failure;
        }
    }

    @Override
    public void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {
        introduce(prevTask, cpu);
        introduce(nextTask, cpu);
        add(now, cpu, prevTask, EVENT_SCHED_SWITCH, to -> {
            to.writeString(1, tasks.name(prevTask, cpu));
            to.writeInt32(2, tasks.pid(prevTask));
            to.writeInt32(3, tasks.prio(prevTask));
            to.writeInt64(4, reported(prevState));
            to.writeString(5, tasks.name(nextTask, cpu));
            to.writeInt32(6, tasks.pid(nextTask));
            to.writeInt32(7, tasks.prio(nextTask));
        });
    }

    /** __trace_sched_switch_state(). */
    private static int reported(int state) {
        return state == TaskTable.TASK_DEAD ? REPORT_DEAD : state & 0xf;
    }

    @Override
    public void schedWaking(long now, int cpu, int task) {
        int on = cpu < 0 ? tasks.kernel().tasks().cpu(task) : cpu;
        wakeup(EVENT_SCHED_WAKING, now, on, task, tasks.kernel().tasks().cpu(task));
    }

    @Override
    public void schedWakeup(long now, int cpu, int task, int targetCpu) {
        wakeup(EVENT_SCHED_WAKEUP, now, cpu < 0 ? targetCpu : cpu, task, targetCpu);
    }

    @Override
    public void schedWakeupNew(long now, int cpu, int task, int targetCpu) {
        wakeup(EVENT_SCHED_WAKEUP_NEW, now, cpu < 0 ? targetCpu : cpu, task, targetCpu);
    }

    private void wakeup(int kind, long now, int cpu, int task, int targetCpu) {
        introduce(task, cpu);
        add(now, cpu, tasks.curr(cpu), kind, to -> {
            to.writeString(1, tasks.name(task, cpu));
            to.writeInt32(2, tasks.pid(task));
            to.writeInt32(3, tasks.prio(task));
            to.writeInt32(4, 1); // success
            to.writeInt32(5, targetCpu);
        });
    }

    @Override
    public void commit() throws IOException {
        for (int cpu = 0; cpu < bundles.length; cpu++) {
            flush(cpu);
        }
        out.flush();
        if (failure != null) {
            throw failure;
        }
        draft.commit();
    }

    @Override
    public void close() throws IOException {
        draft.close();
    }
}
