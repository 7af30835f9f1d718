package dev.nestor.syscalls;

import static dev.nestor.syscalls.Allocations.assertAllocatesNothing;
import static dev.nestor.syscalls.SteadyMachine.must;
import static dev.nestor.syscalls.SteadyMachine.page;

import dev.nestor.fs.MountChanges;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import org.junit.jupiter.api.Test;

/** Mounts that come and go, paths across them and copies of their namespaces allocate nothing in a steady state. */
class MountAllocationTest {
    private static final int OPERATIONS = 20_000;
    private static final int RECEIVERS = 10;
    private static final int SOURCE = 1; // pages of the task's memory
    private static final int TARGET = 2;
    private static final int TEXT = 3;
    private static final int STAT = 4;

    private final SteadyMachine machine = new SteadyMachine();
    private final int task = machine.clone(machine.init(), Sched.CLONE_NEWNS);

    MountAllocationTest() {
        type("/", MountChanges.MS_PRIVATE | MountChanges.MS_REC);
        tmpfs("/mnt");
        mkdir("/mnt/from");
        mkdir("/mnt/to");
        machine.text(task, SOURCE, "/mnt/from");
        machine.text(task, TARGET, "/mnt/to");
    }

    private long text(String text) {
        return machine.text(task, TEXT, text);
    }

    private void mkdir(String path) {
        must(machine.call(task, Nr.NR_mkdir, text(path), 0755, 0));
    }

    private void tmpfs(String path) {
        long type = machine.text(task, SOURCE, "tmpfs");
        must(machine.call(task, Nr.NR_mount, type, text(path), type, 0));
    }

    private void type(String path, long flags) {
        must(machine.call(task, Nr.NR_mount, 0, text(path), 0, flags));
    }

    private void bindAndUmount() {
        for (int i = 0; i < OPERATIONS; i++) {
            must(machine.call(task, Nr.NR_mount, page(SOURCE), page(TARGET), 0, MountChanges.MS_BIND));
            must(machine.call(task, Nr.NR_umount2, page(TARGET), 0, 0));
        }
    }

    @Test
    void bindAndUmount_allocateNothing() {
        assertAllocatesNothing(this::bindAndUmount);
    }

    /** A new instance of a file system each time. */
    @Test
    void mountAndUmountOfTmpfs_allocateNothing() {
        long type = machine.text(task, SOURCE, "tmpfs");
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                must(machine.call(task, Nr.NR_mount, type, page(TARGET), type, 0));
                must(machine.call(task, Nr.NR_umount2, page(TARGET), 0, 0));
            }
        });
    }

    @Test
    void bindAndUmount_withPeersInOtherNamespaces_allocateNothing() {
        type("/mnt", MountChanges.MS_SHARED);
        for (int i = 0; i < RECEIVERS; i++) {
            machine.clone(task, Sched.CLONE_NEWNS);
        }
        assertAllocatesNothing(this::bindAndUmount);
    }

    @Test
    void unshareOfANamespace_allocatesNothing() {
        int copier = machine.clone(task, Sched.CLONE_NEWNS);
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                must(machine.call(copier, Nr.NR_unshare, Sched.CLONE_NEWNS, 0, 0));
            }
        });
    }

    @Test
    void pathAcrossMounts_allocatesNothing() {
        tmpfs("/mnt/to");
        mkdir("/mnt/to/deeper");
        tmpfs("/mnt/to/deeper");
        machine.text(task, TARGET, "/mnt/to/deeper/../deeper");
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                must(machine.call(task, Nr.NR_stat, page(TARGET), page(STAT), 0));
                long fd = must(machine.call(task, Nr.NR_open, page(TARGET), 0, 0));
                must(machine.call(task, Nr.NR_close, fd, 0, 0));
            }
        });
    }
}
