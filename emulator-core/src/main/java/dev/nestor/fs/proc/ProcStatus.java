package dev.nestor.fs.proc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.signal.PendingSignals;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.MmTable;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Signal;

/** /proc/PID/status: fs/proc/array.c. */
final class ProcStatus {
    private static final int NODE_WORDS = 32; // of MAX_NUMNODES bits, 32 each

    private final ProcContext context;
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final SighandTable sighands;
    private final CredTable creds;
    private final Creds credLife;
    private final UserNamespaces userNamespaces;
    private final Pids pids;
    private final PendingSignals pending;
    private final MmTable mms;
    private final byte[] comm = new byte[TaskTable.TASK_COMM_LEN];

    ProcStatus(ProcContext context) {
        this.context = context;
        this.tasks = context.tasks();
        this.signals = context.signals();
        this.sighands = context.sighands();
        this.creds = context.creds();
        this.credLife = context.vfs().below.creds();
        this.userNamespaces = context.userNamespaces();
        this.pids = context.pids();
        this.pending = context.pending();
        this.mms = context.mms();
    }

    int show(ProcRequest request, SeqFile out) {
        int task = request.subject();
        name(task, out);
        state(request, task, out);
        int mm = tasks.mm(task);
        if (mm != NULL) {
            memory(mm, out);
            out.put("CoreDumping:\t0\nTHP_enabled:\t1\nuntag_mask:\t0xffffffffffffffff\n");
        }
        signals(task, out);
        capabilities(task, out);
        out.put("NoNewPrivs:\t").put(tasks.noNewPrivs(task) ? '1' : '0');
        out.put("\nSeccomp:\t0\nSeccomp_filters:\t0\n");
        out.put("Speculation_Store_Bypass:\tvulnerable\nSpeculationIndirectBranch:\talways enabled\n");
        allowed(task, out);
        out.put("voluntary_ctxt_switches:\t").unsigned(tasks.nvcsw(task));
        out.put("\nnonvoluntary_ctxt_switches:\t").unsigned(tasks.nivcsw(task)).put('\n');
        return 0;
    }

    /** proc_task_name(), escaped as in a status file. */
    private void name(int task, SeqFile out) {
        out.put("Name:\t");
        int length = tasks.comm(task, comm);
        for (int i = 0; i < length; i++) {
            if (comm[i] == '\n') {
                out.put("\\n");
            } else if (comm[i] == '\\') {
                out.put("\\\\");
            } else {
                out.put(comm, i, 1);
            }
        }
        out.put('\n');
    }

    /** get_task_state(). */
    static String stateOf(TaskTable tasks, int task) {
        if (tasks.exitState(task) != 0) {
            return tasks.exitState(task) == TaskTable.EXIT_ZOMBIE ? "Z (zombie)" : "X (dead)";
        }
        int state = tasks.state(task);
        if ((state & TaskTable.TASK_INTERRUPTIBLE) != 0) {
            return "S (sleeping)";
        }
        if ((state & TaskTable.TASK_UNINTERRUPTIBLE) != 0) {
            return "D (disk sleep)";
        }
        if ((state & TaskTable.TASK_STOPPED) != 0) {
            return "T (stopped)";
        }
        return (state & TaskTable.TASK_DEAD) != 0 ? "X (dead)" : "R (running)";
    }

