package dev.nestor.fs.sysfs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FsType;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.KStat;
import dev.nestor.fs.NameTable;
import dev.nestor.fs.Vfs;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Stat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * sysfs: fs/kernfs and fs/sysfs. Some directories are made as they are when an instance comes to be; those of objects that come
 * and go have no inodes until somebody looks: an inode's datum is then its {@link SysEntry}, its handle the object.
 */
public final class SysFs extends FsType {
    private static final long SYSFS_MAGIC = 0x62656572L;
    private static final int PAGE = 4096;
    private static final int ENTRY_BITS = 10;

    /** The objects that entries are about: struct kobject, and the namespace that an instance is tagged with. */
    public interface Objects {
        /** kobj_ns_current() of who has mounted an instance: its namespace. */
        int tag(int sb);

        boolean isLive(int object);

        /** kobject_get_ownership(): the kuid. */
        int uid(int object);

        int gid(int object);
    }

    private static final Objects NOTHING = new Objects() {
        @Override
        public int tag(int sb) {
            return NULL;
        }

        @Override
        public boolean isLive(int object) {
            return false;
        }

        @Override
        public int uid(int object) {
            return 0;
        }

        @Override
        public int gid(int object) {
            return 0;
        }
    };

    private final Vfs vfs;
    private final InodeTable inodes;
    private final NameTable names;
    private final int index;
    private final int directoryKind;
    private final int fileKind;
    private final List<SysEntry> entries = new ArrayList<>();
    private final byte[] text = new byte[256];
    private final Counter counter = new Counter();
    private Objects objects = NOTHING;

    /** Counts what it is given. */
    private static final class Counter implements IntConsumer {
        private int count;

        @Override
        public void accept(int object) {
            count++;
        }
    }

    public SysFs(Vfs vfs) {
        super("sysfs", SYSFS_MAGIC);
        this.vfs = vfs;
        this.inodes = vfs.tables.inodes;
        this.names = vfs.tables.names;
        this.index = vfs.types.register(this);
        this.directoryKind = vfs.kinds.add(new SysDirectoryOps(vfs, this));
        this.fileKind = vfs.kinds.add(new SysFileOps(vfs, this));
    }

    public void setObjects(Objects all) {
        objects = all;
    }

    Objects objects() {
        return objects;
    }

    int register(SysEntry entry) {
        entries.add(entry);
        assert entries.size() < 1 << ENTRY_BITS;
        return entries.size();
    }

    /** The directory that others begin with. */
    public SysEntry newRoot() {
        return new SysEntry(this, "", Stat.S_IFDIR | 0755);
    }

    /** A directory that has been made shows the objects of an entry. */
    public void bind(int inode, SysEntry entry) {
        inodes.setDatum(inode, entry.index);
    }

    /** An instance with a root directory; NULL at a limit. */
    public int create(int userNs, int rootMode) {
        int sb = vfs.superBlocks.create(index, userNs);
        if (sb == NULL) {
            return NULL;
        }
        int inode = vfs.inodes.create(sb, Stat.S_IFDIR | rootMode, 0, 0);
        int name = names.intern("/");
        int root = inode == NULL ? NULL : vfs.dentries.addRoot(sb, name, inode);
        names.put(name);
        if (root == NULL) {
            vfs.inodes.put(inode);
            vfs.superBlocks.put(sb);
            return NULL;
        }
        vfs.tables.superBlocks.setRoot(sb, root);
        return sb;
    }

    /** The entry of an inode; null for one that has been made as it is. */
    @Nullable
    SysEntry entryOf(int inode) {
        int datum = inodes.datum(inode);
        return datum == 0 || datum >= SysAttributes.MAX_OBJECTS ? null : entries.get(datum - 1);
    }

    int tagOf(int inode) {
        return objects.tag(inodes.sb(inode));
    }

    /** Whether an inode's object has gone: the kernfs node is not active any more. */
    boolean isDead(int inode) {
        return inodes.handle(inode) != NULL && !objects.isLive(inodes.handle(inode));
    }

    static long ino(SysEntry entry, int object) {
        return (object & 0xffff_ffffL) << ENTRY_BITS | entry.index;
    }

