package dev.nestor.cli.replay;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.fs.LearnedFiles;
import dev.nestor.fs.cgroup.CgroupFs;
import dev.nestor.fs.cgroup.LegacyCgroupFs;
import dev.nestor.kernel.cgroup.CgroupRoom;
import dev.nestor.kernel.cgroup.LegacyHierarchy;
import dev.nestor.uapi.Nr;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the first tasks of a log were in the cgroup hierarchies: as the machine is configured, each log in a cgroup of its
 * own, whose name the first look at /proc/PID/cgroup tells.
 */
public final class OutsideCgroups {
    private static final String REASON = "where the task was before the log";

    private final Machine machine;
    private final String path; // in the default hierarchy
    private boolean isKnown;

    OutsideCgroups(Machine machine) {
        this.machine = machine;
        this.path = LegacyHierarchy.defaultPath(machine.kernel().config().programCgroups());
    }

    /** A task from outside, of the launcher: it is where programs run. */
    public static void place(Machine machine, int task) {
        CgroupRoom room = machine.kernel().cgroups();
        LegacyCgroupFs legacyFs = machine.kernel().fileSystems().legacyCgroupFs();
        List<LegacyHierarchy> legacy = room.legacy();
        for (int i = 0; i < legacy.size(); i++) {
            legacyFs.place(task, i, legacy.get(i).path());
        }
        String lines = machine.kernel().config().programCgroups();
        machine.kernel().fileSystems().cgroupFs().place(task, LegacyHierarchy.defaultPath(lines));
    }

    /** Hierarchies of the first version may have directories that programs have left behind. */
    void begin(LearnedFiles learned) {
        LegacyCgroupFs legacyFs = machine.kernel().fileSystems().legacyCgroupFs();
        for (int i = 0; i < machine.kernel().cgroups().legacy().size(); i++) {
            learned.setIncompleteRoot(legacyFs.superBlock(i));
        }
    }

    /** A read of /proc/PID/cgroup gives another name for where the programs are: why that is no difference, or "". */
    String learn(ReplayedTask member, TraceCall call) {
        String shown = isKnown ? null : shown(call);
        CgroupFs fs = machine.kernel().fileSystems().cgroupFs();
        if (shown == null || !path(fs, member.task()).equals(path)) {
            return "";
        }
        int last = path.lastIndexOf('/') + 1;
        boolean isSibling = last > 0
                && shown.lastIndexOf('/') + 1 == last
                && shown.startsWith(path.substring(0, last))
                && shown.length() > last;
        if (!isSibling) {
            return "";
        }
        isKnown = true;
        fs.rename(member.task(), shown.substring(last));
        return REASON;
    }

    private String path(CgroupFs fs, int task) {
        byte[] into = new byte[4096];
        int ns = machine.kernel().nsProxyTable().cgroupNs(machine.tasks().nsproxy(task));
        int length = fs.path(ns, machine.kernel().cgroups().cssSets().cgroupOf(task), into);
        return new String(into, 0, Math.max(0, length), StandardCharsets.UTF_8);
    }

    /** The path in the default hierarchy that a read shows; null when the call is none of such a file. */
    private static @Nullable String shown(TraceCall call) {
        boolean isRead = call.nr() == Nr.NR_read || call.nr() == Nr.NR_pread64;
        if (!isRead || call.result().outcome() != CallResult.Outcome.RETURNED) {
            return null;
        }
        boolean isCgroup = call.arg(0) instanceof Value.Fd fd
                && fd.target().startsWith("/proc/")
                && fd.target().endsWith("/cgroup");
        if (!isCgroup || !(call.arg(1) instanceof Value.Str text)) {
            return null;
        }
        String lines = new String(text.bytes(), StandardCharsets.UTF_8);
        int at = lines.indexOf("\n0::");
        int end = lines.indexOf('\n', at + 1);
        return at < 0 || end < 0 ? null : lines.substring(at + 4, end);
    }
}
