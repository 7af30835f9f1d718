package dev.nestor.cli.replay;

import dev.nestor.cli.replay.abi.Family;
import dev.nestor.cli.replay.abi.Outcome;
import dev.nestor.cli.replay.abi.Signatures;
import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.Field;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import java.util.stream.Collectors;

/** Enters what came of each call into the report. */
final class Verdicts {
    private static final int LONGEST = 160;

    private final ReplayReport report;
    private final Signatures signatures;
    private final CgroupCalls cgroupCalls;
    private final ReplayListener listener;

    Verdicts(ReplayReport report, Signatures signatures, CgroupCalls cgroupCalls, ReplayListener listener) {
        this.report = report;
        this.signatures = signatures;
        this.cgroupCalls = cgroupCalls;
        this.listener = listener;
    }

    ReplayReport report() {
        return report;
    }

    /** A call is about to be entered: notes what it is about while its descriptors and names are still there. */
    void entering(ReplayedTask member, TraceCall call) {
        member.setAboutCgroups(cgroupCalls.isOne(member.task(), call));
    }

    void report(ReplayedTask member, TraceCall call) {
        Family family = member.isAboutCgroups() ? Family.CGROUP : signatures.family(call.nr());
        Outcome outcome = member.outcome();
        if (!member.taken().isEmpty()) {
            report.addTaken(family, member.taken());
        } else if (outcome.isDifferent()) {
            report.addDifferent(
                    family,
                    new Difference(
                            CallReplay.lineOf(call.span()),
                            show(call),
                            cut(outcome.expected()),
                            cut(outcome.actual())));
        } else {
            report.addEqual(family);
        }
        listener.called(member, call);
    }

    /** A call whose line can't be read. */
    void unreadable(int nr) {
        report.addTaken(signatures.family(nr), "line can't be read");
    }

    private static String show(TraceCall call) {
        return cut(call.name() + call.args().stream().map(Verdicts::show).collect(Collectors.joining(", ", "(", ")")));
    }

    private static String show(Field field) {
        String name = field.name();
        return (name == null ? "" : name + "=") + show(field.value());
    }

    private static String show(Value value) {
        return switch (value.atEntry()) {
            case Value.Num num -> num.symbol() == null ? Long.toString(num.value()) : num.symbol();
            case Value.Pid pid -> Long.toString(pid.value());
            case Value.Fd fd -> fd.value() + "<" + fd.target() + ">";
            case Value.Str text -> '"' + text.text() + '"';
            case Value.Opaque opaque -> opaque.text();
            case Value.SigSet set -> "0x" + Long.toHexString(set.mask());
            case Value.Struct ignored -> "{...}";
            case Value.Array array ->
                array.elements().stream().limit(4).map(Verdicts::show).collect(Collectors.joining(", ", "[", "]"));
            default -> "...";
        };
    }

    static String show(CallResult result) {
        return switch (result.outcome()) {
            case RETURNED -> Long.toString(result.value());
            case FAILED, INTERRUPTED -> result.errno() == null ? Long.toString(result.value()) : result.errno();
            case UNKNOWN, UNFINISHED, TORN -> "?";
        };
    }

    private static String cut(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
