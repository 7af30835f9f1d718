package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTable;
import dev.nestor.fs.FileTables;
import dev.nestor.fs.FilesStructTable;
import dev.nestor.fs.FsStructTable;
import dev.nestor.fs.FsTables;
import dev.nestor.fs.MntNamespaceTable;
import dev.nestor.fs.MountTable;
import dev.nestor.fs.SuperBlockTable;
import dev.nestor.ipc.IpcNamespaceTable;
import dev.nestor.kernel.cgroup.CgroupNamespaceTable;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.GroupInfoTable;
import dev.nestor.kernel.cred.UserNamespaceTable;
import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.pid.PidNamespaceTable;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.TimeNamespaceTable;
import dev.nestor.mm.MmTable;
import dev.nestor.mm.VmaTable;
import dev.nestor.net.NetTable;

/** Reference counts: each is the number of references that a walk over all who can hold one finds. */
final class ReferenceInvariants {
    private final Kernel kernel;
    private final TaskTable tasks;
    private final CredTable creds;
    private final NsProxyTable proxies;
    private final FsTables fs;
    private final AllTables all;
    private final Holders users;
    private final Holders pidNamespaces;
    private final Holders pids;
    private final Holders credHolders;

    ReferenceInvariants(Kernel kernel, AllTables all) {
        this.kernel = kernel;
        this.tasks = kernel.tasks();
        this.creds = kernel.credTable();
        this.proxies = kernel.nsProxyTable();
        this.fs = kernel.vfs().tables;
        this.all = all;
        this.users = new Holders(kernel.userNamespaceTable());
        this.pidNamespaces = new Holders(kernel.pidNamespaceTable());
        this.pids = new Holders(kernel.pidTable());
        this.credHolders = new Holders(creds);
    }

