package dev.nestor.syscalls.transcripts;

import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import java.util.List;

/** demo_uts_namespaces of The Linux Programming Interface: a child in a UTS namespace of its own. */
final class UtsDemo {
    private static final int NODENAME = 65; // of struct utsname

    private UtsDemo() {}

    static int run(UserProcess process, List<String> argv) {
        int child = process.clone(Sched.CLONE_NEWUTS | Signal.SIGCHLD, inside -> {
                    String name = argv.get(1);
                    inside.check(inside.call(Nr.NR_sethostname, inside.text(name), name.length()));
                    inside.out("uts.nodename in child:  " + nodename(inside) + "\n");
                    inside.sleep(100);
                })
                .number();
        process.giveWay(); // the child was on the other CPU
        process.out("PID of child created by clone() is " + child + "\n");
        process.sleep(1);
        process.out("uts.nodename in parent: " + nodename(process) + "\n");
        process.waitPid(child, 0);
        return 0;
    }

    private static String nodename(UserProcess process) {
        process.check(process.call(Nr.NR_uname, process.buffer()));
        return process.stringAt(process.buffer() + NODENAME, 65);
    }
}
