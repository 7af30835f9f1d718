package dev.nestor.init;

import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.ProcMode;
import dev.nestor.fs.proc.ProcRequest;
import dev.nestor.fs.proc.ProcSet;
import dev.nestor.fs.proc.ProcShow;
import dev.nestor.kernel.ns.UcountType;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;

/** /proc/sys/user: what a user may have in the user namespace of the one who opens the file; kernel/ucount.c. */
final class UserSysctls {
    /** In the order of the directory, which is that of the names. */
    private static final int[] IN_ORDER = {
        UcountType.CGROUP_NAMESPACES,
        UcountType.FANOTIFY_GROUPS,
        UcountType.FANOTIFY_MARKS,
        UcountType.INOTIFY_INSTANCES,
        UcountType.INOTIFY_WATCHES,
        UcountType.IPC_NAMESPACES,
        UcountType.MNT_NAMESPACES,
        UcountType.NET_NAMESPACES,
        UcountType.PID_NAMESPACES,
        UcountType.TIME_NAMESPACES,
        UcountType.USER_NAMESPACES,
        UcountType.UTS_NAMESPACES
    };

    private final Kernel kernel;

    UserSysctls(Kernel kernel) {
        this.kernel = kernel;
    }

    void register(ProcFiles files) {
        ProcMode rights = this::rights;
        for (int type : IN_ORDER) {
            ProcShow show = (request, out) -> {
                out.decimal(kernel.userNamespaceTable().ucountMax(userNs(request), type));
                return 0;
            };
            ProcSet set = (request, value) -> {
                if (value < 0) {
                    return -Errno.EINVAL;
                }
                kernel.userNamespaceTable().setUcountMax(userNs(request), type, value);
                return 0;
            };
            files.sysctlInt(
                    "user/" + UcountType.sysctl(type),
                    0644,
                    show,
                    set,
                    new ProcFiles.NumberRights(rights, this::maySet));
        }
        files.wholeSysctls("user");
    }

    private int userNs(ProcRequest request) {
        return kernel.credTable().userNs(kernel.vfs().tables.files.cred(request.file()));
    }

    /** sysctl_perm(): asked again when the file is written to. */
    private int maySet(ProcRequest request, int value) {
        boolean may = kernel.capabilities().nsCapable(request.reader(), userNs(request), Capability.CAP_SYS_RESOURCE);
        return may ? 0 : -Errno.EPERM;
    }

    /** set_permissions(): all with CAP_SYS_RESOURCE in the namespace, to others what is anybody's. */
    private int rights(int task, int mode) {
        int userNs = kernel.credTable().userNs(kernel.tasks().cred(task));
        boolean may = kernel.capabilities().nsCapable(task, userNs, Capability.CAP_SYS_RESOURCE);
        return may ? mode >> 6 & 7 : mode & 7;
    }
}
