package dev.nestor.syscalls.transcripts;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The grammar of a shell as far as the transcripts use it. Words stay as they were typed until they are expanded. */
final class ShellSyntax {
    /** What can stand in a pipeline. */
    sealed interface Command permits Simple, Subshell, For {}

    record Simple(List<String> words, List<Redirection> redirections) implements Command {}

    record Subshell(List<Pipeline> list) implements Command {}

    record For(String variable, List<String> words, List<Pipeline> list) implements Command {}

    /** {@code n<file}, {@code n>file}, and {@code n<&-}, which has no target. */
    record Redirection(int fd, boolean writes, @Nullable String target) {}

    /** @param text as it was typed, for the shell's notices of jobs */
    record Pipeline(List<Command> commands, boolean isBackground, String text) {}

    private final String text;
    private int at;

    private ShellSyntax(String text) {
        this.text = text;
    }

    static List<Pipeline> parse(String line) {
        ShellSyntax syntax = new ShellSyntax(line);
        List<Pipeline> list = syntax.list();
        if (syntax.at < line.length()) {
            throw new IllegalArgumentException("left of " + line + ": " + line.substring(syntax.at));
        }
        return list;
    }

    private List<Pipeline> list() {
        List<Pipeline> list = new ArrayList<>();
        while (true) {
            skipBlanks();
            if (at == text.length() || text.charAt(at) == ')' || isWord("done")) {
                return list;
            }
            if (text.charAt(at) == '#') {
                at = text.length();
                return list;
            }
            list.add(pipeline());
        }
    }

    private boolean isWord(String word) {
        int end = at + word.length();
        return text.startsWith(word, at) && (end == text.length() || " ;)".indexOf(text.charAt(end)) >= 0);
    }

    private void skipBlanks() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private boolean take(char letter) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == letter) {
            at++;
            return true;
        }
        return false;
    }

    private Pipeline pipeline() {
        int start = at;
        List<Command> commands = new ArrayList<>();
        do {
            commands.add(command());
        } while (take('|'));
        String typed = text.substring(start, at).strip();
        boolean isBackground = take('&');
        if (!isBackground) {
            take(';');
        }
        return new Pipeline(commands, isBackground, typed);
    }

    private Command command() {
        skipBlanks();
        if (take('(')) {
            Subshell subshell = new Subshell(list());
            take(')');
            return subshell;
        }
        if (isWord("for")) {
            word();
            skipBlanks();
            String variable = word();
            skipBlanks();
            word(); // in
            List<String> words = words();
            take(';');
            skipBlanks();
            word(); // do
            List<Pipeline> list = list();
            word(); // done
            return new For(variable, words, list);
        }
        return simple();
    }

    private List<String> words() {
        List<String> words = new ArrayList<>();
        skipBlanks();
        while (at < text.length() && ";&|()<>".indexOf(text.charAt(at)) < 0) {
            words.add(word());
            skipBlanks();
        }
        return words;
    }

    private Simple simple() {
        List<String> words = new ArrayList<>();
        List<Redirection> redirections = new ArrayList<>();
        skipBlanks();
        while (at < text.length() && ";&|()".indexOf(text.charAt(at)) < 0) {
            int digits = at;
            while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
                digits++;
            }
            if (digits < text.length() && "<>".indexOf(text.charAt(digits)) >= 0) {
                redirections.add(redirection(digits));
            } else {
                words.add(word());
            }
            skipBlanks();
        }
        return new Simple(words, redirections);
    }

    private Redirection redirection(int operator) {
        boolean writes = text.charAt(operator) == '>';
        int fd = operator > at ? Integer.parseInt(text, at, operator, 10) : writes ? 1 : 0;
        at = operator + 1;
        if (text.startsWith("&-", at)) {
            at += 2;
            return new Redirection(fd, writes, null);
        }
        skipBlanks();
        return new Redirection(fd, writes, word());
    }

    /** One word with its quotes. */
    private String word() {
        int start = at;
        while (at < text.length() && " ;&|()<>".indexOf(text.charAt(at)) < 0) {
            at = skipPart(text, at);
        }
        return text.substring(start, at);
    }

    /** Where what starts here ends: a quoted string, a substitution, an escaped letter, a letter. */
    static int skipPart(String text, int start) {
        char letter = text.charAt(start);
        if (letter == '\\') {
            return start + 2;
        }
        if (letter == '\'') {
            return text.indexOf('\'', start + 1) + 1;
        }
        int at = start + 1;
        if (letter == '"') {
            while (text.charAt(at) != '"') {
                at = skipPart(text, at);
            }
            return at + 1;
        }
        if (text.startsWith("$(", start)) {
            at++;
            while (text.charAt(at) != ')') {
                at = skipPart(text, at);
            }
            return at + 1;
        }
        return at;
    }
}
