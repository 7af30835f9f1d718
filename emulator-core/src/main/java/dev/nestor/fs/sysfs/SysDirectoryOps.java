package dev.nestor.fs.sysfs;

import dev.nestor.fs.DirEmitter;
import dev.nestor.fs.ListedDirectory;
import dev.nestor.fs.Vfs;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * kernfs_fop_readdir(): names stand in the order of their hashes, which are their positions. That of a name in a namespace would
 * begin with the address of that namespace; here it does not.
 */
final class SysDirectoryOps extends ListedDirectory implements IntConsumer {
    private static final long GOLDEN_RATIO_64 = 0x61C8_8646_80B5_83EBL;
    private static final int END = Integer.MAX_VALUE;

    private final SysFs fs;
    private final byte[] name = new byte[256];

    /* What is being listed, while a call lasts. */
    private final List<SysEntry> found = new ArrayList<>();
    private final IntArrayList objects = new IntArrayList();
    private long[] order = new long[64]; // hash << 32 | place in found
    private SysEntry taken; // whose objects are being taken

    SysDirectoryOps(Vfs vfs, SysFs fs) {
        super(vfs);
        this.fs = fs;
        this.taken = fs.newRoot();
    }

    @Override
    public long iterate(int task, int file, DirEmitter out) {
        int inode = files.inode(file);
        SysEntry entry = fs.entryOf(inode);
        if (entry == null || !emitDots(file, out) || files.pos(file) == END) {
            return 0;
        }
        if (!fs.isDead(inode)) {
            collect(entry, inode);
            if (!emitAll(file, out)) {
                return 0;
            }
        }
        files.setPos(file, END);
        return 0;
    }

    private void collect(SysEntry entry, int inode) {
        found.clear();
        objects.clear();
        int object = inodes.handle(inode);
        for (int i = 0; i < entry.children.size(); i++) {
            taken = entry.children.get(i);
            if (taken.isNamed) {
                taken.names.forEach(fs.tagOf(inode), object, this);
            } else if (taken.isOf(object)) {
                accept(object);
            }
        }
        Arrays.sort(order, 0, found.size());
    }

    @Override
    public void accept(int object) {
        int place = found.size();
        found.add(taken);
        objects.add(object);
        if (place == order.length) {
            order = Arrays.copyOf(order, 2 * place);
        }
        order[place] = hash(nameOf(place)) << 32 | place;
    }

    private int nameOf(int place) {
        SysEntry entry = found.get(place);
        if (entry.isNamed) {
            return entry.names.name(objects.getInt(place), name);
        }
        System.arraycopy(entry.name, 0, name, 0, entry.name.length);
        return entry.name.length;
    }

    /** kernfs_name_hash() without a namespace. */
    private long hash(int length) {
        long hash = 0;
        for (int i = 0; i < length; i++) {
            long c = name[i] & 0xff;
            hash = (hash + (c << 4) + (c >> 4)) * 11;
        }
        hash = ((hash * GOLDEN_RATIO_64) >>> 32) & 0x7fff_ffff;
        return hash < 2 ? hash + 2 : Math.min(hash, END - 1);
    }

    private boolean emitAll(int file, DirEmitter out) {
        for (int i = 0; i < found.size(); i++) {
            long hash = order[i] >>> 32;
            if (hash < files.pos(file)) {
                continue;
            }
            int place = (int) order[i];
            SysEntry entry = found.get(place);
            int length = nameOf(place);
            files.setPos(file, hash);
            int type = DirEmitter.typeOf(entry.mode);
            if (!out.emit(name, length, SysFs.ino(entry, objects.getInt(place)), type, hash)) {
                return false;
            }
        }
        return true;
    }
}
