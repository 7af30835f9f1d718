package dev.nestor.init;

import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.ProcMode;
import dev.nestor.fs.proc.ProcRequest;
import dev.nestor.fs.proc.ProcShow;
import dev.nestor.fs.proc.ProcStore;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.utsname.UtsNamespaceTable;
import dev.nestor.kernel.utsname.UtsNamespaces;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;

/** What /proc has from rooms that don't know it: kernel/utsname_sysctl.c, kernel/pid.c, kernel/user_namespace.c. */
final class Sysctls {
    private static final int RESERVED_PIDS = 300;

    private final Kernel kernel;
    private final byte[] utsname = new byte[UtsNamespaceTable.NEW_UTSNAME_SIZE];
    private final byte[] name = new byte[UtsNamespaceTable.FIELD];
    private final int[] extent = new int[3];

    Sysctls(Kernel kernel) {
        this.kernel = kernel;
    }

    void register(ProcFiles files) {
        uts(files, "kernel/ostype", UtsNamespaces.SYSNAME, 0444);
        uts(files, "kernel/osrelease", UtsNamespaces.RELEASE, 0444);
        uts(files, "kernel/version", UtsNamespaces.VERSION, 0444);
        uts(files, "kernel/hostname", UtsNamespaces.NODENAME, 0644);
        uts(files, "kernel/domainname", UtsNamespaces.DOMAINNAME, 0644);
        uts(files, "kernel/arch", UtsNamespaces.MACHINE, 0444);
        ProcMode pidMode = this::pidMode;
        files.sysctlInt(
                "kernel/pid_max", 0644, this::pidMax, this::writePidMax, new ProcFiles.NumberRights(pidMode, null));
        files.sysctlInt(
                "kernel/ns_last_pid",
                0666,
                this::nsLastPid,
                this::writeNsLastPid,
                new ProcFiles.NumberRights(null, this::maySetLastPid));
        files.sysctlInt(
                "vm/memfd_noexec",
                0644,
                (request, out) -> {
                    int ns = kernel.pids().activeNs(request.reader());
                    out.decimal(kernel.pidNamespaces().memfdNoexecScope(ns));
                    return 0;
                },
                this::writeMemfdNoexec,
                new ProcFiles.NumberRights(null, this::maySetMemfdNoexec));
        constant(files, "kernel/cap_last_cap", 0444, Capability.CAP_LAST_CAP);
        constant(files, "kernel/ngroups_max", 0444, 65536);
        constant(files, "kernel/overflowuid", 0644, UserNamespaces.OVERFLOW_ID);
        constant(files, "kernel/overflowgid", 0644, UserNamespaces.OVERFLOW_ID);
        constant(files, "fs/overflowuid", 0644, UserNamespaces.OVERFLOW_ID);
        constant(files, "fs/overflowgid", 0644, UserNamespaces.OVERFLOW_ID);
        constant(files, "fs/nr_open", 0644, kernel.config().nrOpen());
        constant(files, "fs/pipe-max-size", 0644, 1 << 20);
        constant(files, "fs/protected_fifos", 0600, 0);
        constant(files, "fs/protected_hardlinks", 0600, 1);
        constant(files, "fs/protected_regular", 0600, 0);
        constant(files, "fs/protected_symlinks", 0600, 0);
        map(files, "uid_map", UserNamespaces.UID);
        map(files, "gid_map", UserNamespaces.GID);
        map(files, "projid_map", UserNamespaces.PROJID);
        files.processUserNs("setgroups", 0644, this::setgroups, this::writeSetgroups, Capability.CAP_SYS_ADMIN);
        files.global("loadavg", 0444, this::loadavg);
    }

    private static void constant(ProcFiles files, String path, int mode, int value) {
        ProcShow show = (request, out) -> {
            out.decimal(value);
            return 0;
        };
        files.sysctl(path, mode, show, null, null);
    }

    /** proc_do_uts_string(): of the reader's namespace, wherever /proc was mounted. */
    private void uts(ProcFiles files, String path, int field, int mode) {
        ProcShow show = (request, out) -> {
            kernel.utsNamespaceTable().read(utsNs(request.reader()), utsname);
            int start = field * UtsNamespaceTable.FIELD;
            int length = 0;
            while (length < UtsNamespaceTable.FIELD && utsname[start + length] != 0) {
                length++;
            }
            out.put(utsname, start, length);
            return 0;
        };
        ProcStore store = (request, text, length) -> writeUts(request, text, length, field);
        files.sysctlText(path, mode, show, (mode & 0222) == 0 ? null : store);
    }

    private int utsNs(int task) {
        return kernel.nsProxyTable().utsNs(kernel.tasks().nsproxy(task));
    }

    /** proc_dostring() into a copy: what is written behind the beginning goes behind what is there. */
    private long writeUts(ProcRequest request, byte[] text, int length, int field) {
        int ns = utsNs(request.reader());
        kernel.utsNamespaceTable().read(ns, utsname);
        int start = field * UtsNamespaceTable.FIELD;
        int have = 0;
        while (have < UtsNamespaceTable.FIELD - 1 && utsname[start + have] != 0) {
            have++;
        }
        if (request.pos() > have) {
            return length;
        }
        int size = (int) request.pos();
        System.arraycopy(utsname, start, name, 0, size);
        int from = 0;
        while (from < length && size < UtsNamespaceTable.FIELD - 1 && text[from] != 0 && text[from] != '\n') {
            name[size++] = text[from++];
        }
        kernel.utsNamespaces().writeSysctl(ns, field, name, size);
        return length;
    }

