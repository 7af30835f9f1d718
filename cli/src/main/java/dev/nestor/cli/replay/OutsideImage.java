package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.image.FileImage;
import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.fs.KStat;
import dev.nestor.fs.LearnedFiles;
import dev.nestor.fs.LookupFlags;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.nio.charset.StandardCharsets;

/**
 * Files that an image says were there before the log: put in their places before a call that names them is entered,
 * whatever the log says of it. They answer like any file. Where the log shows another file, the machine was not quite that of
 * the image: what the log shows is learned, and that call is not computed.
 *
 * <p>What an image knows of directories is that they are there: their sizes and links depend on all that is in them.
 */
final class OutsideImage implements LearnedFiles.Inventory {
    private static final int BLOCK = 4096; // bytes of an ext4 block
    private static final int SECTORS = BLOCK / 512;
    private static final int FAST_LINK = 60; // a shorter symlink has no block

    private static final String OTHER = "a file that is another in the image";

    private final LearnedFiles learned;
    private final FileImage image;

    /** Inodes of what the image has; a row may be that of another file from before by now. */
    private final IntOpenHashSet placed = new IntOpenHashSet();

    /** Those of them whose attributes were another's. */
    private final IntOpenHashSet mistaken = new IntOpenHashSet();

    /** Entries that the recorded machine does not have. */
    private final IntOpenHashSet absent = new IntOpenHashSet();

    OutsideImage(LearnedFiles learned, FileImage image) {
        this.learned = learned;
        this.image = image;
    }

    /** Before a call: the files that its paths lead to. */
    void before(int task, TraceCall call) {
        for (PathUse use : PathUse.of(call)) {
            byte[] path = use.path(call);
            if (path != null && path.length > 0) {
                learned.stock(task, use.dfd(call), path, use.follows() ? LookupFlags.FOLLOW : 0, this);
            }
        }
    }

    @Override
    public int find(byte[] path) {
        int entry = image.find(new String(path, StandardCharsets.UTF_8));
        return absent.contains(entry) ? NONE : entry;
    }

    @Override
    public int mode(int entry) {
        return image.mode(entry);
    }

    @Override
    public void place(int entry, int inode) {
        placed.add(inode);
        mistaken.remove(inode);
        int type = image.mode(entry) & Stat.S_IFMT;
        if (type == Stat.S_IFDIR) {
            return;
        }
        byte[] bytes = image.bytes(entry);
        KStat stat = new KStat();
        stat.mode = image.mode(entry);
        stat.uid = image.uid(entry);
        stat.gid = image.gid(entry);
        stat.nlink = image.nlink(entry);
        stat.ino = learned.ino(inode);
        stat.blksize = BLOCK;
        stat.size = type == Stat.S_IFLNK ? bytes.length : image.length(entry);
        stat.blocks = type == Stat.S_IFLNK && stat.size < FAST_LINK ? 0 : (stat.size + BLOCK - 1) / BLOCK * SECTORS;
        if (type == Stat.S_IFLNK) {
            learned.learnLink(inode, bytes);
        }
        learned.learnAttributes(inode, stat);
        if (type == Stat.S_IFREG) {
            learned.learnContent(inode, 0, bytes, bytes.length);
        }
    }

    private boolean isPlaced(int inode) {
        return inode > NULL && placed.contains(inode) && learned.isFromBefore(inode);
    }

    /** The emulator finds what the log does not: the machine has no such file. Why the result is not computed, or "". */
    String learn(ReplayedTask member, TraceCall call, long result) {
        boolean isAbsent = call.result().outcome() == CallResult.Outcome.FAILED
                && call.result().value() == -Errno.ENOENT
                && result >= 0;
        if (!isAbsent || !onlyLooks(call)) {
            return "";
        }
        PathUse use = PathUse.of(call)[0];
        byte[] path = use.path(call);
        int inode = path == null ? NULL : learned.find(member.task(), use.dfd(call), path, false);
        if (path == null || !isPlaced(inode)) {
            return "";
        }
        if (call.nr() == Nr.NR_openat || call.nr() == Nr.NR_open) {
            learned.close(member.task(), (int) result);
        }
        byte[] place = learned.pathInMachine(member.task(), use.dfd(call), path);
        absent.add(image.find(new String(place, StandardCharsets.UTF_8)));
        learned.forgetName(member.task(), use.dfd(call), path);
        return OTHER;
    }

    /** Calls that do nothing but look at what is at their path, or open it. */
    private static boolean onlyLooks(TraceCall call) {
        return switch (call.nr()) {
            case Nr.NR_open,
                    Nr.NR_openat,
                    Nr.NR_stat,
                    Nr.NR_lstat,
                    Nr.NR_newfstatat,
                    Nr.NR_statx,
                    Nr.NR_access,
                    Nr.NR_faccessat,
                    Nr.NR_faccessat2,
                    Nr.NR_readlink,
                    Nr.NR_readlinkat -> true;
            default -> false;
        };
    }

    /** The log shows other attributes or bytes than the image: why the result is not computed, or "". */
    String excuse(int inode, boolean showsAttributes, boolean showsBytes) {
        if (!isPlaced(inode)) {
            return "";
        }
        if (showsAttributes && mistaken.add(inode)) {
            learned.forgetAttributes(inode);
            return OTHER;
        }
        return showsBytes && learned.hasUnknownContent(inode) ? OTHER : "";
    }
}
