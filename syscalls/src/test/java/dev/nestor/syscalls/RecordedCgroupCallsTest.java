package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.fs.cgroup.LegacyCgroupFs;
import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.cgroup.LegacyHierarchy;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls of cgroup/*.calls answer what Linux 6.18 answered. */
class RecordedCgroupCallsTest {
    /** The hierarchies of version 1 of the machine that they were recorded on. */
    private static final String LEGACY = """
            9:name=systemd:/
            8:pids:/
            7:blkio:/
            6:freezer:/
            5:devices:/
            4:memory:/process_api/c2498022e2963d562706daeeb6876080
            3:cpuset:/
            2:cpuacct:/
            1:cpu:/
            """;

    private static final String TOP = "/sys/fs/cgroup/unified";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tree",
                "procs",
                "control",
                "threaded",
                "freeze",
                "kill",
                "into",
                "perms",
                "ns",
                "delegate",
                "legacy",
                "legacyfiles",
                "inotify"
            })
    void call_answersAsLinux(String file) {
        TestMachine machine = new TestMachine(new KernelConfig().programCgroups(LEGACY));
        List<String> lines = RecordedCalls.lines("cgroup/" + file + ".calls");
        int task = newRoot(
                machine, lines.getFirst().equals("# host"), lines.getFirst().equals("# delegate"));

        List<String> answered = new RecordedTasks(machine, task).run(lines);

        List<String> other = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!answered.get(i).equals(lines.get(i))) {
                other.add("line " + (i + 1) + "\n  Linux: " + lines.get(i) + "\n  here:  " + answered.get(i));
            }
        }
        assertThat(other).isEmpty();
        machine.call(task, Nr.NR_exit_group, 0);
        RecordedTasks init = new RecordedTasks(machine, machine.init());
        removeBelow(init, TOP);
        init.run(List.of("echo \"-hugetlb\" \"" + TOP + "/cgroup.subtree_control\""));
    }

    /** Names of files have a dot in them, those of cgroups in these tests have none. */
    private static void removeBelow(RecordedTasks init, String dir) {
        String listed = init.run(List.of("ls \"" + dir + "\"")).getFirst();
        for (String name : listed.substring(listed.indexOf(" = 0") + 4).split(" ")) {
            if (!name.isEmpty() && !name.contains(".")) {
                removeBelow(init, dir + "/" + name);
                assertThat(init.run(List.of("rmdir \"" + dir + "/" + name + "\"")))
                        .allMatch(line -> line.endsWith(" = 0"));
            }
        }
    }

    /** pid 1 of a PID namespace and of a mount namespace, in a cgroup of its own: as record.py has it. */
    private static int newRoot(TestMachine machine, boolean host, boolean delegate) {
        int task = machine.clone(machine.init(), Sched.CLONE_NEWPID | Sched.CLONE_NEWNS);
        LegacyCgroupFs legacyFs = machine.kernel().fileSystems().legacyCgroupFs();
        List<LegacyHierarchy> legacy = machine.kernel().cgroups().legacy();
        for (int i = 0; i < legacy.size(); i++) {
            legacyFs.place(task, i, legacy.get(i).path());
        }
        List<String> setup = new ArrayList<>(List.of(
                "mkdir \"/sys/fs/cgroup/unified/nestor\" 0755",
                "echo \"+hugetlb\" \"/sys/fs/cgroup/unified/cgroup.subtree_control\"",
                "echo \"0\" \"/sys/fs/cgroup/unified/nestor/cgroup.procs\""));
        if (delegate) {
            setup.add("mount \"x\" \"/tmp\" \"cgroup2\" 0 \"nsdelegate\"");
            setup.add("umount2 \"/tmp\" 0");
        }
        if (!host) {
            setup.add("unshare CLONE_NEWCGROUP");
        }
        setup.addAll(List.of(
                "mount \"root\" \"/tmp\" \"tmpfs\" 0 \"mode=755\"",
                "mkdir \"/tmp/proc\" 0755",
                "mkdir \"/tmp/cg\" 0755",
                "mount \"proc\" \"/tmp/proc\" \"proc\" 0 NULL",
                "mount \"cgroup2\" \"/tmp/cg\" \"cgroup2\" 0 NULL",
                "chdir \"/tmp\"",
                "pivot_root \".\" \".\"",
                "umount2 \".\" 2",
                "chdir \"/\""));
        List<String> done = new RecordedTasks(machine, task).run(setup);
        assertThat(done).noneMatch(line -> line.contains(" = -"));
        return task;
    }
}
