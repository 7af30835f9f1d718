package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.RecordParser;
import dev.nestor.cli.strace.TraceSpool;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which emulated task plays which task of the log. */
public final class Crew {
    private final TraceSpool spool;
    private final RecordParser parser;
    private final ReplayListener listener;
    private final @Nullable ReplayedTask[] byNumber;

    private final IntOpenHashSet pids = new IntOpenHashSet(); // of the first column

    /** By emulated task; looked up, never walked. */
    private final Int2ObjectOpenHashMap<ReplayedTask> byTask = new Int2ObjectOpenHashMap<>();

    public Crew(TraceSpool spool, RecordParser parser) {
        this(spool, parser, ReplayListener.NONE);
    }

    Crew(TraceSpool spool, RecordParser parser, ReplayListener listener) {
        this.spool = spool;
        this.parser = parser;
        this.listener = listener;
        this.byNumber = new ReplayedTask[spool.tasks()];
        for (int number = 0; number < spool.tasks(); number++) {
            pids.add(spool.pid(number));
        }
    }

    /** A task of the log by its number in the spool. */
    public ReplayedTask get(int number) throws LogException {
        ReplayedTask known = byNumber[number];
        if (known != null) {
            return known;
        }
        ReplayedTask added = new ReplayedTask(number, new Script(spool.cursor(number), parser));
        byNumber[number] = added;
        return added;
    }

    /** Who is played by an emulated task; null for one that the log does not show. */
    public @Nullable ReplayedTask of(int task) {
        return byTask.get(task);
    }

    public void bind(ReplayedTask member, int task) {
        member.setTask(task);
        byTask.put(task, member);
        listener.born(member);
    }

    /** The emulated task is gone for good. */
    public void dismiss(ReplayedTask member) {
        if (member.task() != NULL) {
            byTask.remove(member.task(), member);
        }
        byNumber[member.number()] = null;
        listener.ended(member);
    }

    /** The process number in the first column. */
    public int pid(int number) {
        return spool.pid(number);
    }

    /** Whether a task of the log has, or had, a process number of the first column. */
    boolean isOfLog(int pid) {
        return pids.contains(pid);
    }

    /** The member that made this one; null for those that were there when the log began, or when that has gone. */
    @Nullable
    ReplayedTask parentOf(int number) {
        int parent = spool.parent(number);
        return parent == TraceSpool.NONE ? null : byNumber[parent];
    }

    public boolean isRoot(int number) {
        return spool.parent(number) == TraceSpool.NONE;
    }

    /** All that have come up and not been dismissed, in the order of the log. */
    public List<ReplayedTask> present() {
        List<ReplayedTask> members = new ArrayList<>();
        for (ReplayedTask member : byNumber) {
            if (member != null) {
                members.add(member);
            }
        }
        return members;
    }
}
