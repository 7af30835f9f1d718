package dev.nestor.init;

import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaceTable;
import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.table.Table;
import java.util.Arrays;

/**
 * Every truth that holds across tables, looked for by walks over all of them. To be called between calls, never within
 * one: a verb that is half done breaks many of these.
 *
 * <p>Not checked: the contents of run queues and of the event queue (their own rooms assert these), signal queues against
 * sets of pending signals, what a task that sleeps without a wait queue waits for, dentries, inodes and names, page tables
 * and frames, references that a driver outside the kernel keeps.
 */
public final class KernelInvariants {
    private final Kernel kernel;
    private final AllTables all;

    private KernelInvariants(Kernel kernel) {
        this.kernel = kernel;
        this.all = AllTables.of(kernel);
    }

    /** Throws an AssertionError that says which row breaks which truth. */
    public static void check(Kernel kernel) {
        new KernelInvariants(kernel).checkAll();
    }

    /** As {@link #check}, and that nothing is left but what a machine has when it has just been started. */
    public static void checkEmpty(Kernel kernel) {
        check(kernel);
        Census.of(new Kernel(kernel.config())).checkNothingLeft(kernel);
    }

    private void checkAll() {
        for (Table table : all.list()) {
            int dirty = table.dirtyFreeRow();
            if (dirty != 0) {
                throw new AssertionError(table.name() + ": row " + dirty + " is free and not zero");
            }
        }
        new TaskInvariants(kernel).check();
        new PidInvariants(kernel).check();
        kernel.scheduler().check();
        kernel.futexes().pi().check();
        new ReferenceInvariants(kernel, all).check();
        new IpcInvariants(kernel).check();
        new CgroupInvariants(kernel, all).check();
        new MountInvariants(kernel).check();
        new NotifyInvariants(kernel).check();
        Claims.forEach(kernel.credTable(), this::checkCapabilities);
        Claims.forEach(kernel.userNamespaceTable(), this::checkUserNamespace);
        checkInums();
    }

    /** What cap_validate() and commit_creds() promise. */
    private void checkCapabilities(int cred) {
        CredTable creds = kernel.credTable();
        long permitted = creds.capPermitted(cred);
        Claims.that((creds.capEffective(cred) & ~permitted) == 0, "effective capabilities not permitted", creds, cred);
        long inheritable = creds.capInheritable(cred);
        Claims.that((creds.capAmbient(cred) & ~(permitted & inheritable)) == 0, "ambient ones neither", creds, cred);
    }

    private void checkUserNamespace(int ns) {
        UserNamespaceTable table = kernel.userNamespaceTable();
        int parent = table.parent(ns);
        int level = parent == Table.NULL ? 0 : table.level(parent) + 1;
        Claims.equal(table.level(ns), level, "level", table, ns);
    }

    /** No two namespaces have one inode number. */
    private void checkInums() {
        Inums inums = new Inums();
        for (Table table : all.list()) {
            if (table instanceof NamespaceTable owned) {
                Claims.forEach(owned, ns -> inums.add(owned.inum(ns)));
            }
        }
        inums.check();
    }

    /** A growing list of numbers. */
    private static final class Inums {
        private int[] numbers = new int[16];
        private int count;

        void add(int inum) {
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * count);
            }
            numbers[count++] = inum;
        }

        void check() {
            Arrays.sort(numbers, 0, count);
            for (int i = 1; i < count; i++) {
                boolean isNone = numbers[i] == 0; // of detached trees
                if (!isNone && numbers[i] == numbers[i - 1]) {
                    throw new AssertionError("two namespaces have the inode number " + numbers[i]);
                }
            }
        }
    }
}
