package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.ProcRequest;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.sched.Cpus;
import dev.nestor.kernel.time.TimeNamespaceTable;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Time;

/** What /proc tells of time: the files of kernel/time/namespace.c, fs/proc/uptime.c and fs/proc/stat.c. */
final class TimeFiles {
    private static final long NSEC_PER_SEC = 1_000_000_000L;
    private static final long NSEC_PER_TICK = 10_000_000; // USER_HZ is 100
    private static final int PAGE_SIZE = 4096;
    private static final int CLOCK_NAME_MAX = 9;
    private static final long KTIME_SEC_MAX = Long.MAX_VALUE / NSEC_PER_SEC;
    private static final byte[] MONOTONIC = {'m', 'o', 'n', 'o', 't', 'o', 'n', 'i', 'c'};
    private static final byte[] BOOTTIME = {'b', 'o', 'o', 't', 't', 'i', 'm', 'e'};

    private final Kernel kernel;
    private final TimeNamespaceTable namespaces;

    /* The line of timens_offsets that was parsed last, and where the next one begins. */
    private int at;
    private int end;
    private long number;

    private final int[] clocks = new int[2];
    private final long[] secs = new long[2];
    private final long[] nsecs = new long[2];

    TimeFiles(Kernel kernel) {
        this.kernel = kernel;
        this.namespaces = kernel.timeNamespaceTable();
    }

    void register(ProcFiles files) {
        files.process("timens_offsets", 0644, this::showOffsets, this::writeOffsets);
        files.global("uptime", 0444, this::uptime);
        files.global("stat", 0444, this::stat);
    }

    /** timens_for_children_get(): of the process that the file is of; NULL for one that has ended. */
    private int forChildren(ProcRequest request) {
        int proxy = kernel.tasks().nsproxy(request.subject());
        return proxy == NULL ? NULL : kernel.nsProxyTable().timeNsForChildren(proxy);
    }

    /** proc_timens_show_offsets(). */
    private int showOffsets(ProcRequest request, SeqFile out) {
        int ns = forChildren(request);
        if (ns != NULL) {
            showOffset("monotonic", namespaces.monotonicNs(ns), out);
            showOffset("boottime", namespaces.boottimeNs(ns), out);
        }
        return 0;
    }

    private static void showOffset(String clock, long ns, SeqFile out) {
        int start = out.mark();
        out.put(clock).padTo(start, 10).put(' ');
        out.decimal(Math.floorDiv(ns, NSEC_PER_SEC), 10).put(' ');
        out.decimal(Math.floorMod(ns, NSEC_PER_SEC), 9).put('\n');
    }

    /** timens_offsets_write(): up to two lines, each a clock, seconds and nanoseconds; what follows them is not taken. */
    private long writeOffsets(ProcRequest request, byte[] text, int length) {
        if (request.pos() != 0 || length >= PAGE_SIZE) {
            return -Errno.EINVAL;
        }
        long taken = length;
        int count = 0;
        int start = 0;
        int limit = 0;
        while (limit < length && text[limit] != 0) {
            limit++;
        }
        while (start >= 0) {
            int newline = start;
            while (newline < limit && text[newline] != '\n') {
                newline++;
            }
            int next = newline + 1 >= limit ? -1 : newline + 1;
            if (!parse(text, start, newline, count)) {
                return -Errno.EINVAL;
            }
            count++;
            if (count == 2) {
                taken = next < 0 ? length : next;
                break;
            }
            start = next;
        }
        int error = setOffsets(request, count);
        return error != 0 ? error : taken;
    }

    /** sscanf("%9s %lld %lu"), and the clock that is meant. */
    private boolean parse(byte[] text, int from, int to, int index) {
        at = from;
        end = to;
        skipSpace(text);
        int word = at;
        while (at < end && !isSpace(text[at]) && at - word < CLOCK_NAME_MAX) {
            at++;
        }
        int length = at - word;
        if (!parseNumber(text, true)) {
            return false;
        }
        secs[index] = number;
        if (!parseNumber(text, false) || number >= NSEC_PER_SEC) {
            return false;
        }
        nsecs[index] = number;
        if (isWord(text, word, length, MONOTONIC) || (length == 1 && text[word] == '0' + Time.CLOCK_MONOTONIC)) {
            clocks[index] = Time.CLOCK_MONOTONIC;
        } else if (isWord(text, word, length, BOOTTIME) || (length == 1 && text[word] == '0' + Time.CLOCK_BOOTTIME)) {
            clocks[index] = Time.CLOCK_BOOTTIME;
        } else {
            return false;
        }
        return true;
    }

    private static boolean isSpace(byte letter) {
        return letter == ' ' || (letter >= '\t' && letter <= '\r');
    }

    private void skipSpace(byte[] text) {
        while (at < end && isSpace(text[at])) {
            at++;
        }
    }

    private boolean parseNumber(byte[] text, boolean isSigned) {
        skipSpace(text);
        boolean negative = isSigned && at < end && text[at] == '-';
        if (negative) {
            at++;
        }
        int digits = at;
        long value = 0;
        while (at < end && text[at] >= '0' && text[at] <= '9') {
            value = value > Long.MAX_VALUE / 10 - 1 ? Long.MAX_VALUE / 10 : value * 10 + text[at] - '0';
            at++;
        }
        number = negative ? -value : value;
        return at > digits;
    }

