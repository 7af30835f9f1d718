package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.fs.Vfs;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.table.Table;
import dev.nestor.uapi.Nr;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls of files/*.calls answer what Linux 6.18 answered. */
class RecordedFileCallsTest {
    @ParameterizedTest
    @ValueSource(strings = {"names", "rw", "locks"})
    void call_answersAsLinux(String file) {
        TestMachine machine = new TestMachine();
        int task = newRoot(machine);
        List<String> lines = RecordedCalls.lines(file + ".calls");

        List<String> answered = new RecordedCalls(machine, task).run(lines);

        List<String> other = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!answered.get(i).equals(lines.get(i))) {
                other.add("line " + (i + 1) + "\n  Linux: " + lines.get(i) + "\n  here:  " + answered.get(i));
            }
        }
        assertThat(other).isEmpty();
    }

    /** pid 1 of a PID namespace, with a tmpfs for its root and /proc in it: what record.py makes. */
    static int newRoot(TestMachine machine) {
        int task = machine.newPidNs(machine.init());
        Vfs vfs = machine.kernel().vfs();
        NsProxyTable proxies = machine.kernel().nsProxyTable();
        int ns = proxies.mntNs(machine.kernel().tasks().nsproxy(task));
        int sb = machine.kernel()
                .fileSystems()
                .tmpfs()
                .create(
                        machine.kernel()
                                .credTable()
                                .userNs(machine.kernel().tasks().cred(machine.init())),
                        0755);
        int root = vfs.mounts.topOf(vfs.mounts.nsRoot(ns));
        int source = vfs.tables.names.intern("root");
        int mnt = vfs.mounts.create(sb, vfs.tables.superBlocks.root(sb), source);
        assertThat(mnt).isNotEqualTo(Table.NULL);
        vfs.mounts.attach(mnt, root, vfs.mounts.rootOf(root));
        vfs.mounts.addTreeToNs(mnt, ns);
        vfs.fsStructs.setRoot(machine.kernel().tasks().fs(task), mnt, vfs.mounts.rootOf(mnt));
        vfs.fsStructs.setPwd(machine.kernel().tasks().fs(task), mnt, vfs.mounts.rootOf(mnt));
        machine.put(task, TestMachine.PAGE, "/proc");
        assertThat(machine.call(task, Nr.NR_mkdir, TestMachine.PAGE, 0755)).isZero();
        return task;
    }
}
