package dev.nestor.cli.strace;

/** What strace shows between angle brackets behind a descriptor. */
final class TargetParser {

    private final RecordText in;

    TargetParser(RecordText in) {
        this.in = in;
    }

    boolean isTarget() {
        return in.peek() == '<' && in.peek(1) != '<' && in.peek(1) != ' ';
    }

    Value.Fd descriptor(Value number) throws LogException {
        String symbol = number instanceof Value.Num num ? num.symbol() : null;
        String target = target();
        return new Value.Fd(number.number(), symbol, target, in.take("(deleted)"));
    }

    /*
     * Paths have their angle brackets escaped. The two ends of a socket are parted by "->", a device is a path with
     * <char 1:3> inside, and the name of a socket is a string that may hold anything.
     */
    String target() throws LogException {
        in.expect('<');
        int from = in.at;
        int depth = 1;
        while (!in.atEnd()) {
            byte b = in.bytes[in.at++];
            if (b == '\\') {
                in.at++;
            } else if (b == '<') {
                depth++;
            } else if (b == '"') {
                skipString();
            } else if (b == '>' && !isArrow() && --depth == 0) {
                return in.word(from, in.at - 1);
            }
        }
        throw in.failure("'>' expected");
    }

    /** Behind a {@code >}: whether it is the head of an arrow from one end of a socket to the other. */
    private boolean isArrow() {
        byte next = in.peek();
        return in.bytes[in.at - 2] == '-'
                && (LineLexer.isNamePart(next) || next == '[' || next == '"' || next == '@' || next == ':');
    }

    private void skipString() {
        while (!in.atEnd()) {
            byte b = in.bytes[in.at++];
            if (b == '"') {
                return;
            }
            if (b == '\\') {
                in.at++;
            }
        }
    }
}
