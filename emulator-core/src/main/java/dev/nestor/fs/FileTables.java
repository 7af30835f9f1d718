package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Resource;

/** Tables of descriptors: fs/file.c. */
public final class FileTables {
    /** fs.nr_open: no limit can be higher. */
    public static final int NR_OPEN = 1024 * 1024;

    private final FilesStructTable table;
    private final FdArrays arrays;
    private final Files files;
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final Work work;

    FileTables(FsTables tables, Files files, Vfs.Below below) {
        this.table = tables.filesStructs;
        this.arrays = tables.fdArrays;
        this.files = files;
        this.tasks = below.tasks();
        this.signals = below.signals();
        this.work = below.work();
    }

    /** An empty table with one user, or NULL at the limit. */
    public int create() {
        return createWith(FdArrays.LEAST);
    }

    private int createWith(int maxFds) {
        int struct = table.alloc();
        if (struct != NULL) {
            table.setCount(struct, 1);
            table.setBase(struct, arrays.alloc(maxFds));
            table.setMaxFds(struct, maxFds);
        }
        return struct;
    }

    /** dup_fd(): a table of its own with the same files, just large enough for them; NULL at the limit. */
    public int copyFiles(int from) {
        int room = FdArrays.LEAST;
        int highest = highestOpen(from);
        while (room <= highest) {
            room *= 2;
        }
        int copy = createWith(room);
        if (copy == NULL) {
            return NULL;
        }
        work.add(Work.FILES_DUP);
        arrays.copy(table.base(from), table.base(copy), room);
        table.setNextFd(copy, table.nextFd(from));
        for (int fd = 0; fd < room; fd++) {
            if (isReserved(copy, fd)) {
                arrays.setFile(table.base(copy), fd, NULL);
                table.setNextFd(copy, Math.min(table.nextFd(copy), fd));
            }
        }
        for (int fd = 0; fd <= highest; fd++) {
            int file = file(copy, fd);
            if (file != NULL) {
                work.add(Work.LIST_STEP);
                files.get(file);
            }
        }
        return copy;
    }

    /** One more task shares the table: CLONE_FILES. */
    public int shareFiles(int struct) {
        table.setCount(struct, table.count(struct) + 1);
        return struct;
    }

    /** Tasks that share it. */
    public int users(int struct) {
        return table.count(struct);
    }

    /** put_files_struct(): the last user's going closes all, in ascending order. */
    public void putFiles(int struct) {
        int count = table.count(struct) - 1;
        table.setCount(struct, count);
        if (count > 0) {
            return;
        }
        for (int fd = 0; fd < table.maxFds(struct); fd++) {
            int file = file(struct, fd);
            if (file != NULL) {
                arrays.setFile(table.base(struct), fd, NULL);
                files.close(file, struct);
            }
        }
        arrays.free(table.base(struct), table.maxFds(struct));
        table.free(struct);
    }

    /** unshare_files(): the task gets a table of its own; 0 or -ENOMEM. */
    public int unshareFiles(int task) {
        int struct = tasks.files(task);
        if (table.count(struct) == 1) {
            return 0;
        }
        int copy = copyFiles(struct);
        if (copy == NULL) {
            return -Errno.ENOMEM;
        }
        tasks.setFiles(task, copy);
        putFiles(struct);
        return 0;
    }

    /** do_close_on_exec(). */
    public void closeOnExec(int task) {
        int struct = tasks.files(task);
        for (int fd = 0; fd < table.maxFds(struct); fd++) {
            if (isCloexec(struct, fd) && file(struct, fd) != NULL) {
                close(struct, fd);
            }
        }
    }

    /** The file of a descriptor, or NULL. */
    public int file(int struct, int fd) {
        return fd < 0 || fd >= table.maxFds(struct) ? NULL : Math.max(arrays.file(table.base(struct), fd), NULL);
    }

    /** Whether a call that sleeps has taken the descriptor and not filled it yet. */
    private boolean isReserved(int struct, int fd) {
        return arrays.file(table.base(struct), fd) == FdArrays.RESERVED;
    }

    /** A free descriptor that has room is nobody else's from now on. */
    void reserve(int task, int fd) {
        int struct = tasks.files(task);
        install(struct, fd, FdArrays.RESERVED, false);
    }

    /** put_unused_fd(), unless the descriptor has been filled. */
    void unreserve(int task, int fd) {
        int struct = tasks.files(task);
        if (isReserved(struct, fd)) {
            arrays.setFile(table.base(struct), fd, NULL);
            table.setNextFd(struct, Math.min(table.nextFd(struct), fd));
        }
    }

    public boolean isCloexec(int struct, int fd) {
        return arrays.isCloexec(table.base(struct), fd);
    }

