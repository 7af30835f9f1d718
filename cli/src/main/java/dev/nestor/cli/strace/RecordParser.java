package dev.nestor.cli.strace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToIntFunction;

/** Makes records of the text that a spool keeps. One parser serves one thread and any number of cursors. */
public final class RecordParser {

    private static final String UNFINISHED = "<unfinished ...>";
    private static final String UNNAMED = "syscall_0x";

    private final ToIntFunction<String> numbers;
    private final LogLimits limits;
    private final SymbolTable symbols = SymbolTable.load();
    private final RecordText in = new RecordText();
    private final ValueParser values;
    private final ResultParser results;

    /** @param numbers the number of a call by its name, negative for an unknown name; asked when the log has no numbers */
    public RecordParser(ToIntFunction<String> numbers, LogLimits limits) {
        this.numbers = numbers;
        this.limits = limits;
        this.values = new ValueParser(in, symbols, limits.maxDepth());
        this.results = new ResultParser(in, values, symbols);
    }

    /** @param nr the number as the log has it, or -1 */
    TraceCall call(String file, Span span, int nr, byte[] text) throws LogException {
        in.open(file, span.entryLine(), text, !span.isFinished());
        int end = in.nameEnd();
        String name = in.word(0, end);
        in.at = end;
        int number = nr >= 0 ? nr : number(name);
        values.begin(name);
        in.expect('(');
        List<Field> args = arguments();
        return new TraceCall(number, name, args, result(span), span);
    }

    private int number(String name) throws LogException {
        int number = numbers.applyAsInt(name);
        if (number < 0 && name.startsWith(UNNAMED)) {
            try {
                number = Integer.parseUnsignedInt(name.substring(UNNAMED.length()), 16);
            } catch (NumberFormatException e) {
                number = -1;
            }
        }
        if (number < 0) {
            throw in.failure(LogException.Kind.UNKNOWN_CALL, "unknown system call " + name);
        }
        return number;
    }

    private List<Field> arguments() throws LogException {
        List<Field> args = new ArrayList<>(6);
        in.skipSpaces();
        while (in.peek() != ')' && !in.breaksOff()) {
            if (!in.take("...")) {
                args.add(values.field());
            }
            if (args.size() > limits.maxArguments()) {
                throw in.failure(LogException.Kind.LIMIT, "more than " + limits.maxArguments() + " arguments");
            }
            in.skipSpaces();
            while (in.startsWith("/*")) {
                values.skipComment();
                in.skipSpaces();
            }
            if (!in.take(',') && in.peek() != ')' && !in.breaksOff()) {
                throw in.failure("',' or ')' expected");
            }
            in.skipSpaces();
        }
        return Collections.unmodifiableList(args);
    }

    private CallResult result(Span span) throws LogException {
        if (in.isTorn()) {
            return CallResult.TORN;
        }
        if (!span.isFinished()) {
            return CallResult.UNFINISHED;
        }
        in.take(UNFINISHED);
        in.expect(')');
        in.skipSpaces();
        in.expect('=');
        in.skipSpaces();
        return results.result();
    }

    TraceSignal signal(String file, Span span, byte[] text) throws LogException {
        in.open(file, span.entryLine(), text, false);
        values.begin("");
        boolean stop = in.take("stopped by ");
        int end = in.nameEnd();
        int number = SignalNames.full(in.word(in.at, end));
        in.at = end;
        in.skipSpaces();
        return new TraceSignal(number, stop, in.peek() == '{' ? values.value() : null, span);
    }

    TraceEnd end(String file, Span span, byte[] text) throws LogException {
        in.open(file, span.entryLine(), text, false);
        values.begin("");
        if (in.take("exited with ")) {
            return new TraceEnd(TraceEnd.Kind.EXITED, (int) values.integer(), false, span);
        }
        if (in.take("killed by ")) {
            int end = in.nameEnd();
            int signal = SignalNames.full(in.word(in.at, end));
            in.at = end;
            return new TraceEnd(TraceEnd.Kind.KILLED, signal, in.find("core dumped") >= 0, span);
        }
        int successor = TraceEnd.successor(text, 0, text.length);
        if (successor == 0) {
            throw in.failure("an end expected");
        }
        return new TraceEnd(TraceEnd.Kind.SUPERSEDED, successor, false, span);
    }
}
