package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.TimeNamespaces;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Time;
import org.jspecify.annotations.Nullable;

/**
 * How long the machine had been up when the log began. CLOCK_REALTIME is the log's own; the clocks that count from boot are
 * learned from the first call that shows one of them, or that has waited for a time of one: until then the emulated
 * machine has just been started, and runs behind the log's.
 */
final class OutsideClock {
    private static final long NSEC_PER_SEC = 1_000_000_000L;
    private static final String REASON = "how long the machine was up before the log";

    private final Machine machine;
    private final Timekeeping timekeeping;
    private final TimeNamespaces timeNamespaces;
    private boolean isKnown;

    OutsideClock(Machine machine) {
        this.machine = machine;
        this.timekeeping = machine.kernel().timekeeping();
        this.timeNamespaces = machine.kernel().timeNamespaces();
    }

    /** A call has been done: clock_gettime(2) shows what a clock showed; no comparison looks at that. */
    void settled(ReplayedTask member, TraceCall call) {
        if (call.nr() != Nr.NR_clock_gettime || call.result().outcome() != CallResult.Outcome.RETURNED) {
            return;
        }
        int clock = number(call.arg(0));
        long shown = call.result().value() == 0 ? ns(call.arg(1)) : -1;
        boolean isExact = clock == Time.CLOCK_MONOTONIC || clock == Time.CLOCK_BOOTTIME;
        if (isExact && shown >= 0) {
            know(toHost(member, clock, shown));
        }
    }

    /** CLOCK_MONOTONIC shows this now. */
    private void know(long monotonicNs) {
        isKnown = true;
        timekeeping.setMonotonicBaseNs(timekeeping.monotonicBaseNs() + monotonicNs - timekeeping.monotonicNs());
    }

    private long toHost(ReplayedTask member, int clock, long ns) {
        int task = member.task();
        int timeNs = machine.kernel().nsProxyTable().timeNs(machine.tasks().nsproxy(task));
        return timeNamespaces.toHost(timeNs, clock, ns);
    }

    /**
     * A wait ends in the log and not in the emulator: it was for a time of a clock that had come to it. What was learned, or
     * "".
     */
    String explainEnd(ReplayedTask member, TraceCall call) {
        if (!call.result().isKnown() || call.result().value() < 0) {
            return "";
        }
        if (call.nr() == Nr.NR_clock_nanosleep) {
            return explainSleep(member, call);
        }
        int timer = isKnown ? NULL : machine.kernel().hrTimers().firstMonotonic();
        if (timer == NULL) {
            return "";
        }
        long left = machine.kernel().hrTimers().remaining(timer);
        know(timekeeping.monotonicNs() + timekeeping.cyclesToNs(left));
        machine.fireNext(0);
        return REASON;
    }

    private String explainSleep(ReplayedTask member, TraceCall call) {
        int clock = number(call.arg(0));
        boolean counts = clock == Time.CLOCK_MONOTONIC || clock == Time.CLOCK_BOOTTIME;
        long until = ns(call.arg(2));
        if (!counts || (number(call.arg(1)) & Time.TIMER_ABSTIME) == 0 || until < 0) {
            return "";
        }
        know(toHost(member, clock, until));
        return REASON;
    }

    /** A call shows what time a timer has left, and it is another than the emulator's: why, or "". */
    String excuse(TraceCall call) {
        boolean tells = call.nr() == Nr.NR_timer_gettime || call.nr() == Nr.NR_timerfd_gettime;
        int timer = isKnown || !tells ? NULL : machine.kernel().hrTimers().firstMonotonic();
        long shown = call.arg(1) instanceof Value.Struct setting ? ns(setting.field("it_value")) : -1;
        if (timer == NULL || shown < 0) {
            return "";
        }
        HrTimers timers = machine.kernel().hrTimers();
        know(timekeeping.monotonicNs() + timekeeping.cyclesToNs(timers.remaining(timer)) - shown);
        return REASON;
    }

    private static int number(@Nullable Value value) {
        return value != null && value.isNumber() ? (int) value.number() : -1;
    }

    private static long ns(@Nullable Value value) {
        if (!(value instanceof Value.Struct time)) {
            return -1;
        }
        Value sec = time.field("tv_sec");
        Value nsec = time.field("tv_nsec");
        if (sec == null || nsec == null || !sec.isNumber() || !nsec.isNumber()) {
            return -1;
        }
        return sec.number() * NSEC_PER_SEC + nsec.number();
    }
}
