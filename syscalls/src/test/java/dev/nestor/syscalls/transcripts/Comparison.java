package dev.nestor.syscalls.transcripts;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds what the emulated session showed to what the transcript has: literally, but for numbers that depend on the machine.
 * Those are the same up to a renaming: one of theirs always stands for the same one of ours, and within what one command
 * shows one of ours for no other, either. (Later it may, since the number of a namespace that is gone is given again.) They are
 * inode numbers of namespaces made after boot, process numbers of the outermost namespace (ours begin at
 * {@link Machine#FIRST_PID}, so that no number of an inner namespace is taken for one), and times of files.
 */
final class Comparison {
    private static final long LAST_INITIAL_INODE = 4_026_531_839L;
    private static final Pattern TOKEN =
            Pattern.compile("\\s*\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{9}|\\s*(?<![0-9a-fA-Fx.])\\d+");
    private static final Pattern DATE = Pattern.compile("(?:Nov|Jan) [ \\d]\\d \\d\\d:\\d\\d");

    /** A part of a line, by its groups: of a kind that is renamed, or, without one, not compared. */
    private record Rule(Pattern pattern, String kind) {}

    private final Transcript transcript;
    private final List<Pattern> commandsLeftOut = new ArrayList<>();
    private final List<Pattern> linesLeftOut = new ArrayList<>();
    private final List<Pattern> commandsOfAnyOrder = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private final Map<String, String> theirsByOurs = new HashMap<>(); // since the last command
    private final Map<String, String> oursByTheirs = new HashMap<>();
    private final List<String> differences = new ArrayList<>();
    private int compared;

    Comparison(Transcript transcript) {
        this.transcript = transcript;
        leaveOut(DATE, "dates of ls: of the day of the recording");
        leaveOut(
                Pattern.compile("(?<= )(?:\\d\\d:\\d\\d pts/0    |00:00 \\?        )(?=\\d)"),
                "terminals, start times");
    }

    /** What a line has there is not compared, for this reason. */
    Comparison leaveOut(Pattern part, String reason) {
        rules.add(new Rule(part, reason.isEmpty() ? "nothing" : ""));
        return this;
    }

    /** What a line has there is the same up to a renaming. */
    Comparison rename(String part, String kind) {
        rules.add(new Rule(Pattern.compile(part), kind));
        return this;
    }

    /** These lines of the transcript are not compared, for this reason. */
    Comparison leaveOutLines(String line, String reason) {
        linesLeftOut.add(Pattern.compile(line));
        return reason.isEmpty() ? leaveOutLines(line, "none") : this;
    }

    /** What these commands show is not compared, for this reason. */
    Comparison leaveOutCommand(String command, String reason) {
        commandsLeftOut.add(Pattern.compile(command));
        return reason.isEmpty() ? leaveOutCommand(command, "none") : this;
    }

    /** The lines that these commands show may stand in another order, for this reason. */
    Comparison anyOrder(String command, String reason) {
        commandsOfAnyOrder.add(Pattern.compile(command));
        return reason.isEmpty() ? anyOrder(command, "none") : this;
    }

    /** @param session types the transcript, and says what each line has shown */
    void check(Function<Transcript, List<String>> session) {
        List<String> shown = session.apply(transcript);
        List<Transcript.Entry> entries = transcript.entries();
        for (int i = 0; i < entries.size(); i++) {
            Transcript.Entry entry = entries.get(i);
            String ours = i < shown.size() ? shown.get(i) : "never came so far\n";
            boolean isLast = i == entries.size() - 1; // the transcript ends with it
            if (!isLast
                    && commandsLeftOut.stream()
                            .noneMatch(one -> one.matcher(entry.command()).lookingAt())) {
                compare(entry, ours.lines().toList());
            }
        }
        if (!differences.isEmpty()) {
            throw new AssertionError(String.join("\n", differences));
        }
        if (compared == 0) {
            throw new AssertionError("nothing has been compared");
        }
    }

    private void compare(Transcript.Entry entry, List<String> shown) {
        boolean isSorted = commandsOfAnyOrder.stream()
                .anyMatch(one -> one.matcher(entry.command()).lookingAt());
        List<String> ours = isSorted ? shown.stream().sorted().toList() : shown;
        List<String> kept = entry.output().stream()
                .filter(line ->
                        linesLeftOut.stream().noneMatch(one -> one.matcher(line).find()))
                .toList();
        List<String> theirs = isSorted ? kept.stream().sorted().toList() : kept;
        theirsByOurs.clear();
        for (int i = 0; i < Math.max(theirs.size(), ours.size()); i++) {
            String their = i < theirs.size() ? theirs.get(i) : "(no line)";
            String our = i < ours.size() ? ours.get(i) : "(no line)";
            compared++;
            if (!isSame(our, their)) {
                differences.add("after: " + entry.command() + "\n  recorded: " + their + "\n  emulated: " + our);
            }
        }
    }

    private boolean isSame(String our, String their) {
        StringBuilder ours = new StringBuilder(our);
        StringBuilder theirs = new StringBuilder(their);
        for (Rule rule : rules) {
            if (!apply(rule, ours, theirs)) {
                return false;
            }
        }
        return isSameByTokens(ours.toString(), theirs.toString());
    }

    /** Takes out of both lines what the rule is for. */
    private boolean apply(Rule rule, StringBuilder ours, StringBuilder theirs) {
        List<String> ourParts = cut(rule, ours);
        List<String> theirParts = cut(rule, theirs);
        if (ourParts.size() != theirParts.size()) {
            return false;
        }
        for (int i = 0; i < ourParts.size(); i++) {
            if (!rule.kind.isEmpty() && !bind(rule.kind, ourParts.get(i), theirParts.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static List<String> cut(Rule rule, StringBuilder line) {
        List<String> parts = new ArrayList<>();
        Matcher matcher = rule.pattern.matcher(line.toString());
        StringBuilder rest = new StringBuilder();
        int from = 0;
        while (matcher.find()) {
            int first = matcher.groupCount() == 0 ? 0 : 1;
            for (int group = first; group <= matcher.groupCount(); group++) {
                if (matcher.group(group) == null) {
                    continue; // of another alternative
                }
                parts.add(part(rule.kind, matcher.group(group).strip()));
                rest.append(line, from, matcher.start(group)).append('@');
                from = matcher.end(group);
            }
        }
        rest.append(line, from, line.length());
        line.setLength(0);
        line.append(rest);
        return parts;
    }

    /** Keys of IPC objects are shown as signed numbers, too. */
    private static String part(String kind, String text) {
        boolean isDecimal = kind.equals("key") && !text.startsWith("0x");
        return isDecimal ? "0x%08x".formatted(Integer.parseInt(text)) : text;
    }

    private boolean bind(String kind, String our, String their) {
        String known = theirsByOurs.putIfAbsent(kind + our, their);
        String back = oursByTheirs.putIfAbsent(kind + their, our);
        return (known == null || known.equals(their)) && (back == null || back.equals(our));
    }

    private boolean isSameByTokens(String ours, String theirs) {
        Matcher our = TOKEN.matcher(ours);
        Matcher their = TOKEN.matcher(theirs);
        int ourEnd = 0;
        int theirEnd = 0;
        while (our.find()) {
            if (!their.find()
                    || !ours.substring(ourEnd, our.start()).equals(theirs.substring(theirEnd, their.start()))
                    || !isSameToken(our.group(), their.group())) {
                return false;
            }
            ourEnd = our.end();
            theirEnd = their.end();
        }
        return ours.substring(ourEnd).equals(theirs.substring(theirEnd));
    }

    /** @param our a time, or a number with the blanks before it */
    private boolean isSameToken(String our, String their) {
        String ourNumber = our.strip();
        String theirNumber = their.strip();
        if (ourNumber.contains(":")) {
            return bind("time", ourNumber, theirNumber);
        }
        if (ourNumber.length() > 10 || theirNumber.length() > 10) {
            return our.equals(their);
        }
        long ourValue = Long.parseLong(ourNumber);
        long theirValue = Long.parseLong(theirNumber);
        if (ourValue > LAST_INITIAL_INODE && theirValue > LAST_INITIAL_INODE) {
            return bind("inode", ourNumber, theirNumber);
        }
        if (Machine.isOuterPid(ourValue) && ourValue != theirValue) {
            return theirValue > Machine.RESERVED_PIDS && bind("pid", ourNumber, theirNumber);
        }
        return our.equals(their);
    }
}