    /** task_state(). */
    private void state(ProcRequest request, int task, SeqFile out) {
        int ns = request.pidNs();
        int fs = tasks.fs(task);
        if (fs != NULL) {
            out.put("Umask:\t")
                    .octal(context.vfs().tables.fsStructs.umask(fs), 4)
                    .put('\n');
        }
        int parent = tasks.realParent(task);
        out.put("State:\t").put(stateOf(tasks, task));
        out.put("\nTgid:\t").unsigned(pids.taskTgidNr(task, ns));
        out.put("\nNgid:\t0\nPid:\t").unsigned(pids.taskNr(task, ns));
        out.put("\nPPid:\t").unsigned(parent == NULL ? 0 : pids.taskTgidNr(parent, ns));
        boolean isOutermost = context.vfs().below.pidNamespaces().level(ns) == 0;
        out.put("\nTracerPid:\t").unsigned(isOutermost ? tasks.ptrace(task) : 0);
        int cred = tasks.cred(task);
        int userNs = creds.userNs(context.vfs().tables.files.cred(request.file()));
        out.put("\nUid:");
        uid(creds.uid(cred), userNs, out);
        uid(creds.euid(cred), userNs, out);
        uid(creds.suid(cred), userNs, out);
        uid(creds.fsuid(cred), userNs, out);
        out.put("\nGid:");
        gid(creds.gid(cred), userNs, out);
        gid(creds.egid(cred), userNs, out);
        gid(creds.sgid(cred), userNs, out);
        gid(creds.fsgid(cred), userNs, out);
        int files = tasks.files(task);
        out.put("\nFDSize:\t")
                .unsigned(files == NULL ? 0 : context.vfs().fileTables.maxFds(files));
        out.put("\nGroups:\t");
        for (int i = 0; i < credLife.ngroups(cred); i++) {
            out.put(i == 0 ? "" : " ");
            out.unsigned(Integer.toUnsignedLong(userNamespaces.fromKgidMunged(userNs, credLife.groupAt(cred, i))));
        }
        out.put(' ');
        int deepest = pids.level(tasks.threadPid(task));
        numbers("\nNStgid:", pids.tgid(task), ns, deepest, out);
        numbers("\nNSpid:", tasks.threadPid(task), ns, deepest, out);
        numbers("\nNSpgid:", pids.pgrp(task), ns, deepest, out);
        numbers("\nNSsid:", pids.session(task), ns, deepest, out);
        out.put("\nKthread:\t")
                .put(tasks.hasFlag(task, TaskTable.PF_KTHREAD) ? '1' : '0')
                .put('\n');
    }

    private void uid(int kuid, int userNs, SeqFile out) {
        out.put('\t').unsigned(Integer.toUnsignedLong(userNamespaces.fromKuidMunged(userNs, kuid)));
    }

    private void gid(int kgid, int userNs, SeqFile out) {
        out.put('\t').unsigned(Integer.toUnsignedLong(userNamespaces.fromKgidMunged(userNs, kgid)));
    }

    /** The numbers at all levels from the reader's down to the task's own; 0 where the pid is of a level above. */
    private void numbers(String label, int pid, int ns, int deepest, SeqFile out) {
        out.put(label);
        int level = context.vfs().below.pidNamespaces().level(ns);
        boolean visible = pids.pidNrNs(pid, ns) != 0;
        for (int i = level; i <= deepest; i++) {
            out.put('\t').unsigned(visible && i <= pids.level(pid) ? pids.numberAt(pid, i) : 0);
        }
    }

    /** task_mem(). */
    private void memory(int mm, SeqFile out) {
        long anon = mms.rssAnon(mm);
        long file = mms.rssFile(mm);
        long shmem = mms.rssShmem(mm);
        long rss = anon + file + shmem;
        long exec = (mms.endCode(mm) >>> 12) - (mms.startCode(mm) >>> 12);
        kilobytes("VmPeak:\t", Math.max(mms.hiwaterVm(mm), mms.totalVm(mm)), out);
        kilobytes("VmSize:\t", mms.totalVm(mm), out);
        kilobytes("VmLck:\t", mms.lockedVm(mm), out);
        kilobytes("VmPin:\t", 0, out);
        kilobytes("VmHWM:\t", Math.max(mms.hiwaterRss(mm), rss), out);
        kilobytes("VmRSS:\t", rss, out);
        kilobytes("RssAnon:\t", anon, out);
        kilobytes("RssFile:\t", file, out);
        kilobytes("RssShmem:\t", shmem, out);
        kilobytes("VmData:\t", mms.dataVm(mm), out);
        kilobytes("VmStk:\t", mms.stackVm(mm), out);
        kilobytes("VmExe:\t", exec, out);
        kilobytes("VmLib:\t", Math.max(0, mms.execVm(mm) - exec), out);
        kilobytes("VmPTE:\t", 11, out);
        kilobytes("VmSwap:\t", 0, out);
        kilobytes("HugetlbPages:\t", 0, out);
    }

