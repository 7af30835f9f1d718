package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.TraceSignal;
import dev.nestor.cli.strace.Value;
import dev.nestor.fs.Outside;
import dev.nestor.kernel.signal.PidType;
import dev.nestor.kernel.signal.SigInfo;
import dev.nestor.kernel.signal.SignalDelivery;
import dev.nestor.kernel.signal.Signals;
import dev.nestor.syscalls.Execution;
import dev.nestor.uapi.Signal;
import org.jspecify.annotations.Nullable;

/**
 * Plays the signals of a log: a task takes a signal where the log says so. One that the emulator has not pending there
 * came from outside (another process, a terminal, a fault, a timer) and is sent first, with the recorded siginfo.
 */
final class SignalReplay {
    private final Machine machine;
    private final ReplayReport report;
    private final Life life;
    private final SigInfo info = new SigInfo();

    SignalReplay(Machine machine, ReplayReport report, Life life) {
        this.machine = machine;
        this.report = report;
        this.life = life;
    }

    /** The task takes the signal of the current line. */
    void deliver(ReplayedTask member, TraceSignal signal) {
        if (signal.isStop() || signal.signal() == 0) {
            return;
        }
        if (!member.isAlive() || machine.isExiting(member.task())) {
            report.addSignal(true, false);
            return;
        }
        int task = member.task();
        SignalDelivery delivery = machine.kernel().signals().delivery();
        boolean isNext = delivery.peek(task) == signal.signal();
        boolean fromOutside = member.takeSentAhead() || !delivery.isPending(task, signal.signal());
        if (!delivery.isPending(task, signal.signal())) {
            send(member, signal);
        }
        long result = member.isSignalDue() ? member.result() : -Outside.EOUTSIDE;
        int done = machine.execution().take(task, signal.signal(), result);
        SigInfo taken = machine.execution().signal().info();
        report.addSignal(fromOutside, isNext && isEqual(taken, signal.info()));
        if (done == Execution.DYING) {
            life.die(member);
        }
        member.setSignalDue(machine.tasks().isLive(task) && machine.tasks().sigpending(task));
    }

    /**
     * A call that the log says a signal has interrupted: the signal that the task takes next. When it is not pending, it
     * came from outside, and is sent. Why the call's result is not computed then, or "".
     */
    String interruptAhead(ReplayedTask member, TraceCall call) {
        TraceSignal next = member.script().nextSignal();
        if (next == null
                || next.isStop()
                || call.result().outcome() != CallResult.Outcome.INTERRUPTED
                || machine.kernel().signals().delivery().isPending(member.task(), next.signal())) {
            return "";
        }
        send(member, next);
        member.setSentAhead();
        return "a signal from outside";
    }

    private void send(ReplayedTask member, TraceSignal signal) {
        fill(signal);
        boolean isFault = info.code() > 0
                && switch (signal.signal()) {
                    case Signal.SIGSEGV, Signal.SIGBUS, Signal.SIGFPE, Signal.SIGILL, Signal.SIGTRAP -> true;
                    default -> false;
                };
        Signals signals = machine.kernel().signals().signals();
        if (isFault) {
            signals.forceSigInfo(member.task(), info);
        } else {
            signals.doSendSigInfo(NULL, signal.signal(), info, member.task(), PidType.PIDTYPE_PID);
        }
    }

    private void fill(TraceSignal signal) {
        Value recorded = signal.info();
        info.set(signal.signal(), (int) field(recorded, "si_code", Signal.SI_KERNEL));
        info.setPidUid((int) field(recorded, "si_pid", 0), (int) field(recorded, "si_uid", 0));
        if (signal.signal() == Signal.SIGCHLD) {
            info.setChild((int) field(recorded, "si_status", 0), 0, 0);
        }
    }

    private static long field(@Nullable Value recorded, String name, long otherwise) {
        Value value = recorded instanceof Value.Struct struct ? struct.field(name) : null;
        return value != null && value.isNumber() ? value.number() : otherwise;
    }

    /** Code, sender, and the status of a child; not times and addresses. */
    private static boolean isEqual(SigInfo taken, @Nullable Value recorded) {
        return isShown(recorded, "si_code", taken.code())
                && isShown(recorded, "si_pid", taken.pid())
                && isShown(recorded, "si_uid", taken.uid())
                && (taken.signo() != Signal.SIGCHLD || isShown(recorded, "si_status", taken.status()));
    }

    /** Whether a field, if the log shows it, has this value. */
    private static boolean isShown(@Nullable Value recorded, String name, int value) {
        return (int) field(recorded, name, value) == value;
    }
}
