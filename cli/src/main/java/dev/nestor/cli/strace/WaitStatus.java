package dev.nestor.cli.strace;

/** The status of wait4(2), which strace shows as the macros that hold for it. */
final class WaitStatus {

    private static final int CORE = 0x80;
    private static final int STOPPED = 0x7f;
    private static final int CONTINUED = 0xffff;

    private final RecordText in;
    private final ExpressionParser expressions;

    WaitStatus(RecordText in, ExpressionParser expressions) {
        this.in = in;
        this.expressions = expressions;
    }

    boolean isNext() {
        return in.startsWith("{WIF");
    }

    /** {@code {WIFEXITED(s) && WEXITSTATUS(s) == 0}}, and what a tracer sees more: {@code {...} | 1<<16}. */
    Value.Num status() throws LogException {
        int from = in.at;
        in.expect('{');
        long status = 0;
        do {
            in.skipSpaces();
            status |= condition();
            in.skipSpaces();
        } while (in.take("&&"));
        in.expect('}');
        int end = in.at;
        in.skipSpaces();
        if (in.take('|')) {
            in.skipSpaces();
            status |= number();
        } else {
            in.at = end;
        }
        return new Value.Num(status, in.word(from, in.at));
    }

    private long condition() throws LogException {
        int end = in.nameEnd();
        String macro = in.word(in.at, end);
        in.at = end;
        if (!in.take("(s)")) {
            throw in.failure("a wait status expected");
        }
        long value = in.take(" == ") ? number() : 0;
        return switch (macro) {
            case "WEXITSTATUS" -> (value & 0xff) << 8;
            case "WTERMSIG" -> value & STOPPED;
            case "WCOREDUMP" -> CORE;
            case "WSTOPSIG" -> (value & 0xff) << 8 | STOPPED;
            case "WIFCONTINUED" -> CONTINUED;
            default -> 0;
        };
    }

    private long number() throws LogException {
        Value value = expressions.expression();
        if (!value.isNumber()) {
            throw in.failure("a wait status expected");
        }
        return value.number();
    }
}
