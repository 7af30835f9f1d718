package dev.nestor.cli.rtapp;

import dev.nestor.cli.program.Program;
import dev.nestor.cli.rtapp.SyncObjects.Barrier;
import dev.nestor.cli.rtapp.SyncObjects.Cond;
import dev.nestor.cli.rtapp.SyncObjects.Mutex;
import dev.nestor.uapi.Futex;
import dev.nestor.uapi.Nr;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one thread does to synchronise, as the C library does it: atomic changes of words, and a call of futex(2) only where
 * a thread has to wait or another to be woken.
 *
 * <pre>
 *   lock      0 → 1, or while what 2 replaces is not 0: FUTEX_WAIT for 2
 *   unlock    → 0, and FUTEX_WAKE if it was 2
 *   wait      join a group, unlock, while the group has no signal: FUTEX_WAIT_BITSET for 0; lock, marked as waited for
 *   signal    nothing without waiters; else a signal for the older group, FUTEX_WAKE of one
 * </pre>
 */
final class SyncSteps {
    private static final int LOCK = 1;
    private static final int RELOCK = 2; // as one who has waited
    private static final int UNLOCK = 3;
    private static final int JOIN = 4;
    private static final int AWAIT = 5;
    private static final int SIGNAL = 6;
    private static final int BROADCAST = 7;
    private static final int ARRIVE = 8; // at a barrier
    private static final int LEAVE = 9;
    private static final int PASSED = 0; // over before its turn
    private static final int MOST = 8; // steps of an event

    private static final int HELD = 1;
    private static final int CONTENDED = 2;
    private static final int WAIT = Futex.FUTEX_WAIT | Futex.FUTEX_PRIVATE_FLAG;
    private static final int WAKE = Futex.FUTEX_WAKE | Futex.FUTEX_PRIVATE_FLAG;
    private static final int COND_WAIT =
            Futex.FUTEX_WAIT_BITSET | Futex.FUTEX_PRIVATE_FLAG | Futex.FUTEX_CLOCK_REALTIME;

    private final String thread;
    private final SyncObjects objects;
    private final Play play;
    private final int[] steps = new int[MOST];
    private int count;
    private int at;
    private @Nullable Mutex mutex;
    private @Nullable Cond cond;
    private @Nullable Barrier barrier;
    private boolean isContended; // the lock that is being taken was held
    private int group; // that the thread waits in
    private int held; // mutexes

    SyncSteps(String thread, SyncObjects objects, Play play) {
        this.thread = thread;
        this.objects = objects;
        this.play = play;
    }

    /** Whether the thread holds a mutex. */
    boolean holds() {
        return held > 0;
    }

    /** What the thread waits for, or null. */
    @Nullable
    String awaited() {
        if (at == count) {
            return null;
        }
        if (steps[at] == AWAIT) {
            return "a signal for " + Objects.requireNonNull(cond).name;
        }
        Mutex of = Objects.requireNonNull(mutex);
        return "the mutex " + of.name + ", which " + (of.holder == null ? "nobody" : of.holder) + " holds";
    }

    void lock(String name) {
        begin(objects.mutex(name), null);
        add(LOCK);
    }

    void unlock(String name) {
        begin(objects.mutex(name), null);
        add(UNLOCK);
    }

    void signal(String name, boolean all) {
        begin(null, objects.cond(name));
        add(all ? BROADCAST : SIGNAL);
    }

    /**
     * wait, sync, sig_and_wait.
     *
     * @param signals whether a waiter is woken first
     * @param locks whether the mutex is taken before and let go of after
     */
    void await(String name, String under, boolean signals, boolean locks) {
        begin(objects.mutex(under), objects.cond(name));
        if (locks) {
            add(LOCK);
        }
        if (signals) {
            add(SIGNAL);
        }
        addWait();
        if (locks) {
            add(UNLOCK);
        }
    }

    void suspend(String name) {
        begin(objects.mutex(name + " (suspend)"), objects.cond(name + " (suspend)"));
        add(LOCK);
        addWait();
        add(UNLOCK);
    }

    void resume(String name) {
        begin(objects.mutex(name + " (suspend)"), objects.cond(name + " (suspend)"));
        add(LOCK);
        add(BROADCAST);
        add(UNLOCK);
    }

    void meet(String name) {
        Barrier of = objects.barrier(name);
        begin(of.mutex, of.cond);
        barrier = of;
        add(LOCK);
        add(ARRIVE);
        addWait();
        add(LEAVE);
        add(UNLOCK);
    }

