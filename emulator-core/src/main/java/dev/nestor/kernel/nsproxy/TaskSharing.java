package dev.nestor.kernel.nsproxy;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTables;
import dev.nestor.fs.FsStructs;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.MmTable;

/** What a task shares with others besides namespaces, as unshare and setns ask. */
public final class TaskSharing {
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final SighandTable sighands;
    private final MmTable mms;
    private final FsStructs fsStructs;
    private final FileTables files;

    public TaskSharing(
            TaskTable tasks,
            SignalStructTable signals,
            SighandTable sighands,
            MmTable mms,
            FsStructs fsStructs,
            FileTables files) {
        this.tasks = tasks;
        this.signals = signals;
        this.sighands = sighands;
        this.mms = mms;
        this.fsStructs = fsStructs;
        this.files = files;
    }

    /** thread_group_empty(). */
    boolean isThreadGroupEmpty(int task) {
        int signal = tasks.signal(task);
        return signals.threads().first(signal) == signals.threads().last(signal);
    }

    /** current_is_single_threaded(): no other task that lives is in its process or shares its memory. */
    boolean isSingleThreaded(int task) {
        return signals.live(tasks.signal(task)) == 1 && mms.users(tasks.mm(task)) == 1;
    }

    boolean sharesSighand(int task) {
        return sighands.count(tasks.sighand(task)) > 1;
    }

    /** Whether its fs_struct is its own. */
    boolean ownsFs(int task) {
        return fsStructs.users(tasks.fs(task)) == 1;
    }

    /** unshare_fs(): a copy for the task alone when it is shared, else its own; NULL without memory. */
    int copyFsIfShared(int task) {
        return ownsFs(task) ? tasks.fs(task) : fsStructs.copy(tasks.fs(task));
    }

    /** The task has the copy from now on. */
    void replaceFs(int task, int fs) {
        int old = tasks.fs(task);
        if (fs != old) {
            tasks.setFs(task, fs);
            fsStructs.put(old);
        }
    }

    /** A copy was not needed after all. */
    void dropFs(int task, int fs) {
        if (fs != tasks.fs(task) && fs != NULL) {
            fsStructs.put(fs);
        }
    }

    /** unshare_fd(): a copy for the task alone when it is shared, else its own; NULL without memory. */
    int copyFilesIfShared(int task) {
        int own = tasks.files(task);
        return files.users(own) == 1 ? own : files.copyFiles(own);
    }

    /** The task has the copy from now on. */
    void replaceFiles(int task, int copy) {
        int old = tasks.files(task);
        if (copy != old) {
            tasks.setFiles(task, copy);
            files.putFiles(old);
        }
    }

    /** A copy was not needed after all. */
    void dropFiles(int task, int copy) {
        if (copy != tasks.files(task) && copy != NULL) {
            files.putFiles(copy);
        }
    }

    /** current_chrooted(), in the mount namespace given. */
    boolean isChrooted(int task, int mntNs) {
        return fsStructs.isChrooted(task, mntNs);
    }
}
