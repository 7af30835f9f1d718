package dev.nestor.ipc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Ipc;
import dev.nestor.uapi.Sched;

/** What a task's end undoes: copy_semundo(), exit_sem() and find_alloc_undo() of ipc/sem.c. */
public final class SemUndos {
    private final SemArrayTable arrays;
    private final SemUndoTable undos;
    private final SemUndoListTable lists;
    private final SemQueues queues;
    private final IpcBelow below;
    private final TaskTable tasks;
    private final Work work;

    SemUndos(SemTables tables, SemQueues queues, IpcBelow below) {
        this.arrays = tables.arrays();
        this.undos = tables.undos();
        this.lists = tables.lists();
        this.queues = queues;
        this.below = below;
        this.tasks = below.tasks();
        this.work = below.work();
    }

    /** get_undo_list(): the task's list, made if need be; NULL at the limit. */
    private int undoList(int task) {
        int list = tasks.undoList(task);
        if (list == NULL) {
            list = lists.alloc();
            if (list != NULL) {
                lists.setRefcnt(list, 1);
                tasks.setUndoList(task, list);
            }
        }
        return list;
    }

    /** copy_semundo(): false without memory. */
    public boolean copy(long cloneFlags, int parent, int child) {
        if ((cloneFlags & Sched.CLONE_SYSVSEM) == 0) {
            return true;
        }
        int list = undoList(parent);
        if (list != NULL) {
            lists.setRefcnt(list, lists.refcnt(list) + 1);
            tasks.setUndoList(child, list);
        }
        return list != NULL;
    }

    /** find_alloc_undo(): the task's adjustments of a set, which move to the front of its list; NULL without memory. */
    int findOrCreate(int task, int sma) {
        int list = undoList(task);
        if (list == NULL) {
            return NULL;
        }
        Chain ofList = lists.undos();
        int undo = ofList.first(list);
        while (undo != NULL && arrays.undos().owner(undo) != sma) {
            work.add(Work.LIST_STEP);
            undo = ofList.next(undo);
        }
        if (undo != NULL) {
            ofList.remove(undo);
        } else {
            undo = undos.create(arrays.nsems(sma));
            if (undo == NULL) {
                return NULL;
            }
            work.add(Work.OBJECT_ALLOC);
            arrays.undos().addFirst(sma, undo);
        }
        ofList.addFirst(list, undo);
        return undo;
    }

    /** All that would be undone to a semaphore is forgotten. */
    void forget(int sma, int num) {
        Chain ofSet = arrays.undos();
        for (int undo = ofSet.first(sma); undo != NULL; undo = ofSet.next(undo)) {
            undos.setSemadj(undo, num, 0);
        }
    }

    /** The part of freeary() that is about undoing. */
    void free(int sma) {
        Chain ofSet = arrays.undos();
        while (!ofSet.isEmpty(sma)) {
            int undo = ofSet.first(sma);
            ofSet.remove(undo);
            lists.undos().remove(undo);
            undos.destroy(undo);
        }
    }

    /** exit_sem(): the task gives up its list; the last one that has it applies the adjustments. */
    public void exit(int task) {
        int list = tasks.undoList(task);
        if (list == NULL) {
            return;
        }
        tasks.setUndoList(task, NULL);
        int refcnt = lists.refcnt(list) - 1;
        lists.setRefcnt(list, refcnt);
        if (refcnt > 0) {
            return;
        }
        Chain ofList = lists.undos();
        while (!ofList.isEmpty(list)) {
            int undo = ofList.first(list);
            int sma = arrays.undos().owner(undo);
            arrays.undos().remove(undo);
            ofList.remove(undo);
            adjust(sma, undo, below.pids().tgid(task));
            undos.destroy(undo);
        }
        lists.free(list);
    }

    private void adjust(int sma, int undo, int pid) {
        for (int num = 0; num < arrays.nsems(sma); num++) {
            int by = undos.semadj(undo, num);
            if (by != 0) {
                arrays.setSemval(sma, num, Math.clamp(arrays.semval(sma, num) + by, 0, Ipc.SEMVMX));
                queues.updatePid(sma, num, pid);
                work.add(Work.LINE_TOUCH);
            }
        }
        queues.update(sma, NULL, true);
        queues.unmerge(sma);
    }
}