    public void setCloexec(int struct, int fd, boolean on) {
        arrays.setCloexec(table.base(struct), fd, on);
    }

    /** FDSize of /proc/PID/status. */
    public int maxFds(int struct) {
        return table.maxFds(struct);
    }

    /** The lowest open descriptor from {@code from} on, or -1. */
    public int nextOpen(int struct, int from) {
        for (int fd = from; fd < table.maxFds(struct); fd++) {
            if (file(struct, fd) != NULL) {
                return fd;
            }
        }
        return -1;
    }

    private int highestOpen(int struct) {
        int fd = table.maxFds(struct) - 1;
        while (fd >= 0 && file(struct, fd) == NULL) {
            fd--;
        }
        return fd;
    }

    /** RLIMIT_NOFILE, as far as descriptors are concerned. */
    public int limit(int task) {
        long limit = signals.rlimCur(tasks.signal(task), Resource.RLIMIT_NOFILE);
        return limit < 0 || limit > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) limit;
    }

    /** alloc_fd(): the lowest free descriptor from {@code start} on, with room made for it; -EMFILE at the limit. */
    public int unused(int task, int start) {
        int struct = tasks.files(task);
        int fd = Math.max(start, table.nextFd(struct));
        int maxFds = table.maxFds(struct);
        while (fd < maxFds && arrays.file(table.base(struct), fd) != NULL) {
            fd++;
        }
        work.add(Work.LOOKUP);
        if (fd >= limit(task)) {
            return -Errno.EMFILE;
        }
        return expand(struct, fd) ? fd : -Errno.EMFILE;
    }

    /** expand_files(): false when no table can be so large. */
    private boolean expand(int struct, int fd) {
        if (fd < table.maxFds(struct)) {
            return true;
        }
        if (fd >= NR_OPEN) {
            return false;
        }
        int before = table.maxFds(struct);
        int room = before;
        while (room <= fd) {
            room *= 2;
        }
        int base = arrays.alloc(room);
        arrays.copy(table.base(struct), base, before);
        arrays.free(table.base(struct), before);
        table.setBase(struct, base);
        table.setMaxFds(struct, room);
        return true;
    }

    /** fd_install(): takes over the reference on the file. The descriptor is free and has room. */
    public void install(int struct, int fd, int file, boolean cloexec) {
        assert file(struct, fd) == NULL : fd;
        arrays.setFile(table.base(struct), fd, file);
        arrays.setCloexec(table.base(struct), fd, cloexec);
        if (fd == table.nextFd(struct)) {
            table.setNextFd(struct, fd + 1);
        }
    }

    /**
     * get_unused_fd_flags() and fd_install(): the descriptor, or -EMFILE, and then the reference on the file stays the
     * caller's.
     */
    public int installLowest(int task, int start, int file, boolean cloexec) {
        int fd = unused(task, start);
        if (fd >= 0) {
            install(tasks.files(task), fd, file, cloexec);
        }
        return fd;
    }

    /** close_fd(): 0 or -EBADF. */
    public int close(int struct, int fd) {
        int file = file(struct, fd);
        if (file == NULL) {
            return -Errno.EBADF;
        }
        arrays.setFile(table.base(struct), fd, NULL);
        arrays.setCloexec(table.base(struct), fd, false);
        table.setNextFd(struct, Math.min(table.nextFd(struct), fd));
        files.close(file, struct);
        return 0;
    }

    /** replace_fd(), do_dup2(): {@code fd} refers to the file from now on; what it referred to is closed. EBADF, EMFILE, EBUSY. */
    public int replace(int task, int fd, int file, boolean cloexec) {
        if (fd < 0 || fd >= limit(task)) {
            return -Errno.EBADF;
        }
        int struct = tasks.files(task);
        if (!expand(struct, fd)) {
            return -Errno.EMFILE;
        }
        if (isReserved(struct, fd)) {
            return -Errno.EBUSY;
        }
        int old = file(struct, fd);
        files.get(file);
        arrays.setFile(table.base(struct), fd, file);
        arrays.setCloexec(table.base(struct), fd, cloexec);
        if (fd == table.nextFd(struct)) {
            table.setNextFd(struct, fd + 1);
        }
        if (old != NULL) {
            files.close(old, struct);
        }
        return fd;
    }

    /** close_range(): closes the descriptors, or marks them to be closed by execve. */
    public void closeRange(int struct, int first, int last, boolean cloexec) {
        int end = Math.min(last, table.maxFds(struct) - 1);
        for (int fd = first; fd <= end; fd++) {
            if (file(struct, fd) == NULL) {
                continue;
            }
            if (cloexec) {
                setCloexec(struct, fd, true);
            } else {
                close(struct, fd);
            }
        }
    }
}
