package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.fs.LearnedFiles;
import dev.nestor.fs.proc.ProcFs;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.uapi.Nr;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.util.Set;

/** Reads of /proc and of cgroups that show what was measured on the recorded machine, or what was mounted there. */
final class OutsideTexts {
    /** Lists of the objects of an IPC namespace, in /proc/sysvipc. */
    private static final Set<String> SYSVIPC = Set.of("msg", "sem", "shm");

    private final Machine machine;
    private final LearnedFiles learned;
    private final ProcFs procFs;

    /** Open files whose beginning has differed so, and whose rest differs with it. */
    private final IntOpenHashSet measured = new IntOpenHashSet();

    OutsideTexts(Machine machine, LearnedFiles learned) {
        this.machine = machine;
        this.learned = learned;
        this.procFs = machine.kernel().fileSystems().procFs();
    }

    /** The emulator's text differs: why it could not know better, or "". */
    String excuse(ReplayedTask member, TraceCall call, long result) {
        boolean isRead = call.nr() == Nr.NR_read || call.nr() == Nr.NR_pread64;
        Value descriptor = call.arg(0);
        boolean isShown = call.arg(1) instanceof Value.Str || call.result().value() == 0;
        if (!isRead
                || result < 0
                || !isShown
                || descriptor == null
                || !descriptor.isNumber()
                || call.result().outcome() != CallResult.Outcome.RETURNED) {
            return "";
        }
        int fd = (int) descriptor.number();
        int file = machine.kernel().files().fileOf(member.task(), fd);
        String name = file == NULL ? "" : nameOf(file, call);
        if (MeasuredTexts.listsMounts(name)) {
            return "mounts from before the log";
        }
        if (measured.contains(file)) {
            return "what was measured";
        }
        long pos = machine.kernel().vfs().tables.files.pos(file);
        Value at = call.arg(3);
        boolean atBeginning = call.nr() == Nr.NR_read ? pos == result : at != null && at.isNumber() && at.number() == 0;
        if (name.isEmpty() || !atBeginning || !(call.arg(1) instanceof Value.Str text)) {
            return "";
        }
        boolean isCut = text.isTruncated() || call.result().value() == count(call);
        if (SYSVIPC.contains(name)
                && isInInitialIpc(member)
                && MeasuredTexts.hasMoreLines(text.bytes(), found(member, (int) result))) {
            return "objects of others";
        }
        if (!MeasuredTexts.differInMeasuresOnly(name, text.bytes(), isCut, found(member, (int) result))) {
            return "";
        }
        measured.add(file);
        return "what was measured";
    }

    /** The name of an open file of /proc, or of one that all cgroups have; "" for any other. */
    private String nameOf(int file, TraceCall call) {
        String name = procFs.nameOf(file);
        boolean isCgroup = call.arg(0) instanceof Value.Fd fd
                && fd.target().endsWith("/cgroup.stat.local")
                && learned.isOfCgroups(machine.kernel().vfs().tables.files.inode(file));
        return isCgroup ? "cgroup.stat.local" : name;
    }

    /** Whether a list of mounts is the recorded one, but for the numbers of mounts, groups and anonymous devices. */
    boolean isRenamed(ReplayedTask member, TraceCall call, long result) {
        boolean isRead = call.nr() == Nr.NR_read && call.result().outcome() == CallResult.Outcome.RETURNED;
        Value descriptor = call.arg(0);
        if (!isRead || result <= 0 || descriptor == null || !descriptor.isNumber()) {
            return false;
        }
        int file = machine.kernel().files().fileOf(member.task(), (int) descriptor.number());
        boolean isList = file != NULL && MeasuredTexts.listsMounts(procFs.nameOf(file));
        boolean isFirst = isList && machine.kernel().vfs().tables.files.pos(file) == result;
        return isFirst
                && call.result().value() == result
                && call.arg(1) instanceof Value.Str text
                && MountLists.areSame(text.bytes(), text.isTruncated(), found(member, (int) result));
    }

    private boolean isInInitialIpc(ReplayedTask member) {
        NsProxyTable proxies = machine.kernel().nsProxyTable();
        int initial = proxies.ipcNs(machine.tasks().nsproxy(machine.kernel().initTask()));
        return proxies.ipcNs(machine.tasks().nsproxy(member.task())) == initial;
    }

    private static long count(TraceCall call) {
        Value count = call.arg(2);
        return count != null && count.isNumber() ? count.number() : -1;
    }

    private byte[] found(ReplayedTask member, int length) {
        byte[] bytes = new byte[length];
        machine.kernel().userMemory().copyFromUser(machine.mm(member.task()), member.registers()[1], bytes, 0, length);
        return bytes;
    }
}
