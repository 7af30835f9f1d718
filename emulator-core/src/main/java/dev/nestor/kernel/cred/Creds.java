package dev.nestor.kernel.cred;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Resource;
import java.util.function.IntConsumer;

/** The life of credentials: kernel/cred.c, kernel/groups.c, cap_bprm_creds_from_file() of security/commoncap.c. */
public final class Creds {
    /** SECBIT_*: include/uapi/linux/securebits.h. */
    public static final int SECBIT_NOROOT = 1;

    public static final int SECBIT_NO_SETUID_FIXUP = 4;
    public static final int SECBIT_KEEP_CAPS = 16;
    public static final int SECBIT_NO_CAP_AMBIENT_RAISE = 64;

    /** The kuid whose number of tasks is not limited. */
    private static final int INIT_USER = 0;

    private static final long CAP_FS_MASK = 1L << Capability.CAP_CHOWN
            | 1L << Capability.CAP_MKNOD
            | 1L << Capability.CAP_DAC_OVERRIDE
            | 1L << Capability.CAP_DAC_READ_SEARCH
            | 1L << Capability.CAP_FOWNER
            | 1L << Capability.CAP_FSETID
            | 1L << Capability.CAP_LINUX_IMMUTABLE
            | 1L << Capability.CAP_MAC_OVERRIDE;

    private final TaskTable tasks;
    private final CredTable creds;
    private final GroupInfoTable groups;
    private final UserNamespaces userNamespaces;
    private final SignalStructTable signals;
    private final Ucounts ucounts;
    private IntConsumer hideMemory = task -> {};
    private CredKeys keys = new NoKeys();

    /** Before there are keys. */
    private static final class NoKeys implements CredKeys {
        @Override
        public void get(int key) {}

        @Override
        public void put(int key) {}

        @Override
        public void fsIdsChanged(int threadKeyring, int kuid, int kgid) {}

        @Override
        public void freeUserNs(int userNs) {}
    }

    public Creds(
            TaskTable tasks,
            SignalStructTable signals,
            CredTable creds,
            GroupInfoTable groups,
            UserNamespaces userNamespaces) {
        this.tasks = tasks;
        this.signals = signals;
        this.creds = creds;
        this.groups = groups;
        this.userNamespaces = userNamespaces;
        this.ucounts = userNamespaces.ucounts();
    }

    /** @param hook set_dumpable(suid_dumpable) on the memory of a task that has some, which is a room above */
    public void setHideMemory(IntConsumer hook) {
        hideMemory = hook;
    }

    public void setKeys(CredKeys made) {
        keys = made;
        userNamespaces.setDeathHook(made::freeUserNs);
    }

    /** The first task's: root, with the capabilities of the bounding set. */
    public int createRoot(int userNs, long boundingSet) {
        int cred = creds.alloc();
        creds.setCount(cred, 1);
        userNamespaces.hold(userNs);
        creds.setUserNs(cred, userNs);
        creds.setUcounts(cred, ucounts.alloc(userNs, 0));
        creds.setCapPermitted(cred, boundingSet);
        creds.setCapEffective(cred, boundingSet);
        creds.setCapBset(cred, boundingSet);
        return cred;
    }

    public int get(int cred) {
        creds.setCount(cred, creds.count(cred) + 1);
        return cred;
    }

    /** put_cred(). */
    public void put(int cred) {
        int count = creds.count(cred) - 1;
        creds.setCount(cred, count);
        if (count == 0) {
            int userNs = creds.userNs(cred);
            putGroups(creds.groups(cred));
            keys.put(creds.threadKeyring(cred));
            keys.put(creds.processKeyring(cred));
            keys.put(creds.sessionKeyring(cred));
            ucounts.put(creds.ucounts(cred));
            creds.free(cred);
            userNamespaces.put(userNs);
        }
    }

    /** prepare_creds(): a private copy of a task's, to be changed and then committed or put; NULL at the limit. */
    public int prepare(int task) {
        int old = tasks.cred(task);
        int cred = creds.alloc();
        if (cred == NULL) {
            return NULL;
        }
        creds.copy(old, cred);
        creds.setCount(cred, 1);
        userNamespaces.hold(creds.userNs(cred));
        ucounts.get(creds.ucounts(cred));
        keys.get(creds.threadKeyring(cred));
        keys.get(creds.processKeyring(cred));
        keys.get(creds.sessionKeyring(cred));
        getGroups(creds.groups(cred));
        return cred;
    }

