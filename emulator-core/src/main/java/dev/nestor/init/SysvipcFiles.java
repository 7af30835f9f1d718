package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.ProcRequest;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.ipc.IpcPermTable;
import dev.nestor.ipc.MessageQueues;
import dev.nestor.ipc.MsgQueueTable;
import dev.nestor.ipc.SemArrayTable;
import dev.nestor.ipc.Semaphores;
import dev.nestor.ipc.SharedSegments;
import dev.nestor.ipc.ShmTable;
import dev.nestor.mm.Frames;

/** /proc/sysvipc: the objects of the IPC namespace that a file was opened in, in its opener's numbers. */
final class SysvipcFiles {
    private static final String MSG =
            "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid"
                    + "      stime      rtime      ctime\n";
    private static final String SEM =
            "       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n";
    private static final String SHM =
            "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid"
                    + "      atime      dtime      ctime                   rss                  swap\n";

    private final Kernel kernel;

    SysvipcFiles(Kernel kernel) {
        this.kernel = kernel;
    }

    void register(ProcFiles files) {
        files.globalIpcNs("sysvipc/msg", 0444, this::msg);
        files.globalIpcNs("sysvipc/sem", 0444, this::sem);
        files.globalIpcNs("sysvipc/shm", 0444, this::shm);
    }

    /** sysvipc_msg_proc_show(). */
    private int msg(ProcRequest request, SeqFile out) {
        MessageQueues queues = kernel.messageQueues();
        MsgQueueTable table = queues.table();
        int ns = request.ipcNs();
        out.put(MSG);
        for (int queue = queues.ids().next(ns, 0);
                queue != NULL;
                queue = queues.ids().next(ns, queues.ids().indexOf(queue) + 1)) {
            begin(table, queue, out);
            out.put(' ').unsigned(table.cbytes(queue), 10).put(' ');
            out.unsigned(table.qnum(queue), 10).put(' ');
            pid(request, table.lspid(queue), out);
            pid(request, table.lrpid(queue), out);
            ids(request, table, queue, out);
            out.unsigned(table.stime(queue), 10).put(' ');
            out.unsigned(table.rtime(queue), 10).put(' ');
            out.unsigned(table.ctime(queue), 10).put('\n');
        }
        return 0;
    }

    /** sysvipc_sem_proc_show(). */
    private int sem(ProcRequest request, SeqFile out) {
        Semaphores semaphores = kernel.semaphores();
        SemArrayTable table = semaphores.table();
        int ns = request.ipcNs();
        out.put(SEM);
        for (int sma = semaphores.ids().next(ns, 0);
                sma != NULL;
                sma = semaphores.ids().next(ns, semaphores.ids().indexOf(sma) + 1)) {
            begin(table, sma, out);
            out.unsigned(table.nsems(sma), 10).put(' ');
            ids(request, table, sma, out);
            out.unsigned(semaphores.otime(sma), 10).put(' ');
            out.unsigned(table.ctime(sma), 10).put('\n');
        }
        return 0;
    }

    /** sysvipc_shm_proc_show(). */
    private int shm(ProcRequest request, SeqFile out) {
        SharedSegments segments = kernel.sharedSegments();
        ShmTable table = segments.table();
        int ns = request.ipcNs();
        out.put(SHM);
        for (int shp = segments.ids().next(ns, 0);
                shp != NULL;
                shp = segments.ids().next(ns, segments.ids().indexOf(shp) + 1)) {
            begin(table, shp, out);
            out.unsigned(table.segsz(shp), 21).put(' ');
            pid(request, table.cprid(shp), out);
            pid(request, table.lprid(shp), out);
            out.put(' ').unsigned(table.nattch(shp), 5).put(' ');
            ids(request, table, shp, out);
            out.unsigned(table.atim(shp), 10).put(' ');
            out.unsigned(table.dtim(shp), 10).put(' ');
            out.unsigned(table.ctim(shp), 10).put(' ');
            out.unsigned(segments.resident(shp) << Frames.PAGE_SHIFT, 21).put(' ');
            out.unsigned(0, 21).put('\n');
        }
        return 0;
    }

    /** %10d %10d  %4o and a blank. */
    private static void begin(IpcPermTable table, int object, SeqFile out) {
        out.decimal(table.key(object), 10).put(' ');
        out.decimal(table.id(object), 10).put("  ");
        int start = out.mark();
        out.octal(table.mode(object), 1);
        out.alignFrom(start, 4).put(' ');
    }

    private void pid(ProcRequest request, int pid, SeqFile out) {
        out.unsigned(kernel.pids().keptNrNs(pid, request.openerPidNs()), 5).put(' ');
    }

    private void ids(ProcRequest request, IpcPermTable table, int object, SeqFile out) {
        int userNs = kernel.credTable().userNs(kernel.vfs().tables.files.cred(request.file()));
        uid(userNs, table.uid(object), out);
        gid(userNs, table.gid(object), out);
        uid(userNs, table.cuid(object), out);
        gid(userNs, table.cgid(object), out);
    }

    private void uid(int userNs, int kuid, SeqFile out) {
        out.unsigned(Integer.toUnsignedLong(kernel.userNamespaces().fromKuidMunged(userNs, kuid)), 5)
                .put(' ');
    }

    private void gid(int userNs, int kgid, SeqFile out) {
        out.unsigned(Integer.toUnsignedLong(kernel.userNamespaces().fromKgidMunged(userNs, kgid)), 5)
                .put(' ');
    }
}
