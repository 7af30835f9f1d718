package dev.nestor.cli.replay;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Texts of /proc/PID/mountinfo, mounts and mountstats: two are the same when one becomes the other by giving its mounts, its
 * peer groups and its anonymous devices other numbers, one to one.
 */
final class MountLists {
    private static final Pattern NUMBERS = Pattern.compile(
            "(?m)^(\\d+) (\\d+) (?:0:(\\d+))?|(?:(?<= shared:)|(?<= master:)|(?<= propagate_from:))(\\d+)");

    private MountLists() {}

    /** @param isCut whether only the beginning of the first one is shown */
    static boolean areSame(byte[] recorded, boolean isCut, byte[] found) {
        String one = numbered(new String(recorded, StandardCharsets.ISO_8859_1));
        String other = numbered(new String(found, StandardCharsets.ISO_8859_1));
        if (!isCut) {
            return one.equals(other);
        }
        int end = one.lastIndexOf('\n') + 1; // the last line may be cut
        return end > 0 && other.startsWith(one.substring(0, end));
    }

    /** The text with its numbers in the order in which they first come. */
    private static String numbered(String text) {
        Map<String, Integer> numbers = new HashMap<>();
        Matcher matcher = NUMBERS.matcher(text);
        StringBuilder out = new StringBuilder();
        int last = 0;
        while (matcher.find()) {
            for (int group = 1; group <= 4; group++) {
                if (matcher.group(group) != null) {
                    String kind = group <= 2 ? "m" : group == 3 ? "d" : "g";
                    out.append(text, last, matcher.start(group)).append(kind);
                    out.append(numbers.computeIfAbsent(kind + matcher.group(group), key -> numbers.size()));
                    last = matcher.end(group);
                }
            }
        }
        return out.append(text, last, text.length()).toString();
    }
}
