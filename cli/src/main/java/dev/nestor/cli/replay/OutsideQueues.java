package dev.nestor.cli.replay;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.fs.Nameidata;
import dev.nestor.ipc.MqueueFs;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/** POSIX message queues from before the log: the log finds one, and the emulator does not. What is in them is outside. */
final class OutsideQueues {
    private static final String REASON = "a queue from before the log";

    private final Machine machine;
    private final Set<String> names = new HashSet<>(); // with a slash, as strace shows a descriptor's

    OutsideQueues(Machine machine) {
        this.machine = machine;
    }

    /** What was learned from a call that should have found a queue, or "". */
    String learn(ReplayedTask member, TraceCall call, long result) {
        boolean finds = call.nr() == Nr.NR_mq_open || call.nr() == Nr.NR_mq_unlink;
        if (!finds
                || result != -Errno.ENOENT
                || call.result().outcome() != CallResult.Outcome.RETURNED
                || !(call.arg(0) instanceof Value.Str name)) {
            return "";
        }
        int init = machine.kernel().initTask();
        int ns = machine.kernel().nsProxyTable().ipcNs(machine.tasks().nsproxy(member.task()));
        MqueueFs queues = machine.kernel().fileSystems().mqueueFs();
        Nameidata nd = machine.kernel().vfs().namei.first().set(name.bytes(), 0, name.bytes().length);
        int fd = queues.open(init, ns, nd, Fcntl.O_CREAT | Fcntl.O_RDWR, 0666);
        if (fd < 0) {
            return "";
        }
        machine.kernel().fileTables().close(machine.tasks().files(init), fd);
        names.add("/" + new String(name.bytes(), StandardCharsets.ISO_8859_1));
        return REASON;
    }

    /** Why a call on such a queue can't be worked out, or "". */
    String excuse(TraceCall call) {
        boolean looks = call.nr() == Nr.NR_mq_getsetattr
                || call.nr() == Nr.NR_mq_timedreceive
                || call.nr() == Nr.NR_mq_timedsend;
        return looks && call.arg(0) instanceof Value.Fd fd && names.contains(fd.target()) ? REASON : "";
    }
}
