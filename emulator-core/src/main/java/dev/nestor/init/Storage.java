package dev.nestor.init;

import dev.nestor.fs.FsTables;
import dev.nestor.fs.Vfs;
import dev.nestor.machine.Work;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.mm.Frames;

/** Memory and files. */
final class Storage {
    final AddressSpaces addressSpaces;
    final Vfs vfs;
    final FileMappings fileMappings;
    final FsTables fsTables;

    Storage(KernelConfig config, Identities ids, Machinery machinery, Work work) {
        int most = config.maxTasks();
        addressSpaces = new AddressSpaces(new Frames(config.maxFrames()), most, config.maxVmas(), work);
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
