package dev.nestor.ipc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Outside;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.mm.Frames;
import dev.nestor.mm.MmLimits;
import dev.nestor.mm.Mmap;
import dev.nestor.mm.VmSegments;
import dev.nestor.mm.VmaTable;
import dev.nestor.table.Chain;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Ipc;
import dev.nestor.uapi.Mman;

/**
 * Shared memory segments: ipc/shm.c. A segment is a shmem object that has an identifier; attaching maps it. An attachment
 * holds its namespace, so that one whose tasks are gone is there as long as something of it is mapped.
 */
public final class SharedSegments implements IpcNamespaces.Contents, VmSegments {
    private static final int S_IRWXUGO = 0777;
    private static final int HUGE_2MB = 21; // log2 of a size of huge pages
    private static final int HUGE_1GB = 30;

    private final IpcNamespaceTable namespaces;
    private final IpcNamespaces namespaceLife;
    private final ShmTable segments;
    private final ShmFileTable files;
    private final IpcIds ids;
    private final IpcPermissions permissions;
    private final IpcBelow below;
    private final AddressSpaces spaces;
    private final TaskTable tasks;
    private final MmLimits limits;
    private final Mmap mmap;
    private final Work work;
    private final Ops ops = new Ops();
    private final Mmap.Source source = new Mmap.Source();

    /** The namespaces: their columns, and how they are held. */
    public record Namespaces(IpcNamespaceTable table, IpcNamespaces life) {}

    /** The tables of this room that are about segments. */
    public record Tables(ShmTable segments, ShmFileTable files) {}

    /** Mapping, and what limits it. */
    public record Memory(Mmap mmap, MmLimits limits) {}

    public SharedSegments(
            Namespaces namespaces, Tables tables, IpcPermissions permissions, Memory memory, IpcBelow below) {
        this.namespaces = namespaces.table;
        this.namespaceLife = namespaces.life;
        this.segments = tables.segments;
        this.files = tables.files;
        this.permissions = permissions;
        this.below = below;
        this.spaces = below.spaces();
        this.tasks = below.tasks();
        this.limits = memory.limits;
        this.mmap = memory.mmap;
        this.work = below.work();
        this.ids = new IpcIds(IpcIds.SHM, this.namespaces, segments, permissions, work);
    }

    public ShmTable table() {
        return segments;
    }

    public ShmFileTable files() {
        return files;
    }

    public IpcIds ids() {
        return ids;
    }

    private static long pagesOf(long bytes) {
        return (bytes + Frames.PAGE_MASK) >>> Frames.PAGE_SHIFT;
    }

    /** shmget(2): an identifier, or EINVAL, ENOENT, EEXIST, EACCES, ENOSPC, ENOMEM, EPERM. */
    public int shmget(int task, int ns, int key, long size, int flag) {
        return ids.ipcget(task, ns, key, flag, ops, size);
    }

    private final class Ops implements IpcIds.Ops {
        /** newseg(). */
        @Override
        public int getNew(int task, int ns, int key, int flag, long size) {
            if (Long.compareUnsigned(size, Ipc.SHMMIN) < 0
                    || Long.compareUnsigned(size, namespaces.shmCtlmax(ns)) > 0) {
                return -Errno.EINVAL;
            }
            long pages = pagesOf(size);
            long total = namespaces.shmTot(ns) + pages;
            if (Long.compareUnsigned(pages << Frames.PAGE_SHIFT, size) < 0
                    || Long.compareUnsigned(total, pages) < 0
                    || Long.compareUnsigned(total, namespaces.shmCtlall(ns)) > 0) {
                return -Errno.ENOSPC;
            }
            int refused = (flag & Ipc.SHM_HUGETLB) != 0 ? hugetlb(task, flag) : checkSize(size, pages, flag);
            return refused != 0 ? refused : create(task, ns, key, flag, size);
        }

        /** shm_more_checks(). */
        @Override
        public int moreChecks(int object, long size) {
            return Long.compareUnsigned(segments.segsz(object), size) < 0 ? -Errno.EINVAL : 0;
        }
    }

    /** shmem_kernel_file_setup(): what it refuses. */
    private int checkSize(long size, long pages, int flag) {
        if (size < 0) {
            return -Errno.EINVAL;
        }
        return (flag & Ipc.SHM_NORESERVE) == 0 && !limits.enoughMemory(pages) ? -Errno.ENOMEM : 0;
    }