    private static void kilobytes(String label, long pages, SeqFile out) {
        out.put(label).unsigned(pages << 2, 8).put(" kB\n");
    }

    /** task_sig(). */
    private void signals(int task, SeqFile out) {
        int signal = tasks.signal(task);
        int sighand = tasks.sighand(task);
        long ignored = 0;
        long caught = 0;
        for (int i = 0; sighand != NULL && i < 64; i++) {
            long handler = sighands.handler(sighand, i);
            ignored |= handler == Signal.SIG_IGN ? 1L << i : 0;
            caught |= handler != Signal.SIG_IGN && handler != Signal.SIG_DFL ? 1L << i : 0;
        }
        out.put("Threads:\t").unsigned(signals.nrThreads(signal));
        out.put("\nSigQ:\t").unsigned(pending.queuedOf(task)).put('/');
        out.unsigned(signals.rlimCur(signal, Resource.RLIMIT_SIGPENDING));
        out.put("\nSigPnd:\t").hex(tasks.pendingSet(task), 16);
        out.put("\nShdPnd:\t").hex(signals.sharedPendingSet(signal), 16);
        out.put("\nSigBlk:\t").hex(tasks.blocked(task), 16);
        out.put("\nSigIgn:\t").hex(ignored, 16);
        out.put("\nSigCgt:\t").hex(caught, 16).put('\n');
    }

    /** task_cap(). */
    private void capabilities(int task, SeqFile out) {
        int cred = tasks.cred(task);
        out.put("CapInh:\t").hex(creds.capInheritable(cred), 16);
        out.put("\nCapPrm:\t").hex(creds.capPermitted(cred), 16);
        out.put("\nCapEff:\t").hex(creds.capEffective(cred), 16);
        out.put("\nCapBnd:\t").hex(creds.capBset(cred), 16);
        out.put("\nCapAmb:\t").hex(creds.capAmbient(cred), 16).put('\n');
    }

    /** task_cpus_allowed(), cpuset_task_status_allowed(). */
    private void allowed(int task, SeqFile out) {
        int words = context.sched().maskWords();
        out.put("Cpus_allowed:\t");
        boolean any = false;
        for (int word = 2 * words - 1; word >= 0; word--) {
            long bits = context.sched().cpusAllowed(task, word >> 1) >>> (32 * (word & 1)) & 0xffffffffL;
            if (any) {
                out.put(',').hex(bits, 8);
            } else if (bits != 0 || word == 0) {
                out.hex(bits, Math.max(1, (67 - Long.numberOfLeadingZeros(bits)) / 4));
                any = true;
            }
        }
        out.put("\nCpus_allowed_list:\t");
        list(task, 64 * words, out);
        out.put("\nMems_allowed:\t");
        for (int i = 1; i < NODE_WORDS; i++) {
            out.put("00000000,");
        }
        out.put("00000001\nMems_allowed_list:\t0\n");
    }

    private void list(int task, int bits, SeqFile out) {
        boolean any = false;
        int cpu = 0;
        while (cpu < bits) {
            if (!isAllowed(task, cpu)) {
                cpu++;
                continue;
            }
            int end = cpu;
            while (end + 1 < bits && isAllowed(task, end + 1)) {
                end++;
            }
            out.put(any ? "," : "").unsigned(cpu);
            if (end > cpu) {
                out.put('-').unsigned(end);
            }
            any = true;
            cpu = end + 1;
        }
    }

    private boolean isAllowed(int task, int cpu) {
        return (context.sched().cpusAllowed(task, cpu >> 6) & 1L << cpu) != 0;
    }
}
