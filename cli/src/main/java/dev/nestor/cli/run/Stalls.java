package dev.nestor.cli.run;

import dev.nestor.event.Clock;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait though the log shows that they went on, and until when each is given to come back by itself: twice as long
 * as in the log and a second more. What they wait for may lie outside the emulator, or may have happened in another order.
 * The time is looked at only while no CPU has anything to do, so that a task is not called late for want of a CPU.
 */
final class Stalls {
    private static final long FACTOR = 2;

    /** One wait; over when the program's wait has another number. */
    private record Wait(LogProgram program, int number, long deadline, long end, long sequence) {
        boolean isOver() {
            return program.waitNumber() != number;
        }
    }

    private final PriorityQueue<Wait> waits =
            new PriorityQueue<>(Comparator.comparingLong(Wait::deadline).thenComparingLong(Wait::sequence));
    private static final Comparator<Wait> BY_END =
            Comparator.comparingLong(Wait::end).thenComparingLong(Wait::sequence);

    private final long graceCycles;
    private final long togetherCycles; // deadlines that are so close are one
    private long sequence;
    private long forced;

    Stalls(long graceCycles) {
        this.graceCycles = graceCycles;
        this.togetherCycles = graceCycles / 10;
    }

    /**
     * @param recordedCycles how long the log has the task wait
     * @param end when it ends by the clock of the log: of those whose time is over together, the first is forced first
     */
    void add(LogProgram program, long now, long recordedCycles, long end) {
        long patience = Math.min(recordedCycles, Long.MAX_VALUE / 8) * FACTOR + graceCycles;
        long deadline = Math.min(now, Long.MAX_VALUE / 2) + patience;
        waits.add(new Wait(program, program.waitNumber(), deadline, end, sequence++));
    }

    /** When the first of them is late; NEVER when nobody waits. */
    long firstDeadline() {
        Wait first = first();
        return first == null ? Clock.NEVER : first.deadline;
    }

    private @Nullable Wait first() {
        Wait first = waits.peek();
        while (first != null && first.isOver()) {
            waits.remove();
            first = waits.peek();
        }
        return first;
    }

    /** Takes the first out, to be forced; null when nobody waits. */
    @Nullable
    LogProgram take() {
        Wait first = first();
        if (first == null) {
            return null;
        }
        for (Wait other : waits) {
            boolean isDue = other.deadline - first.deadline <= togetherCycles && !other.isOver();
            if (isDue && BY_END.compare(other, first) < 0) {
                first = other;
            }
        }
        waits.remove(first);
        forced++;
        first.program.force();
        return first.program;
    }

    /** How many waits have been ended so. */
    long forced() {
        return forced;
    }
}