    /** hugetlb_file_setup() of a machine whose pools of huge pages are empty. */
    private int hugetlb(int task, int flag) {
        int sizeLog = flag >>> Ipc.SHM_HUGE_SHIFT & Ipc.SHM_HUGE_MASK;
        if (sizeLog != 0 && sizeLog != HUGE_2MB && sizeLog != HUGE_1GB) {
            return -Errno.EINVAL;
        }
        if (!permissions.capable(task, Capability.CAP_IPC_LOCK) && !permissions.isInGroup(task, 0)) {
            return -Errno.EPERM;
        }
        return (flag & Ipc.SHM_NORESERVE) != 0 ? -Outside.EOUTSIDE : -Errno.ENOMEM;
    }

    private int create(int task, int ns, int key, int flag, long size) {
        int shp = segments.alloc();
        int shmem = shp == NULL ? NULL : spaces.shmem().create(pagesOf(size));
        if (shmem == NULL) {
            if (shp != NULL) {
                segments.free(shp);
            }
            return -Errno.ENOMEM;
        }
        segments.setKey(shp, key);
        segments.setMode(shp, flag & S_IRWXUGO);
        int id = ids.addid(task, ns, shp, namespaces.shmCtlmni(ns));
        if (id < 0) {
            spaces.shmem().release(shmem);
            segments.free(shp);
            return id;
        }
        segments.setShmem(shp, shmem);
        segments.setSegsz(shp, size);
        segments.setCtim(shp, below.realSeconds());
        segments.setCprid(shp, below.pids().getPid(below.pids().tgid(task)));
        segments.created().addFirst(task, shp);
        namespaces.setShmTot(ns, namespaces.shmTot(ns) + pagesOf(size));
        work.add(Work.OBJECT_ALLOC);
        work.add(Work.INODE_ALLOC);
        return id;
    }

    /** do_shmat(): the address, or EINVAL, EACCES, ENOMEM, EPERM, EAGAIN. */
    public long shmat(int task, int ns, int shmid, long shmaddr, int flag) {
        long address = shmaddr;
        if (shmid < 0) {
            return -Errno.EINVAL;
        }
        if ((address & Frames.PAGE_MASK) != 0) {
            address = (flag & Ipc.SHM_RND) != 0 ? address & -Frames.PAGE_SIZE : address;
            if ((address & Frames.PAGE_MASK) != 0) {
                return -Errno.EINVAL;
            }
        }
        if (address == 0 && (flag & Ipc.SHM_REMAP) != 0) {
            return -Errno.EINVAL;
        }
        int shp = ids.obtainCheck(ns, shmid);
        if (shp < 0) {
            return shp;
        }
        int access = (flag & Ipc.SHM_RDONLY) != 0 ? IpcPermissions.READ : IpcPermissions.READ | IpcPermissions.WRITE;
        access |= (flag & Ipc.SHM_EXEC) != 0 ? IpcPermissions.EXECUTE : 0;
        if (!permissions.ipcperms(task, segments, shp, access)) {
            return -Errno.EACCES;
        }
        int file = files.alloc();
        if (file == NULL) {
            return -Errno.ENOMEM;
        }
        segments.setNattch(shp, segments.nattch(shp) + 1);
        files.setCount(file, 1);
        files.setShp(file, shp);
        namespaceLife.hold(ns);
        files.setNs(file, ns);
        work.add(Work.FILE_OPEN);
        long at = map(task, file, address, shmaddr != 0, flag);
        putFile(file);
        segments.setNattch(shp, segments.nattch(shp) - 1);
        if (mayDestroy(shp)) {
            destroy(shp);
        }
        return at;
    }