    void check() {
        checkNsProxies();
        checkMembersOfTasks();
        checkNamespaces();
        checkCreds();
        checkPids();
        checkFiles();
        checkMounts();
        checkUserNamespaces();
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

    /** The namespaces that nothing but nsproxies holds, and their hold on the user namespaces that own them. */
    private void checkNamespaces() {
        checkOwned(kernel.utsNamespaceTable(), proxies::utsNs, NsTypes.UTS);
        checkOwned(all.get(IpcNamespaceTable.class), proxies::ipcNs, NsTypes.IPC);
        checkOwned(all.get(NetTable.class), proxies::netNs, NsTypes.NET);
        checkOwned(all.get(CgroupNamespaceTable.class), proxies::cgroupNs, NsTypes.CGROUP);
        TimeNamespaceTable times = kernel.timeNamespaceTable();
        Holders ofTimes = new Holders(times);
        Claims.forEach(proxies, proxy -> {
            ofTimes.hold(proxies.timeNs(proxy), "nsproxy");
            ofTimes.hold(proxies.timeNsForChildren(proxy), "nsproxy for children");
        });
        holdByInodes(ofTimes, NsTypes.TIME);
        checkOwners(times, ofTimes);
        MntNamespaceTable mnts = fs.mntNamespaces;
        Holders ofMnts = new Holders(mnts);
        Claims.forEach(proxies, proxy -> ofMnts.hold(proxies.mntNs(proxy), "nsproxy"));
        holdByInodes(ofMnts, NsTypes.MNT);
        ofMnts.check(mnts::count);
        Claims.forEach(mnts, ns -> users.hold(mnts.userNs(ns), mnts.name()));
    }

    private interface Member {
        int of(int proxy);
    }

    /** What nsfs's inodes hold. */
    private void holdByInodes(Holders holders, int type) {
        Claims.forEach(fs.inodes, inode -> holders.hold(
                kernel.vfs().superBlocks.type(fs.inodes.sb(inode)).nsHeldBy(inode, type), "nsfs inode"));
    }

    private void checkOwned(NamespaceTable table, Member member, int type) {
        Holders holders = new Holders(table);
        Claims.forEach(proxies, proxy -> holders.hold(member.of(proxy), "nsproxy"));
        holdByInodes(holders, type);
        checkOwners(table, holders);
    }

    private void checkOwners(NamespaceTable table, Holders holders) {
        holders.check(table::count);
        Claims.forEach(table, ns -> users.hold(table.userNs(ns), table.name()));
    }

    private void checkCreds() {
        Claims.forEach(tasks, task -> credHolders.hold(tasks.cred(task), "task"));
        FileTable files = fs.files;
        Claims.forEach(files, file -> credHolders.hold(files.cred(file), "file"));
        credHolders.check(creds::count);
        GroupInfoTable groups = all.get(GroupInfoTable.class);
        Holders ofGroups = new Holders(groups);
        Claims.forEach(creds, cred -> ofGroups.hold(creds.groups(cred), "cred"));
        ofGroups.check(groups::count);
    }

    /** A pid is held by the use of its numbers, by descriptors, and by who gets a file's signals. */
    private void checkPids() {
        PidTable table = kernel.pidTable();
        PidNamespaceTable namespaces = kernel.pidNamespaceTable();
        Claims.forEach(table, pid -> {
            pids.hold(kernel.pids().numberAt(pid, 0) != 0 ? pid : NULL, "its numbers");
            pidNamespaces.hold(table.ns(pid), "pid");
        });
        Claims.forEach(fs.files, file -> pids.hold(fs.files.ownerPid(file), "file's owner"));
        Claims.forEach(fs.inodes, inode -> pids.hold(
                kernel.vfs().superBlocks.type(fs.inodes.sb(inode)).pidHeldBy(inode), "inode"));
        pids.check(table::count);
        Claims.forEach(proxies, proxy -> pidNamespaces.hold(proxies.pidNsForChildren(proxy), "nsproxy"));
        Claims.forEach(namespaces, ns -> pidNamespaces.hold(namespaces.parent(ns), "child"));
        SuperBlockTable sbs = fs.superBlocks;
        Claims.forEach(sbs, sb -> pidNamespaces.hold(sbs.pidNs(sb), "procfs"));
        holdByInodes(pidNamespaces, NsTypes.PID);
        pidNamespaces.check(namespaces::count);
    }

    private void checkUserNamespaces() {
        UserNamespaceTable table = kernel.userNamespaceTable();
        PidNamespaceTable namespaces = kernel.pidNamespaceTable();
        Claims.forEach(creds, cred -> users.hold(creds.userNs(cred), "cred"));
        Claims.forEach(table, ns -> users.hold(table.parent(ns), "child"));
        Claims.forEach(namespaces, ns -> users.hold(namespaces.userNs(ns), "pid_namespace"));
        Claims.forEach(fs.superBlocks, sb -> users.hold(fs.superBlocks.userNs(sb), "super_block"));
        holdByInodes(users, NsTypes.USER);
        users.check(table::count);
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
        ofFiles.check(fs.files::count);
    }

    /** Mounts that are in a namespace: the kernel's own, and those that only open files keep, are not counted here. */
    private void checkMounts() {
        MountTable mounts = fs.mounts;
        FsStructTable fsStructs = fs.fsStructs;
        Holders ofMounts = new Holders(mounts);
        Claims.forEach(mounts, mnt -> {
            ofMounts.hold(mounts.ns(mnt) != NULL ? mnt : NULL, "namespace");
            ofMounts.hold(mounts.parent(mnt), "child");
        });
        Claims.forEach(fs.files, file -> ofMounts.hold(fs.files.mnt(file), "file"));
        Claims.forEach(fsStructs, at -> {
            ofMounts.hold(fsStructs.rootMnt(at), "root");
            ofMounts.hold(fsStructs.pwdMnt(at), "working directory");
        });
        ofMounts.check(mnt -> mounts.ns(mnt) == NULL ? ofMounts.of(mnt) : mounts.count(mnt));
    }
}
