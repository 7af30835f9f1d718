package dev.nestor.fs.tmpfs;

import dev.nestor.fs.FsOptionRules;

/** The options of a tmpfs: shmem_parse_one() and shmem_show_options() of mm/shmem.c. */
public final class TmpFsOptions {
    private static final int DEFAULT_MODE = 01777;
    private static final int PAGE_SHIFT = 12;

    private int mode;
    private long uid; // as the mounter says it, or as it is shown; -1 for his own
    private long gid;
    private long blocks; // pages; 0 for no limit
    private long inodes; // 0 for no limit
    private boolean noswap;
    private long half; // pages: the default
    private boolean hasBlocks;
    private boolean hasInodes;

    /**
     * Takes {@code size=4k,mode=755}, each of which has been looked at.
     *
     * @param halfMemory pages: what a tmpfs may fill when nothing is said
     */
    public void parse(String text, long halfMemory) {
        half = halfMemory;
        mode = DEFAULT_MODE;
        uid = -1;
        gid = -1;
        blocks = half;
        inodes = half;
        noswap = false;
        hasBlocks = false;
        hasInodes = false;
        takeAll(text);
    }

    /** shmem_reconfigure(): what is said of the root's mode and owner is passed over. */
    public void change(String shown, String text, long halfMemory) {
        parse(shown, halfMemory);
        int modeBefore = mode;
        long uidBefore = uid;
        long gidBefore = gid;
        takeAll(text);
        mode = modeBefore;
        uid = uidBefore;
        gid = gidBefore;
    }

    private void takeAll(String text) {
        if (text.isEmpty()) {
            return;
        }
        for (String option : text.split(",", -1)) {
            int equals = option.indexOf('=');
            if (equals > 0) {
                take(option.substring(0, equals), option.substring(equals + 1));
            }
            noswap |= option.equals("noswap");
        }
    }

    private void take(String key, String value) {
        switch (key) {
            case "mode" -> mode = (int) FsOptionRules.number(value, 8) & 07777;
            case "uid" -> uid = FsOptionRules.number(value, 0);
            case "gid" -> gid = FsOptionRules.number(value, 0);
            case "size" -> {
                blocks = value.endsWith("%")
                        ? 2 * half * FsOptionRules.number(value.substring(0, value.length() - 1), 0) / 100
                        : (FsOptionRules.size(value) + (1 << PAGE_SHIFT) - 1) >>> PAGE_SHIFT;
                hasBlocks = true;
            }
            case "nr_blocks" -> {
                blocks = FsOptionRules.size(value);
                hasBlocks = true;
            }
            case "nr_inodes" -> {
                inodes = FsOptionRules.size(value);
                hasInodes = true;
            }
            default -> {}
        }
    }

    public int mode() {
        return mode;
    }

    public int uid() {
        return (int) uid;
    }

    public int gid() {
        return (int) gid;
    }

    public long blocks() {
        return blocks;
    }

    public long inodes() {
        return inodes;
    }

    /** The owner of the root, in the initial user namespace: who mounts it, where nothing was said. */
    public void setOwner(int kuid, int kgid) {
        uid = Integer.toUnsignedLong(kuid);
        gid = Integer.toUnsignedLong(kgid);
    }

    /** What mountinfo shows. */
    public String shown() {
        boolean isPlain = !hasBlocks && !hasInodes && mode == DEFAULT_MODE && uid <= 0 && gid <= 0 && !noswap;
        if (isPlain) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        if (hasBlocks && blocks != half) {
            text.append(",size=").append(blocks << 2).append('k');
        }
        if (hasInodes && inodes != half) {
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
        text.append(noswap ? ",noswap" : "");
        return text.isEmpty() ? "" : text.substring(1);
    }
}
