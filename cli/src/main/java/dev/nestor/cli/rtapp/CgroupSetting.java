package dev.nestor.cli.rtapp;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a file of the cpu controller of a cgroup says.
 *
 * @param group from the root on: {@code /A/B}
 * @param file {@code cpu.max} and its like
 */
public record CgroupSetting(String group, String file, String value) {
    private static final Pattern FORM =
            Pattern.compile("(/[^/:]+(?:/[^/:]+)*):(cpu\\.(?:weight|weight\\.nice|max|max\\.burst|idle))=(.+)");

    /** {@code /A/B:cpu.max=20000 100000}; null if it has not that form. */
    public static @Nullable CgroupSetting parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches() ? new CgroupSetting(matcher.group(1), matcher.group(2), matcher.group(3)) : null;
    }
}