    /** Wakes all that wait for a condition variable, without its mutex. */
    void broadcast(Cond of) {
        begin(null, of);
        add(BROADCAST);
    }

    private void begin(@Nullable Mutex of, @Nullable Cond with) {
        mutex = of;
        cond = with;
        barrier = null;
        count = 0;
        at = 0;
    }

    private void add(int step) {
        steps[count++] = step;
    }

    private void addWait() {
        add(JOIN);
        add(UNLOCK);
        add(AWAIT);
        add(RELOCK);
    }

    /** Goes on until the program is to make a call: true, or the event is over: false. */
    boolean advance(Program program) {
        while (at < count) {
            switch (steps[at]) {
                case LOCK, RELOCK -> {
                    if (lock(program, steps[at] == RELOCK)) {
                        return true;
                    }
                }
                case UNLOCK -> {
                    at++;
                    if (unlock(program)) {
                        return true;
                    }
                }
                case JOIN -> join();
                case AWAIT -> {
                    if (await(program)) {
                        return true;
                    }
                }
                case SIGNAL, BROADCAST -> {
                    at++;
                    if (wake(program, steps[at - 1] == BROADCAST)) {
                        return true;
                    }
                }
                case ARRIVE -> arrive();
                case LEAVE -> {
                    at++;
                    Objects.requireNonNull(barrier).missing++;
                }
                default -> at++;
            }
        }
        return false;
    }

    private boolean lock(Program program, boolean marked) {
        Mutex of = Objects.requireNonNull(mutex);
        int before = objects.get(of.word);
        boolean marks = marked || isContended;
        if (before == 0) {
            objects.set(of.word, marks ? CONTENDED : HELD);
            of.holder = thread;
            held++;
            isContended = false;
            at++;
            return false;
        }
        objects.set(of.word, CONTENDED);
        isContended = true;
        program.call(Nr.NR_futex, of.word, WAIT, CONTENDED, 0, 0, 0);
        return true;
    }

    private boolean unlock(Program program) {
        Mutex of = Objects.requireNonNull(mutex);
        int before = objects.get(of.word);
        objects.set(of.word, 0);
        of.holder = null;
        held--;
        if (before != CONTENDED) {
            return false;
        }
        program.call(Nr.NR_futex, of.word, WAKE, 1, 0, 0, 0);
        return true;
    }

    /** At the end of the workload nobody begins to wait. */
    private void join() {
        Cond of = Objects.requireNonNull(cond);
        if (play.isOver()) {
            steps[at] = PASSED;
            steps[at + 1] = PASSED;
            steps[at + 2] = PASSED;
            steps[at + 3] = PASSED;
            return;
        }
        group = of.younger;
        of.joined++;
        at++;
    }

    private boolean await(Program program) {
        Cond of = Objects.requireNonNull(cond);
        int signals = objects.get(of.word(group));
        if (signals > 0) {
            objects.set(of.word(group), signals - 1);
            at++;
            return false;
        }
        program.call(Nr.NR_futex, of.word(group), COND_WAIT, 0, 0, 0, Futex.FUTEX_BITSET_MATCH_ANY);
        return true;
    }

    /** A broadcast that finds two groups wakes the older one and comes again. */
    private boolean wake(Program program, boolean all) {
        Cond of = Objects.requireNonNull(cond);
        if (!hasWaiters(of)) {
            return false;
        }
        int woken = all ? of.unsignalled : 1;
        long word = of.word(of.older);
        objects.set(word, objects.get(word) + woken);
        of.unsignalled -= woken;
        program.call(Nr.NR_futex, word, WAKE, all ? Integer.MAX_VALUE : 1, 0, 0, 0);
        if (all && of.joined > 0) {
            at--;
        }
        return true;
    }

    /** Whether there is somebody to be woken; when the older group is empty, the younger takes its place, and a new one begins. */
    private boolean hasWaiters(Cond of) {
        if (of.unsignalled == 0 && of.joined > 0) {
            of.older = of.younger;
            of.unsignalled = of.joined;
            of.joined = 0;
            for (int slot = 0; slot < Cond.GROUPS; slot++) {
                if (slot != of.older && objects.get(of.word(slot)) == 0) {
                    of.younger = slot;
                    break;
                }
            }
        }
        return of.unsignalled > 0;
    }

    /** The last to come wakes the others and does not wait. */
    private void arrive() {
        Barrier of = Objects.requireNonNull(barrier);
        if (of.missing > 0) {
            of.missing--;
            at++;
            return;
        }
        steps[at] = BROADCAST;
        for (int i = 1; i <= 5; i++) {
            steps[at + i] = PASSED;
        }
    }
}