    private long map(int task, int file, long address, boolean isFixed, int flag) {
        int shp = files.shp(file);
        long size = segments.segsz(shp);
        if (address != 0 && (flag & Ipc.SHM_REMAP) == 0) {
            long end = address + size;
            if (Long.compareUnsigned(end, address) < 0 || spaces.isMapped(tasks.mm(task), address, end)) {
                return -Errno.EINVAL;
            }
        }
        boolean readOnly = (flag & Ipc.SHM_RDONLY) != 0;
        int prot =
                Mman.PROT_READ | (readOnly ? 0 : Mman.PROT_WRITE) | ((flag & Ipc.SHM_EXEC) != 0 ? Mman.PROT_EXEC : 0);
        int kind = isFixed ? Mman.MAP_SHARED | Mman.MAP_FIXED : Mman.MAP_SHARED;
        source.setSegment(segments.shmem(shp), file, readOnly);
        return mmap.mmap(task, address, size, prot, kind, source);
    }

    /** ksys_shmdt(): unmaps what is left of an attachment that began at an address; EINVAL when there is none. */
    public int shmdt(int task, long address) {
        if ((address & Frames.PAGE_MASK) != 0) {
            return -Errno.EINVAL;
        }
        int mm = tasks.mm(task);
        VmaTable vmas = spaces.vmas();
        int vma = address < 0 ? NULL : spaces.findVma(mm, address);
        while (vma != NULL && !isPartOf(vma, address)) {
            vma = spaces.findVma(mm, vmas.end(vma));
        }
        if (vma == NULL) {
            return -Errno.EINVAL;
        }
        int file = vmas.segment(vma);
        long size = pagesOf(segments.segsz(files.shp(file))) << Frames.PAGE_SHIFT;
        while (vma != NULL && vmas.end(vma) - address <= size) {
            long start = vmas.start(vma);
            long end = vmas.end(vma);
            if (isPartOf(vma, address) && vmas.segment(vma) == file) {
                boolean isLast = files.count(file) == 1;
                mmap.munmap(task, start, end - start);
                if (isLast) {
                    return 0;
                }
            }
            vma = spaces.findVma(mm, end);
        }
        return 0;
    }

    /** Whether a vma is of an attachment and lies where it would if that began at an address. */
    private boolean isPartOf(int vma, long address) {
        VmaTable vmas = spaces.vmas();
        return vmas.segment(vma) != NULL && (vmas.start(vma) - address) >>> Frames.PAGE_SHIFT == vmas.pgoff(vma);
    }

    @Override
    public void open(int segment) {
        int shp = files.shp(segment);
        files.setCount(segment, files.count(segment) + 1);
        segments.setAtim(shp, below.realSeconds());
        segments.setLprid(shp, below.updatePid(segments.lprid(shp), below.pids().tgid(tasks.current())));
        segments.setNattch(shp, segments.nattch(shp) + 1);
    }

    @Override
    public void close(int segment) {
        int shp = files.shp(segment);
        segments.setLprid(shp, below.updatePid(segments.lprid(shp), below.pids().tgid(tasks.current())));
        segments.setDtim(shp, below.realSeconds());
        segments.setNattch(shp, segments.nattch(shp) - 1);
        if (mayDestroy(shp)) {
            destroy(shp);
        }
        putFile(segment);
    }

    /** fput() and shm_release(). */
    private void putFile(int file) {
        int count = files.count(file) - 1;
        files.setCount(file, count);
        if (count == 0) {
            int ns = files.ns(file);
            files.free(file);
            work.add(Work.FILE_CLOSE);
            namespaceLife.put(ns);
        }
    }

    /** shm_may_destroy(). */
    private boolean mayDestroy(int shp) {
        return segments.nattch(shp) == 0
                && (namespaces.shmRmidForced(segments.ns(shp)) || (segments.mode(shp) & Ipc.SHM_DEST) != 0);
    }

    /** shm_destroy(). */
    private void destroy(int shp) {
        int ns = segments.ns(shp);
        namespaces.setShmTot(ns, namespaces.shmTot(ns) - pagesOf(segments.segsz(shp)));
        if (segments.created().owner(shp) != NULL) {
            segments.created().remove(shp);
        }
        ids.rmid(ns, shp);
        spaces.shmem().release(segments.shmem(shp));
        below.pids().putPid(segments.cprid(shp));
        below.pids().putPid(segments.lprid(shp));
        segments.free(shp);
        work.add(Work.OBJECT_FREE);
        work.add(Work.INODE_FREE);
    }

    /** do_shm_rmid(). */
    private void remove(int shp) {
        if (segments.nattch(shp) == 0) {
            destroy(shp);
        } else {
            segments.setMode(shp, segments.mode(shp) | Ipc.SHM_DEST);
            ids.setKeyPrivate(segments.ns(shp), shp);
        }
    }

