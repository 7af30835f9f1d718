package dev.nestor.cli.strace;

import java.util.ArrayList;
import java.util.List;

/** What stands behind the equals sign of a call. */
final class ResultParser {

    private final RecordText in;
    private final ValueParser values;
    private final SymbolTable symbols;

    ResultParser(RecordText in, ValueParser values, SymbolTable symbols) {
        this.in = in;
        this.values = values;
        this.symbols = symbols;
    }

    CallResult result() throws LogException {
        if (in.take('?')) {
            in.skipSpaces();
            if (in.peek() != 'E') {
                return new CallResult(CallResult.Outcome.UNKNOWN, 0, null, 0, null, List.of());
            }
            return error(CallResult.Outcome.INTERRUPTED);
        }
        if (in.startsWith("-1 E") || in.startsWith("-1 (errno ")) {
            in.at += 3;
            return error(CallResult.Outcome.FAILED);
        }
        Value number = values.number();
        if (!number.isNumber()) {
            throw in.failure("a result expected");
        }
        String target = values.target();
        in.take("(deleted)");
        long outer = number instanceof Value.Pid pid ? pid.outer() : 0;
        return new CallResult(CallResult.Outcome.RETURNED, number.number(), null, outer, target, details());
    }

    /** {@code ENOENT (No such file or directory)}, {@code (errno 530)}. */
    private CallResult error(CallResult.Outcome outcome) throws LogException {
        if (in.take("(errno ")) {
            long number = values.integer();
            return new CallResult(outcome, -number, Long.toString(number), 0, null, List.of());
        }
        int end = in.nameEnd();
        String name = in.word(in.at, end);
        in.at = end;
        Long number = symbols.find("", name);
        if (number == null) {
            throw in.failure("unknown error " + name);
        }
        return new CallResult(outcome, -number, name, 0, null, List.of());
    }

    private List<Field> details() {
        in.skipSpaces();
        if (!in.take('(')) {
            return List.of();
        }
        int from = in.at;
        List<Field> details = new ArrayList<>();
        try {
            do {
                in.skipSpaces();
                details.add(detail());
            } while (in.take(','));
            if (in.take(')')) {
                return List.copyOf(details);
            }
        } catch (LogException e) {
            // Words, not values: handed on as they stand.
        }
        int to = in.end > from && in.bytes[in.end - 1] == ')' ? in.end - 1 : in.end;
        return List.of(new Field(null, new Value.Opaque(in.word(from, to))));
    }

    /** {@code in [5]}, {@code flags O_RDONLY}, {@code mnt:[4026532177]}, or a value. */
    private Field detail() throws LogException {
        int end = in.nameEnd();
        byte first = in.peek();
        if (first >= 'a' && first <= 'z' && end + 1 < in.end) {
            boolean namespace = in.bytes[end] == ':' && in.bytes[end + 1] == '[';
            if (namespace || in.bytes[end] == ' ') {
                String name = in.word(in.at, end);
                in.at = end + (namespace ? 2 : 1);
                Value value = values.value();
                if (namespace) {
                    in.expect(']');
                }
                return new Field(name, value);
            }
        }
        return values.field();
    }
}
