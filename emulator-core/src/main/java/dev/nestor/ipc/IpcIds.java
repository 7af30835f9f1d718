package dev.nestor.ipc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.pid.Idr;
import dev.nestor.machine.Work;
import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Ipc;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;

/**
 * Identifiers and keys of one kind of object, in all namespaces: struct ipc_ids of ipc/util.c.
 *
 * <p>An identifier is {@code sequence number << 15 | index}. Indexes are given out cyclically within a range that is half
 * as large again as there are objects, and 64 at least; the sequence number goes on whenever the index does not go up. So
 * an identifier does not come back soon.
 */
public final class IpcIds {
    /** Kinds, as struct ipc_namespace counts them. */
    public static final int SEM = 0;

    public static final int MSG = 1;
    public static final int SHM = 2;

    /** The most objects of a kind in a namespace. */
    public static final int IPCMNI = 1 << 15;

    private static final int IPCMNI_SHIFT = 15;
    private static final int IPCMNI_IDX_MASK = IPCMNI - 1;
    private static final int IPCID_SEQ_MAX = Integer.MAX_VALUE >> IPCMNI_SHIFT;
    private static final int MIN_CYCLE = 64;

    private final int kind;
    private final IpcNamespaceTable namespaces;
    private final IpcPermTable objects;
    private final IpcPermissions permissions;
    private final Work work;
    private final Idr idr = new Idr(); // by index, in each namespace

    /* Its order depends on its history: look up, never walk. */
    private final Long2IntOpenHashMap keys = new Long2IntOpenHashMap(); // object, by namespace row and key

    /** What a kind does when its objects are got: struct ipc_ops. */
    interface Ops {
        /** getnew(): the identifier of a new object, or a negative errno. */
        int getNew(int task, int ns, int key, int flag, long param);

        /** more_checks(): 0 or a negative errno for an object that was found. */
        int moreChecks(int object, long param);
    }

    IpcIds(int kind, IpcNamespaceTable namespaces, IpcPermTable objects, IpcPermissions permissions, Work work) {
        this.kind = kind;
        this.namespaces = namespaces;
        this.objects = objects;
        this.permissions = permissions;
        this.work = work;
    }

    /** ipc_init_ids(). */
    void initNs(int ns) {
        idr.reserve(namespaces.rowOf(ns));
    }

    /** All that belongs to a namespace has to be gone. */
    void exitNs(int ns) {
        assert namespaces.inUse(ns, kind) == 0 : "objects are left";
        idr.clear(namespaces.rowOf(ns));
    }

    /** ipcget(): the identifier of an object with the key, a new one if need be; ENOENT, EEXIST, EACCES, and getnew's. */
    int ipcget(int task, int ns, int key, int flag, Ops ops, long param) {
        if (key == Ipc.IPC_PRIVATE) {
            return ops.getNew(task, ns, key, flag, param);
        }
        work.add(Work.LOOKUP);
        int object = keys.get(keyOf(ns, key));
        if (object == NULL) {
            return (flag & Ipc.IPC_CREAT) == 0 ? -Errno.ENOENT : ops.getNew(task, ns, key, flag, param);
        }
        if ((flag & (Ipc.IPC_CREAT | Ipc.IPC_EXCL)) == (Ipc.IPC_CREAT | Ipc.IPC_EXCL)) {
            return -Errno.EEXIST;
        }
        int error = ops.moreChecks(object, param);
        if (error != 0) {
            return error;
        }
        return permissions.ipcperms(task, objects, object, flag) ? objects.id(object) : -Errno.EACCES;
    }

    /** Whether a namespace has an object with the key. */
    public boolean hasKey(int ns, int key) {
        return key != Ipc.IPC_PRIVATE && keys.get(keyOf(ns, key)) != NULL;
    }

    /** ipc_addid(): gives a new object, whose key is set, its identifier and owner; the identifier, or ENOSPC. */
    int addid(int task, int ns, int object, int limit) {
        if (namespaces.inUse(ns, kind) >= Math.min(limit, IPCMNI)) {
            return -Errno.ENOSPC;
        }
        int idx = idrAlloc(ns, object);
        if (idx < 0) {
            return idx;
        }
        objects.setNs(object, ns);
        permissions.own(task, objects, object);
        if (objects.key(object) != Ipc.IPC_PRIVATE) {
            keys.put(keyOf(ns, objects.key(object)), object);
        }
        namespaces.setInUse(ns, kind, namespaces.inUse(ns, kind) + 1);
        if (idx > namespaces.maxIdx(ns, kind)) {
            namespaces.setMaxIdx(ns, kind, idx);
        }
        work.add(Work.ID_ALLOC);
        return objects.id(object);
    }

