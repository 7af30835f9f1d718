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
import org.jspecify.annotations.Nullable;

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

    /** A text that a read shows from its beginning, as the log has it and as the emulator has. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Shown(String name, byte[] recorded, boolean isCut, byte[] found) {
        boolean isSameBut(MeasuredTexts.Leeway leeway) {
            return MeasuredTexts.areSameBut(leeway, name, recorded, isCut, found);
        }
    }

    /** Whether a text that differs is the recorded one but for what is measured. */
    boolean isMeasured(ReplayedTask member, TraceCall call, long result) {
        Shown shown = shown(member, call, result);
        if (shown == null || !shown.isSameBut(MeasuredTexts.Leeway.MEASURES)) {
            return false;
        }
        if (shown.isCut) {
            measured.add(fileOf(member, call)); // where its numbers stand differs from here on
        }
        return true;
    }

    /** The emulator's text differs: why it could not know better, or "". */
    String excuse(ReplayedTask member, TraceCall call, long result) {
        int file = isReturnedRead(call) && result >= 0 ? fileOf(member, call) : NULL;
        if (file == NULL || !(call.arg(1) instanceof Value.Str || call.result().value() == 0)) {
            return "";
        }
        if (MeasuredTexts.listsMounts(nameOf(file, call))) {
            return "mounts from before the log";
        }
        if (measured.contains(file)) {
            return "what was measured";
        }
        Shown shown = shown(member, call, result);
        if (shown == null) {
            return "";
        }
        if (SYSVIPC.contains(shown.name)
                && isInInitialIpc(member)
                && MeasuredTexts.hasMoreLines(shown.recorded, shown.found)) {
            return "objects of others";
        }
        if (!shown.isSameBut(MeasuredTexts.Leeway.UNKNOWNS)) {
            return "";
        }
        measured.add(file);
        return "what was measured";
    }

    /** What the log shows of how a process was begun; nothing when the call does not read that. */
    MeasuredTexts.Begun begun(ReplayedTask member, TraceCall call, long result) {
        Shown shown = shown(member, call, result);
        return shown == null ? MeasuredTexts.Begun.NOTHING : MeasuredTexts.begun(shown.name, shown.recorded);
    }

    private @Nullable Shown shown(ReplayedTask member, TraceCall call, long result) {
        int file = isReturnedRead(call) && result >= 0 ? fileOf(member, call) : NULL;
        String name = file == NULL ? "" : nameOf(file, call);
        if (name.isEmpty() || !(call.arg(1) instanceof Value.Str text)) {
            return null;
        }
        Value at = call.arg(3);
        boolean atBeginning = call.nr() == Nr.NR_read
                ? machine.kernel().vfs().tables.files.pos(file) == result
                : at != null && at.isNumber() && at.number() == 0;
        boolean isCut = text.isTruncated() || call.result().value() == count(call);
        return atBeginning ? new Shown(name, text.bytes(), isCut, found(member, (int) result)) : null;
    }

    private static boolean isReturnedRead(TraceCall call) {
        return (call.nr() == Nr.NR_read || call.nr() == Nr.NR_pread64)
                && call.result().outcome() == CallResult.Outcome.RETURNED;
    }

    /** The open file that a call reads from; NULL for none. */
    private int fileOf(ReplayedTask member, TraceCall call) {
        Value descriptor = call.arg(0);
        return descriptor != null && descriptor.isNumber()
                ? machine.kernel().files().fileOf(member.task(), (int) descriptor.number())
                : NULL;
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
        int file = call.nr() == Nr.NR_read && isReturnedRead(call) && result > 0 ? fileOf(member, call) : NULL;
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