    /**
     * commit_creds(): the task gives up its old cred for this one, whose ucounts is that of its uid. Others with its old
     * rights can't look into it any more if its effective or file system ids change or its capabilities grow.
     */
    public void commit(int task, int cred) {
        int old = tasks.cred(task);
        assert ucounts.uid(creds.ucounts(cred)) == creds.uid(cred)
                        && ucounts.ns(creds.ucounts(cred)) == creds.userNs(cred)
                : "set_cred_ucounts() is missing";
        if (creds.ucounts(cred) != creds.ucounts(old)) {
            ucounts.incRlimit(creds.ucounts(cred), Ucounts.RLIMIT_NPROC, 1);
            ucounts.decRlimit(creds.ucounts(old), Ucounts.RLIMIT_NPROC, 1);
        }
        boolean sameIds = creds.euid(old) == creds.euid(cred)
                && creds.egid(old) == creds.egid(cred)
                && creds.fsuid(old) == creds.fsuid(cred)
                && creds.fsgid(old) == creds.fsgid(cred);
        if (!sameIds && creds.threadKeyring(cred) != NULL) {
            keys.fsIdsChanged(creds.threadKeyring(cred), creds.fsuid(cred), creds.fsgid(cred));
        }
        if (!sameIds || !isSubset(cred, old)) {
            hideMemory.accept(task);
            tasks.setPdeathSignal(task, 0);
        }
        tasks.setCred(task, cred);
        put(old);
    }

    /** cred_cap_issubset(): whether who has the rights of {@code set} has all those of {@code subset}, too. */
    private boolean isSubset(int subset, int set) {
        int ns = creds.userNs(subset);
        if (ns == creds.userNs(set) && (creds.capPermitted(subset) & ~creds.capPermitted(set)) == 0) {
            return true;
        }
        while (userNamespaces.parent(ns) != NULL) {
            if (userNamespaces.parent(ns) == creds.userNs(set) && userNamespaces.ownerOf(ns) == creds.euid(set)) {
                return true;
            }
            ns = userNamespaces.parent(ns);
        }
        return false;
    }

    /**
     * copy_creds() without CLONE_NEWUSER: the parent's cred, or one without the keyrings of its thread and, for a new
     * process, of its process. NULL at the limit.
     */
    public int copyCreds(int parent, boolean thread) {
        int old = tasks.cred(parent);
        if (creds.threadKeyring(old) == NULL && (thread || creds.processKeyring(old) == NULL)) {
            return get(old);
        }
        int cred = prepare(parent);
        if (cred != NULL) {
            dropKeyrings(cred, !thread);
        }
        return cred;
    }

    /** The thread's keyring stays behind, and that of the process if asked for. */
    public void dropKeyrings(int cred, boolean process) {
        keys.put(creds.threadKeyring(cred));
        creds.setThreadKeyring(cred, NULL);
        if (process) {
            keys.put(creds.processKeyring(cred));
            creds.setProcessKeyring(cred, NULL);
        }
    }

    /** set_cred_ucounts(): after a change of uid or user namespace of a prepared cred. 0, or EAGAIN at the table's limit. */
    public int setCredUcounts(int cred) {
        int old = creds.ucounts(cred);
        if (ucounts.uid(old) == creds.uid(cred) && ucounts.ns(old) == creds.userNs(cred)) {
            return 0;
        }
        int own = ucounts.alloc(creds.userNs(cred), creds.uid(cred));
        if (own == NULL) {
            return -Errno.EAGAIN;
        }
        creds.setUcounts(cred, own);
        ucounts.put(old);
        return 0;
    }

    /**
     * is_rlimit_overlimit() of RLIMIT_NPROC: whether the user of a cred has more tasks than a task's limit, or one of its
     * user namespaces, allows. No user namespace makes the initial root another than INIT_USER, who may have any number.
     */
    public boolean hasTooManyTasks(int cred, int task) {
        return creds.uid(cred) != INIT_USER && isOverNproc(cred, task);
    }

    private boolean isOverNproc(int cred, int task) {
        long limit = signals.rlimCur(tasks.signal(task), Resource.RLIMIT_NPROC);
        return ucounts.isRlimitOverlimit(creds.ucounts(cred), Ucounts.RLIMIT_NPROC, limit);
    }

    /** flag_nproc_exceeded(): a task that becomes a user who has too many may go on, but not do execve. */
    public void flagNprocExceeded(int task, int cred) {
        if (creds.ucounts(cred) == creds.ucounts(tasks.cred(task))) {
            return;
        }
        int flags = tasks.flags(task) & ~TaskTable.PF_NPROC_EXCEEDED;
        tasks.setFlags(task, hasTooManyTasks(cred, task) ? flags | TaskTable.PF_NPROC_EXCEEDED : flags);
    }

    /** The first of do_execveat_common(): whether the task may not, since its user had too many tasks and still has. */
    public boolean isExecRefused(int task) {
        if (tasks.hasFlag(task, TaskTable.PF_NPROC_EXCEEDED) && isOverNproc(tasks.cred(task), task)) {
            return true;
        }
        tasks.setFlags(task, tasks.flags(task) & ~TaskTable.PF_NPROC_EXCEEDED);
        return false;
    }

