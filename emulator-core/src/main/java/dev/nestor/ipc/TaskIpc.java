package dev.nestor.ipc;

/** What a task has of System V IPC, sysv_sem and sysv_shm: on the ways into life and out of it, and out of a namespace. */
public final class TaskIpc {
    private final SemUndos undos;
    private final SharedSegments segments;

    public TaskIpc(SemUndos undos, SharedSegments segments) {
        this.undos = undos;
        this.segments = segments;
    }

    /** copy_semundo(): with CLONE_SYSVSEM the child shares what its parent's end would undo. False without memory. */
    public boolean copySemundo(long cloneFlags, int parent, int child) {
        return undos.copy(cloneFlags, parent, child);
    }

    /** exit_sem(): what the task was to undo is undone, unless others share it. */
    public void exitSem(int task) {
        undos.exit(task);
    }

    /** exit_shm(): the task is the creator of no segment any more. */
    public void exitShm(int task) {
        segments.exit(task);
    }
}
