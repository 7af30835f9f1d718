package dev.nestor.syscalls;

import dev.nestor.init.KernelInvariants;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Looks at every {@link TestMachine} once its test is over: all truths across tables have to hold. Registered for all
 * tests of this module, by META-INF/services.
 */
public final class MachineChecks implements AfterEachCallback {
    /** Machines that this thread has made since its last test. */
    private static final ThreadLocal<List<TestMachine>> MACHINES = ThreadLocal.withInitial(ArrayList::new);

    static void watch(TestMachine machine) {
        MACHINES.get().add(machine);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<TestMachine> machines = List.copyOf(MACHINES.get());
        MACHINES.remove();
        if (context.getExecutionException().isEmpty()) {
            machines.forEach(MachineChecks::check);
        }
    }

    private static void check(TestMachine machine) {
        KernelInvariants.check(machine.kernel());
        machine.shutDown();
        KernelInvariants.checkEmpty(machine.kernel());
    }
}