    /** A new task of its cred's user is counted. */
    public void countTask(int task) {
        ucounts.incRlimit(creds.ucounts(tasks.cred(task)), Ucounts.RLIMIT_NPROC, 1);
    }

    /** The task has been released, or did not come to be. */
    public void uncountTask(int task) {
        ucounts.decRlimit(creds.ucounts(tasks.cred(task)), Ucounts.RLIMIT_NPROC, 1);
    }

    /**
     * The part of copy_creds() that CLONE_NEWUSER asks for, and of unshare: the cred gets a namespace of its own with all
     * capabilities in it (create_user_ns). Returns 0 or a negative errno.
     *
     * @param task that asks for it, whose limits become the namespace's
     */
    public int createUserNs(int task, int cred, boolean chrooted) {
        int ns = userNamespaces.create(cred, chrooted);
        if (ns < 0) {
            return ns;
        }
        int signal = tasks.signal(task);
        boolean initialRoot = creds.uid(cred) == INIT_USER && userNamespaces.parent(creds.userNs(cred)) == NULL;
        userNamespaces.limit(
                ns, Ucounts.RLIMIT_NPROC, initialRoot ? -1 : signals.rlimCur(signal, Resource.RLIMIT_NPROC));
        userNamespaces.limit(ns, Ucounts.RLIMIT_MSGQUEUE, signals.rlimCur(signal, Resource.RLIMIT_MSGQUEUE));
        userNamespaces.limit(ns, Ucounts.RLIMIT_SIGPENDING, signals.rlimCur(signal, Resource.RLIMIT_SIGPENDING));
        userNamespaces.limit(ns, Ucounts.RLIMIT_MEMLOCK, signals.rlimCur(signal, Resource.RLIMIT_MEMLOCK));
        setUserNs(cred, ns);
        return setCredUcounts(cred);
    }

    /** set_cred_user_ns(): takes over the reference on ns. */
    public void setUserNs(int cred, int ns) {
        userNamespaces.put(creds.userNs(cred));
        creds.setUserNs(cred, ns);
        creds.setSecurebits(cred, 0);
        creds.setCapInheritable(cred, 0);
        creds.setCapPermitted(cred, Capabilities.CAP_VALID_MASK);
        creds.setCapEffective(cred, Capabilities.CAP_VALID_MASK);
        creds.setCapBset(cred, Capabilities.CAP_VALID_MASK);
        creds.setCapAmbient(cred, 0);
    }

    /** cap_task_fix_setuid() for a change of real, effective or saved ids. */
    public void fixSetuid(int cred, int old) {
        if ((creds.securebits(cred) & SECBIT_NO_SETUID_FIXUP) != 0) {
            return;
        }
        int root = userNamespaces.makeKuid(creds.userNs(old), 0);
        boolean hadRoot = creds.uid(old) == root || creds.euid(old) == root || creds.suid(old) == root;
        boolean hasRoot = creds.uid(cred) == root || creds.euid(cred) == root || creds.suid(cred) == root;
        if (hadRoot && !hasRoot) {
            if ((creds.securebits(cred) & SECBIT_KEEP_CAPS) == 0) {
                creds.setCapPermitted(cred, 0);
                creds.setCapEffective(cred, 0);
            }
            creds.setCapAmbient(cred, 0);
        }
        if (creds.euid(old) == root && creds.euid(cred) != root) {
            creds.setCapEffective(cred, 0);
        }
        if (creds.euid(old) != root && creds.euid(cred) == root) {
            creds.setCapEffective(cred, creds.capPermitted(cred));
        }
    }

    /** cap_task_fix_setuid() for a change of the file system id. */
    public void fixSetfsuid(int cred, int old) {
        if ((creds.securebits(cred) & SECBIT_NO_SETUID_FIXUP) != 0) {
            return;
        }
        int root = userNamespaces.makeKuid(creds.userNs(old), 0);
        if (creds.fsuid(old) == root && creds.fsuid(cred) != root) {
            creds.setCapEffective(cred, creds.capEffective(cred) & ~CAP_FS_MASK);
        }
        if (creds.fsuid(old) != root && creds.fsuid(cred) == root) {
            creds.setCapEffective(cred, creds.capEffective(cred) | (creds.capPermitted(cred) & CAP_FS_MASK));
        }
    }