    /** exit_shm(): the task has created nothing any more; with shm_rmid_forced what nobody has attached goes. */
    public void exit(int task) {
        Chain created = segments.created();
        while (!created.isEmpty(task)) {
            int shp = created.first(task);
            created.remove(shp);
            if (namespaces.shmRmidForced(segments.ns(shp)) && mayDestroy(shp)) {
                destroy(shp);
            }
        }
    }

    /** shm_destroy_orphaned(): what nobody has attached and whose creator is gone, goes. */
    public void destroyOrphaned(int ns) {
        int index = 0;
        for (int shp = ids.next(ns, 0); shp != NULL; shp = ids.next(ns, index)) {
            index = ids.indexOf(shp) + 1;
            if (segments.created().owner(shp) == NULL && mayDestroy(shp)) {
                destroy(shp);
            }
        }
    }

    /** shmctl(IPC_STAT), or by index SHM_STAT and (whoever asks) SHM_STAT_ANY: the segment, or EINVAL, EACCES. */
    public int stat(int task, int ns, int shmid, int cmd) {
        int shp = cmd == Ipc.IPC_STAT ? ids.obtainCheck(ns, shmid) : ids.obtain(ns, shmid);
        boolean hidden = shp > NULL
                && cmd != Ipc.SHM_STAT_ANY
                && !permissions.ipcperms(task, segments, shp, IpcPermissions.READ);
        return hidden ? -Errno.EACCES : shp;
    }

    /** Pages of a segment that are in memory. */
    public long resident(int shp) {
        return spaces.shmem().resident(segments.shmem(shp));
    }

    /** shm_get_stat(): pages of all segments of a namespace that are in memory. */
    public long residentIn(int ns) {
        long pages = 0;
        for (int shp = ids.next(ns, 0); shp != NULL; shp = ids.next(ns, ids.indexOf(shp) + 1)) {
            pages += resident(shp);
        }
        return pages;
    }

    /** shmctl(IPC_SET): 0, or EINVAL, EPERM. */
    public int set(int task, int ns, int shmid, IpcPermissions.IpcPerm perm) {
        int shp = ids.obtainToControl(task, ns, shmid);
        if (shp < 0) {
            return shp;
        }
        int error = permissions.updatePerm(task, segments, shp, perm);
        if (error == 0) {
            segments.setCtim(shp, below.realSeconds());
        }
        return error;
    }

    /** shmctl(IPC_RMID): 0, or EINVAL, EPERM. */
    public int rmid(int task, int ns, int shmid) {
        int shp = ids.obtainToControl(task, ns, shmid);
        if (shp < 0) {
            return shp;
        }
        remove(shp);
        return 0;
    }

    /** shmctl_do_lock(): 0, or EINVAL, EPERM, ENOMEM. */
    public int lock(int task, int ns, int shmid, boolean on) {
        int shp = ids.obtainCheck(ns, shmid);
        if (shp < 0) {
            return shp;
        }
        boolean canMlock = limits.canMlock(task);
        if (!permissions.nsCapable(task, ns, Capability.CAP_IPC_LOCK)
                && (!permissions.isOwner(task, segments, shp) || (on && !canMlock))) {
            return -Errno.EPERM;
        }
        boolean isLocked = (segments.mode(shp) & Ipc.SHM_LOCKED) != 0;
        if (on && !isLocked) {
            if (!limits.mayLock(task, pagesOf(segments.segsz(shp)))) {
                return -Errno.ENOMEM;
            }
            segments.setMode(shp, segments.mode(shp) | Ipc.SHM_LOCKED);
        } else if (!on) {
            segments.setMode(shp, segments.mode(shp) & ~Ipc.SHM_LOCKED);
        }
        return 0;
    }

    @Override
    public void initNs(int ns) {
        ids.initNs(ns);
    }

    @Override
    public void exitNs(int ns) {
        for (int shp = ids.next(ns, 0); shp != NULL; shp = ids.next(ns, 0)) {
            remove(shp);
        }
        ids.exitNs(ns);
    }

    public void digest(StateHash hash) {
        segments.digest(hash);
        files.digest(hash);
        ids.digest(hash);
    }
}