    private static boolean isWord(byte[] text, int from, int length, byte[] word) {
        if (length != word.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text[from + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    /** proc_timens_set_offset(): until a task has entered the namespace. */
    private int setOffsets(ProcRequest request, int count) {
        int ns = forChildren(request);
        if (ns == NULL) {
            return -Errno.ESRCH;
        }
        if (!mayAdjust(request, ns)) {
            return -Errno.EPERM;
        }
        for (int i = 0; i < count; i++) {
            long now = clocks[i] == Time.CLOCK_MONOTONIC
                    ? kernel.timekeeping().monotonicNs()
                    : kernel.timekeeping().boottimeNs();
            if (secs[i] > KTIME_SEC_MAX || secs[i] < -KTIME_SEC_MAX) {
                return -Errno.ERANGE;
            }
            long sum = secs[i] + now / NSEC_PER_SEC + (nsecs[i] + now % NSEC_PER_SEC) / NSEC_PER_SEC;
            if (sum < 0 || sum > KTIME_SEC_MAX / 2) {
                return -Errno.ERANGE;
            }
        }
        if (namespaces.frozen(ns)) {
            return -Errno.EACCES;
        }
        for (int i = 0; i < count; i++) {
            long offset = secs[i] * NSEC_PER_SEC + nsecs[i];
            if (clocks[i] == Time.CLOCK_MONOTONIC) {
                namespaces.setMonotonicNs(ns, offset);
            } else {
                namespaces.setBoottimeNs(ns, offset);
            }
        }
        return 0;
    }

    /** file_ns_capable(): who opened the file. */
    private boolean mayAdjust(ProcRequest request, int ns) {
        CredTable creds = kernel.credTable();
        int opener = kernel.vfs().tables.files.cred(request.file());
        assert creds.isLive(opener) : "a file without a cred";
        return kernel.capabilities().capCapable(opener, kernel.timeNamespaces().owner(ns), Capability.CAP_SYS_TIME);
    }

    private long boottimeOffset(ProcRequest request) {
        return boottimeOffsetNs(kernel, request.reader());
    }

    /** timens_add_boottime(): what CLOCK_BOOTTIME shows a task more than outside. */
    static long boottimeOffsetNs(Kernel kernel, int task) {
        int proxy = kernel.tasks().nsproxy(task);
        return proxy == NULL
                ? 0
                : kernel.timeNamespaces().offsetNs(kernel.nsProxyTable().timeNs(proxy), Time.CLOCK_BOOTTIME);
    }

    /** uptime_proc_show(): since boot, as the reader's time namespace has it, and what the CPUs have idled. */
    private int uptime(ProcRequest request, SeqFile out) {
        hundredths((kernel.timekeeping().boottimeNs() + boottimeOffset(request)) / NSEC_PER_TICK, out);
        long idle = 0;
        for (int cpu = 0; cpu < kernel.config().topology().cpus(); cpu++) {
            idle += idleTicks(cpu);
        }
        out.put(' ');
        hundredths(idle, out);
        out.put('\n');
        return 0;
    }

    private static void hundredths(long number, SeqFile out) {
        out.unsigned(number / 100).put('.').unsigned(number % 100 / 10).unsigned(number % 10);
    }

    private long idleTicks(int cpu) {
        return ticks(kernel.scheduler().cpus().idleCycles(cpu));
    }

    private long ticks(long cycles) {
        return kernel.timekeeping().cyclesToNs(cycles) / NSEC_PER_TICK;
    }

    /** show_stat(): all that CPUs do is counted as user time, and interrupts are not counted. */
    private int stat(ProcRequest request, SeqFile out) {
        Cpus cpus = kernel.scheduler().cpus();
        int count = kernel.config().topology().cpus();
        long busy = 0;
        long idle = 0;
        long switches = 0;
        for (int cpu = 0; cpu < count; cpu++) {
            busy += ticks(cpus.busyCycles(cpu));
            idle += idleTicks(cpu);
            switches += cpus.nrSwitches(cpu);
        }
        out.put("cpu  ");
        cpuTimes(busy, idle, out);
        for (int cpu = 0; cpu < count; cpu++) {
            out.put("cpu").unsigned(cpu).put(' ');
            cpuTimes(ticks(cpus.busyCycles(cpu)), idleTicks(cpu), out);
        }
        out.put("intr 0\nctxt ").unsigned(switches);
        long bootNs = kernel.timekeeping().realtimeNs() - kernel.timekeeping().boottimeNs() - boottimeOffset(request);
        out.put("\nbtime ").decimal(Math.floorDiv(bootNs, NSEC_PER_SEC));
        out.put("\nprocesses ").unsigned(kernel.tasks().size());
        out.put("\nprocs_running 1\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n");
        return 0;
    }

    private static void cpuTimes(long busy, long idle, SeqFile out) {
        out.unsigned(busy).put(" 0 0 ").unsigned(idle).put(" 0 0 0 0 0 0\n");
    }
}
