package dev.nestor.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nestor.kernel.fork.CloneArgs;
import dev.nestor.kernel.sched.Dispatcher;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A broken truth is found, and told in words. What real faults do to these is the property tests' to show. */
class KernelInvariantsTest {
    private final Kernel kernel = new Kernel(new KernelConfig());
    private final int init = kernel.initTask();
    private int child;

    @BeforeEach
    void forkAChild() {
        kernel.wakeups().setDispatcher(new Dispatcher() {
            @Override
            public void activate(int task) {}

            @Override
            public void activateNew(int task) {}

            @Override
            public void kick(int task) {}
        });
        KernelInvariants.checkEmpty(kernel);
        child = fork(Sched.CLONE_NEWPID | Sched.CLONE_NEWUTS);
        KernelInvariants.check(kernel);
    }

    private int fork(long flags) {
        int made = kernel.fork().kernelClone(init, new CloneArgs().reset(flags, Signal.SIGCHLD));
        assertThat(made).isPositive();
        return made;
    }

    @Test
    void checkEmpty_tellsWhatIsLeft() {
        assertThatThrownBy(() -> KernelInvariants.checkEmpty(kernel))
                .hasMessageContaining("task_struct: 2 rows in use, 1 expected")
                .hasMessageContaining("uts_namespace: 2 rows in use, 1 expected");
    }

    @Test
    void afterTheEnd_nothingIsLeft() {
        assertThat(kernel.exit().doExit(child, 0)).isTrue();
        assertThatThrownBy(() -> KernelInvariants.checkEmpty(kernel)).hasMessageContaining("task_struct");
        kernel.release().putTask(child);
        KernelInvariants.checkEmpty(kernel);
    }

    @Test
    void aReferenceTooMany_isFound() {
        kernel.utsNamespaces().hold(kernel.nsProxyTable().utsNs(kernel.tasks().nsproxy(child)));
        assertBroken("uts_namespace", "counts 2 references, and 1 are found: 1 × nsproxy");
    }

    @Test
    void aReferenceTooFew_isFound() {
        int cred = kernel.tasks().cred(child);
        kernel.credTable().setCount(cred, 0);
        assertBroken("cred", "counts 0 references, and 2 are found: 2 × task");
    }

    @Test
    void aReferenceToWhatIsGone_isFound() {
        int file = kernel.credTable().alloc();
        kernel.credTable().free(file);
        kernel.tasks().setCred(child, file);
        assertBroken("task refers to a cred that is gone", "");
    }

    @Test
    void aNumberTooMany_isFound() {
        int ns = kernel.pids().activeNs(child);
        kernel.pidNamespaceTable().setPidAllocated(ns, 2);
        assertBroken("pid_namespace", "pid_allocated is 2");
    }

    @Test
    void aWrongParent_isFound() {
        int other = fork(0);
        kernel.tasks().setRealParent(child, other);
        assertBroken("task_struct", "whose child it is listed as");
    }

    @Test
    void aZombieThatStillHasSomething_isFound() {
        kernel.tasks().addFlag(child, TaskTable.PF_EXITING);
        assertBroken("task_struct", "has exited, and has an mm");
    }

    private void assertBroken(String table, String truth) {
        assertThatThrownBy(() -> KernelInvariants.check(kernel))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(table)
                .hasMessageContaining(truth);
    }
}
