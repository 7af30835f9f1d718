package dev.nestor.cli.strace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values: strings, numbers, structures, arrays and sets, within each other. */
final class ValueParser {

    private static final String ABBREVIATION = "...";

    private final RecordText in;
    private final StringParser strings;
    private final TargetParser targets;
    private final ExpressionParser expressions;
    private final WaitStatus waitStatus;
    private final int maxDepth;

    private int depth;

    ValueParser(RecordText in, SymbolTable symbols, int maxDepth) {
        this.in = in;
        this.strings = new StringParser(in);
        this.targets = new TargetParser(in);
        this.expressions = new ExpressionParser(in, this, symbols);
        this.waitStatus = new WaitStatus(in, expressions);
        this.maxDepth = maxDepth;
    }

    /** Begins a record of this call. */
    void begin(String call) {
        depth = 0;
        expressions.in(call);
    }

    /** {@code name=value} or {@code value}. */
    Field field() throws LogException {
        String name = fieldName();
        in.skipSpaces();
        if (name != null) {
            fieldName(); // times(2), cut in two, has its argument's name twice
        }
        Value value = value();
        return new Field(name, value);
    }

    private @Nullable String fieldName() {
        if (!LineLexer.isNamePart(in.peek()) || LineLexer.isDigit(in.peek())) {
            return null;
        }
        int end = in.nameEnd();
        while (end < in.end && (in.bytes[end] == '.' || LineLexer.isNamePart(in.bytes[end]))) {
            end++;
        }
        boolean isName =
                end + 1 < in.end && in.bytes[end] == '=' && in.bytes[end + 1] != '>' && in.bytes[end + 1] != '=';
        if (!isName) {
            return null;
        }
        String name = in.word(in.at, end);
        in.at = end + 1;
        return name;
    }

    Value value() throws LogException {
        Value value = shown();
        if (value.isNumber() && targets.isTarget() && !in.breaksOff()) {
            value = targets.descriptor(value);
        }
        int from = in.at;
        in.skipSpaces();
        if (in.take("=>")) {
            in.skipSpaces();
            return new Value.Changed(value, nested());
        }
        if (in.startsWith("/*")) {
            skipComment();
            return value;
        }
        in.at = from;
        return value;
    }

    private Value nested() throws LogException {
        enter();
        Value value = value();
        depth--;
        return value;
    }

    private Value shown() throws LogException {
        return switch (in.peek()) {
            case '"', '@' -> strings.string();
            case '{' -> waitStatus.isNext() ? waitStatus.status() : struct();
            case '[' -> arrayOrIndexed();
            case '~' -> in.peek(1) == '[' ? complement() : expressions.expression();
            case '?' -> opaque("?");
            case '<' -> aside();
            case '&', '\'' -> reference();
            default -> expressions.expression();
        };
    }

    /** {@code ?}, {@code ??}, {@code ???}. */
    private Value opaque(String mark) {
        int from = in.at;
        while (in.take(mark)) {}
        return new Value.Opaque(in.word(from, in.at));
    }

    /** {@code <... resuming interrupted wait4 ...>}, {@code <unavailable>}. */
    private Value aside() throws LogException {
        int from = in.at;
        int close = in.find(">");
        if (close < 0) {
            throw in.failure("'>' expected");
        }
        in.at = close + 1;
        return new Value.Opaque(in.word(from, in.at));
    }

    /** {@code &sin6_addr}: where a function puts its result. */
    private Value reference() {
        int from = in.at++;
        in.at = in.nameEnd();
        return new Value.Opaque(in.word(from, in.at));
    }

    private Value struct() throws LogException {
        enter();
        in.expect('{');
        List<Field> fields = new ArrayList<>();
        boolean abbreviated = false;
        while (!closes('}')) {
            if (in.breaksOff() || in.take(ABBREVIATION)) {
                abbreviated = true;
            } else {
                fields.add(addressOrField());
            }
            if (in.breaksOff()) {
                abbreviated = true;
                break;
            }
        }
        depth--;
        return new Value.Struct(Collections.unmodifiableList(fields), abbreviated);
    }

