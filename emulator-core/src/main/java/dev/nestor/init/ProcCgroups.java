package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Nameidata;
import dev.nestor.fs.cgroup.CgroupFs;
import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.ProcRequest;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.kernel.cgroup.CgroupSubsys;
import dev.nestor.kernel.cgroup.CgroupTable;
import dev.nestor.kernel.cgroup.LegacyHierarchy;
import dev.nestor.kernel.task.TaskTable;
import java.util.List;

/** /proc/PID/cgroup and /proc/cgroups: proc_cgroup_show(), proc_cgroupstats_show(). */
final class ProcCgroups {
    private final Kernel kernel;
    private final CgroupFs fs;
    private final byte[] path = new byte[Nameidata.PATH_MAX];

    ProcCgroups(Kernel kernel, CgroupFs fs) {
        this.kernel = kernel;
        this.fs = fs;
    }

    void register(ProcFiles files) {
        files.process("cgroup", 0444, this::showCgroup, null);
        files.processSimple("cpuset", 0444, this::showCpuset, null);
        files.global("cgroups", 0444, this::showSubsystems);
    }

    /** The hierarchies, the newest first; a zombie is in the roots of those of version 1. */
    private int showCgroup(ProcRequest request, SeqFile out) {
        List<LegacyHierarchy> legacy = kernel.cgroups().legacy();
        for (int i = legacy.size(); i > 0; i--) {
            LegacyHierarchy hierarchy = legacy.get(i - 1);
            out.unsigned(hierarchy.id()).put(':').put(hierarchy.controllers()).put(':');
            if (kernel.tasks().hasFlag(request.subject(), TaskTable.PF_EXITING)) {
                out.put("/\n");
            } else {
                int error = path(request, i, out);
                if (error != 0) {
                    return error;
                }
                out.put('\n');
            }
        }
        out.put("0::");
        int error = path(request, 0, out);
        int cgroup = kernel.cgroups().cssSets().cgroupOf(request.subject());
        out.put(kernel.cgroups().cgroups().isLive(cgroup) ? "\n" : " (deleted)\n");
        return error;
    }

    private int path(ProcRequest request, int hierarchy, SeqFile out) {
        int ns = kernel.nsProxyTable().cgroupNs(kernel.tasks().nsproxy(request.reader()));
        int cgroup = kernel.cgroups().cssSets().cgroupOf(request.subject(), hierarchy);
        int length = fs.path(ns, cgroup, path);
        if (length < 0) {
            return length;
        }
        out.put(path, 0, length);
        return 0;
    }

    /** proc_cpuset_show(): where the task is in the hierarchy that has the cpuset controller. */
    private int showCpuset(ProcRequest request, SeqFile out) {
        List<LegacyHierarchy> legacy = kernel.cgroups().legacy();
        int hierarchy = 0;
        for (int i = 0; i < legacy.size(); i++) {
            hierarchy = legacy.get(i).has(CgroupSubsys.CPUSET) ? i + 1 : hierarchy;
        }
        int error = hierarchy == 0 ? effectiveCpuset(request, out) : path(request, hierarchy, out);
        out.put('\n');
        return error;
    }

    /** In the default hierarchy: the nearest that has the controller. */
    private int effectiveCpuset(ProcRequest request, SeqFile out) {
        CgroupTable table = kernel.cgroups().cgroups().table();
        int at = kernel.cgroups().cssSets().cgroupOf(request.subject());
        while (table.parent(at) != NULL && table.subsys(at, CgroupSubsys.CPUSET) == NULL) {
            at = table.parent(at);
        }
        int ns = kernel.nsProxyTable().cgroupNs(kernel.tasks().nsproxy(request.reader()));
        int length = fs.path(ns, at, path);
        out.put(path, 0, Math.max(0, length));
        return Math.min(0, length);
    }

    private int showSubsystems(ProcRequest request, SeqFile out) {
        out.put("#subsys_name\thierarchy\tnum_cgroups\tenabled\n");
        List<LegacyHierarchy> legacy = kernel.cgroups().legacy();
        for (int ssid = 0; ssid < CgroupSubsys.COUNT; ssid++) {
            int id = 0;
            int hierarchy = 0;
            for (int i = 0; i < legacy.size(); i++) {
                if (legacy.get(i).has(ssid)) {
                    id = legacy.get(i).id();
                    hierarchy = i + 1;
                }
            }
            out.put(CgroupSubsys.legacyName(ssid)).put('\t').unsigned(id).put('\t');
            out.unsigned(count(hierarchy)).put("\t1\n");
        }
        return 0;
    }

    /** nr_cgrps of a hierarchy, dying ones included. */
    private int count(int hierarchy) {
        CgroupTable table = kernel.cgroups().cgroups().table();
        int count = 0;
        for (int row = 1; row < table.rows(); row++) {
            int cgroup = table.handleInRow(row);
            count += cgroup != NULL && table.hierarchy(cgroup) == hierarchy ? 1 : 0;
        }
        return count;
    }
}
