package dev.nestor.cli.run;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.replay.Births;
import dev.nestor.cli.replay.ReplayedTask;
import dev.nestor.cli.replay.Step;
import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.Span;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.TraceSpool;
import dev.nestor.cli.strace.Value;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Table;
import dev.nestor.uapi.Sched;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The programs that run: which task plays which of the log, from its birth to its end. */
final class Cast {
    private final Stage stage;
    private final PidTree tree;

    /** By task; looked up, never walked. */
    private final Int2ObjectOpenHashMap<LogProgram> byTask = new Int2ObjectOpenHashMap<>();

    /** By number in the outermost PID namespace; looked up, never walked. */
    private final Int2ObjectOpenHashMap<LogProgram> byPid = new Int2ObjectOpenHashMap<>();

    private final BitSet started = new BitSet(); // by number in the spool
    private final List<TaskAccount> accounts = new ArrayList<>();
    private long records;
    private int active; // programs of which something is expected

    Cast(Stage stage, PidTree tree) {
        this.stage = stage;
        this.tree = tree;
    }

    @Nullable
    LogProgram of(int task) {
        return byTask.get(task);
    }

    /** A program that has not ended, by its number in the outermost PID namespace. */
    @Nullable
    LogProgram byNumber(int pid) {
        return byPid.get(pid);
    }

    /** Whether something is expected of any program. */
    boolean isActive() {
        return active > 0;
    }

    /** All that have been born, in that order. */
    List<TaskAccount> accounts() {
        return accounts;
    }

    /** A task that was there when the log began, or whose maker failed in the emulator, begins. */
    void appear(int number, long fromMicros) throws LogException {
        ReplayedTask member = stage.crew().get(number);
        stage.prehistory().appear(member);
        if (member.task() != NULL) {
            stage.tasks().setPtrace(member.task(), 0);
            begin(member, fromMicros);
        }
        started.set(number);
    }

    /** The program's next record, which must be there, begins. */
    Step advance(LogProgram program) throws LogException {
        records++;
        Step step = program.script().advance();
        program.begin(step);
        release(program, program.pastLine());
        return step;
    }

    /** Records that have begun. */
    long records() {
        return records;
    }

    /** After a call that may have made a task. */
    void bindChild(LogProgram maker, TraceCall call, int child) throws LogException {
        int made = stage.births().takeNewest();
        if (made == Births.NONE || child == TraceSpool.NONE || isUntraced(call)) {
            return;
        }
        ReplayedTask born = stage.crew().get(child);
        stage.crew().bind(born, made);
        stage.prehistory().inherit(maker.member(), born);
        begin(born, endOf(call.span()));
        started.set(child);
    }

    /** After a record: the task that it made in the log is there even if the emulator has made none. */
    void makeUpFor(int child, Span span) throws LogException {
        if (child != TraceSpool.NONE && !started.get(child)) {
            appear(child, endOf(span));
        }
    }

    private static long endOf(Span span) {
        return span.isFinished() ? span.exitMicros() : span.entryMicros();
    }

    private static boolean isUntraced(TraceCall call) {
        Value flags = call.arg("flags");
        return flags != null && flags.isNumber() && (flags.number() & Sched.CLONE_UNTRACED) != 0;
    }

    private void begin(ReplayedTask member, long fromMicros) {
        int task = member.task();
        TaskAccount account = new TaskAccount(PidTree.numbers(stage.kernel(), task), stage.now());
        accounts.add(account);
        tree.add(task, account);
        stage.trace().add(task, account);
        LogProgram program = new LogProgram(member, account, fromMicros);
        byTask.put(task, program);
        byPid.put(account.number(), program);
        active++;
        stage.births().start(task);
    }

    /** Whether anything is expected of a program from now on. */
    void setDone(LogProgram program, boolean done) {
        if (program.isDone() != done) {
            program.setDone(done);
            active += done ? -1 : 1;
        }
    }

    /** finish_task_switch() of a dead task: its row may go. */
    void end(LogProgram program) {
        int task = program.task();
        close(program, false);
        setDone(program, true);
        release(program, Long.MAX_VALUE);
        byTask.remove(task);
        byPid.remove(program.account().number(), program);
        stage.trace().remove(task);
        stage.births().forget(task);
        program.member().setDead();
        stage.crew().dismiss(program.member());
        stage.prehistory().forget(program.member());
        stage.kernel().release().putTask(task);
    }

    /** The program has come to a line: those go on that waited for it to get there without what they wait for. */
    private void release(LogProgram program, long line) {
        for (LogProgram watcher : program.takeWatchers(line)) {
            if (!stage.machine().isExiting(watcher.task())) {
                watcher.setOverdue(true);
                stage.wake(watcher.task());
            }
        }
    }

    /** Closes the accounts of those that live on. */
    void closeAll() {
        for (ReplayedTask member : stage.crew().present()) {
            LogProgram program = byTask.get(member.task());
            if (program != null) {
                close(program, true);
            }
        }
    }

    private void close(LogProgram program, boolean alive) {
        int task = program.task();
        TaskTable tasks = stage.tasks();
        int se = tasks.se(task);
        long runDelay =
                se == Table.NULL ? 0 : stage.kernel().scheduler().entities().runDelay(se);
        TaskAccount.Sched sched = new TaskAccount.Sched(
                tasks.utime(task),
                tasks.stime(task),
                runDelay,
                tasks.nvcsw(task),
                tasks.nivcsw(task),
                tasks.nrMigrations(task));
        program.account().close(PidTree.command(stage.kernel(), task), sched, stage.now(), alive);
    }
}
