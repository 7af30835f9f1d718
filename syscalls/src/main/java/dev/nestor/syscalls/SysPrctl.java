package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Outside;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.MmTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Prctl;
import dev.nestor.uapi.Signal;

/** prctl(2): kernel/sys.c, and its capability options of security/commoncap.c. */
public final class SysPrctl {
    private static final int SECURE_ALL_BITS = 0xfff;
    private static final int SECURE_ALL_LOCKS = 0xaaa;
    private static final int SECURE_ALL_UNPRIVILEGED = 0xf00; // SECBIT_EXEC_*, and their locks
    private static final long DEFAULT_TIMER_SLACK_NS = 50_000;

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final CredTable table;
    private final Creds creds;
    private final Capabilities capabilities;
    private final MmTable mms;
    private final UserMemory memory;
    private final Descendants descendants;
    private final byte[] name = new byte[TaskTable.TASK_COMM_LEN];

    public SysPrctl(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.signals = kernel.signalStructs();
        this.table = kernel.credTable();
        this.creds = kernel.creds();
        this.capabilities = kernel.capabilities();
        this.mms = kernel.addressSpaces().mms();
        this.memory = kernel.userMemory();
        this.descendants = new Descendants(kernel.tasks(), kernel.signalStructs());
    }

    public void register(SyscallTable.Builder calls) {
        calls.partial(
                Nr.NR_prctl,
                "prctl",
                this::prctl,
                "seccomp, speculation, MCE, memory-map and syscall-dispatch options; answered by the driver of a replay");
    }

    private long prctl(int task, SyscallArgs args) {
        int option = args.intAt(0);
        return switch (option) {
            case Prctl.PR_SET_PDEATHSIG -> setPdeathsig(task, args.get(1));
            case Prctl.PR_GET_PDEATHSIG -> putInt(task, args.get(1), tasks.pdeathSignal(task));
            case Prctl.PR_GET_DUMPABLE -> mms.dumpable(tasks.mm(task));
            case Prctl.PR_SET_DUMPABLE -> setDumpable(task, args.get(1));
            case Prctl.PR_SET_NAME -> setName(task, args.get(1));
            case Prctl.PR_GET_NAME -> getName(task, args.get(1));
            case Prctl.PR_SET_TIMERSLACK -> setTimerSlack(task, args.get(1));
            case Prctl.PR_GET_TIMERSLACK -> tasks.timerSlackNs(task);
            case Prctl.PR_SET_CHILD_SUBREAPER -> setSubreaper(task, args.get(1) != 0);
            case Prctl.PR_GET_CHILD_SUBREAPER ->
                putInt(task, args.get(1), signals.isChildSubreaper(tasks.signal(task)) ? 1 : 0);
            case Prctl.PR_SET_NO_NEW_PRIVS -> setNoNewPrivs(task, args);
            case Prctl.PR_GET_NO_NEW_PRIVS -> anyOf(args, 1) ? -Errno.EINVAL : tasks.noNewPrivs(task) ? 1 : 0;
            case Prctl.PR_GET_TID_ADDRESS ->
                memory.putLong(tasks.mm(task), args.get(1), tasks.clearChildTid(task)) < 0 ? -Errno.EFAULT : 0;
            case Prctl.PR_TIMER_CREATE_RESTORE_IDS -> restoreTimerIds(task, args);
            default -> prctlOfCred(task, option, args);
        };
    }

    /** posixtimer_create_prctl(): 0 off, 1 on, 2 tells. */
    private long restoreTimerIds(int task, SyscallArgs args) {
        int signal = tasks.signal(task);
        if (anyOf(args, 2)) {
            return -Errno.EINVAL;
        }
        long control = args.get(1);
        if (control == 2) {
            return signals.timerCreateRestoreIds(signal) ? 1 : 0;
        }
        if (control != 0 && control != 1) {
            return -Errno.EINVAL;
        }
        signals.setTimerCreateRestoreIds(signal, control == 1);
        return 0;
    }

    /** cap_task_prctl(). */
    private long prctlOfCred(int task, int option, SyscallArgs args) {
        int cred = tasks.cred(task);
        return switch (option) {
            case Prctl.PR_CAPBSET_READ -> !isCap(args.get(1)) ? -Errno.EINVAL : bit(table.capBset(cred), args.get(1));
            case Prctl.PR_CAPBSET_DROP -> dropFromBoundingSet(task, args.get(1));
            case Prctl.PR_GET_SECUREBITS -> table.securebits(cred);
            case Prctl.PR_SET_SECUREBITS -> setSecurebits(task, args.get(1));
            case Prctl.PR_GET_KEEPCAPS -> (table.securebits(cred) & Creds.SECBIT_KEEP_CAPS) != 0 ? 1 : 0;
            case Prctl.PR_SET_KEEPCAPS -> setKeepcaps(task, args.get(1));
            case Prctl.PR_CAP_AMBIENT -> ambient(task, args);
            default -> prctlOfMachine(task, option, args);
        };
    }

