package dev.nestor.fs;

import dev.nestor.uapi.Errno;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What options each file system knows, and what values they take: fs_parameter_spec, fs/fs_parser.c. */
public final class FsOptionRules {
    /** ENOPARAM: no option of this file system. */
    public static final int NO_PARAM = 1;

    private static final String UID = "uid";
    private static final String GID = "gid";

    /** name:kind …; the kinds: flag, u32, s32, oct, size (with k, m, g …), percent, uid, gid, text, path, one|of|these. */
    private static final Map<String, String> KNOWN = Map.of(
            "tmpfs",
            "gid:gid huge:never|always|within_size|advise mode:oct mpol:text nr_blocks:size nr_inodes:size size:percent "
                    + "uid:uid inode32:flag inode64:flag noswap:flag",
            "ramfs",
            "mode:oct",
            "proc",
            "gid:u32 hidepid:text subset:text pidns:text",
            "devpts",
            "gid:gid max:s32 mode:oct newinstance:flag ptmxmode:oct uid:uid",
            "hugetlbfs",
            "gid:gid min_size:text mode:oct nr_inodes:text pagesize:text size:text uid:uid",
            "bpf",
            "uid:u32 gid:u32 mode:oct delegate_cmds:text delegate_maps:text delegate_progs:text delegate_attachs:text",
            "cgroup2",
            "nsdelegate:flag favordynmods:flag memory_localevents:flag memory_recursiveprot:flag "
                    + "memory_hugetlb_accounting:flag pids_localevents:flag",
            "overlay",
            "lowerdir:text lowerdir+:text datadir+:text upperdir:text workdir:text default_permissions:flag "
                    + "redirect_dir:off|follow|nofollow|on index:off|on uuid:off|null|auto|on nfs_export:off|on userxattr:flag "
                    + "xino:off|auto|on metacopy:off|on verity:off|on|require volatile:flag override_creds:flag "
                    + "nooverride_creds:flag");

    private FsOptionRules() {}

    /**
     * fs_parse(): 0, NO_PARAM, or EINVAL for a value that the option does not take.
     *
     * @param value null for an option without one
     */
    public static int check(String type, String key, @Nullable String value) {
        String kind = kindOf(KNOWN.getOrDefault(type, ""), key);
        if (kind.isEmpty()) {
            return type.equals("ramfs") && !key.equals("source") ? 0 : NO_PARAM;
        }
        if (kind.equals("flag")) {
            return value == null ? 0 : -Errno.EINVAL;
        }
        return value != null && takes(kind, value) ? 0 : -Errno.EINVAL;
    }

    /** Whether a value is not what stands against an option, for the message. */
    public static boolean isFlag(String type, String key) {
        return kindOf(KNOWN.getOrDefault(type, ""), key).equals("flag");
    }

    private static String kindOf(String known, String key) {
        for (String option : known.split(" ", -1)) {
            int colon = option.indexOf(':');
            if (colon >= 0 && option.substring(0, colon).equals(key)) {
                return option.substring(colon + 1);
            }
        }
        return "";
    }

    private static boolean takes(String kind, String value) {
        return switch (kind) {
            case "text" -> true;
            case "u32", UID, GID -> number(value, 0) >= 0 && (kind.equals("u32") || number(value, 0) != 0xffffffffL);
            case "s32" -> number(value.startsWith("-") ? value.substring(1) : value, 0) >= 0;
            case "oct" -> number(value, 8) >= 0;
            case "size" -> size(value) >= 0;
            case "percent" ->
                value.endsWith("%") ? number(value.substring(0, value.length() - 1), 0) >= 0 : size(value) >= 0;
            default -> ("|" + kind + "|").contains("|" + value + "|");
        };
    }

    /** kstrtouint(): -1 for what is no number of 32 bits; of radix 0 as a prefix says. */
    public static long number(String text, int radix) {
        int base = radix;
        String digits = text;
        if (radix == 0) {
            boolean isHex = text.startsWith("0x") || text.startsWith("0X");
            base = isHex ? 16 : text.startsWith("0") && text.length() > 1 ? 8 : 10;
            digits = isHex ? text.substring(2) : text;
        }
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = Character.digit(digits.charAt(i), base);
            value = value * base + digit;
            if (digit < 0 || value > 0xffffffffL) {
                return -1;
            }
        }
        return digits.isEmpty() ? -1 : value;
    }

    /** memparse(): a number with k, m, g, t, p, e behind it; -1 for anything else. */
    public static long size(String text) {
        int end = text.length();
        int shift = end == 0 ? -1 : "kmgtpe".indexOf(Character.toLowerCase(text.charAt(end - 1)));
        long value = number(text.substring(0, shift >= 0 ? end - 1 : end), 0);
        return value < 0 ? -1 : value << (10 * (shift + 1));
    }

    /** The value of an option in key=value,key…, or null. */
    public static @Nullable String valueOf(String options, String key) {
        String found = null;
        for (String option : options.split(",", -1)) {
            if (option.startsWith(key + "=")) {
                found = option.substring(key.length() + 1);
            }
        }
        return found;
    }

    /** Whether key=value,key… has an option, with a value or without. */
    public static boolean has(String options, String key) {
        return valueOf(options, key) != null || ("," + options + ",").contains("," + key + ",");
    }
}
