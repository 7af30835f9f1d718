package dev.nestor.cli.run;

import dev.nestor.cli.plugin.SchedulerChoice;
import dev.nestor.cli.replay.Crew;
import dev.nestor.cli.replay.Machine;
import dev.nestor.cli.replay.Prehistory;
import dev.nestor.cli.replay.Wishes;
import dev.nestor.cli.replay.abi.CallEncoder;
import dev.nestor.cli.replay.abi.Signatures;
import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.LogLimits;
import dev.nestor.cli.strace.RecordParser;
import dev.nestor.cli.strace.Span;
import dev.nestor.cli.strace.TaskCursor;
import dev.nestor.cli.strace.TraceSpool;
import dev.nestor.cli.trace.TraceFile;
import dev.nestor.event.Clock;
import dev.nestor.event.EventLoop;
import dev.nestor.event.Priority;
import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.sched.Cpus;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.StateHash;
import dev.nestor.trace.Tracepoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A log in scheduled order: each task keeps its own order; blocking and the emulated scheduler decide who runs when. */
final class ScheduledRun {
    private static final long GRACE_MICROS = 1_000_000;
    private static final int EVENTS_PER_LOOK = 1 << 14;

    private final TraceSpool spool;
    private final RunOptions options;
    private final Kernel kernel;
    private final Stage stage;
    private final Cast cast;
    private final PidTree tree;
    private final CallAccounts calls;
    private final SignalSteps signals;
    private final LogUserMode userMode;
    private final EventLoop loop;
    private final int arrivalKind; // event kind
    private final long startMicros;
    private int arrivals; // roots that are still to come

    /** @param tracer told of everything, if there is one */
    ScheduledRun(TraceSpool spool, LogLimits limits, RunOptions options, @Nullable TraceFile tracer)
            throws LogException {
        this.spool = spool;
        this.options = options;
        Signatures signatures = Signatures.load();
        Crew crew = new Crew(spool, new RecordParser(signatures::nr, limits));
        startMicros = spool.tasks() == 0 ? 0 : firstMicros(0);
        KernelConfig config = Machine.config(options.replay(), startMicros)
                .topology(options.topology())
                .hz(options.hz())
                .tscHz(options.tscHz())
                .seed(options.seed())
                .preemption(options.preemption())
                .hrtick(options.hrtick());
        options.scheduler().configure(config);
        RunTrace trace = new RunTrace(tracer == null ? Tracepoints.NONE : tracer);
        kernel = new Kernel(config, trace);
        options.onKernel().accept(kernel);
        if (tracer != null) {
            tracer.setKernel(kernel);
        }
        CpuBirths births = new CpuBirths(kernel.tasks(), kernel.scheduler().cpus());
        Machine machine = new Machine(kernel, births, startMicros);
        Stalls stalls = new Stalls(kernel.timekeeping().nsToCycles(GRACE_MICROS * 1000));
        stage = new Stage(
                machine,
                crew,
                births,
                trace,
                new Prehistory(machine, crew, options.replay().image()),
                stalls);
        tree = PidTree.of(kernel);
        cast = new Cast(stage, tree);
        signals = new SignalSteps(stage, cast);
        calls = new CallAccounts(signatures::name);
        CallEncoder encoder = new CallEncoder(signatures, kernel.addressSpaces(), kernel.tasks());
        CallSteps callSteps = new CallSteps(stage, cast, signals, encoder, new Wishes(machine, crew), calls);
        userMode = new LogUserMode(
                stage, cast, callSteps, signals, spool.file(), options.replay().keepGoing());
        kernel.scheduler().cpus().setUserMode(userMode);
        loop = kernel.eventLoop();
        arrivalKind = loop.register((number, datum) -> arrive(number));
    }

    private long firstMicros(int task) throws LogException {
        TaskCursor cursor = spool.cursor(task);
        return cursor.advance() ? cursor.span().entryMicros() : startMicros;
    }

    /**
     * Runs the log to its end.
     *
     * @param progress is given the number of records played, every now and then
     */
    RunReport run(LongConsumer progress) throws LogException {
        scheduleRoots();
        try {
            long looked = 0;
            while (arrivals > 0 || cast.isActive()) {
                if (!step()) {
                    break;
                }
                if (loop.fired() - looked >= EVENTS_PER_LOOK) {
                    looked = loop.fired();
                    look(progress);
                }
            }
        } catch (LogUserMode.Unreadable e) {
            throw e.problem();
        }
        cast.closeAll();
        return report();
    }

    /** Tasks that were there when the log began come up when they first show. */
    private void scheduleRoots() throws LogException {
        for (int task = 0; task < spool.tasks(); task++) {
            if (spool.parent(task) == TraceSpool.NONE) {
                long at = stage.cycles(firstMicros(task) - startMicros);
                loop.schedule(at, Priority.ARRIVAL, arrivalKind, task, 0);
                arrivals++;
            }
        }
    }

    private void arrive(int number) {
        arrivals--;
        try {
            cast.appear(number, Span.NEVER);
        } catch (LogException e) {
            throw new LogUserMode.Unreadable(e);
        }
    }

    /** The next event, or the release of a task that nothing else will. False when there is neither. */
    private boolean step() {
        if (stage.trace().busyCpus() > 0) {
            return loop.step();
        }
        long next = loop.queue().firstTime();
        long deadline = stage.stalls().firstDeadline();
        if (next <= deadline) {
            return next != Clock.NEVER && loop.step();
        }
        if (next != Clock.NEVER) {
            loop.runUntil(deadline);
        }
        LogProgram late = Objects.requireNonNull(stage.stalls().take());
        if (stage.tasks().state(late.task()) == TaskTable.TASK_STOPPED) {
            signals.goOn(late.task());
        } else {
            stage.wake(late.task());
        }
        return true;
    }

    private void look(LongConsumer progress) throws LogException {
        progress.accept(cast.records());
        long seconds = kernel.clock().now() / options.tscHz();
        if (seconds >= options.maxSeconds() || loop.fired() >= options.maxEvents()) {
            String what = seconds >= options.maxSeconds()
                    ? options.maxSeconds() + " simulated seconds: see --max-time"
                    : options.maxEvents() + " events: see --max-events";
            throw new LogException(LogException.Kind.LIMIT, spool.file(), 0, "runs for more than " + what);
        }
    }

    private RunReport report() {
        StateHash hash = new StateHash();
        kernel.digest(hash);
        List<RunReport.Cpu> cpus = new ArrayList<>();
        Cpus of = kernel.scheduler().cpus();
        for (int cpu = 0; cpu < options.topology().cpus(); cpu++) {
            cpus.add(new RunReport.Cpu(of.busyCycles(cpu), of.nrSwitches(cpu)));
        }
        RunReport.Totals totals = new RunReport.Totals(
                kernel.clock().now(),
                loop.fired(),
                spool.calls(),
                userMode.badLines() + spool.unreadLines(),
                spool.tasks() - cast.accounts().size());
        return new RunReport(
                spool.file(),
                true,
                kernel.config(),
                totals,
                cast.accounts(),
                calls,
                0,
                SchedulerChoice.stopped(kernel),
                cpus,
                tree.root(),
                hash.hex());
    }
}
