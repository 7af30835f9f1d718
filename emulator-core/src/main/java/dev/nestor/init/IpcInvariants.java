package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.ipc.IpcIds;
import dev.nestor.ipc.IpcNamespaceTable;
import dev.nestor.ipc.IpcPermTable;
import dev.nestor.ipc.MsgQueueTable;
import dev.nestor.ipc.SemArrayTable;
import dev.nestor.ipc.ShmTable;
import dev.nestor.mm.Frames;
import dev.nestor.uapi.Ipc;

/** System V objects: each is found by its identifier and key in its namespace, which counts what it has. */
final class IpcInvariants {
    private final Kernel kernel;
    private final IpcNamespaceTable namespaces;

    IpcInvariants(Kernel kernel) {
        this.kernel = kernel;
        this.namespaces = kernel.ipcNamespaceTable();
    }

    void check() {
        MsgQueueTable queues = kernel.messageQueues().table();
        SemArrayTable arrays = kernel.semaphores().table();
        ShmTable segments = kernel.sharedSegments().table();
        checkIds(queues, kernel.messageQueues().ids(), IpcIds.MSG);
        checkIds(arrays, kernel.semaphores().ids(), IpcIds.SEM);
        checkIds(segments, kernel.sharedSegments().ids(), IpcIds.SHM);
        Claims.forEach(namespaces, ns -> {
            long messages = 0;
            long bytes = 0;
            for (int row = 1; row < queues.rows(); row++) {
                int queue = queues.handleInRow(row);
                boolean inside = queue != NULL && queues.ns(queue) == ns;
                messages += inside ? queues.qnum(queue) : 0;
                bytes += inside ? queues.cbytes(queue) : 0;
            }
            Claims.that(namespaces.msgHdrs(ns) == messages, "messages", namespaces, ns);
            Claims.that(namespaces.msgBytes(ns) == bytes, "bytes of messages", namespaces, ns);
            checkSemaphoresAndPages(ns, arrays, segments);
        });
        Claims.forEach(arrays, sma -> {
            for (int num = 0; num < arrays.nsems(sma); num++) {
                int value = arrays.semval(sma, num);
                Claims.that(value >= 0 && value <= Ipc.SEMVMX, "a semaphore's value", arrays, sma);
            }
        });
    }

    private void checkSemaphoresAndPages(int ns, SemArrayTable arrays, ShmTable segments) {
        int sems = 0;
        for (int row = 1; row < arrays.rows(); row++) {
            int sma = arrays.handleInRow(row);
            sems += sma != NULL && arrays.ns(sma) == ns ? arrays.nsems(sma) : 0;
        }
        Claims.equal(namespaces.usedSems(ns), sems, "semaphores", namespaces, ns);
        long pages = 0;
        for (int row = 1; row < segments.rows(); row++) {
            int shp = segments.handleInRow(row);
            boolean inside = shp != NULL && segments.ns(shp) == ns;
            pages += inside ? (segments.segsz(shp) + Frames.PAGE_MASK) >>> Frames.PAGE_SHIFT : 0;
        }
        Claims.that(namespaces.shmTot(ns) == pages, "pages of segments", namespaces, ns);
    }

    private void checkIds(IpcPermTable objects, IpcIds ids, int kind) {
        Claims.forEach(objects, object -> {
            int ns = objects.ns(object);
            int index = ids.indexOf(object);
            Claims.that(namespaces.isLive(ns), "of a namespace that is gone", objects, object);
            Claims.equal(ids.next(ns, index), object, "what its identifier leads to", objects, object);
            boolean isPrivate = objects.key(object) == Ipc.IPC_PRIVATE;
            Claims.that(isPrivate || ids.hasKey(ns, objects.key(object)), "not found by its key", objects, object);
            Claims.that(index <= namespaces.maxIdx(ns, kind), "above the highest index", objects, object);
        });
        Claims.forEach(namespaces, ns -> {
            int count = 0;
            int object = ids.next(ns, 0);
            while (object != NULL) {
                count++;
                object = ids.next(ns, ids.indexOf(object) + 1);
            }
            Claims.equal(namespaces.inUse(ns, kind), count, "objects", namespaces, ns);
        });
    }
}