    private long prctlOfMachine(int task, int option, SyscallArgs args) {
        return switch (option) {
            case Prctl.PR_GET_TIMING -> 0;
            case Prctl.PR_SET_TIMING -> args.get(1) == 0 ? 0 : -Errno.EINVAL;
            case Prctl.PR_GET_TSC ->
                putInt(
                        task,
                        args.get(1),
                        tasks.hasThreadFlag(task, TaskTable.TIF_NOTSC) ? Prctl.PR_TSC_SIGSEGV : Prctl.PR_TSC_ENABLE);
            case Prctl.PR_SET_TSC -> setTsc(task, args.intAt(1));
            case Prctl.PR_SET_PTRACER,
                    Prctl.PR_GET_UNALIGN,
                    Prctl.PR_SET_UNALIGN,
                    Prctl.PR_GET_FPEMU,
                    Prctl.PR_SET_FPEMU,
                    Prctl.PR_GET_FPEXC,
                    Prctl.PR_SET_FPEXC,
                    Prctl.PR_GET_ENDIAN,
                    Prctl.PR_SET_ENDIAN -> -Errno.EINVAL;
            case Prctl.PR_SET_MM ->
                capabilities.capable(task, Capability.CAP_SYS_RESOURCE) ? -Outside.EOUTSIDE : -Errno.EPERM;
            case Prctl.PR_GET_SECCOMP,
                    Prctl.PR_SET_SECCOMP,
                    Prctl.PR_MCE_KILL,
                    Prctl.PR_MCE_KILL_GET,
                    Prctl.PR_SET_THP_DISABLE,
                    Prctl.PR_GET_THP_DISABLE,
                    Prctl.PR_SET_VMA,
                    Prctl.PR_SCHED_CORE,
                    Prctl.PR_SET_SYSCALL_USER_DISPATCH,
                    Prctl.PR_GET_SPECULATION_CTRL,
                    Prctl.PR_SET_SPECULATION_CTRL,
                    Prctl.PR_SET_IO_FLUSHER,
                    Prctl.PR_GET_IO_FLUSHER,
                    Prctl.PR_TASK_PERF_EVENTS_DISABLE,
                    Prctl.PR_TASK_PERF_EVENTS_ENABLE -> -Outside.EOUTSIDE;
            default -> option > 64 ? -Outside.EOUTSIDE : -Errno.EINVAL;
        };
    }

    private long setTsc(int task, int value) {
        if (value != Prctl.PR_TSC_ENABLE && value != Prctl.PR_TSC_SIGSEGV) {
            return -Errno.EINVAL;
        }
        tasks.setThreadFlag(task, TaskTable.TIF_NOTSC, value == Prctl.PR_TSC_SIGSEGV);
        return 0;
    }

    private static boolean anyOf(SyscallArgs args, int from) {
        for (int i = from; i < 5; i++) {
            if (args.get(i) != 0) {
                return true;
            }
        }
        return false;
    }

    private long putInt(int task, long address, int value) {
        return memory.putInt(tasks.mm(task), address, value) < 0 ? -Errno.EFAULT : 0;
    }

    private long setPdeathsig(int task, long signo) {
        if (signo < 0 || signo > Signal.NSIG) {
            return -Errno.EINVAL;
        }
        tasks.setPdeathSignal(task, (int) signo);
        return 0;
    }

    private long setDumpable(int task, long value) {
        if (value != 0 && value != 1) {
            return -Errno.EINVAL;
        }
        mms.setDumpable(tasks.mm(task), (int) value);
        return 0;
    }

    private long setName(int task, long address) {
        int mm = tasks.mm(task);
        int length = 0;
        while (length < TaskTable.TASK_COMM_LEN - 1) {
            byte letter = memory.getByte(mm, address + length);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            if (letter == 0) {
                break;
            }
            name[length++] = letter;
        }
        tasks.setComm(task, name, length);
        return 0;
    }

    private long getName(int task, long address) {
        int length = tasks.comm(task, name);
        for (int i = length; i < TaskTable.TASK_COMM_LEN; i++) {
            name[i] = 0;
        }
        return memory.copyToUser(tasks.mm(task), address, name, 0, name.length);
    }

