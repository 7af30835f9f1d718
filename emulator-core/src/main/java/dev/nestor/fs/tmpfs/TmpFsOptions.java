package dev.nestor.fs.tmpfs;

/** The options of a tmpfs: shmem_parse_one() and shmem_show_options() of mm/shmem.c. */
public final class TmpFsOptions {
    private static final int DEFAULT_MODE = 01777;
    private static final int PAGE_SHIFT = 12;

    private int mode;
    private int uid; // as the mounter says it; -1 for his own
    private int gid;
    private long blocks; // pages; 0 for the default
    private long inodes; // 0 for the default
    private boolean hasBlocks;
    private boolean hasInodes;

    /** Takes {@code size=4k,mode=755}; false (EINVAL) when something in it is not an option of tmpfs. */
    public boolean parse(byte[] text, int length) {
        mode = DEFAULT_MODE;
        uid = -1;
        gid = -1;
        blocks = 0;
        inodes = 0;
        hasBlocks = false;
        hasInodes = false;
        int start = 0;
        while (start < length) {
            int end = start;
            while (end < length && text[end] != ',') {
                end++;
            }
            if (end > start && !option(text, start, end)) {
                return false;
            }
            start = end + 1;
        }
        return true;
    }

    private boolean option(byte[] text, int start, int end) {
        int equals = start;
        while (equals < end && text[equals] != '=') {
            equals++;
        }
        if (equals == end) {
            return is(text, start, end, "noswap") || is(text, start, end, "inode64") || is(text, start, end, "inode32");
        }
        int from = equals + 1;
        if (is(text, start, equals, "mode")) {
            long value = number(text, from, end, 8);
            mode = (int) value & 07777;
            return value >= 0;
        }
        if (is(text, start, equals, "uid")) {
            uid = (int) number(text, from, end, 10);
            return uid >= 0;
        }
        if (is(text, start, equals, "gid")) {
            gid = (int) number(text, from, end, 10);
            return gid >= 0;
        }
        long size = size(text, from, end);
        if (is(text, start, equals, "size")) {
            blocks = (size + (1 << PAGE_SHIFT) - 1) >>> PAGE_SHIFT;
            hasBlocks = true;
            return size >= 0;
        }
        if (is(text, start, equals, "nr_blocks")) {
            blocks = size;
            hasBlocks = true;
            return size >= 0;
        }
        if (is(text, start, equals, "nr_inodes")) {
            inodes = size;
            hasInodes = true;
            return size >= 0;
        }
        return is(text, start, equals, "huge") || is(text, start, equals, "mpol");
    }

    private static boolean is(byte[] text, int start, int end, String word) {
        if (end - start != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (text[start + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** -1 for what is no number. */
    private static long number(byte[] text, int start, int end, int radix) {
        long value = 0;
        for (int i = start; i < end; i++) {
            int digit = Character.digit(text[i], radix);
            if (digit < 0 || value > Integer.MAX_VALUE) {
                return -1;
            }
            value = value * radix + digit;
        }
        return start == end ? -1 : value;
    }

    /** memparse(): a number with k, m, g, t behind it; -1 for anything else. A part of memory (%) is the default. */
    private static long size(byte[] text, int start, int end) {
        if (start == end) {
            return -1;
        }
        byte last = text[end - 1];
        if (last == '%') {
            return 0;
        }
        int shift = "kmgt".indexOf(Character.toLowerCase((char) last));
        long value = number(text, start, shift >= 0 ? end - 1 : end, 10);
        return value < 0 ? -1 : value << (10 * (shift + 1));
    }

    public int mode() {
        return mode;
    }

    public int uid() {
        return uid;
    }

    public int gid() {
        return gid;
    }

    public long blocks() {
        return blocks;
    }

    public long inodes() {
        return inodes;
    }

    /** What mountinfo shows. */
    public String shown() {
        StringBuilder text = new StringBuilder();
        if (hasBlocks && blocks > 0) {
            text.append(",size=").append(blocks << 2).append('k');
        }
        if (hasInodes && inodes > 0) {
            text.append(",nr_inodes=").append(inodes);
        }
        if (mode != DEFAULT_MODE) {
            String octal = Integer.toOctalString(mode);
            text.append(",mode=")
                    .append("000", 0, Math.max(0, 3 - octal.length()))
                    .append(octal);
        }
        if (uid > 0) {
            text.append(",uid=").append(uid);
        }
        if (gid > 0) {
            text.append(",gid=").append(gid);
        }
        return text.isEmpty() ? "" : text.substring(1);
    }
}
