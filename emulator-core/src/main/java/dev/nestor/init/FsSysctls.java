package dev.nestor.init;

import dev.nestor.fs.fanotify.Fanotifies;
import dev.nestor.fs.inotify.Inotifies;
import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.ProcSet;
import dev.nestor.fs.proc.ProcShow;
import dev.nestor.kernel.ns.UcountType;
import dev.nestor.uapi.Errno;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/** /proc/sys/fs as far as it limits who watches files: fs/notify/inotify/inotify_user.c, fs/notify/fanotify/fanotify_user.c. */
final class FsSysctls {
    private final Kernel kernel;
    private final Inotifies inotifies;
    private final Fanotifies fanotifies;

    FsSysctls(Kernel kernel, Inotifies inotifies, Fanotifies fanotifies) {
        this.kernel = kernel;
        this.inotifies = inotifies;
        this.fanotifies = fanotifies;
    }

    void register(ProcFiles files) {
        number(files, "fs/inotify/max_queued_events", inotifies::maxQueuedEvents, inotifies::setMaxQueuedEvents);
        user(files, "fs/inotify/max_user_instances", UcountType.INOTIFY_INSTANCES);
        user(files, "fs/inotify/max_user_watches", UcountType.INOTIFY_WATCHES);
        number(files, "fs/fanotify/max_queued_events", fanotifies::maxQueuedEvents, fanotifies::setMaxQueuedEvents);
        user(files, "fs/fanotify/max_user_groups", UcountType.FANOTIFY_GROUPS);
        user(files, "fs/fanotify/max_user_marks", UcountType.FANOTIFY_MARKS);
    }

    /** The limit of the initial user namespace. */
    private void user(ProcFiles files, String path, int type) {
        number(
                files,
                path,
                () -> kernel.userNamespaceTable()
                        .ucountMax(kernel.credTable().userNs(kernel.tasks().cred(kernel.initTask())), type),
                value -> kernel.userNamespaceTable()
                        .setUcountMax(kernel.credTable().userNs(kernel.tasks().cred(kernel.initTask())), type, value));
    }

    private static void number(ProcFiles files, String path, IntSupplier get, IntConsumer put) {
        ProcShow show = (request, out) -> {
            out.decimal(get.getAsInt());
            return 0;
        };
        ProcSet set = (request, value) -> {
            if (value < 0) {
                return -Errno.EINVAL;
            }
            put.accept(value);
            return 0;
        };
        files.sysctlInt(path, 0644, show, set, new ProcFiles.NumberRights(null, null));
    }
}
