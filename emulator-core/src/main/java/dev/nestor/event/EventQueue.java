package dev.nestor.event;

import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import java.util.Arrays;

/** Pending events, ordered by (time, priority, sequence) and cancellable. */
public final class EventQueue {
    /*
     * A tournament tree (Knuth, TAOCP 3, 5.4.1) whose players are the slots that events are kept in. Node 1 is the
     * champion, nodes i and i ^ 1 played for node i / 2, leaf width + s is slot s; a node holds the time and the slot of
     * its winner. A free slot's time is NEVER.
     *
     * Whichever slot changes, the nodes to be played again are known beforehand, so the processor loads them all at once; and
     * the winner is chosen by arithmetic, since half of the branches would be mispredicted. A new event's path ends at
     * the first match that it loses, and cancelling ends at the first match that the event had lost: two matches on average,
     * whatever the number pending.
     *
     * Taking the first leaves its slot vacant, with the path above not played yet. What comes next is mostly the scheduling
     * of another event, which gets that slot: one replay does for both.
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
    private long[] nodes = new long[4 * FIRST_WIDTH]; // time in cycles and slot, by node
    private long[] slots = new long[STRIDE * FIRST_WIDTH];
    private int used = 1; // slots ever handed out, slot 0 (never used) included
    private int freeHead; // slot
    private int vacant; // slot of the event taken last, if the matches above it are still to be played; else 0
    private int size; // events
    private long sequence; // of the last event scheduled
    private long time; // of the event taken last
    private long taken; // its TARGET word
    private long datum; // of the event taken last

    public EventQueue() {
        build(new long[0]);
    }

    private EventQueue(EventQueue other) {
        width = other.width;
        nodes = other.nodes.clone();
        slots = other.slots.clone();
        used = other.used;
        freeHead = other.freeHead;
        vacant = other.vacant;
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
        int slot = vacant != 0 ? vacant : takeSlot();
        long order = ++sequence;
        int at = slot * STRIDE;
        slots[at + TIE] = ((long) priority << PRIORITY_SHIFT) | order;
        slots[at + TARGET] = ((long) kind << 32) | (target & 0xffffffffL);
        slots[at + DATUM] = datum;
        size++;
        if (vacant != 0) {
            vacant = 0;
            replayAll(slot, time);
        } else {
            replayWins(slot, time);
        }
        return (order << SLOT_BITS) | slot;
    }

    /** Takes an event out before it fires; false if it has fired, or was cancelled already. */
    @HotPath
    public boolean cancel(long handle) {
        if (!isPending(handle)) {
            return false;
        }
        int slot = (int) handle & SLOT_MASK;
        slots[slot * STRIDE + NEXT_FREE] = freeHead;
        freeHead = slot;
        size--;
        replayLosses(slot);
        return true;
    }

    @HotPath
    public boolean isPending(long handle) {
        int slot = (int) handle & SLOT_MASK;
        return slot != 0
                && slot < used
                && nodes[2 * (width + slot)] != Clock.NEVER
                && (slots[slot * STRIDE + TIE] << SLOT_BITS | slot) == handle;
    }

    /** The time of the first event, or NEVER. */
    @HotPath
    public long firstTime() {
        settle();
        return nodes[2];
    }

    /** Takes the first event out, for the accessors below to tell; false when there is none. */
    @HotPath
    public boolean poll() {
        settle();
        if (nodes[2] == Clock.NEVER) {
            return false;
        }
        time = nodes[2];
        int slot = (int) nodes[3];
        taken = slots[slot * STRIDE + TARGET];
        datum = slots[slot * STRIDE + DATUM];
        nodes[2 * (width + slot)] = Clock.NEVER;
        vacant = slot;
        size--;
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
        while (copy.poll()) {
            hash.add(copy.slots[copy.vacant * STRIDE + TIE] >>> PRIORITY_SHIFT);
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

    /** Plays the matches that the last poll has left open, and frees its slot. */
    private void settle() {
        int slot = vacant;
        if (slot != 0) {
            vacant = 0;
            slots[slot * STRIDE + NEXT_FREE] = freeHead;
            freeHead = slot;
            replayAll(slot, Clock.NEVER);
        }
    }

    /** Gives the champion's slot another time, and plays all of its matches again. */
    private void replayAll(int slot, long newTime) {
        long[] n = nodes;
        int node = width + slot;
        n[2 * node] = newTime;
        long winnerTime = newTime;
        long winner = slot;
        while (node > 1) {
            int other = 2 * (node ^ 1);
            long difference = n[other] - winnerTime;
            long lost = difference >> 63;
            if (difference == 0) {
                lost = winnerTime == Clock.NEVER || wonTie(winner, n[other + 1]) ? 0 : -1;
            }
            winnerTime += difference & lost;
            winner ^= (winner ^ n[other + 1]) & lost;
            node >>= 1;
            n[2 * node] = winnerTime;
            n[2 * node + 1] = winner;
        }
    }

    /** Gives a free slot a time: it replaces winners as long as it wins. */
    private void replayWins(int slot, long newTime) {
        long[] n = nodes;
        int node = width + slot;
        n[2 * node] = newTime;
        while (node > 1) {
            int other = 2 * (node ^ 1);
            if (n[other] < newTime || (n[other] == newTime && wonTie(n[other + 1], slot))) {
                return;
            }
            node >>= 1;
            n[2 * node] = newTime;
            n[2 * node + 1] = slot;
        }
    }

    /** Takes a slot's time away: others replace it where it had won. */
    private void replayLosses(int slot) {
        long[] n = nodes;
        int node = width + slot;
        n[2 * node] = Clock.NEVER;
        while (node > 1 && n[2 * (node >> 1) + 1] == slot) {
            int winner = firstOf(node);
            node >>= 1;
            n[2 * node] = n[2 * winner];
            n[2 * node + 1] = n[2 * winner + 1];
        }
    }

    /** The winner of a node and its neighbour. */
    private int firstOf(int node) {
        int other = node ^ 1;
        long difference = nodes[2 * other] - nodes[2 * node];
        boolean isOther = difference < 0 || (difference == 0 && wonTie(nodes[2 * other + 1], nodes[2 * node + 1]));
        return isOther ? other : node;
    }

    private boolean wonTie(long a, long b) {
        return slots[(int) a * STRIDE + TIE] < slots[(int) b * STRIDE + TIE];
    }

    private void grow() {
        if (width > SLOT_MASK) {
            throw new IllegalStateException("more than " + SLOT_MASK + " pending events");
        }
        int before = width;
        long[] leaves = Arrays.copyOfRange(nodes, 2 * before, 4 * before);
        width = 2 * before;
        slots = Arrays.copyOf(slots, STRIDE * width);
        nodes = new long[4 * width];
        build(leaves);
    }

    private void build(long[] leaves) {
        for (int slot = 0; slot < width; slot++) {
            nodes[2 * (width + slot)] = 2 * slot < leaves.length ? leaves[2 * slot] : Clock.NEVER;
            nodes[2 * (width + slot) + 1] = slot;
        }
        for (int node = width - 1; node >= 1; node--) {
            int winner = firstOf(2 * node);
            nodes[2 * node] = nodes[2 * winner];
            nodes[2 * node + 1] = nodes[2 * winner + 1];
        }
    }
}
