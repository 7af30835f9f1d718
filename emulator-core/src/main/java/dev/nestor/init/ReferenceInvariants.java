package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTable;
import dev.nestor.fs.FileTables;
import dev.nestor.fs.FilesStructTable;
import dev.nestor.fs.FsStructTable;
import dev.nestor.fs.FsTables;
import dev.nestor.fs.FsType;
import dev.nestor.fs.MountFlags;
import dev.nestor.fs.MountTable;
import dev.nestor.fs.SuperBlockTable;
import dev.nestor.fs.fanotify.FanotifyEventTable;
import dev.nestor.ipc.IpcNamespaceTable;
import dev.nestor.ipc.MqWaiterTable;
import dev.nestor.ipc.MqueueTable;
import dev.nestor.ipc.MsgQueueTable;
import dev.nestor.ipc.SemArrayTable;
import dev.nestor.ipc.SemUndoListTable;
import dev.nestor.ipc.ShmFileTable;
import dev.nestor.ipc.ShmTable;
import dev.nestor.kernel.cgroup.CgroupNamespaceTable;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.GroupInfoTable;
import dev.nestor.kernel.cred.Ucounts;
import dev.nestor.kernel.cred.UcountsTable;
import dev.nestor.kernel.cred.UserNamespaceTable;
import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.ns.UcountType;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.pid.PidNamespaceTable;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.signal.PosixTimerTable;
import dev.nestor.kernel.signal.SigQueueTable;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.MmTable;
import dev.nestor.mm.VmaTable;
import dev.nestor.net.NetTable;
import dev.nestor.net.ScmFileTable;
import dev.nestor.net.SkBuffTable;
import dev.nestor.net.SockTable;
import dev.nestor.security.keys.KeyLinkTable;
import dev.nestor.security.keys.KeyTable;
import dev.nestor.security.keys.KeyUserTable;
import dev.nestor.table.Table;
import java.util.Map;

/** Reference counts: each is the number of references that a walk over all who can hold one finds. */
final class ReferenceInvariants {
    private final Kernel kernel;
    private final TaskTable tasks;
    private final CredTable creds;
    private final NsProxyTable proxies;
    private final FsTables fs;
    private final AllTables all;
    private final Holders[] namespaces = new Holders[NsTypes.COUNT]; // by kind
    private final Holders pids;
    private final Holders credHolders;

    ReferenceInvariants(Kernel kernel, AllTables all) {
        this.kernel = kernel;
        this.tasks = kernel.tasks();
        this.creds = kernel.credTable();
        this.proxies = kernel.nsProxyTable();
        this.fs = kernel.vfs().tables;
        this.all = all;
        this.pids = new Holders(kernel.pidTable());
        this.credHolders = new Holders(creds);
        namespaces[NsTypes.CGROUP] = new Holders(all.get(CgroupNamespaceTable.class));
        namespaces[NsTypes.IPC] = new Holders(all.get(IpcNamespaceTable.class));
        namespaces[NsTypes.MNT] = new Holders(fs.mntNamespaces);
        namespaces[NsTypes.NET] = new Holders(all.get(NetTable.class));
        namespaces[NsTypes.PID] = new Holders(kernel.pidNamespaceTable());
        namespaces[NsTypes.PID_FOR_CHILDREN] = namespaces[NsTypes.PID];
        namespaces[NsTypes.TIME] = new Holders(kernel.timeNamespaceTable());
        namespaces[NsTypes.TIME_FOR_CHILDREN] = namespaces[NsTypes.TIME];
        namespaces[NsTypes.USER] = new Holders(kernel.userNamespaceTable());
        namespaces[NsTypes.UTS] = new Holders(kernel.utsNamespaceTable());
    }

    void check() {
        checkNsProxies();
        checkMembersOfTasks();
        findHeldByInodes();
        findNamespacesOfProxies();
        checkIpc();
        checkSockets();
        checkNamespaces();
        checkCreds();
        checkUcounts();
        checkKeys();
        checkPids();
        checkFiles();
        checkMounts();
    }

    private void checkNsProxies() {
        Holders holders = new Holders(proxies);
        Claims.forEach(tasks, task -> holders.hold(tasks.nsproxy(task), "task"));
        holders.check(proxies::count);
    }

