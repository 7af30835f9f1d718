package dev.nestor.init;

import dev.nestor.ipc.IpcBelow;
import dev.nestor.ipc.IpcPermissions;
import dev.nestor.ipc.MessageQueues;
import dev.nestor.ipc.MsgQueueTable;
import dev.nestor.ipc.MsgReceiverTable;
import dev.nestor.ipc.MsgSenderTable;
import dev.nestor.ipc.MsgTable;
import dev.nestor.ipc.SemTables;
import dev.nestor.ipc.Semaphores;
import dev.nestor.ipc.SharedSegments;
import dev.nestor.ipc.ShmFileTable;
import dev.nestor.ipc.ShmTable;
import dev.nestor.ipc.TaskIpc;
import dev.nestor.machine.Work;
import dev.nestor.mm.MmLimits;
import dev.nestor.mm.Mmap;
import dev.nestor.mm.MmapFiles;
import dev.nestor.table.StateHash;

/** System V IPC: queues, semaphores and segments, wired to the namespaces that have them. */
final class SystemV {
    final MessageQueues messageQueues;
    final Semaphores semaphores;
    final SharedSegments sharedSegments;
    final TaskIpc taskIpc;

    SystemV(KernelConfig config, Identities ids, Machinery machinery, Storage storage, Work work) {
        int most = config.maxTasks();
        int objects = config.maxIpcObjects();
        IpcPermissions permissions = new IpcPermissions(
                ids.ipcNamespaceTable,
                new IpcPermissions.Who(ids.tasks, ids.credTable, ids.creds, ids.userNamespaces, ids.capabilities),
                work);
        IpcBelow below = new IpcBelow(
                ids.tasks,
                ids.pids,
                storage.addressSpaces,
                machinery.wakeups,
                machinery.hrTimers,
                machinery.timekeeping,
                work);
        MsgTable msgs = new MsgTable(config.maxMessages(), config.maxMessageBytes());
        MsgReceiverTable receivers = new MsgReceiverTable(most);
        MsgSenderTable senders = new MsgSenderTable(most);
        MsgQueueTable queues = new MsgQueueTable(objects, msgs, receivers, senders);
        messageQueues = new MessageQueues(
                ids.ipcNamespaceTable, new MessageQueues.Tables(queues, msgs, receivers, senders), permissions, below);
        semaphores = new Semaphores(
                ids.ipcNamespaceTable, SemTables.create(objects, most, config.maxSemaphores()), permissions, below);
        MmLimits limits = new MmLimits(storage.addressSpaces, ids.tasks, ids.signalStructs, ids.capabilities);
        sharedSegments = new SharedSegments(
                new SharedSegments.Namespaces(ids.ipcNamespaceTable, ids.ipcNamespaces),
                new SharedSegments.Tables(new ShmTable(objects, ids.tasks), new ShmFileTable(config.maxVmas())),
                permissions,
                new SharedSegments.Memory(new Mmap(storage.addressSpaces, limits, MmapFiles.NONE), limits),
                below);
        storage.addressSpaces.setSegments(sharedSegments);
        taskIpc = new TaskIpc(semaphores.undos(), sharedSegments);
        ids.ipcNamespaces.add(semaphores);
        ids.ipcNamespaces.add(messageQueues);
        ids.ipcNamespaces.add(sharedSegments);
    }

    void digest(StateHash hash) {
        messageQueues.digest(hash);
        semaphores.digest(hash);
        sharedSegments.digest(hash);
    }
}
