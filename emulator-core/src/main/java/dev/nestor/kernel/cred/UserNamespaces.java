package dev.nestor.kernel.cred;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.NsOps;
import dev.nestor.kernel.ns.NsOwners;
import dev.nestor.kernel.ns.UcountType;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.HotPath;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import java.util.function.IntConsumer;

/**
 * User namespaces and the translation of ids through them: kernel/user_namespace.c. A kuid or kgid is an id of the
 * initial namespace; -1 is none.
 */
public final class UserNamespaces implements NsOps, NsOwners {
    /** Kinds of map. */
    public static final int UID = 0;

    public static final int GID = 1;
    public static final int PROJID = 2;

    /** No id. */
    public static final int INVALID_ID = -1;

    /** overflowuid and overflowgid: shown for an id that has no number in a namespace. */
    public static final int OVERFLOW_ID = 65534;

    /** Namespaces nest to this level below the initial one. */
    private static final int MAX_LEVEL = 33;

    private final UserNamespaceTable namespaces;
    private final IdMapTable maps;
    private final CredTable creds;
    private final TaskTable tasks;
    private final NsInums inums;
    private final Ucounts ucounts;
    private IntConsumer deathHook = ns -> {};

    public UserNamespaces(
            UserNamespaceTable namespaces,
            IdMapTable maps,
            CredTable creds,
            TaskTable tasks,
            NsInums inums,
            UcountsTable ucountsTable) {
        this.namespaces = namespaces;
        this.maps = maps;
        this.creds = creds;
        this.tasks = tasks;
        this.inums = inums;
        this.ucounts = new Ucounts(ucountsTable, namespaces, this::put);
    }

    /** @param hook called with a namespace that dies, while it is still there */
    void setDeathHook(IntConsumer hook) {
        deathHook = hook;
    }

    public Ucounts ucounts() {
        return ucounts;
    }

    /** init_user_ns, which maps every id to itself and limits nothing. */
    public int createRoot() {
        int ns = namespaces.alloc();
        namespaces.setCount(ns, 1);
        namespaces.setInum(ns, NsInums.USER_NS_INIT_INO);
        namespaces.setSetgroupsAllowed(ns, true);
        setUnlimited(ns);
        for (int type = 0; type < Ucounts.RLIMIT_COUNT; type++) {
            namespaces.setRlimitMax(ns, type, Long.MAX_VALUE);
        }
        for (int kind = UID; kind <= PROJID; kind++) {
            setMap(ns, kind, 0, 0, -1);
        }
        return ns;
    }

    private void setUnlimited(int ns) {
        for (int type = 0; type < UcountType.COUNT; type++) {
            namespaces.setUcountMax(ns, type, Integer.MAX_VALUE);
        }
    }

    /** set_userns_rlimit_max(): what all users of a namespace and of those below it may have together. */
    void limit(int ns, int rlimitType, long rlimit) {
        namespaces.setRlimitMax(ns, rlimitType, rlimit < 0 ? Long.MAX_VALUE : rlimit);
    }

    /**
     * create_user_ns(): a child of the cred's namespace, owned by the cred's effective ids. ENOSPC beyond level 33 or at a
     * limit of the owner's, EPERM for who is chrooted and for an owner that has no number in the parent.
     */
    public int create(int cred, boolean chrooted) {
        int parent = creds.userNs(cred);
        if (namespaces.level(parent) >= MAX_LEVEL) {
            return -Errno.ENOSPC;
        }
        int owner = creds.euid(cred);
        int group = creds.egid(cred);
        int counted = ucounts.incUcount(parent, owner, UcountType.USER_NAMESPACES);
        if (counted == NULL) {
            return -Errno.ENOSPC;
        }
        boolean known = fromKid(parent, UID, owner) != INVALID_ID && fromKid(parent, GID, group) != INVALID_ID;
        int ns = chrooted || !known ? NULL : namespaces.alloc();
        if (ns == NULL) {
            ucounts.decUcount(counted, UcountType.USER_NAMESPACES);
            return chrooted || !known ? -Errno.EPERM : -Errno.ENOMEM;
        }
        namespaces.setCount(ns, 1);
        hold(parent);
        namespaces.setUserNs(ns, parent);
        namespaces.setUcounts(ns, counted);
        setUnlimited(ns);
        namespaces.setLevel(ns, namespaces.level(parent) + 1);
        namespaces.setOwner(ns, owner);
        namespaces.setGroup(ns, group);
        namespaces.setInum(ns, inums.alloc());
        namespaces.setSetgroupsAllowed(ns, namespaces.setgroupsAllowed(parent));
        namespaces.setParentCouldSetfcap(ns, (creds.capEffective(cred) & 1L << Capability.CAP_SETFCAP) != 0);
        return ns;
    }