    /** What tasks share under CLONE_SIGHAND, CLONE_VM, CLONE_FILES and CLONE_FS. */
    private void checkMembersOfTasks() {
        SighandTable sighands = kernel.sighands();
        MmTable mms = kernel.addressSpaces().mms();
        FilesStructTable filesStructs = fs.filesStructs;
        FsStructTable fsStructs = fs.fsStructs;
        Holders ofSighands = new Holders(sighands);
        Holders ofMms = new Holders(mms);
        Holders ofFiles = new Holders(filesStructs);
        Holders ofFs = new Holders(fsStructs);
        Claims.forEach(tasks, task -> {
            ofSighands.hold(tasks.sighand(task), "task");
            ofMms.hold(tasks.mm(task), "task");
            ofFiles.hold(tasks.files(task), "task");
            ofFs.hold(tasks.fs(task), "task");
        });
        ofSighands.check(sighands::count);
        ofMms.check(mms::users);
        ofFiles.check(filesStructs::count);
        ofFs.check(fsStructs::users);
    }

    /** Files that stand for namespaces or processes: their inodes hold them. */
    private void findHeldByInodes() {
        Claims.forEach(fs.inodes, inode -> {
            FsType type = kernel.vfs().superBlocks.type(fs.inodes.sb(inode));
            pids.hold(type.pidHeldBy(inode), "inode");
            for (int kind = 0; kind < NsTypes.COUNT; kind++) {
                namespaces[kind].hold(type.nsHeldBy(inode, kind), "inode");
            }
        });
    }

    /** System V objects keep the pids of who used them last, attachments their namespace and their segment. */
    private void checkIpc() {
        MsgQueueTable queues = all.get(MsgQueueTable.class);
        SemArrayTable arrays = all.get(SemArrayTable.class);
        SemUndoListTable undoLists = all.get(SemUndoListTable.class);
        ShmTable segments = all.get(ShmTable.class);
        ShmFileTable files = all.get(ShmFileTable.class);
        VmaTable vmas = kernel.addressSpaces().vmas();
        Claims.forEach(queues, queue -> {
            pids.hold(queues.lspid(queue), "last sender");
            pids.hold(queues.lrpid(queue), "last receiver");
        });
        Claims.forEach(arrays, sma -> {
            for (int num = 0; num < arrays.nsems(sma); num++) {
                pids.hold(arrays.sempid(sma, num), "semaphore");
            }
        });
        Holders ofLists = new Holders(undoLists);
        Claims.forEach(tasks, task -> ofLists.hold(tasks.undoList(task), "task"));
        ofLists.check(undoLists::refcnt);
        Holders ofFiles = new Holders(files);
        Claims.forEach(vmas, vma -> ofFiles.hold(vmas.segment(vma), "mapping"));
        ofFiles.check(files::count);
        Holders ofSegments = new Holders(segments);
        Claims.forEach(vmas, vma -> {
            int file = vmas.segment(vma);
            ofSegments.hold(file == NULL ? NULL : files.shp(file), "mapping");
        });
        ofSegments.check(shp -> (int) segments.nattch(shp));
        Claims.forEach(segments, shp -> {
            pids.hold(segments.cprid(shp), "segment's creator");
            pids.hold(segments.lprid(shp), "segment's last user");
        });
        Claims.forEach(files, file -> namespaces[NsTypes.IPC].hold(files.ns(file), "attachment"));
    }

    /** A sock is held by its file, by peers, by what it has sent, and by the connection that it is until it is accepted. */
    private void checkSockets() {
        SockTable socks = all.get(SockTable.class);
        SkBuffTable skbs = all.get(SkBuffTable.class);
        Holders ofSocks = new Holders(socks);
        Claims.forEach(socks, sk -> {
            ofSocks.hold(socks.file(sk) == NULL ? NULL : sk, "file");
            ofSocks.hold(socks.listener(sk) == NULL ? NULL : sk, "connection");
            ofSocks.hold(socks.peer(sk), "peer");
            namespaces[NsTypes.NET].hold(socks.net(sk), "socket");
            pids.hold(socks.peerPid(sk), "peer's credentials");
        });
        Claims.forEach(skbs, skb -> {
            ofSocks.hold(skbs.sk(skb), "message");
            pids.hold(skbs.pid(skb), "message");
        });
        ofSocks.check(socks::refcnt);
    }