    private long setTimerSlack(int task, long slackNs) {
        if (tasks.timerSlackNs(task) == 0) {
            return 0; // real-time tasks have none
        }
        tasks.setTimerSlackNs(task, slackNs <= 0 ? DEFAULT_TIMER_SLACK_NS : slackNs);
        return 0;
    }

    /** Descendants born before know of it too: they look for a subreaper when they are orphaned. */
    private long setSubreaper(int task, boolean on) {
        signals.setIsChildSubreaper(tasks.signal(task), on);
        if (on) {
            descendants.markHasSubreaper(task);
        }
        return 0;
    }

    private long setNoNewPrivs(int task, SyscallArgs args) {
        if (args.get(1) != 1 || anyOf(args, 2)) {
            return -Errno.EINVAL;
        }
        tasks.setNoNewPrivs(task, true);
        return 0;
    }

    private static boolean isCap(long cap) {
        return cap >= 0 && cap <= Capability.CAP_LAST_CAP;
    }

    private static long bit(long set, long cap) {
        return set >>> cap & 1;
    }

    private long dropFromBoundingSet(int task, long cap) {
        if (!capabilities.nsCapable(task, table.userNs(tasks.cred(task)), Capability.CAP_SETPCAP)) {
            return -Errno.EPERM;
        }
        if (!isCap(cap)) {
            return -Errno.EINVAL;
        }
        int cred = creds.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        table.setCapBset(cred, table.capBset(cred) & ~(1L << cap));
        creds.commit(task, cred);
        return 0;
    }

    private long setSecurebits(int task, long bits) {
        int old = table.securebits(tasks.cred(task));
        boolean invalid = ((old & SECURE_ALL_LOCKS) >> 1 != 0 && ((old & SECURE_ALL_LOCKS) >> 1 & (old ^ bits)) != 0)
                || (old & SECURE_ALL_LOCKS & ~bits) != 0
                || (bits & ~SECURE_ALL_BITS) != 0;
        boolean privileged = old == bits || ((old ^ bits) & ~SECURE_ALL_UNPRIVILEGED) != 0;
        if (invalid) {
            return -Errno.EPERM;
        }
        if (privileged && !capabilities.nsCapable(task, table.userNs(tasks.cred(task)), Capability.CAP_SETPCAP)) {
            return -Errno.EPERM;
        }
        return changeSecurebits(task, (int) bits);
    }

    private long changeSecurebits(int task, int bits) {
        int cred = creds.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        table.setSecurebits(cred, bits);
        creds.commit(task, cred);
        return 0;
    }

    private long setKeepcaps(int task, long value) {
        if (value != 0 && value != 1) {
            return -Errno.EINVAL;
        }
        int old = table.securebits(tasks.cred(task));
        if ((old & Creds.SECBIT_KEEP_CAPS << 1) != 0) {
            return -Errno.EPERM;
        }
        return changeSecurebits(task, value != 0 ? old | Creds.SECBIT_KEEP_CAPS : old & ~Creds.SECBIT_KEEP_CAPS);
    }

    private long ambient(int task, SyscallArgs args) {
        long operation = args.get(1);
        if (operation == Prctl.PR_CAP_AMBIENT_CLEAR_ALL) {
            return anyOf(args, 2) ? -Errno.EINVAL : changeAmbient(task, 0);
        }
        long cap = args.get(2);
        if (!isCap(cap) || anyOf(args, 3)) {
            return -Errno.EINVAL;
        }
        int cred = tasks.cred(task);
        if (operation == Prctl.PR_CAP_AMBIENT_IS_SET) {
            return bit(table.capAmbient(cred), cap);
        }
        if (operation == Prctl.PR_CAP_AMBIENT_LOWER) {
            return changeAmbient(task, table.capAmbient(cred) & ~(1L << cap));
        }
        if (operation != Prctl.PR_CAP_AMBIENT_RAISE) {
            return -Errno.EINVAL;
        }
        boolean held = bit(table.capPermitted(cred), cap) != 0 && bit(table.capInheritable(cred), cap) != 0;
        if (!held || (table.securebits(cred) & Creds.SECBIT_NO_CAP_AMBIENT_RAISE) != 0) {
            return -Errno.EPERM;
        }
        return changeAmbient(task, table.capAmbient(cred) | 1L << cap);
    }

    private long changeAmbient(int task, long set) {
        int cred = creds.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        table.setCapAmbient(cred, set);
        creds.commit(task, cred);
        return 0;
    }
}