    @Override
    public int lookup(int task, int dir, int name) {
        int dirInode = vfs.tables.dentries.inode(dir);
        SysEntry entry = entryOf(dirInode);
        if (entry == null) {
            return NULL;
        }
        int length = names.length(name);
        int object = inodes.handle(dirInode);
        if (isDead(dirInode) || length > text.length) {
            return NULL;
        }
        names.copy(name, text, 0);
        int tag = tagOf(dirInode);
        for (int i = 0; i < entry.children.size(); i++) {
            SysEntry child = entry.children.get(i);
            if (child.isNamed) {
                int found = child.names.find(tag, object, text, length);
                if (found != NULL) {
                    return add(dir, name, child, found);
                }
            } else if (Arrays.equals(child.name, 0, child.name.length, text, 0, length)) {
                return child.isOf(object) ? add(dir, name, child, object) : NULL;
            }
        }
        return NULL;
    }

    private int add(int dir, int name, SysEntry entry, int object) {
        int sb = vfs.tables.dentries.sb(dir);
        int inode = vfs.inodes.create(sb, entry.mode, objects.uid(object), objects.gid(object));
        if (inode == NULL) {
            return -Errno.ENOMEM;
        }
        inodes.setDatum(inode, entry.index);
        inodes.setHandle(inode, object);
        inodes.setIno(inode, ino(entry, object));
        inodes.setSize(inode, 0);
        int dentry = vfs.dentries.add(dir, name, inode);
        if (dentry == NULL) {
            vfs.inodes.put(inode);
            return -Errno.ENOMEM;
        }
        return dentry;
    }

    /** kernfs_dop_revalidate(): its object is there, has the name still, and is of the instance's namespace. */
    @Override
    public boolean isValid(int dentry) {
        int inode = vfs.tables.dentries.inode(dentry);
        if (inode == NULL) {
            int parent = vfs.tables.dentries.parent(dentry);
            return entryOf(vfs.tables.dentries.inode(parent)) == null;
        }
        SysEntry entry = entryOf(inode);
        int object = inodes.handle(inode);
        if (entry == null || object == NULL) {
            return true;
        }
        if (!objects.isLive(object) || !entry.isOf(object)) {
            return false;
        }
        if (entry.isNamed) {
            int name = vfs.tables.dentries.name(dentry);
            int of = inodes.handle(vfs.tables.dentries.inode(vfs.tables.dentries.parent(dentry)));
            names.copy(name, text, 0);
            if (entry.names.find(tagOf(inode), of, text, names.length(name)) != object) {
                return false;
            }
        }
        inodes.setUid(inode, objects.uid(object));
        inodes.setGid(inode, objects.gid(object));
        return true;
    }

    @Override
    public int linkText(int task, int dentry, byte[] into) {
        int inode = vfs.tables.dentries.inode(dentry);
        SysEntry entry = entryOf(inode);
        return entry == null || entry.target == null || isDead(inode)
                ? 0
                : entry.target.put(inodes.handle(inode), into);
    }

    @Override
    public int readlink(int task, int dentry, byte[] into) {
        int length = linkText(task, dentry, into);
        return length == 0 ? -Errno.ENOENT : length;
    }

    /** Files are a page long, whatever there is to read; each directory in a directory is a link to it. */
    @Override
    public void getattr(int inode, KStat stat) {
        int format = stat.mode & Stat.S_IFMT;
        if (format == Stat.S_IFREG && stat.size < PAGE) {
            stat.size = PAGE;
            stat.blocks = 0;
        }
        SysEntry entry = entryOf(inode);
        if (entry != null && format == Stat.S_IFDIR) {
            stat.nlink = 2 + (isDead(inode) ? 0 : directoriesIn(entry, inode));
        }
    }

    private int directoriesIn(SysEntry entry, int inode) {
        counter.count = 0;
        for (int i = 0; i < entry.children.size(); i++) {
            SysEntry child = entry.children.get(i);
            if (child.isDirectory() && child.isNamed) {
                child.names.forEach(NULL, inodes.handle(inode), counter);
            } else if (child.isDirectory() && child.isOf(inodes.handle(inode))) {
                counter.count++;
            }
        }
        return counter.count;
    }

    @Override
    public boolean isUsernsVisible() {
        return true;
    }

    @Override
    public boolean hasXattrs() {
        return true;
    }

    @Override
    public int fileKind(int inode) {
        boolean isOfObject = entryOf(inode) != null;
        return switch (inodes.mode(inode) & Stat.S_IFMT) {
            case Stat.S_IFREG -> isOfObject ? fileKind : inodes.datum(inode) != 0 ? FileKinds.SYSFS : FileKinds.REGULAR;
            case Stat.S_IFDIR -> isOfObject ? directoryKind : FileKinds.DIRECTORY;
            default -> FileKinds.NONE;
        };
    }
}