    /**
     * What execve does to a prepared cred: set-id ids are already in euid and egid. cap_bprm_creds_from_file(), and the saved
     * ids of begin_new_exec().
     *
     * @param old the task's cred until now
     * @param caps of the file
     * @param unsafe whether the task shares its root and working directory, and so may not have more than it has
     * @return whether it has more rights than who called execve (bprm->secureexec)
     */
    public boolean exec(int cred, int old, FileCaps caps, boolean noNewPrivs, boolean unsafe) {
        dropKeyrings(cred, true);
        int root = userNamespaces.makeKuid(creds.userNs(cred), 0);
        long permitted = caps.given(creds.capBset(cred), creds.capInheritable(cred));
        boolean effective = caps.isEffective();
        boolean isSetuidRoot = creds.euid(cred) == root && creds.uid(cred) != root;
        if ((creds.securebits(cred) & SECBIT_NOROOT) == 0 && !(caps.isThere() && isSetuidRoot)) {
            if (creds.euid(cred) == root || creds.uid(cred) == root) {
                permitted = creds.capBset(old) | creds.capInheritable(old);
            }
            effective |= creds.euid(cred) == root;
        }
        boolean idChanged = creds.euid(cred) != creds.euid(old) || !isInGroup(old, creds.egid(cred));
        boolean gained = (permitted & ~creds.capPermitted(old)) != 0;
        if ((idChanged || gained) && (unsafe || noNewPrivs)) {
            boolean maySetuid = (creds.capEffective(old) & 1L << Capability.CAP_SETUID) != 0;
            if (!maySetuid || noNewPrivs) {
                creds.setEuid(cred, creds.uid(cred));
                creds.setEgid(cred, creds.gid(cred));
            }
            permitted &= creds.capPermitted(old);
        }
        if (idChanged || caps.isThere()) {
            creds.setCapAmbient(cred, 0);
        }
        long ambient = creds.capAmbient(cred);
        creds.setCapPermitted(cred, permitted | ambient);
        creds.setCapEffective(cred, effective ? permitted | ambient : ambient);
        creds.setSuid(cred, creds.euid(cred));
        creds.setFsuid(cred, creds.euid(cred));
        creds.setSgid(cred, creds.egid(cred));
        creds.setFsgid(cred, creds.egid(cred));
        creds.setSecurebits(cred, creds.securebits(cred) & ~SECBIT_KEEP_CAPS);
        boolean grew = (creds.capPermitted(cred) & ~ambient) != 0;
        return idChanged
                || creds.euid(cred) != creds.uid(old)
                || creds.egid(cred) != creds.gid(old)
                || (creds.uid(cred) != root && (effective || grew));
    }

    /** Number of supplementary groups. */
    public int ngroups(int cred) {
        int info = creds.groups(cred);
        return info == NULL ? 0 : groups.ngroups(info);
    }

    /** The kgid at a place in the list. */
    public int groupAt(int cred, int index) {
        int row = creds.groups(cred);
        for (int i = index / GroupInfoTable.GROUPS_PER_ROW; i > 0; i--) {
            row = groups.next(row);
        }
        return groups.gid(row, index % GroupInfoTable.GROUPS_PER_ROW);
    }

    /** in_group_p(): the file system group or one of the supplementary ones. */
    public boolean isInGroup(int cred, int kgid) {
        if (creds.fsgid(cred) == kgid) {
            return true;
        }
        int count = ngroups(cred);
        for (int i = 0; i < count; i++) {
            if (groupAt(cred, i) == kgid) {
                return true;
            }
        }
        return false;
    }

    /** set_groups() on a prepared cred: kgids[0..count), sorted. ENOMEM at the table's limit. */
    public int setGroups(int cred, int[] kgids, int count) {
        int first = NULL;
        for (int start = (count - 1) / GroupInfoTable.GROUPS_PER_ROW * GroupInfoTable.GROUPS_PER_ROW;
                count > 0 && start >= 0;
                start -= GroupInfoTable.GROUPS_PER_ROW) {
            int row = groups.alloc();
            if (row == NULL) {
                freeGroups(first);
                return -Errno.ENOMEM;
            }
            for (int i = start; i < Math.min(count, start + GroupInfoTable.GROUPS_PER_ROW); i++) {
                groups.setGid(row, i - start, kgids[i]);
            }
            groups.setNext(row, first);
            first = row;
        }
        if (first != NULL) {
            groups.setCount(first, 1);
            groups.setNgroups(first, count);
        }
        putGroups(creds.groups(cred));
        creds.setGroups(cred, first);
        return 0;
    }

    private void getGroups(int info) {
        if (info != NULL) {
            groups.setCount(info, groups.count(info) + 1);
        }
    }

    private void putGroups(int info) {
        if (info == NULL) {
            return;
        }
        groups.setCount(info, groups.count(info) - 1);
        if (groups.count(info) == 0) {
            freeGroups(info);
        }
    }

    private void freeGroups(int first) {
        int row = first;
        while (row != NULL) {
            int next = groups.next(row);
            groups.free(row);
            row = next;
        }
    }
}
