package dev.nestor.init;

import dev.nestor.ipc.IpcNamespaceTable;
import dev.nestor.ipc.IpcNamespaces;
import dev.nestor.kernel.cgroup.CgroupNamespaceTable;
import dev.nestor.kernel.cgroup.CgroupNamespaces;
import dev.nestor.kernel.cgroup.CgroupRoom;
import dev.nestor.kernel.cgroup.LegacyHierarchy;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.GroupInfoTable;
import dev.nestor.kernel.cred.IdMapTable;
import dev.nestor.kernel.cred.IdMaps;
import dev.nestor.kernel.cred.UcountsTable;
import dev.nestor.kernel.cred.UserNamespaceTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.pid.PidNamespaceTable;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.TimeNamespaceTable;
import dev.nestor.kernel.time.TimeNamespaces;
import dev.nestor.kernel.utsname.UtsNamespaceTable;
import dev.nestor.kernel.utsname.UtsNamespaces;
import dev.nestor.net.NetTable;
import dev.nestor.net.Nets;
import java.util.function.LongSupplier;

/** Tasks, their numbers, their credentials, and the namespaces that need nothing else: columns and verbs. */
final class Identities {
    final TaskTable tasks;
    final SignalStructTable signalStructs;
    final SighandTable sighands;
    final NsTypes nsTypes;
    final NsInums nsInums;
    final PidTable pidTable;
    final PidNamespaceTable pidNamespaceTable;
    final PidNamespaces pidNamespaces;
    final Pids pids;
    final CredTable credTable;
    final UcountsTable ucountsTable;
    final UserNamespaceTable userNamespaceTable;
    final UserNamespaces userNamespaces;
    final Creds creds;
    final Capabilities capabilities;
    final IdMaps idMaps;
    final UtsNamespaceTable utsNamespaceTable;
    final UtsNamespaces utsNamespaces;
    final TimeNamespaceTable timeNamespaceTable;
    final TimeNamespaces timeNamespaces;
    final CgroupRoom cgroups;
    final CgroupNamespaces cgroupNamespaces;
    final IpcNamespaces ipcNamespaces;
    final Nets nets;
    final GroupInfoTable groupInfoTable;
    final IdMapTable idMapTable;
    final IpcNamespaceTable ipcNamespaceTable;
    final NetTable netTable;
    final CgroupNamespaceTable cgroupNamespaceTable;

    /** @param boottimeNs CLOCK_BOOTTIME */
    Identities(KernelConfig config, LongSupplier boottimeNs) {
        int most = config.maxTasks();
        tasks = new TaskTable(most);
        signalStructs = new SignalStructTable(most, tasks);
        sighands = new SighandTable(most);
        nsTypes = new NsTypes();
        nsInums = new NsInums(config.firstFreeInum());

        credTable = new CredTable(4 * most);
        groupInfoTable = new GroupInfoTable(most);
        userNamespaceTable = new UserNamespaceTable(most);
        idMapTable = new IdMapTable(config.maxExtents(), config.maxExtents());
        ucountsTable = new UcountsTable(4 * most);
        userNamespaces = new UserNamespaces(userNamespaceTable, idMapTable, credTable, tasks, nsInums, ucountsTable);
        creds = new Creds(tasks, signalStructs, credTable, groupInfoTable, userNamespaces);
        capabilities = new Capabilities(tasks, credTable, userNamespaceTable);
        idMaps = new IdMaps(userNamespaceTable, userNamespaces, credTable, capabilities);

        pidTable = new PidTable(4 * most, tasks);
        pidNamespaceTable = new PidNamespaceTable(most);
        pidNamespaces = new PidNamespaces(pidNamespaceTable, pidTable, nsInums, userNamespaces);
        pids = new Pids(pidTable, pidNamespaceTable, pidNamespaces, tasks, signalStructs);
        utsNamespaceTable = new UtsNamespaceTable(most);
        utsNamespaces = new UtsNamespaces(utsNamespaceTable, userNamespaces, nsInums);
        timeNamespaceTable = new TimeNamespaceTable(most);
        timeNamespaces = new TimeNamespaces(timeNamespaceTable, userNamespaces, nsInums);
        cgroupNamespaceTable = new CgroupNamespaceTable(most);
        cgroups =
                new CgroupRoom(most, LegacyHierarchy.parse(config.programCgroups()), tasks, signalStructs, boottimeNs);
        cgroupNamespaces = new CgroupNamespaces(cgroupNamespaceTable, userNamespaces, nsInums, cgroups.cssSets());
        ipcNamespaceTable = new IpcNamespaceTable(most);
        ipcNamespaces = new IpcNamespaces(ipcNamespaceTable, userNamespaces, nsInums);
        netTable = new NetTable(most);
        nets = new Nets(netTable, userNamespaces, nsInums);
    }
}
