package dev.nestor.cli.rtapp;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.plugin.SchedulerChoice;
import dev.nestor.cli.program.Noise;
import dev.nestor.cli.program.Programs;
import dev.nestor.cli.program.WorkloadMemory;
import dev.nestor.cli.strace.LogException;
import dev.nestor.event.EventLoop;
import dev.nestor.event.Random;
import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.sched.SchedEntityTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.StateHash;
import dev.nestor.trace.Tracepoints;
import dev.nestor.uapi.Nr;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Plays a workload on an emulated machine. */
public final class WorkloadRun {
    private static final long NS_PER_SECOND = 1_000_000_000;
    private static final int EVENTS_PER_LOOK = 1 << 14;

    /**
     * When a run is given up.
     *
     * @param maxSeconds simulated
     */
    public record Limits(long maxSeconds, long maxEvents) {}

    /**
     * What is played.
     *
     * @param file that it was read from
     * @param cgroups what its task groups are given
     */
    public record Played(String file, Workload workload, Noise noise, List<CgroupSetting> cgroups) {}

    private final String file;
    private final Workload workload;
    private final Limits limits;
    private final Noise noise;
    private final List<CgroupSetting> cgroups;
    private final Kernel kernel;
    private final Programs programs;
    private final SyncObjects objects;
    private final Play play;
    private final WorkloadMemory memory;
    private final List<WorkloadReport.Task> ended = new ArrayList<>();
    private final byte[] comm = new byte[TaskTable.TASK_COMM_LEN];

    /** @param onKernel is given the machine before anything runs on it */
    public WorkloadRun(
            Played played, KernelConfig config, Tracepoints trace, Consumer<Kernel> onKernel, Limits limits) {
        this.file = played.file();
        this.workload = played.workload();
        this.noise = played.noise();
        this.cgroups = played.cgroups();
        this.limits = limits;
        TraceGate gate = new TraceGate(trace);
        kernel = new Kernel(config, gate);
        onKernel.accept(kernel);
        programs = new Programs(kernel, this::close);
        objects = new SyncObjects(kernel, workload.barriers());
        play = new Play(kernel.timekeeping(), objects, gate, kernel.costs(), phaseNs(config));
        memory = new WorkloadMemory(kernel);
    }

    /** Drawn by the seed, from the time between two ticks. */
    private static long phaseNs(KernelConfig config) {
        return new Random(config.seed()).nextLong(NS_PER_SECOND / config.hz());
    }

    /** @param progress is given the simulated ms, every now and then */
    public WorkloadReport run(LongConsumer progress) throws LogException {
        int cpus = kernel.config().topology().cpus();
        long pid = programs.start(
                new RtAppMain(workload, new CgroupSteps(workload, cgroups, memory), noise, cpus, memory, play),
                Nr.NR_fork);
        int root = kernel.pids().activeNs(kernel.initTask());
        int main = kernel.pids().findTaskByVpid(root, (int) pid);
        memory.map(kernel.tasks().mm(main), workload.threads().size() + cpus);
        memory.mapBuffer(workload.memBuffer());
        objects.setMm(kernel.tasks().mm(main));
        EventLoop loop = kernel.eventLoop();
        long looked = loop.fired();
        while (programs.alive() > 0 && loop.step()) {
            if (loop.fired() - looked >= EVENTS_PER_LOOK) {
                looked = loop.fired();
                look(loop, progress);
            }
        }
        if (programs.alive() > 0) {
            List<String> waiting = play.waiting();
            throw new LogException(
                    LogException.Kind.SYNTAX,
                    file,
                    0,
                    programs.alive() + " threads wait for what never comes"
                            + (waiting.isEmpty() ? "" : ": " + String.join("; ", waiting)));
        }
        StateHash hash = new StateHash();
        kernel.digest(hash);
        return new WorkloadReport(
                file,
                kernel.config(),
                kernel.clock().now(),
                loop.fired(),
                List.copyOf(ended),
                play.complaints(),
                workload.ignored(),
                SchedulerChoice.stopped(kernel),
                hash.hex());
    }

    private void look(EventLoop loop, LongConsumer progress) throws LogException {
        long ms = kernel.timekeeping().cyclesToNs(kernel.clock().now()) / 1_000_000;
        progress.accept(ms);
        if (ms >= limits.maxSeconds() * 1000 || loop.fired() >= limits.maxEvents()) {
            String what = ms >= limits.maxSeconds() * 1000
                    ? limits.maxSeconds() + " simulated seconds: see --max-time"
                    : limits.maxEvents() + " events: see --max-events";
            throw new LogException(LogException.Kind.LIMIT, file, 0, "runs for more than " + what);
        }
    }

    private void close(int task) {
        TaskTable tasks = kernel.tasks();
        SchedEntityTable entities = kernel.scheduler().entities();
        int se = tasks.se(task);
        int length = tasks.comm(task, comm);
        ended.add(new WorkloadReport.Task(
                programs.of(task).pid(),
                new String(comm, 0, length, StandardCharsets.ISO_8859_1),
                tasks.utime(task),
                tasks.stime(task),
                se == NULL ? 0 : entities.runDelay(se),
                se == NULL ? 0 : entities.pcount(se),
                tasks.nvcsw(task),
                tasks.nivcsw(task),
                tasks.nrMigrations(task)));
    }
}