    private void findNamespacesOfProxies() {
        Claims.forEach(proxies, proxy -> {
            namespaces[NsTypes.UTS].hold(proxies.utsNs(proxy), "nsproxy");
            namespaces[NsTypes.IPC].hold(proxies.ipcNs(proxy), "nsproxy");
            namespaces[NsTypes.MNT].hold(proxies.mntNs(proxy), "nsproxy");
            namespaces[NsTypes.NET].hold(proxies.netNs(proxy), "nsproxy");
            namespaces[NsTypes.CGROUP].hold(proxies.cgroupNs(proxy), "nsproxy");
            namespaces[NsTypes.PID].hold(proxies.pidNsForChildren(proxy), "nsproxy");
            namespaces[NsTypes.TIME].hold(proxies.timeNs(proxy), "nsproxy");
            namespaces[NsTypes.TIME].hold(proxies.timeNsForChildren(proxy), "nsproxy for children");
        });
    }

    private void checkNamespaces() {
        PidNamespaceTable pidTable = kernel.pidNamespaceTable();
        UserNamespaceTable userTable = kernel.userNamespaceTable();
        SuperBlockTable sbs = fs.superBlocks;
        Holders users = namespaces[NsTypes.USER];
        Claims.forEach(
                kernel.pidTable(),
                pid -> namespaces[NsTypes.PID].hold(kernel.pidTable().ns(pid), "pid"));
        Claims.forEach(sbs, sb -> namespaces[NsTypes.PID].hold(sbs.pidNs(sb), "procfs"));
        Claims.forEach(pidTable, ns -> namespaces[NsTypes.PID].hold(pidTable.parent(ns), "child"));
        Claims.forEach(creds, cred -> users.hold(creds.userNs(cred), "cred"));
        MqueueTable mqueues = all.get(MqueueTable.class);
        Claims.forEach(mqueues, queue -> users.hold(mqueues.notifyUserNs(queue), "queue's notification"));
        UcountsTable ucounts = all.get(UcountsTable.class);
        Claims.forEach(ucounts, user -> users.hold(ucounts.ns(user), ucounts.name()));
        Claims.forEach(sbs, sb -> users.hold(sbs.userNs(sb), sbs.name()));
        Claims.forEach(fs.fsContexts, fc -> {
            users.hold(fs.fsContexts.userNs(fc), fs.fsContexts.name());
            namespaces[NsTypes.PID].hold(fs.fsContexts.pidNs(fc), fs.fsContexts.name());
        });
        Claims.forEach(fs.notifyGroups, group -> users.hold(fs.notifyGroups.userNs(group), "group"));
        Claims.forEach(fs.mounts, mnt -> users.hold(fs.mounts.idmap(mnt), "idmapped mount"));
        Claims.forEach(
                fs.mntNamespaces,
                ns -> namespaces[NsTypes.MNT].hold(fs.mntNamespaces.anon(ns) ? ns : NULL, "detached tree"));
        for (Table table : all.list()) {
            if (table instanceof NamespaceTable owned) {
                Claims.forEach(owned, ns -> users.hold(owned.userNs(ns), owned.name()));
            }
        }
        namespaces[NsTypes.PID].check(pidTable::count);
        namespaces[NsTypes.USER].check(userTable::count);
        namespaces[NsTypes.MNT].check(fs.mntNamespaces::count);
        namespaces[NsTypes.UTS].check(kernel.utsNamespaceTable()::count);
        namespaces[NsTypes.TIME].check(kernel.timeNamespaceTable()::count);
        namespaces[NsTypes.IPC].check(all.get(IpcNamespaceTable.class)::count);
        namespaces[NsTypes.NET].check(all.get(NetTable.class)::count);
        namespaces[NsTypes.CGROUP].check(all.get(CgroupNamespaceTable.class)::count);
    }

    private void checkCreds() {
        Claims.forEach(tasks, task -> credHolders.hold(tasks.cred(task), "task"));
        FileTable files = fs.files;
        Claims.forEach(files, file -> credHolders.hold(files.cred(file), "file"));
        SockTable socks = all.get(SockTable.class);
        Claims.forEach(socks, sk -> credHolders.hold(socks.peerCred(sk), "socket's peer"));
        credHolders.check(creds::count);
        GroupInfoTable groups = all.get(GroupInfoTable.class);
        Holders ofGroups = new Holders(groups);
        Claims.forEach(creds, cred -> ofGroups.hold(creds.groups(cred), "cred"));
        ofGroups.check(groups::count);
    }

