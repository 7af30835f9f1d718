package dev.nestor.kernel.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.event.Random;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Signal;
import org.junit.jupiter.api.Test;

/** Random sending, blocking and taking, against what must hold after every step; twice, to the same digest. */
class SignalRandomTest {
    private static final int STEPS = 20_000;
    private static final long SEED = Long.getLong("seed", 0x51f2a9);

    private final SmallMachine m = new SmallMachine();
    private final int shell = m.process(m.init);
    private final int child = m.process(shell);
    private final int[] threads = {child, m.thread(child), m.thread(child)};
    private final int[] queued = new int[Signal.NSIG + 1]; // of the process and of its threads, by signal

    @Test
    void randomSignals_keepTheInvariants_andTheDigest() {
        String reproduce = "REPRODUCE ./mvnw -q -pl emulator-core test -Dtest=SignalRandomTest -Dseed=" + SEED;
        System.out.println(reproduce);
        long first = run(reproduce);
        assertThat(new SignalRandomTest().run(reproduce)).as(reproduce).isEqualTo(first);
    }

    private long run(String reproduce) {
        Random random = new Random(SEED);
        for (int sig = 1; sig <= Signal.NSIG; sig++) {
            if (!SigSets.has(SigSets.KERNEL_ONLY, sig)) {
                m.handle(child, sig, 0x401000, Signal.SA_NODEFER, 0);
            }
        }
        for (int step = 0; step < STEPS; step++) {
            int thread = threads[random.nextInt(threads.length)];
            switch (random.nextInt(4)) {
                case 0 -> send(1 + random.nextInt(Signal.NSIG), thread, random.nextInt(2) == 0);
                case 1 -> m.room.wakeups().setCurrentBlocked(thread, random.nextLong(Long.MAX_VALUE));
                case 2 -> m.room.wakeups().setCurrentBlocked(thread, 0);
                default -> take(thread);
            }
            check(reproduce + " step " + step);
        }
        StateHash hash = new StateHash();
        m.tasks.digest(hash);
        m.signalStructs.digest(hash);
        m.room.digest(hash);
        return hash.value();
    }

    private void send(int sig, int thread, boolean toProcess) {
        if (SigSets.has(SigSets.KERNEL_ONLY, sig)) {
            return;
        }
        SigInfo info = new SigInfo().set(sig, Signal.SI_QUEUE);
        int type = toProcess ? PidType.PIDTYPE_TGID : PidType.PIDTYPE_PID;
        boolean shared = type == PidType.PIDTYPE_TGID;
        long before = shared ? m.signalStructs.sharedPendingSet(m.tasks.signal(thread)) : m.tasks.pendingSet(thread);
        long room = m.room.pending().queuedOf(m.init);
        int result = m.room.signals().doSendSigInfo(shell, sig, info, thread, type);
        boolean fits = room < SmallMachine.RLIMIT_SIGPENDING;
        assertThat(result).isEqualTo(fits || sig < Signal.SIGRTMIN ? 0 : -11);
        forgetCancelled(sig);
        if (fits && !(sig < Signal.SIGRTMIN && SigSets.has(before, sig))) {
            queued[sig]++;
        }
    }

    /** SIGCONT takes stop signals out of all queues, and they take it. */
    private void forgetCancelled(int sig) {
        if (SigSets.has(SigSets.KERNEL_STOP, sig)) {
            queued[Signal.SIGCONT] = 0;
        } else if (sig == Signal.SIGCONT) {
            queued[Signal.SIGTSTP] = 0;
            queued[Signal.SIGTTIN] = 0;
            queued[Signal.SIGTTOU] = 0;
        }
    }

    private void take(int thread) {
        long blocked = m.tasks.blocked(thread);
        int expected = m.room.delivery().peek(thread);
        int sig = m.getSignal(thread);
        assertThat(sig).isEqualTo(expected);
        if (sig > 0) {
            assertThat(SigSets.has(blocked, sig)).isFalse();
            if (m.info().code() == Signal.SI_QUEUE) {
                queued[sig]--;
            }
            m.room.frames().pop(thread);
        }
    }

    private void check(String where) {
        int total = 0;
        for (int count : queued) {
            total += count;
        }
        assertThat(m.room.pending().queuedOf(m.init)).as(where).isEqualTo(total);
        boolean shared = false;
        for (int thread : threads) {
            boolean unblocked = m.room.pending().hasUnblocked(thread);
            boolean own = (m.tasks.pendingSet(thread) & ~m.tasks.blocked(thread)) != 0;
            assertThat(!own || m.tasks.sigpending(thread)).as(where).isTrue();
            shared |= unblocked && m.tasks.sigpending(thread);
        }
        long left = m.signalStructs.sharedPendingSet(m.tasks.signal(child));
        long blockedByAll = -1;
        for (int thread : threads) {
            blockedByAll &= m.tasks.blocked(thread);
        }
        assertThat((left & ~blockedByAll) == 0 || shared)
                .as("somebody is to take what somebody can: " + where)
                .isTrue();
    }
}
