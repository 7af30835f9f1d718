package dev.nestor.property.sched;

import dev.nestor.kernel.sched.SchedClass;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Nothing less urgent runs where a real-time or deadline task waits that may run there, for longer than an interrupt and a
 * switch take. Among themselves deadline tasks are held to {@link DeadlineCheck}. Where the fair server runs fair tasks on a CPU that has real-time ones, it has its 50 ms a second, up to the
 * tick.
 */
public final class PriorityCheck extends SchedCheck {
    private static final long NS_PER_MS = 1_000_000;
    private static final long GRACE_NS = 100_000;
    private static final long SERVER_NS = 50 * NS_PER_MS;
    private static final long TICK_NS = 4 * NS_PER_MS;
    private static final long SERVER_PERIOD_NS = 1_000 * NS_PER_MS;

    private final Map<Long, Long> since = new HashMap<>(); // ns, by task that waits and CPU
    private long[] servedSince = {}; // ns, by CPU; -1 while no fair task runs before a real-time one
    private long[] served = {}; // ns in this window, by CPU
    private boolean[] ranDeadline = {}; // by CPU; whether its task was of the deadline class before the event
    private boolean[] isDemoted = {}; // by CPU; whether its task left the deadline class while it ran
    private final Set<Integer> excused = new HashSet<>(); // tasks that waited when something was changed
    private long windowEnd = SERVER_PERIOD_NS;

    @Override
    void afterEvent() {
        if (served.length == 0) {
            served = new long[cpus()];
            servedSince = new long[cpus()];
            Arrays.fill(servedSince, -1);
            ranDeadline = new boolean[cpus()];
            isDemoted = new boolean[cpus()];
        }
        for (int cpu = 0; cpu < cpus(); cpu++) {
            boolean runsDeadline = curr(cpu) != 0 && prio(curr(cpu)) < 0;
            isDemoted[cpu] |= ranDeadline[cpu] && curr(cpu) != 0 && !runsDeadline;
            ranDeadline[cpu] = runsDeadline;
        }
        long now = lab().nowNs();
        for (int row = 1; row < ses().rows(); row++) {
            int task = waiting(row);
            if (task != 0 && ses().schedClass(tasks().se(task)) != SchedClass.FAIR) {
                for (int cpu = 0; cpu < cpus(); cpu++) {
                    look(task, cpu, now);
                }
            }
        }
        since.keySet().removeIf(pair -> waiting((int) (pair >>> 32)) == 0);
        for (int cpu = 0; cpu < cpus(); cpu++) {
            serve(cpu, now);
        }
        if (now >= windowEnd) {
            Arrays.fill(served, 0);
            windowEnd += SERVER_PERIOD_NS;
        }
    }

    /**
     * Whether the kernel lets the task wait until its CPU next switches: a real-time task that waits for a deadline task is not
     * pushed away, only what waits for its own kind; and no task is for what is changed from outside while it waits, be it
     * allowed elsewhere now or made to leave for where it waits, or another CPU's task less urgent than before.
     */
    private boolean isStuck(int task) {
        int curr = curr(tasks().cpu(task));
        return excused.contains(task) || (prio(task) >= 0 && curr != 0 && prio(curr) < 0);
    }

    @Override
    void changed(Change.Kind kind, int task) {
        if (kind == Change.Kind.AFFINITY) {
            excused.add(task);
        } else if (kind == Change.Kind.POLICY) {
            for (int row = 1; row < ses().rows(); row++) {
                if (waiting(row) != 0) {
                    excused.add(waiting(row));
                }
            }
        }
    }

    /** A task that becomes a real-time one while it runs as a deadline one is not asked to go: switched_to_rt(). */
    @Override
    public void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {
        excused.removeIf(
                task -> task == nextTask || !lab().isAlive(task) || (task != prevTask && tasks().cpu(task) == cpu));
        if (isDemoted.length > 0) {
            isDemoted[cpu] = false;
            ranDeadline[cpu] = false;
        }
    }

    private void look(int task, int cpu, long now) {
        int se = tasks().se(task);
        long pair = (long) ses().rowOf(se) << 32 | cpu;
        if (!ses().isAllowed(se, cpu) || !isLess(cpu, task) || isStuck(task)) {
            since.remove(pair);
            return;
        }
        long begin = since.computeIfAbsent(pair, key -> now);
        if (now - begin > GRACE_NS) {
            throw violation(name(se) + " of priority " + prio(task) + " waits on CPU " + tasks().cpu(task) + " for "
                    + (now - begin) / 1_000 + " us, while CPU " + cpu + " runs "
                    + who(cpu) + ", and its own " + who(tasks().cpu(task)));
        }
    }

    private String who(int cpu) {
        int curr = curr(cpu);
        return curr == 0 ? "nothing" : name(tasks().se(curr)) + " of priority " + prio(curr);
    }

    private int prio(int task) {
        return scheduler().tasks().prio(task);
    }

    /** Whether what a CPU runs is less urgent than the task. */
    private boolean isLess(int cpu, int task) {
        int curr = curr(cpu);
        if (curr == 0) {
            return rqs().nrRunning(rqs().cpuRq(cpu)) == 0;
        }
        if (isServed(cpu) || isDemoted[cpu]) {
            return false;
        }
        return prio(curr) > prio(task);
    }

    /** Whether a fair task runs on a CPU that has real-time ones. */
    private boolean isServed(int cpu) {
        int curr = curr(cpu);
        int rtRq = scheduler().rt().rtRqs().ofCpu(cpu);
        return curr != 0
                && ses().schedClass(tasks().se(curr)) == SchedClass.FAIR
                && scheduler().rt().rtRqs().nrRunning(rtRq) > 0;
    }

    private void serve(int cpu, long now) {
        if (servedSince[cpu] >= 0) {
            served[cpu] += now - servedSince[cpu];
        }
        servedSince[cpu] = isServed(cpu) ? now : -1;
        if (served[cpu] > 2 * (SERVER_NS + TICK_NS)) {
            throw violation("CPU " + cpu + " ran fair tasks before real-time ones for " + served[cpu] / 1_000
                    + " us of a second");
        }
    }
}
