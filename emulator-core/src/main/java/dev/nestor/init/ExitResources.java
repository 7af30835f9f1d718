package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.exit.Exit;
import dev.nestor.kernel.task.TaskTable;

/** What a task that exits lets go of, in the order of do_exit(): memory, System V IPC, files, namespaces, its cgroup. */
final class ExitResources implements Exit.Resources {
    private final Kernel kernel;

    ExitResources(Kernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public void exit(int task) {
        TaskTable tasks = kernel.tasks();
        kernel.fork().releaseMm(task);
        kernel.taskIpc().exitSem(task);
        kernel.taskIpc().exitShm(task);
        kernel.fileSystems().mqueues().exit(task);
        kernel.files().letGoOfCall(task);
        int files = tasks.files(task);
        if (files != NULL) {
            kernel.fileTables().putFiles(files); // while the descriptors are seen to be the task's
            tasks.setFiles(task, NULL);
        }
        int fs = tasks.fs(task);
        if (fs != NULL) {
            tasks.setFs(task, NULL);
            kernel.fsStructs().put(fs);
        }
        kernel.nsProxies().switchTaskNamespaces(task, NULL);
        kernel.cgroups().cssSets().exit(task);
    }
}