    /** As {@link #field()}; {@code inet_pton(AF_INET6, "::1", &sin6_addr)} is the field that it fills. */
    private Field addressOrField() throws LogException {
        if (!in.startsWith("inet_pton(")) {
            return field();
        }
        int from = in.at;
        Value address = value();
        for (int i = from; i < in.at; i++) {
            if (in.bytes[i] == '&') {
                return new Field(in.word(i + 1, in.nameEnd(i + 1)), address);
            }
        }
        return new Field(null, address);
    }

    /** {@code [VINTR]=0x3} is an element with its index; all indexes are shown in order, so that they tell nothing. */
    private Value arrayOrIndexed() throws LogException {
        Value array = array();
        if (in.peek() == '=' && in.peek(1) != '>') {
            in.at++;
            return nested();
        }
        return array;
    }

    private Value array() throws LogException {
        enter();
        in.expect('[');
        List<Value> elements = new ArrayList<>();
        boolean abbreviated = false;
        boolean signals = true;
        long mask = 0;
        while (!closes(']')) {
            if (in.breaksOff() || in.take(ABBREVIATION)) {
                abbreviated = true;
            } else {
                Value element = field().value();
                elements.add(element);
                int signal = signals ? signal(element) : 0;
                signals &= signal > 0;
                mask |= signal > 0 ? 1L << (signal - 1) : 0;
            }
            if (in.breaksOff()) {
                abbreviated = true;
                break;
            }
        }
        depth--;
        return signals && !elements.isEmpty()
                ? new Value.SigSet(mask)
                : new Value.Array(Collections.unmodifiableList(elements), abbreviated);
    }

    /** The number of the signal that an element of a set stands for; 0 for anything else. */
    private static int signal(Value element) {
        String name =
                switch (element) {
                    case Value.Num num -> num.symbol();
                    case Value.Opaque word -> word.text();
                    default -> null;
                };
        return name == null ? 0 : SignalNames.brief(name);
    }

    /** Signals but for some; a set of other things, as the types of ICMP, stays as it is shown. */
    private Value complement() throws LogException {
        in.expect('~');
        Value set = array();
        Long mask = set.sigMask();
        return mask == null ? new Value.Macro("~", List.of(set)) : new Value.SigSet(~mask);
    }

    /** Behind an opening parenthesis, up to and with the closing one. */
    List<Value> macroArguments() throws LogException {
        enter();
        in.expect('(');
        List<Value> args = new ArrayList<>();
        while (!closes(')')) {
            args.add(field().value());
            if (in.breaksOff()) {
                break;
            }
        }
        depth--;
        return Collections.unmodifiableList(args);
    }

    /** Over blanks, a comma and remarks; true when the list ends here. */
    private boolean closes(char bracket) throws LogException {
        in.skipSpaces();
        if (in.take(bracket)) {
            return true;
        }
        in.take(',');
        in.skipSpaces();
        while (in.startsWith("/*")) {
            skipComment();
            in.skipSpaces();
        }
        return in.take(bracket);
    }

    void skipComment() throws LogException {
        if (!in.skipComment()) {
            throw in.failure("'*/' expected");
        }
    }

    /** What stands for a returned descriptor, or null. */
    @Nullable
    String target() throws LogException {
        return targets.isTarget() ? targets.target() : null;
    }

    Value number() throws LogException {
        return expressions.expression();
    }

    /** A number where nothing else makes sense. */
    long integer() throws LogException {
        Value value = expressions.expression();
        if (!value.isNumber()) {
            throw in.failure("a number expected");
        }
        return value.number();
    }

    private void enter() throws LogException {
        if (++depth > maxDepth) {
            throw in.failure(LogException.Kind.LIMIT, "values nested deeper than " + maxDepth);
        }
    }
}
