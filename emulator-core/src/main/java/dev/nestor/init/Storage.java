package dev.nestor.init;

import dev.nestor.fs.FsTables;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.futex.FutexBucketTable;
import dev.nestor.kernel.futex.FutexKeys;
import dev.nestor.kernel.futex.FutexPiStateTable;
import dev.nestor.kernel.futex.FutexQTable;
import dev.nestor.kernel.futex.Futexes;
import dev.nestor.kernel.futex.PiFutexes;
import dev.nestor.kernel.futex.RobustLists;
import dev.nestor.machine.Work;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.mm.Frames;
import dev.nestor.security.keys.KeyDataTable;
import dev.nestor.security.keys.KeyLinkTable;
import dev.nestor.security.keys.KeyTable;
import dev.nestor.security.keys.KeyUserTable;
import dev.nestor.security.keys.Keyrings;
import dev.nestor.security.keys.Keys;
import dev.nestor.security.keys.ProcessKeyrings;
import dev.nestor.table.Table;

/** Memory, files and keys. */
final class Storage {
    /** fs.suid_dumpable. */
    private static final int SUID_DUMP_DISABLE = 0;

    private static final int BUCKETS_PER_CPU = 256;

    final AddressSpaces addressSpaces;
    final Vfs vfs;
    final FileMappings fileMappings;
    final FsTables fsTables;
    final Futexes futexes;
    final RobustLists robustLists;
    final Keys keys;
    final Keyrings keyrings;
    final ProcessKeyrings processKeyrings;
    final Keys.Tables keyTables;

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

        KeyTable keyTable = new KeyTable(most, ids.userNamespaceTable);
        keyTables = new Keys.Tables(
                keyTable, new KeyUserTable(most), new KeyDataTable(4 * most), new KeyLinkTable(2 * most, keyTable));
        keys = new Keys(
                keyTables,
                ids.credTable,
                ids.creds,
                ids.userNamespaces,
                machinery.random,
                machinery.timekeeping::realtimeNs);
        keyrings = new Keyrings(keys);
        processKeyrings = new ProcessKeyrings(keys, keyrings, ids.tasks, ids.credTable, ids.creds);
        ids.creds.setKeys(processKeyrings);

        fileMappings = new FileMappings(vfs, addressSpaces.frames());
        addressSpaces.setFiles(fileMappings);
        futexes = new Futexes(
                ids.tasks,
                new Futexes.Tables(
                        new FutexBucketTable(buckets(config)), new FutexQTable(4 * most), new FutexPiStateTable(most)),
                new FutexKeys(addressSpaces, fsTables.files, work),
                new PiFutexes.Scheduling(
                        ids.pids, machinery.scheduler.tasks(), machinery.scheduler.policy(), machinery.wakeups),
                work);
        robustLists = new RobustLists(ids.tasks, ids.pids, addressSpaces, futexes, work);
    }

    /** futex_init(): 256 for each CPU, rounded up to a power of two. */
    private static int buckets(KernelConfig config) {
        int wanted = BUCKETS_PER_CPU * config.topology().cpus();
        return Integer.highestOneBit(2 * wanted - 1);
    }
}