    /** pid_table_root_permissions(). */
    private int pidMode(int task, int mode) {
        int userNs = kernel.pidNamespaceTable().userNs(kernel.pids().activeNs(task));
        int cred = kernel.tasks().cred(task);
        boolean isRoot = kernel.capabilities().nsCapable(task, userNs, Capability.CAP_SYS_ADMIN)
                || kernel.credTable().euid(cred) == kernel.userNamespaces().makeKuid(userNs, 0);
        boolean isGroup =
                kernel.credTable().egid(cred) == kernel.userNamespaces().makeKgid(userNs, 0);
        return isRoot ? mode >> 6 & 7 : isGroup ? mode >> 3 & 7 : mode & 7;
    }

    private int pidMax(ProcRequest request, SeqFile out) {
        int ns = kernel.pids().activeNs(request.reader());
        out.decimal(kernel.pidNamespaceTable().pidMax(ns));
        return 0;
    }

    private int writePidMax(ProcRequest request, int value) {
        if (value <= RESERVED_PIDS || value > PidNamespaces.PID_MAX_LIMIT) {
            return -Errno.EINVAL;
        }
        kernel.pidNamespaceTable().setPidMax(kernel.pids().activeNs(request.reader()), value);
        return 0;
    }

    /** pid_mfd_noexec_dointvec_minmax(): never less than above. */
    private int writeMemfdNoexec(ProcRequest request, int value) {
        int ns = kernel.pids().activeNs(request.reader());
        int parent = kernel.pidNamespaceTable().parent(ns);
        int least = parent == 0 ? 0 : kernel.pidNamespaces().memfdNoexecScope(parent);
        if (value < least || value > 2) {
            return -Errno.EINVAL;
        }
        kernel.pidNamespaceTable().setMemfdNoexecScope(ns, value);
        return 0;
    }

    private int maySetMemfdNoexec(ProcRequest request, int value) {
        int userNs = kernel.pidNamespaceTable().userNs(kernel.pids().activeNs(request.reader()));
        return kernel.capabilities().nsCapable(request.reader(), userNs, Capability.CAP_SYS_ADMIN) ? 0 : -Errno.EPERM;
    }

    private int nsLastPid(ProcRequest request, SeqFile out) {
        out.decimal(kernel.pidNamespaces().lastPid(kernel.pids().activeNs(request.reader())));
        return 0;
    }

    /** pid_ns_ctl_handler(). */
    private int maySetLastPid(ProcRequest request, int value) {
        int userNs = kernel.pidNamespaceTable().userNs(kernel.pids().activeNs(request.reader()));
        boolean may = kernel.capabilities().nsCapable(request.reader(), userNs, Capability.CAP_SYS_ADMIN)
                || kernel.capabilities().nsCapable(request.reader(), userNs, Capability.CAP_CHECKPOINT_RESTORE);
        return may ? 0 : -Errno.EPERM;
    }

    private int writeNsLastPid(ProcRequest request, int value) {
        int ns = kernel.pids().activeNs(request.reader());
        if (value < 0 || value > kernel.pidNamespaceTable().pidMax(ns)) {
            return -Errno.EINVAL;
        }
        kernel.pidNamespaces().setLastPid(ns, value);
        return 0;
    }

    private int openerNs(ProcRequest request) {
        return kernel.credTable().userNs(kernel.vfs().tables.files.cred(request.file()));
    }

    private void map(ProcFiles files, String name, int kind) {
        ProcStore store = (request, text, length) -> request.pos() != 0
                ? -Errno.EINVAL
                : kernel.idMaps()
                        .write(
                                request.userNs(),
                                kind,
                                kernel.tasks().cred(request.reader()),
                                kernel.vfs().tables.files.cred(request.file()),
                                text,
                                length);
        files.processUserNs(name, 0644, (request, out) -> showMap(request, kind, out), store);
    }

    /** uid_m_show(): the lower ids as the opener's namespace has them, or for the map's own namespace its parent. */
    private int showMap(ProcRequest request, int kind, SeqFile out) {
        UserNamespaces namespaces = kernel.userNamespaces();
        int ns = request.userNs();
        int lowerNs = openerNs(request);
        if (lowerNs == ns && namespaces.parent(ns) != 0) {
            lowerNs = namespaces.parent(ns);
        }
        for (int i = 0; i < namespaces.extentCount(ns, kind); i++) {
            namespaces.extent(ns, kind, i, extent);
            int lower = namespaces.fromKid(lowerNs, kind, extent[1]);
            out.unsigned(Integer.toUnsignedLong(extent[0]), 10).put(' ');
            out.unsigned(Integer.toUnsignedLong(lower), 10).put(' ');
            out.unsigned(Integer.toUnsignedLong(extent[2]), 10).put('\n');
        }
        return 0;
    }

    private int setgroups(ProcRequest request, SeqFile out) {
        boolean allowed = kernel.userNamespaceTable().setgroupsAllowed(request.userNs());
        out.put(allowed ? "allow\n" : "deny\n");
        return 0;
    }

    private long writeSetgroups(ProcRequest request, byte[] text, int length) {
        return kernel.idMaps().writeSetgroups(request.userNs(), text, length, request.pos());
    }

    /** loadavg_proc_show(): the last number is that of the reader's PID namespace. */
    private int loadavg(ProcRequest request, SeqFile out) {
        out.put("0.00 0.00 0.00 1/").unsigned(kernel.tasks().size()).put(' ');
        out.decimal(kernel.pidNamespaces().lastPid(kernel.pids().activeNs(request.reader())))
                .put('\n');
        return 0;
    }
}
