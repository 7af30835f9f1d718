package dev.nestor.cli.strace;

import org.jspecify.annotations.Nullable;

/**
 * Numbers, names of constants, and what strace makes of them: {@code O_RDWR|O_CLOEXEC}, {@code S_IFREG|0644},
 * {@code 8192*1024}, {@code 1<<CAP_CHOWN}, {@code makedev(0xfe, 0)}; a number with its name in a comment, and several of
 * these in a row.
 */
final class ExpressionParser {

    private static final String CAPABILITY = "1<<CAP_";
    private static final String IN_PID_NS = " in strace's PID NS";

    private final RecordText in;
    private final ValueParser values;
    private final SymbolTable symbols;

    /* Of the expression being read. */
    private String call = "";
    private boolean isKnown;
    private boolean hasName;
    private @Nullable String remark; // what comments say, joined by |
    private long outer;
    private @Nullable Value other; // of a macro that makes no number

    ExpressionParser(RecordText in, ValueParser values, SymbolTable symbols) {
        this.in = in;
        this.values = values;
        this.symbols = symbols;
    }

    /** In which call the names that follow stand. */
    void in(String callName) {
        call = callName;
    }

    Value expression() throws LogException {
        int from = in.at;
        isKnown = true;
        hasName = false;
        remark = null;
        outer = 0;
        other = null;
        long value = or();
        Value macro = other;
        if (macro != null) {
            return macro;
        }
        if (!isKnown) {
            return new Value.Opaque(in.word(from, in.at));
        }
        if (outer > 0) {
            return new Value.Pid(value, outer);
        }
        if (hasName) {
            return value == 0 && in.at - from == 4 && in.bytes[from] == 'N'
                    ? named(from)
                    : new Value.Num(value, in.word(from, in.at));
        }
        return new Value.Num(value, remark);
    }

    private Value named(int from) {
        String name = in.word(from, in.at);
        return "NULL".equals(name) ? Value.Num.NULL : new Value.Num(0, name);
    }

    private long or() throws LogException {
        long value = shift();
        while (takeOperator("|")) {
            value |= shift();
        }
        return value;
    }

    private long shift() throws LogException {
        long value = product();
        while (takeOperator("<<")) {
            value <<= product();
        }
        return value;
    }

    private long product() throws LogException {
        long value = term();
        while (takeOperator("*")) {
            value *= term();
        }
        return value;
    }

    private boolean takeOperator(String operator) {
        int from = in.at;
        in.skipSpaces();
        if (in.take(operator)) {
            in.skipSpaces();
            return true;
        }
        in.at = from;
        return false;
    }

    private long term() throws LogException {
        boolean inverted = false;
        while (in.take('~')) {
            inverted = !inverted;
        }
        byte c = in.peek();
        long value;
        if (LineLexer.isDigit(c) || c == '-') {
            value = isRaw() ? raw() : number();
        } else if (LineLexer.isNamePart(c)) {
            value = isRaw() ? raw() : name();
        } else {
            throw in.failure("a value expected");
        }
        return comment(inverted ? ~value : value);
    }

    /** Whether this is an address like {@code 02:42:ac:11:00:02}, not a number. */
    private boolean isRaw() {
        int i = in.nameEnd();
        return i < in.end
                && (in.bytes[i] == ':' || (in.bytes[i] == '.' && i + 1 < in.end && LineLexer.isDigit(in.bytes[i + 1])));
    }

    private long raw() {
        int from = in.at;
        while (!in.atEnd()
                && (LineLexer.isNamePart(in.peek()) || in.peek() == ':' || in.peek() == '.' || in.peek() == '/')) {
            in.at++;
        }
        String text = in.word(from, in.at);
        other = Macros.hardwareAddress(text);
        isKnown = false;
        return 0;
    }

    /** Decimal, hexadecimal after 0x, octal after 0; eight digits after a 0 are a hexadecimal mask. */
    private long number() throws LogException {
        boolean negative = in.take('-');
        int from = in.at;
        int radix = 10;
        if (in.peek() == '0' && in.peek(1) == 'x') {
            in.at += 2;
            radix = 16;
        } else if (in.peek() == '0' && in.nameEnd() - in.at > 1) {
            radix = in.nameEnd() - in.at == 8 ? 16 : 8;
        }
        int digits = in.at;
        long value = 0;
        for (int digit = digit(in.peek()); digit < radix; digit = digit(in.peek())) {
            value = value * radix + digit;
            in.at++;
        }
        if (in.at == digits) {
            in.at = from;
            throw in.failure("a number expected");
        }
        return negative ? -value : value;
    }

    private static int digit(byte c) {
        if (LineLexer.isDigit(c)) {
            return c - '0';
        }
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : Integer.MAX_VALUE;
    }

    private long name() throws LogException {
        int end = in.nameEnd();
        String name = in.word(in.at, end);
        in.at = end;
        hasName = true;
        if (in.peek() == '(') {
            return macro(name);
        }
        if (in.startsWith(" or ")) { // one number, two names
            in.at += 4;
            in.at = in.nameEnd();
        }
        if ("NULL".equals(name)) {
            return 0;
        }
        Long value = symbols.find(call, name);
        isKnown &= value != null;
        return value == null ? 0 : value;
    }

    private long macro(String name) throws LogException {
        boolean known = isKnown;
        String remarkSoFar = remark;
        Value made = Macros.evaluate(name, values.macroArguments());
        isKnown = known;
        hasName = true;
        remark = remarkSoFar;
        outer = 0;
        other = made.isNumber() ? null : made;
        return made.isNumber() ? made.number() : 0;
    }

    /** What follows in a comment; gives the number that it makes of the number before. */
    private long comment(long value) throws LogException {
        int from = in.at;
        in.skipSpaces();
        int start = in.at + 3;
        if (!in.startsWith("/* ")) {
            in.at = from;
            return value;
        }
        if (!in.skipComment()) {
            throw in.failure("'*/' expected");
        }
        int close = Math.max(start, in.at - 3);
        if (LineLexer.isDigit(in.bytes[start]) && isPidComment(start, close)) {
            return value;
        }
        String text = in.word(start, close);
        remark = remark == null ? text : remark + "|" + text;
        return text.startsWith(CAPABILITY) ? capabilities(value, text) : value;
    }

    /** strace shows the two words of a set of capabilities one after the other: the second is the upper half. */
    private long capabilities(long value, String text) {
        int end = text.indexOf('|');
        Long first = symbols.find(call, text.substring(3, end < 0 ? text.length() : end));
        return first != null && first >= Integer.SIZE ? value << Integer.SIZE : value;
    }

    private boolean isPidComment(int start, int close) {
        int i = start;
        long value = 0;
        while (i < close && LineLexer.isDigit(in.bytes[i]) && i - start < 10) {
            value = value * 10 + in.bytes[i++] - '0';
        }
        if (close - i != IN_PID_NS.length() || !IN_PID_NS.equals(in.word(i, close))) {
            return false;
        }
        outer = value;
        return true;
    }
}
