package dev.nestor.ipc;

import dev.nestor.table.StateHash;

/** The tables of semaphores. */
public record SemTables(SemArrayTable arrays, SemQueueTable queues, SemUndoTable undos, SemUndoListTable lists) {

    /** Tables with room for so many sets and waiting tasks, and for so many semaphores of all sets together. */
    public static SemTables create(int sets, int waiters, int semaphores) {
        SemQueueTable queues = new SemQueueTable(waiters, semaphores);
        SemUndoTable undos = new SemUndoTable(waiters, semaphores);
        return new SemTables(
                new SemArrayTable(sets, semaphores, queues, undos),
                queues,
                undos,
                new SemUndoListTable(waiters, undos));
    }

    void digest(StateHash hash) {
        arrays.digest(hash);
        arrays.digestSems(hash);
        queues.digest(hash);
        queues.digestSops(hash);
        undos.digest(hash);
        undos.digestAdjustments(hash);
        lists.digest(hash);
    }
}