    /**
     * A ucounts is held by creds, by what is counted in it, and by each kind of signal queue that is not empty; tasks and
     * signals are counted in the ucounts of their users and in all above.
     */
    private void checkUcounts() {
        UcountsTable ucounts = all.get(UcountsTable.class);
        SigQueueTable queue = all.get(SigQueueTable.class);
        UserNamespaceTable userTable = kernel.userNamespaceTable();
        Holders holders = new Holders(ucounts);
        Holders processes = new Holders(ucounts);
        Holders pending = new Holders(ucounts);
        Claims.forEach(creds, cred -> holders.hold(creds.ucounts(cred), "cred"));
        MqueueTable mqueues = all.get(MqueueTable.class);
        Claims.forEach(mqueues, mqueue -> holders.hold(mqueues.ucounts(mqueue), "queue"));
        Claims.forEach(fs.notifyGroups, group -> holders.hold(fs.notifyGroups.ucounts(group), "group"));
        Claims.forEach(fs.notifyMarks, mark -> holders.hold(fs.notifyMarks.ucounts(mark), "mark"));
        for (Table table : all.list()) {
            if (table instanceof NamespaceTable owned) {
                Claims.forEach(owned, ns -> holders.hold(owned.ucounts(ns), owned.name()));
            }
        }
        Claims.forEach(tasks, task -> {
            int user = tasks.exitState(task) == TaskTable.EXIT_DEAD ? NULL : creds.ucounts(tasks.cred(task));
            for (; user != NULL; user = userTable.ucounts(ucounts.ns(user))) {
                processes.hold(user, "task");
            }
        });
        Claims.forEach(queue, queued -> {
            for (int user = queue.ucounts(queued); user != NULL; user = userTable.ucounts(ucounts.ns(user))) {
                pending.hold(user, "signal");
            }
        });
        Claims.forEach(ucounts, user -> holders.hold(pending.of(user) > 0 ? user : NULL, "signals"));
        holders.check(ucounts::count);
        processes.check(user -> (int) ucounts.rlimit(user, Ucounts.RLIMIT_NPROC));
        pending.check(user -> (int) ucounts.rlimit(user, Ucounts.RLIMIT_SIGPENDING));
        checkNamespacesOfUsers(ucounts);
    }

    /** The namespaces of each kind that a user is counted to have are those that were made by it, or below by others. */
    private void checkNamespacesOfUsers(UcountsTable ucounts) {
        UserNamespaceTable userTable = kernel.userNamespaceTable();
        Map<NamespaceTable, Integer> types = Map.of(
                userTable,
                UcountType.USER_NAMESPACES,
                kernel.pidNamespaceTable(),
                UcountType.PID_NAMESPACES,
                kernel.utsNamespaceTable(),
                UcountType.UTS_NAMESPACES,
                all.get(IpcNamespaceTable.class),
                UcountType.IPC_NAMESPACES,
                all.get(NetTable.class),
                UcountType.NET_NAMESPACES,
                fs.mntNamespaces,
                UcountType.MNT_NAMESPACES,
                all.get(CgroupNamespaceTable.class),
                UcountType.CGROUP_NAMESPACES,
                kernel.timeNamespaceTable(),
                UcountType.TIME_NAMESPACES);
        types.forEach((table, type) -> {
            Holders counted = new Holders(ucounts);
            Claims.forEach(table, ns -> {
                for (int user = table.ucounts(ns); user != NULL; user = userTable.ucounts(ucounts.ns(user))) {
                    counted.hold(user, table.name());
                }
            });
            counted.check(user -> ucounts.ucount(user, type));
        });
    }

    /** A key is held by creds, by keyrings, and a user's by its user namespace. */
    private void checkKeys() {
        KeyTable keys = kernel.keys().table();
        KeyLinkTable links = all.get(KeyLinkTable.class);
        KeyUserTable users = all.get(KeyUserTable.class);
        Holders holders = new Holders(keys);
        Holders owned = new Holders(users);
        Claims.forEach(creds, cred -> {
            holders.hold(creds.threadKeyring(cred), "thread");
            holders.hold(creds.processKeyring(cred), "process");
            holders.hold(creds.sessionKeyring(cred), "session");
        });
        Claims.forEach(links, link -> holders.hold(links.key(link), "keyring"));
        Claims.forEach(keys, key -> {
            holders.hold(keys.register().owner(key) != NULL ? key : NULL, "user namespace");
            owned.hold(keys.user(key), "key");
        });
        holders.check(keys::usage);
        owned.check(users::nkeys);
    }

