package dev.nestor.cli.run;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.strace.TraceSignal;
import dev.nestor.cli.strace.Value;
import dev.nestor.kernel.signal.PidType;
import dev.nestor.kernel.signal.SigInfo;
import dev.nestor.uapi.Signal;
import org.jspecify.annotations.Nullable;

/** Who sends the signals of a log: tasks and timers of the log, or somebody outside, in whose stead this sends them. */
final class SignalSenders {
    private final Stage stage;
    private final Cast cast;
    private final SigInfo info = new SigInfo();

    SignalSenders(Stage stage, Cast cast) {
        this.stage = stage;
        this.cast = cast;
    }

    /** Whether a signal that is not there may still come by itself. The program then watches whoever is to send it. */
    boolean maySend(LogProgram program, TraceSignal signal) {
        int code = (int) field(signal.info(), "si_code", Signal.SI_KERNEL);
        boolean ofChild = signal.signal() == Signal.SIGCHLD && code > 0;
        if (ofChild || code == Signal.SI_USER || code == Signal.SI_TKILL || code == Signal.SI_QUEUE) {
            return maySend(program, sender(program, signal), signal);
        }
        return signal.signal() == Signal.SIGALRM
                && stage.kernel().signals().itimers().remainingNs(program.task()) > 0;
    }

    private boolean maySend(LogProgram program, int number, TraceSignal signal) {
        if (number == 0) {
            return true; // a process in an outer namespace: the log does not say which
        }
        LogProgram sender = cast.byNumber(number);
        long line = signal.span().entryLine();
        if (sender == null || sender == program || sender.isDone() || sender.pastLine() > line) {
            return false;
        }
        program.watch(sender, line);
        return true;
    }

    /** The sender's number in the outermost PID namespace; 0 when the log does not tell. */
    private int sender(LogProgram program, TraceSignal signal) {
        Value shown = signal.info() instanceof Value.Struct struct ? struct.field("si_pid") : null;
        if (shown instanceof Value.Pid pid) {
            return (int) pid.outer();
        }
        boolean isOutermost = program.account().numbers().length == 1;
        return isOutermost && shown != null && shown.isNumber() ? (int) shown.number() : 0;
    }

    /** Sends a signal of the log from outside. */
    void send(int task, TraceSignal signal) {
        send(task, fill(signal));
    }

    void send(int task, SigInfo what) {
        stage.kernel().signals().signals().doSendSigInfo(NULL, what.signo(), what, task, PidType.PIDTYPE_PID);
    }

    private SigInfo fill(TraceSignal signal) {
        Value recorded = signal.info();
        info.set(signal.signal(), (int) field(recorded, "si_code", Signal.SI_KERNEL));
        info.setPidUid((int) field(recorded, "si_pid", 0), (int) field(recorded, "si_uid", 0));
        if (signal.signal() == Signal.SIGCHLD) {
            info.setChild((int) field(recorded, "si_status", 0), 0, 0);
        }
        return info;
    }

    private static long field(@Nullable Value recorded, String name, long otherwise) {
        Value value = recorded instanceof Value.Struct struct ? struct.field(name) : null;
        return value != null && value.isNumber() ? value.number() : otherwise;
    }
}
