package dev.nestor.event;

import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import java.util.Arrays;

/** Pending events, ordered by (time, priority, sequence) and cancellable. */
public final class EventQueue {
    /*
     * A tournament tree (Knuth, TAOCP 3, 5.4.1) whose players are the slots that events are kept in. Node 1 is the
     * champion, nodes i and i ^ 1 played for node i / 2, leaf width + s is slot s; a node holds the time and the slot of
     * its winner, so that a match reads two neighbours. A free slot's time is NEVER.
     *
     * Taking the first replays the path of one slot, of log2(width) matches. A new event's path ends at the first match
     * that it loses, and cancelling ends at the first match that the event had lost, which are two matches on average
     * whatever the number pending. Freed slots are used again last in, first out: pop and push of the hold model
     * replay the same path, in cache.
     *
     * The tie-break word is priority << 56 | sequence. Sequences start at 1 and cannot wrap in practice; a handle keeps
     * the low 40 bits of its event's beside the slot, so a stale one is known.
     */
    /** No event: never a handle. */
    public static final long NONE = 0;

    private static final int SLOT_BITS = 24;
    private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;
    private static final int PRIORITY_SHIFT = 56;
    private static final int FIRST_WIDTH = 16;
    private static final int STRIDE = 4; // words of a slot
    private static final int TIE = 0;
    private static final int TARGET = 1; // kind << 32 | target
    private static final int DATUM = 2;
    private static final int NEXT_FREE = 3; // slot

    private int width = FIRST_WIDTH; // leaves
    private long[] nodeTime = new long[2 * FIRST_WIDTH]; // cycles, by node
    private int[] nodeSlot = new int[2 * FIRST_WIDTH]; // slot, by node
    private long[] slots = new long[STRIDE * FIRST_WIDTH];
    private int used = 1; // slots ever handed out, slot 0 (never used) included
    private int freeHead; // slot
    private int size; // events
    private long sequence; // of the last event scheduled
    private long time; // of the event taken last
    private long taken; // its TARGET word
    private long datum; // of the event taken last

    public EventQueue() {
        Arrays.fill(nodeTime, Clock.NEVER);
        rebuild();
    }

    private EventQueue(EventQueue other) {
        width = other.width;
        nodeTime = other.nodeTime.clone();
        nodeSlot = other.nodeSlot.clone();
        slots = other.slots.clone();
        used = other.used;
        freeHead = other.freeHead;
        size = other.size;
        sequence = other.sequence;
    }

    /**
     * Adds an event.
     *
     * @param priority 0 to 127; of events at the same time the lower fires first
     * @return its handle, good until it fires or is cancelled
     */
    @HotPath
    public long schedule(long time, int priority, int kind, int target, long datum) {
        assert time >= 0 && time < Clock.NEVER : time;
        assert priority >= 0 && priority < 128 : priority;
        int slot = takeSlot();
        long order = ++sequence;
        int at = slot * STRIDE;
        slots[at + TIE] = ((long) priority << PRIORITY_SHIFT) | order;
        slots[at + TARGET] = ((long) kind << 32) | (target & 0xffffffffL);
        slots[at + DATUM] = datum;
        size++;
        replay(slot, time);
        return (order << SLOT_BITS) | slot;
    }

    /** Takes an event out before it fires; false if it has fired, or was cancelled already. */
    @HotPath
    public boolean cancel(long handle) {
        if (!isPending(handle)) {
            return false;
        }
        release((int) handle & SLOT_MASK);
        return true;
    }

    @HotPath
    public boolean isPending(long handle) {
        int slot = (int) handle & SLOT_MASK;
        return slot != 0
                && slot < used
                && nodeTime[width + slot] != Clock.NEVER
                && (slots[slot * STRIDE + TIE] << SLOT_BITS | slot) == handle;
    }

    /** The time of the first event, or NEVER. */
    public long firstTime() {
        return nodeTime[1];
    }

    /** Takes the first event out, for the accessors below to tell; false when there is none. */
    @HotPath
    public boolean poll() {
        long first = nodeTime[1];
        if (first == Clock.NEVER) {
            return false;
        }
        int slot = nodeSlot[1];
        time = first;
        taken = slots[slot * STRIDE + TARGET];
        datum = slots[slot * STRIDE + DATUM];
        release(slot);
        return true;
    }

    public long time() {
        return time;
    }

    public int kind() {
        return (int) (taken >> 32);
    }

    public int target() {
        return (int) taken;
    }

    public long datum() {
        return datum;
    }

    public int size() {
        return size;
    }

    /** Adds the pending events in the order in which they would fire. */
    public void digest(StateHash hash) {
        EventQueue copy = new EventQueue(this);
        hash.add(copy.size);
        while (copy.size > 0) {
            hash.add(copy.slots[copy.nodeSlot[1] * STRIDE + TIE] >>> PRIORITY_SHIFT);
            copy.poll();
            hash.add(copy.time);
            hash.add(copy.taken);
            hash.add(copy.datum);
        }
    }

    private int takeSlot() {
        int slot = freeHead;
        if (slot != 0) {
            freeHead = (int) slots[slot * STRIDE + NEXT_FREE];
            return slot;
        }
        if (used == width) {
            grow();
        }
        return used++;
    }

    private void release(int slot) {
        slots[slot * STRIDE + NEXT_FREE] = freeHead;
        freeHead = slot;
        size--;
        replay(slot, Clock.NEVER);
    }

    /** Gives a slot a new time and plays its matches again, as far up as they can change. */
    private void replay(int slot, long time) {
        long[] times = nodeTime;
        int[] winners = nodeSlot;
        int node = width + slot;
        times[node] = time;
        while (node > 1) {
            int winner = isBefore(node, node ^ 1) ? node : node ^ 1;
            node >>= 1;
            int winnerSlot = winners[winner];
            if (winners[node] == winnerSlot && winnerSlot != slot) {
                return;
            }
            winners[node] = winnerSlot;
            times[node] = times[winner];
        }
    }

    private boolean isBefore(int a, int b) {
        long difference = nodeTime[a] - nodeTime[b];
        return difference < 0 || (difference == 0 && wonTie(nodeSlot[a], nodeSlot[b]));
    }

    private boolean wonTie(int a, int b) {
        return slots[a * STRIDE + TIE] < slots[b * STRIDE + TIE];
    }

    private void grow() {
        if (width > SLOT_MASK) {
            throw new IllegalStateException("more than " + SLOT_MASK + " pending events");
        }
        int before = width;
        long[] leaves = Arrays.copyOfRange(nodeTime, before, 2 * before);
        width = 2 * before;
        slots = Arrays.copyOf(slots, STRIDE * width);
        nodeTime = new long[2 * width];
        nodeSlot = new int[2 * width];
        Arrays.fill(nodeTime, Clock.NEVER);
        System.arraycopy(leaves, 0, nodeTime, width, before);
        rebuild();
    }

    private void rebuild() {
        for (int slot = 0; slot < width; slot++) {
            nodeSlot[width + slot] = slot;
        }
        for (int node = width - 1; node >= 1; node--) {
            int winner = isBefore(2 * node, 2 * node + 1) ? 2 * node : 2 * node + 1;
            nodeTime[node] = nodeTime[winner];
            nodeSlot[node] = nodeSlot[winner];
        }
    }
}