    @Override
    public void hold(int ns) {
        namespaces.setCount(ns, namespaces.count(ns) + 1);
    }

    @Override
    public void put(int ns) {
        int at = ns;
        while (at != NULL) {
            int count = namespaces.count(at) - 1;
            namespaces.setCount(at, count);
            if (count > 0) {
                return;
            }
            int parent = namespaces.parent(at);
            int counted = namespaces.ucounts(at);
            deathHook.accept(at);
            clearMaps(at);
            inums.free(namespaces.inum(at));
            namespaces.free(at);
            if (counted != NULL) {
                ucounts.decUcount(counted, UcountType.USER_NAMESPACES);
            }
            at = parent;
        }
    }

    @Override
    public int get(int task) {
        int ns = creds.userNs(tasks.cred(task));
        hold(ns);
        return ns;
    }

    @Override
    public int inum(int ns) {
        return namespaces.inum(ns);
    }

    /** The owner of a user namespace is its parent. */
    @Override
    public int owner(int ns) {
        return namespaces.parent(ns);
    }

    /** The kuid that made a namespace. */
    public int ownerOf(int ns) {
        return namespaces.owner(ns);
    }

    @Override
    public int parent(int ns) {
        return namespaces.parent(ns);
    }

    @Override
    public int incUcount(int userNs, int kuid, int type) {
        return ucounts.incUcount(userNs, kuid, type);
    }

    @Override
    public void decUcount(int counted, int type) {
        ucounts.decUcount(counted, type);
    }

    @Override
    public boolean isAncestorOrSelf(int ancestor, int ns) {
        int at = ns;
        while (namespaces.level(at) > namespaces.level(ancestor)) {
            at = namespaces.parent(at);
        }
        return at == ancestor;
    }

    /** make_kuid() and its kind: the id of the initial namespace that ns calls {@code id}, or INVALID_ID. */
    @HotPath
    public int makeKid(int ns, int kind, int id) {
        int map = namespaces.map(ns, kind);
        return map == NULL ? INVALID_ID : maps.down(map, id);
    }

    /** from_kuid() and its kind: what ns calls an id of the initial namespace, or INVALID_ID. */
    @HotPath
    public int fromKid(int ns, int kind, int kid) {
        int map = namespaces.map(ns, kind);
        return map == NULL ? INVALID_ID : maps.up(map, kid);
    }

    /** from_kuid_munged() and its kind: the overflow id where there is none. */
    public int fromKidMunged(int ns, int kind, int kid) {
        int id = fromKid(ns, kind, kid);
        return id == INVALID_ID ? OVERFLOW_ID : id;
    }

    /** make_kuid(). */
    public int makeKuid(int ns, int uid) {
        return makeKid(ns, UID, uid);
    }

    /** make_kgid(). */
    public int makeKgid(int ns, int gid) {
        return makeKid(ns, GID, gid);
    }

    /** from_kuid_munged(). */
    public int fromKuidMunged(int ns, int kuid) {
        return fromKidMunged(ns, UID, kuid);
    }

    /** from_kgid_munged(). */
    public int fromKgidMunged(int ns, int kgid) {
        return fromKidMunged(ns, GID, kgid);
    }

    /** Extents of a map, 0 before it has been written. */
    public int extentCount(int ns, int kind) {
        int map = namespaces.map(ns, kind);
        return map == NULL ? 0 : maps.count(map);
    }

    /**
     * Gives a namespace a map, of extents that are already known not to overlap and of ids of the initial namespace; false
     * at a limit.
     */
    public boolean setMap(int ns, int kind, int count, int[] first, int[] lowerFirst, int[] length) {
        assert namespaces.map(ns, kind) == NULL : "a map is written once";
        int map = maps.create(count, first, lowerFirst, length);
        namespaces.setMap(ns, kind, map);
        return map != NULL;
    }

    /** The same of a single extent. */
    public boolean setMap(int ns, int kind, int first, int lowerFirst, int length) {
        return setMap(ns, kind, 1, new int[] {first}, new int[] {lowerFirst}, new int[] {length});
    }

    /** The extent at a place in the map's order: {first, lowerFirst, length}. */
    public void extent(int ns, int kind, int index, int[] into) {
        int map = namespaces.map(ns, kind);
        into[0] = maps.first(map, index);
        into[1] = maps.lowerFirst(map, index);
        into[2] = maps.length(map, index);
    }

    private void clearMaps(int ns) {
        for (int kind = UID; kind <= PROJID; kind++) {
            int map = namespaces.map(ns, kind);
            if (map != NULL) {
                maps.destroy(map);
            }
        }
    }
}
