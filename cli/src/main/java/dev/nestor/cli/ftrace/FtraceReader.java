package dev.nestor.cli.ftrace;

import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.LogLimits;
import dev.nestor.cli.strace.LogSource;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what tracefs's {@code trace} shows and what {@code trace-cmd report} and {@code perf script} print, plain or gzip. Time stamps are seconds, or
 * whole numbers of a clock whose frequency must be known: cycles of the TSC where trace_clock is x86-tsc.
 */
public final class FtraceReader {
    private static final Pattern LINE =
            Pattern.compile("\\s*(.+?)(?:-|\\s+)(\\d+)\\s+(?:\\([ \\d-]+\\)\\s+)?\\[(\\d+)]\\s+(?:[^\\s:]+\\s+)?"
                    + "(\\d+(?:\\.\\d+)?):\\s+(?:sched:)?(\\w+):\\s+(.*)");
    private static final Pattern SWITCH =
            Pattern.compile("prev_comm=(.*) prev_pid=(\\d+) prev_prio=-?\\d+ prev_state=(\\S+)"
                    + " ==> next_comm=(.*) next_pid=(\\d+) next_prio=-?\\d+.*");
    private static final Pattern SHORT_SWITCH =
            Pattern.compile("(.*):(\\d+) \\[-?\\d+] (\\S+) ==> (.*):(\\d+) \\[-?\\d+].*");
    private static final Pattern WAKEUP =
            Pattern.compile("comm=(.*) pid=(\\d+) prio=-?\\d+(?: success=\\d)? target_cpu=(\\d+).*");
    private static final Pattern SHORT_WAKEUP = Pattern.compile("(.*):(\\d+) \\[-?\\d+].* CPU:(\\d+).*");
    private static final Pattern MIGRATE =
            Pattern.compile("comm=(.*) pid=(\\d+) prio=-?\\d+ orig_cpu=(\\d+) dest_cpu=(\\d+).*");
    private static final BigDecimal NS = BigDecimal.valueOf(1_000_000_000);
    private static final int NONE_BEFORE = 100; // lines without an event after which a file is taken for no trace

    private final Path path;
    private final double nsPerUnit;

    /** @param clockHz of time stamps that are whole numbers */
    public FtraceReader(Path path, long clockHz) {
        this.path = path;
        this.nsPerUnit = 1e9 / clockHz;
    }

    /**
     * Hands on every event of the file, in its order.
     *
     * @param progress is given the number of the line, every now and then
     * @throws LogException of kind BINARY where nothing looks like a trace, and SYNTAX for an event that can't be read
     */
    public void read(SchedEvents to, LongConsumer progress) throws LogException {
        long events = 0;
        try (LogSource source = LogSource.open(path, LogLimits.DEFAULT)) {
            while (source.advance()) {
                String line = source.text();
                if (line.isBlank() || line.charAt(0) == '#' || line.startsWith("cpus=") || line.startsWith("CPU ")) {
                    continue;
                }
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches()) {
                    events++;
                    event(source, matcher, to);
                } else if (events > 0) {
                    throw fault(source, "not an event of ftrace");
                } else if (source.line() > NONE_BEFORE) {
                    break;
                }
                if ((source.line() & 0xfff) == 0) {
                    progress.accept(source.line());
                }
            }
            if (events == 0) {
                throw new LogException(LogException.Kind.BINARY, path.toString(), 0, "no event of ftrace is in it");
            }
        }
    }

    private void event(LogSource source, Matcher matcher, SchedEvents to) throws LogException {
        int cpu = number(source, matcher.group(3));
        long ns = nanoseconds(source, matcher.group(4));
        to.event(ns, cpu);
        String payload = matcher.group(6);
        switch (matcher.group(5)) {
            case "sched_switch" -> {
                Matcher m = match(source, payload, SWITCH, SHORT_SWITCH);
                to.schedSwitch(ns, cpu, thread(source, m, 1), m.group(3), thread(source, m, 4));
            }
            case "sched_wakeup", "sched_wakeup_new" -> {
                Matcher m = match(source, payload, WAKEUP, SHORT_WAKEUP);
                to.schedWakeup(ns, thread(source, m, 1), number(source, m.group(3)));
            }
            case "sched_waking" -> {
                Matcher m = match(source, payload, WAKEUP, SHORT_WAKEUP);
                to.schedWaking(ns, thread(source, m, 1));
            }
            case "sched_migrate_task" -> {
                Matcher m = match(source, payload, MIGRATE, MIGRATE);
                to.schedMigrateTask(ns, thread(source, m, 1), number(source, m.group(3)), number(source, m.group(4)));
            }
            default -> {}
        }
    }

    private static SchedEvents.TracedTask thread(LogSource source, Matcher matcher, int group) throws LogException {
        return new SchedEvents.TracedTask(matcher.group(group), number(source, matcher.group(group + 1)));
    }

    private static Matcher match(LogSource source, String payload, Pattern usual, Pattern other) throws LogException {
        Matcher matcher = usual.matcher(payload);
        if (matcher.matches()) {
            return matcher;
        }
        Matcher second = other.matcher(payload);
        if (second.matches()) {
            return second;
        }
        throw fault(source, "what the event says can't be read: " + payload);
    }

    private long nanoseconds(LogSource source, String stamp) throws LogException {
        try {
            return stamp.indexOf('.') >= 0
                    ? new BigDecimal(stamp).multiply(NS).longValueExact()
                    : Math.round(Long.parseLong(stamp) * nsPerUnit);
        } catch (NumberFormatException | ArithmeticException e) {
            throw fault(source, "not a time: " + stamp);
        }
    }

    private static int number(LogSource source, String digits) throws LogException {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw fault(source, "not a number: " + digits);
        }
    }

    private static LogException fault(LogSource source, String what) {
        return new LogException(LogException.Kind.SYNTAX, source.file(), source.line(), what);
    }
}
