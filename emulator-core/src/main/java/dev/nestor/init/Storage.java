package dev.nestor.init;

import dev.nestor.fs.FsTables;
import dev.nestor.fs.Vfs;
import dev.nestor.machine.Work;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.mm.Frames;
import dev.nestor.table.Table;

/** Memory and files. */
final class Storage {
    /** fs.suid_dumpable. */
    private static final int SUID_DUMP_DISABLE = 0;

    final AddressSpaces addressSpaces;
    final Vfs vfs;
    final FileMappings fileMappings;
    final FsTables fsTables;

    Storage(KernelConfig config, Identities ids, Machinery machinery, Work work) {
        int most = config.maxTasks();
        addressSpaces = new AddressSpaces(new Frames(config.maxFrames()), most, config.maxVmas(), work);
        ids.creds.setHideMemory(task -> {
            if (ids.tasks.mm(task) != Table.NULL) {
                addressSpaces.mms().setDumpable(ids.tasks.mm(task), SUID_DUMP_DISABLE);
            }
        });
        fsTables = new FsTables(config.maxFiles(), most, config.maxMounts());
        vfs = new Vfs(
                fsTables,
                new Vfs.Below(
                        ids.tasks,
                        ids.signalStructs,
                        ids.credTable,
                        ids.creds,
                        ids.capabilities,
                        ids.userNamespaceTable,
                        ids.userNamespaces,
                        ids.pids,
                        ids.pidNamespaces,
                        ids.nsInums,
                        ids.nsTypes,
                        addressSpaces.frames(),
                        addressSpaces.memory(),
                        machinery.waitQueues,
                        machinery.signals.signals(),
                        machinery.signals.sigio(),
                        machinery.timekeeping::realtimeNs,
                        work));

        fileMappings = new FileMappings(vfs, addressSpaces.frames());
        addressSpaces.setFiles(fileMappings);
    }
}
