package dev.nestor.init;

import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.ProcMode;
import dev.nestor.fs.proc.ProcRequest;
import dev.nestor.fs.proc.ProcShow;
import dev.nestor.fs.proc.ProcStore;
import dev.nestor.fs.proc.ProcVector;
import dev.nestor.ipc.MqNamespaceTable;
import dev.nestor.ipc.MqueueFs;
import dev.nestor.uapi.Errno;
import java.util.function.IntUnaryOperator;

/** Limits of POSIX message queues under /proc/sys/fs/mqueue, of the reader's IPC namespace: ipc/mq_sysctl.c. */
final class MqueueSysctls {
    private static final int MIN_MSGSIZEMAX = 128;

    private final Kernel kernel;
    private final MqueueFs mqueueFs;
    private final MqNamespaceTable namespaces;
    private final ProcVector vector = new ProcVector();
    private final ProcMode rights = this::rights;

    /** Sets a limit of a row. */
    private interface SetInt {
        void set(int row, int value);
    }

    MqueueSysctls(Kernel kernel, MqueueFs mqueueFs) {
        this.kernel = kernel;
        this.mqueueFs = mqueueFs;
        this.namespaces = mqueueFs.namespaces();
    }

    void register(ProcFiles files) {
        limit(
                files,
                "queues_max",
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                namespaces::queuesMax,
                namespaces::setQueuesMax);
        limit(files, "msg_max", 1, MqueueFs.HARD_MSGMAX, namespaces::msgMax, namespaces::setMsgMax);
        int most = MqueueFs.HARD_MSGSIZEMAX;
        limit(files, "msgsize_max", MIN_MSGSIZEMAX, most, namespaces::msgsizeMax, namespaces::setMsgsizeMax);
        limit(files, "msg_default", 1, MqueueFs.HARD_MSGMAX, namespaces::msgDefault, namespaces::setMsgDefault);
        limit(
                files,
                "msgsize_default",
                MIN_MSGSIZEMAX,
                most,
                namespaces::msgsizeDefault,
                namespaces::setMsgsizeDefault);
    }

    private int row(ProcRequest request) {
        return mqueueFs.rowOf(kernel.nsProxyTable().ipcNs(kernel.tasks().nsproxy(request.reader())));
    }

    /** mq_permissions(): root of the namespace's owner is root here. */
    private int rights(int task, int mode) {
        int userNs = kernel.ipcNamespaces()
                .owner(kernel.nsProxyTable().ipcNs(kernel.tasks().nsproxy(task)));
        return IpcSysctls.rights(kernel, task, userNs, mode);
    }

    private void limit(ProcFiles files, String name, int least, int most, IntUnaryOperator get, SetInt set) {
        ProcShow show = (request, out) -> {
            out.decimal(get.applyAsInt(row(request)));
            return 0;
        };
        ProcStore store = (request, text, length) -> vector.setInts(request, text, length, 1, (index, number) -> {
            if (number < least || number > most) {
                return -Errno.EINVAL;
            }
            set.set(row(request), (int) number);
            return 0;
        });
        files.sysctl("fs/mqueue/" + name, 0644, show, store, rights);
    }
}
