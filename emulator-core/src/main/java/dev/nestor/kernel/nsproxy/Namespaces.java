package dev.nestor.kernel.nsproxy;

import dev.nestor.ipc.IpcNamespaces;
import dev.nestor.kernel.cgroup.CgroupNamespaces;
import dev.nestor.kernel.ns.NsOps;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.time.TimeNamespaces;
import dev.nestor.kernel.utsname.UtsNamespaces;
import dev.nestor.net.Nets;

/** The verbs of every kind of namespace that an nsproxy holds. */
public record Namespaces(
        UtsNamespaces uts,
        IpcNamespaces ipc,
        MountNamespaces mnt,
        PidNamespaces pid,
        Nets net,
        TimeNamespaces time,
        CgroupNamespaces cgroup) {

    /** What this room asks of mount namespaces. */
    public interface MountNamespaces extends NsOps {
        /**
         * copy_mnt_ns(): a copy owned by userNs and counted as kuid's; root and working directory of fs move into it. Or a
         * negative errno.
         */
        int copyMntNs(int ns, int userNs, int kuid, int fs);

        /** mntns_install(): root and working directory of fs move to the root of the namespace. */
        void enter(int ns, int fs);
    }
}
