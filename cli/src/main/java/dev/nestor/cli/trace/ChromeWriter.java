package dev.nestor.cli.trace;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.nestor.cli.Draft;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the scheduler's events in the trace event format that chrome://tracing and Perfetto open: a track for each CPU, with
 * slices of what it ran, and one for each thread, with slices of its states. Times are microseconds, to the ns.
 */
public final class ChromeWriter implements TraceFile {
    private static final int CPUS = 0; // the pid of the tracks of CPUs: nobody's
    private static final int NS_DIGITS = 3; // of a microsecond

    private final Draft draft;
    private final JsonGenerator json;
    private final TracedTasks tasks = new TracedTasks();
    private final Int2ObjectOpenHashMap<Track> threads =
            new Int2ObjectOpenHashMap<>(); // by task; looked up, never walked
    private final List<Track> inOrder = new ArrayList<>();
    private Track[] cpus = new Track[0];
    private long last; // ns
    private @Nullable IOException failure;

    /** A track, and the slice that is open on it. */
    private static final class Track {
        private final int pid;
        private final int tid;
        private String slice = "";
        private long since; // ns

        Track(int pid, int tid) {
            this.pid = pid;
            this.tid = tid;
        }
    }

    private ChromeWriter(Draft draft) throws IOException {
        this.draft = draft;
        this.json = new JsonFactory().createGenerator(draft.out(), JsonEncoding.UTF8);
        json.writeStartObject();
        json.writeStringField("displayTimeUnit", "ns");
        json.writeArrayFieldStart("traceEvents");
    }

    public static ChromeWriter open(Path file) throws IOException {
        return new ChromeWriter(Draft.open(file));
    }

    @Override
    public void setKernel(Kernel kernel) {
        tasks.setKernel(kernel);
        cpus = new Track[kernel.scheduler().rqs().size()];
        name("process_name", CPUS, 0, "CPUs");
        for (int cpu = 0; cpu < cpus.length; cpu++) {
            cpus[cpu] = new Track(CPUS, cpu);
            inOrder.add(cpus[cpu]);
            name("thread_name", CPUS, cpu, "CPU " + cpu);
        }
    }

    private Track thread(int task, int cpu) {
        Track track = threads.get(task);
        if (track == null) {
            track = new Track(tasks.tgid(task), tasks.pid(task));
            threads.put(task, track);
            inOrder.add(track);
            if (track.pid == track.tid) {
                name("process_name", track.pid, track.tid, tasks.name(task, cpu));
            }
            name("thread_name", track.pid, track.tid, tasks.name(task, cpu));
        }
        return track;
    }

    /** Ends the slice that is open on a track, and opens another, or none. */
    private void go(Track track, long ns, String next) {
        if (!track.slice.isEmpty()) {
            slice(track, ns);
        }
        track.slice = next;
        track.since = ns;
        last = Math.max(last, ns);
    }

    @Override
    public void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {
        long ns = tasks.ns(now);
        go(cpus[cpu], ns, nextTask == IDLE ? "" : tasks.name(nextTask, cpu) + " " + tasks.pid(nextTask));
        if (prevTask != IDLE) {
            go(thread(prevTask, cpu), ns, state(prevState));
        }
        if (nextTask != IDLE) {
            go(thread(nextTask, cpu), ns, "Running");
        }
    }

    private static String state(int state) {
        return switch (state) {
            case TaskTable.TASK_RUNNING -> "Runnable (preempted)";
            case TaskTable.TASK_DEAD -> "";
            case TaskTable.TASK_STOPPED -> "Stopped";
            default -> (state & TaskTable.TASK_UNINTERRUPTIBLE) != 0 ? "Uninterruptible sleep" : "Sleeping";
        };
    }

    @Override
    public void schedWakeup(long now, int cpu, int task, int targetCpu) {
        Track track = thread(task, targetCpu);
        if (!track.slice.equals("Running")) {
            go(track, tasks.ns(now), "Runnable");
        }
    }

    @Override
    public void schedWakeupNew(long now, int cpu, int task, int targetCpu) {
        go(thread(task, targetCpu), tasks.ns(now), "Runnable");
    }

    private void slice(Track track, long end) {
        try {
            json.writeStartObject();
            json.writeStringField("name", track.slice);
            json.writeStringField("cat", track.pid == CPUS ? "cpu" : "state");
            json.writeStringField("ph", "X");
            json.writeNumberField("ts", micros(track.since));
            json.writeNumberField("dur", micros(end - track.since));
            json.writeNumberField("pid", track.pid);
            json.writeNumberField("tid", track.tid);
            json.writeEndObject();
        } catch (IOException e) {
            failure = failure == null ? e : failure;
        }
    }

    private static BigDecimal micros(long ns) {
        return BigDecimal.valueOf(ns, NS_DIGITS);
    }

    private void name(String kind, int pid, int tid, String name) {
        try {
            json.writeStartObject();
            json.writeStringField("name", kind);
            json.writeStringField("ph", "M");
            json.writeNumberField("pid", pid);
            json.writeNumberField("tid", tid);
            json.writeObjectFieldStart("args");
            json.writeStringField("name", name);
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            failure = failure == null ? e : failure;
        }
    }

    @Override
    public void commit() throws IOException {
        for (Track track : inOrder) {
            go(track, last, "");
        }
        json.close();
        if (failure != null) {
            throw failure;
        }
        draft.commit();
    }

    @Override
    public void close() throws IOException {
        json.close();
        draft.close();
    }
}
