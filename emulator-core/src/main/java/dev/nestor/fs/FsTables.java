package dev.nestor.fs;

import dev.nestor.table.StateHash;

/** The tables of this room. */
public final class FsTables {
    public final NameTable names;
    public final SuperBlockTable superBlocks;
    public final InodeTable inodes;
    public final DentryTable dentries;
    public final FileTable files;
    public final FilesStructTable filesStructs;
    public final FsStructTable fsStructs;
    public final MountTable mounts;
    public final MntNamespaceTable mntNamespaces;
    public final FsContextTable fsContexts;
    public final NotifyGroupTable notifyGroups;
    public final NotifyMarkTable notifyMarks;
    final FileLockTable locks;
    final XattrTable xattrs;
    final PageTree pages = new PageTree();
    final FdArrays fdArrays = new FdArrays();

    /**
     * @param maxFiles the most inodes, dentries, names and open files (fs.file-max)
     * @param maxTasks the most descriptor tables
     * @param maxMounts the most mounts in all namespaces
     */
    public FsTables(int maxFiles, int maxTasks, int maxMounts) {
        names = new NameTable(2 * maxFiles);
        superBlocks = new SuperBlockTable(maxMounts);
        inodes = new InodeTable(maxFiles);
        dentries = new DentryTable(maxFiles);
        files = new FileTable(maxFiles);
        fsContexts = new FsContextTable(maxTasks);
        locks = new FileLockTable(maxFiles, inodes);
        xattrs = new XattrTable(maxFiles, inodes);
        filesStructs = new FilesStructTable(maxTasks);
        fsStructs = new FsStructTable(maxTasks);
        mounts = new MountTable(maxMounts, superBlocks, dentries);
        mntNamespaces = new MntNamespaceTable(maxMounts, mounts);
        notifyGroups = new NotifyGroupTable(maxFiles);
        notifyMarks = new NotifyMarkTable(maxFiles, notifyGroups, inodes, mounts, superBlocks, mntNamespaces);
    }

    public void digest(StateHash hash) {
        names.digest(hash);
        names.digestBytes(hash);
        superBlocks.digest(hash);
        inodes.digest(hash);
        dentries.digest(hash);
        files.digest(hash);
        locks.digest(hash);
        xattrs.digest(hash);
        filesStructs.digest(hash);
        fsStructs.digest(hash);
        mounts.digest(hash);
        mntNamespaces.digest(hash);
        fsContexts.digest(hash);
        notifyGroups.digest(hash);
        notifyMarks.digest(hash);
        pages.digest(hash);
        fdArrays.digest(hash);
    }
}