    /** ipc_idr_alloc(): the index, or ENOSPC. */
    private int idrAlloc(int ns, int object) {
        int row = namespaces.rowOf(ns);
        int wish = namespaces.nextId(ns, kind);
        namespaces.setNextId(ns, kind, -1);
        int idx;
        if (wish < 0) {
            int range = Math.min(Math.max(namespaces.inUse(ns, kind) * 3 / 2, MIN_CYCLE), IPCMNI);
            int from = namespaces.idrNext(ns, kind);
            idx = from < range ? idr.nextFree(row, from, range) : -1;
            idx = idx < 0 ? idr.nextFree(row, 0, range) : idx;
            if (idx < 0) {
                return -Errno.ENOSPC;
            }
            namespaces.setIdrNext(ns, kind, idx + 1);
            if (idx <= namespaces.lastIdx(ns, kind)) {
                int next = namespaces.seq(ns, kind) + 1;
                namespaces.setSeq(ns, kind, next >= IPCID_SEQ_MAX ? 0 : next);
            }
            namespaces.setLastIdx(ns, kind, idx);
            objects.setSeq(object, namespaces.seq(ns, kind));
        } else {
            objects.setSeq(object, wish >> IPCMNI_SHIFT);
            idx = idr.nextFree(row, wish & IPCMNI_IDX_MASK, IPCMNI);
            if (idx < 0) {
                return -Errno.ENOSPC;
            }
        }
        idr.put(row, idx, object);
        objects.setId(object, (objects.seq(object) << IPCMNI_SHIFT) + idx);
        return idx;
    }

    /**
     * For a driver that knows which identifier the next object of a namespace is to get: the cyclic search goes on there,
     * if that is free.
     */
    public void suggest(int ns, int id) {
        int idx = id & IPCMNI_IDX_MASK;
        if (id >= 0 && idr.find(namespaces.rowOf(ns), idx) == NULL) {
            namespaces.setIdrNext(ns, kind, idx);
            namespaces.setLastIdx(ns, kind, idx - 1);
            namespaces.setSeq(ns, kind, id >> IPCMNI_SHIFT);
        }
    }

    /** ipc_rmid(): the object can no longer be found. */
    void rmid(int ns, int object) {
        int idx = objects.id(object) & IPCMNI_IDX_MASK;
        idr.remove(namespaces.rowOf(ns), idx);
        removeKey(ns, object);
        namespaces.setInUse(ns, kind, namespaces.inUse(ns, kind) - 1);
        if (idx == namespaces.maxIdx(ns, kind)) {
            int highest = idx - 1;
            while (highest >= 0 && idr.find(namespaces.rowOf(ns), highest) == NULL) {
                highest--;
            }
            namespaces.setMaxIdx(ns, kind, highest);
        }
        work.add(Work.ID_FREE);
    }

    /** ipc_set_key_private(): the object stays, and is not found by its key any more. */
    void setKeyPrivate(int ns, int object) {
        removeKey(ns, object);
        objects.setKey(object, Ipc.IPC_PRIVATE);
    }

    private void removeKey(int ns, int object) {
        if (objects.key(object) != Ipc.IPC_PRIVATE) {
            keys.remove(keyOf(ns, objects.key(object)));
        }
    }

    /** ipc_obtain_object_idr(): the object with the identifier's index, or -EINVAL. */
    @HotPath
    int obtain(int ns, int id) {
        work.add(Work.LOOKUP);
        int object = idr.find(namespaces.rowOf(ns), id & IPCMNI_IDX_MASK);
        return object == NULL ? -Errno.EINVAL : object;
    }

    /** ipc_obtain_object_check(): the object with the identifier, or -EINVAL. */
    @HotPath
    int obtainCheck(int ns, int id) {
        int object = obtain(ns, id);
        return object > NULL && id >> IPCMNI_SHIFT != objects.seq(object) ? -Errno.EINVAL : object;
    }

    /** ipcctl_obtain_check(): the object, if the task may change it; EINVAL, EPERM. */
    int obtainToControl(int task, int ns, int id) {
        int object = obtainCheck(ns, id);
        return object > NULL && !permissions.mayControl(task, objects, object) ? -Errno.EPERM : object;
    }

    /** ipc_get_maxidx(): the highest index in use, 0 when there is none. */
    int maxIdx(int ns) {
        return Math.max(0, namespaces.maxIdx(ns, kind));
    }

    /** The object with the lowest index that is at least {@code from}, or NULL. */
    public int next(int ns, int from) {
        int row = namespaces.rowOf(ns);
        int idx = idr.nextUsed(row, from);
        return idx < 0 ? NULL : idr.find(row, idx);
    }

    /** The index of an object. */
    public int indexOf(int object) {
        return objects.id(object) - (objects.seq(object) << IPCMNI_SHIFT);
    }

    void digest(StateHash hash) {
        idr.digest(hash);
    }

    private long keyOf(int ns, int key) {
        return (long) namespaces.rowOf(ns) << 32 | (key & 0xffffffffL);
    }
}