    /** A pid is held by the use of its numbers, by descriptors, and by who gets a file's signals. */
    private void checkPids() {
        PidTable table = kernel.pidTable();
        Claims.forEach(table, pid -> pids.hold(kernel.pids().numberAt(pid, 0) != 0 ? pid : NULL, "its numbers"));
        Claims.forEach(fs.files, file -> pids.hold(fs.files.ownerPid(file), "file's owner"));
        PosixTimerTable timers = all.get(PosixTimerTable.class);
        Claims.forEach(timers, timer -> {
            pids.hold(timers.pid(timer), "timer's target");
            pids.hold(timers.cpuPid(timer), "timer's clock");
        });
        MqueueTable mqueues = all.get(MqueueTable.class);
        Claims.forEach(mqueues, queue -> pids.hold(mqueues.notifyOwner(queue), "queue's notification"));
        FanotifyEventTable events = all.get(FanotifyEventTable.class);
        Claims.forEach(events, event -> pids.hold(events.pid(event), "event"));
        pids.check(table::count);
    }

    /** Open files are held by descriptors, by mappings, and as the program that a process runs. */
    private void checkFiles() {
        Holders ofFiles = new Holders(fs.files);
        FileTables descriptors = kernel.fileTables();
        Claims.forEach(fs.filesStructs, files -> {
            for (int fd = descriptors.nextOpen(files, 0); fd >= 0; fd = descriptors.nextOpen(files, fd + 1)) {
                ofFiles.hold(descriptors.file(files, fd), "descriptor");
            }
        });
        VmaTable vmas = kernel.addressSpaces().vmas();
        MmTable mms = kernel.addressSpaces().mms();
        Claims.forEach(vmas, vma -> ofFiles.hold(vmas.kind(vma) == VmaTable.FILE ? vmas.file(vma) : NULL, "mapping"));
        Claims.forEach(mms, mm -> ofFiles.hold(mms.exeFile(mm), "mm's program"));
        MqWaiterTable waiters = all.get(MqWaiterTable.class);
        Claims.forEach(waiters, waiter -> ofFiles.hold(waiters.file(waiter), "call that waits"));
        Claims.forEach(tasks, task -> ofFiles.hold(tasks.heldFile(task), "call that sleeps"));
        ScmFileTable flights = all.get(ScmFileTable.class);
        Claims.forEach(flights, row -> ofFiles.hold(flights.file(row), "message"));
        ofFiles.check(fs.files::count);
    }

    /** Mounts that are in a namespace, or were: the kernel's own are not counted here. */
    private void checkMounts() {
        MountTable mounts = fs.mounts;
        FsStructTable fsStructs = fs.fsStructs;
        Holders ofMounts = new Holders(mounts);
        Claims.forEach(mounts, mnt -> {
            boolean isInTree = mounts.ns(mnt) != NULL || mounts.parent(mnt) != NULL;
            ofMounts.hold(isInTree ? mnt : NULL, "tree");
        });
        Claims.forEach(fs.files, file -> ofMounts.hold(fs.files.mnt(file), "file"));
        Claims.forEach(fsStructs, at -> {
            ofMounts.hold(fsStructs.rootMnt(at), "root");
            ofMounts.hold(fsStructs.pwdMnt(at), "working directory");
        });
        SockTable socks = all.get(SockTable.class);
        Claims.forEach(socks, sk -> ofMounts.hold(socks.pathMnt(sk), "bound socket"));
        FanotifyEventTable events = all.get(FanotifyEventTable.class);
        Claims.forEach(events, event -> ofMounts.hold(events.mnt(event), "event"));
        ofMounts.check(mnt -> {
            boolean isOwn = mounts.ns(mnt) == NULL && (mounts.flags(mnt) & MountFlags.MNT_UMOUNT) == 0;
            return isOwn ? ofMounts.of(mnt) : mounts.count(mnt);
        });
    }
}
