package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.replay.abi.Outcome;
import dev.nestor.cli.strace.TraceCall;
import org.jspecify.annotations.Nullable;

/** A task of the log, the emulated task that plays it, and the call that it is in. */
public final class ReplayedTask {
    /** Where the call is that the log shows. */
    enum Phase {
        /** In user mode: the log shows no call. */
        NONE,
        /** Entered in the log, and not yet in the emulator. */
        BEGUN,
        /** Entered, and not yet left by the emulator. */
        BLOCKED,
        /** Left by the emulator; the log may show the end later. */
        ENDED
    }

    private final int number; // in the spool
    private final Script script;
    private int task = NULL;
    private boolean isDead;
    private boolean isMourned; // that it died too early has been reported
    private Phase phase = Phase.NONE;
    private @Nullable TraceCall call;
    private final long[] registers = new long[6];
    private long result;
    private Outcome outcome = Outcome.EQUAL;
    private String taken = "";
    private boolean isAboutCgroups;
    private boolean isSignalDue;
    private boolean isSentAhead;

    ReplayedTask(int number, Script script) {
        this.number = number;
        this.script = script;
    }

    public int number() {
        return number;
    }

    public Script script() {
        return script;
    }

    /** The emulated task; NULL while there is none yet. A row that may be gone once {@link #isDead}. */
    public int task() {
        return task;
    }

    void setTask(int emulated) {
        task = emulated;
    }

    /** Whether the emulated task has ended. */
    public boolean isDead() {
        return isDead;
    }

    public void setDead() {
        isDead = true;
    }

    /** Whether there is an emulated task that can make calls. */
    public boolean isAlive() {
        return task != NULL && !isDead;
    }

    /** True the first time. */
    boolean mourn() {
        boolean first = !isMourned;
        isMourned = true;
        return first;
    }

    Phase phase() {
        return phase;
    }

    boolean isBlocked() {
        return phase == Phase.BLOCKED;
    }

    /** The call that it is in, or the last one. */
    @Nullable
    public TraceCall call() {
        return call;
    }

    public long[] registers() {
        return registers;
    }

    public void begin(TraceCall entered) {
        call = entered;
        phase = Phase.BEGUN;
        outcome = Outcome.EQUAL;
        taken = "";
        isAboutCgroups = false;
    }

    /** Whether the call works on a file of a cgroup file system. */
    boolean isAboutCgroups() {
        return isAboutCgroups;
    }

    void setAboutCgroups(boolean about) {
        isAboutCgroups = about;
    }

    /** The result is not the emulator's own; the first reason given counts. */
    public void take(String why) {
        taken = taken.isEmpty() ? why : taken;
    }

    /** Why the result is taken from the log; empty when it is computed. */
    public String taken() {
        return taken;
    }

    /** The call is entered in the emulator. */
    void enter() {
        phase = Phase.BLOCKED;
    }

    void end(long value, Outcome compared) {
        result = value;
        outcome = compared;
        phase = Phase.ENDED;
    }

    /** What the last call that has ended returned. */
    public long result() {
        return result;
    }

    Outcome outcome() {
        return outcome;
    }

    /**
     * Whether a signal was pending when the last call ended: then it is taken on the way back from that call, whose result
     * the handler's frame keeps. One that comes later interrupts the program at a place that the log does not show.
     */
    boolean isSignalDue() {
        return isSignalDue;
    }

    void setSignalDue(boolean due) {
        isSignalDue = due;
    }

    /** The next signal in the log has been sent already, to interrupt the call before it. */
    void setSentAhead() {
        isSentAhead = true;
    }

    boolean takeSentAhead() {
        boolean sent = isSentAhead;
        isSentAhead = false;
        return sent;
    }

    void leave() {
        phase = Phase.NONE;
    }
}
