package dev.nestor.cli.program;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.sched.Cpus;
import dev.nestor.kernel.sched.Dispatcher;
import dev.nestor.kernel.sched.UserMode;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.syscalls.CallTables;
import dev.nestor.syscalls.Execution;
import dev.nestor.syscalls.Syscalls;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Tasks that play {@link Program}s. The first task of the machine plays none and never has a CPU. */
public final class Programs implements UserMode, Dispatcher {
    private final Kernel kernel;
    private final TaskTable tasks;
    private final Cpus cpus;
    private final Execution execution;

    /** By task; looked up, never walked. */
    private final Int2ObjectOpenHashMap<Program> players = new Int2ObjectOpenHashMap<>();

    private final IntConsumer onDeath;
    private @Nullable Program next; // what the task plays that is made now

    /** @param onDeath is told of a task that has left its CPU for ever, while it is still there */
    public Programs(Kernel kernel, IntConsumer onDeath) {
        this.kernel = kernel;
        this.onDeath = onDeath;
        this.tasks = kernel.tasks();
        this.cpus = kernel.scheduler().cpus();
        this.execution = new Execution(kernel, new Syscalls(CallTables.of(kernel), tasks));
        kernel.wakeups().setDispatcher(this);
        cpus.setUserMode(this);
    }

    /** Tasks that play a program and live. */
    public int alive() {
        return players.size();
    }

    /** The first task makes a call from outside of all CPUs, by which a task comes up that plays a program. */
    public long start(Program program, int nr, long... args) {
        next = program;
        return enter(kernel.initTask(), nr, args);
    }

    private long enter(int task, int nr, long[] args) {
        for (int i = 0; i < args.length; i++) {
            execution.syscalls().setArg(task, i, args[i]);
        }
        return execution.enter(task, nr);
    }

    /** What a task plays. */
    public Program of(int task) {
        return Objects.requireNonNull(players.get(task), "a task that plays nothing has a CPU");
    }

    @Override
    public void activate(int task) {
        if (players.containsKey(task)) {
            cpus.activate(task);
        }
    }

    @Override
    public void activateNew(int task) {
        Program program = Objects.requireNonNull(next, "nobody says what the new task plays");
        program.playedBy(task, kernel.pids().taskNr(task, kernel.pids().activeNs(kernel.initTask())));
        players.put(task, program);
        next = null;
        cpus.activateNew(task);
    }

    @Override
    public void kick(int task) {
        if (players.containsKey(task)) {
            cpus.kick(task);
        }
    }

    @Override
    public long nextSpan(int task) {
        return of(task).takeSpan();
    }

    @Override
    public void enter(int task) {
        Program program = of(task);
        program.entered();
        if (program.nr == Program.NO_CALL) {
            return;
        }
        if (CallsThatMake.tasks(program.nr)) {
            next = program.child();
        }
        settle(task, program, enter(task, program.nr, program.args));
    }

    @Override
    public void resume(int task) {
        settle(task, of(task), execution.resume(task));
    }

    private void settle(int task, Program program, long result) {
        if (result != Syscalls.BLOCKED && !tasks.hasFlag(task, TaskTable.PF_EXITING)) {
            program.end(result);
        }
    }

    @Override
    public void leave(int task, long remaining) {
        Program program = of(task);
        program.keep(remaining);
        if (program.takesResult() || tasks.sigpending(task)) {
            execution.toUser(task, program.result());
        }
    }

    @Override
    public void dead(int task) {
        onDeath.accept(task);
        players.remove(task);
        kernel.release().putTask(task);
    }
}
