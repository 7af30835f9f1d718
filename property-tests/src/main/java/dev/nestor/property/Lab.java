package dev.nestor.property;

import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.sched.Dispatcher;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.syscalls.CallTables;
import dev.nestor.syscalls.Execution;
import dev.nestor.syscalls.Syscalls;
import dev.nestor.table.StateHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * A kernel without CPUs: a call is made by naming its task, and whoever it wakes goes on before it is over, in the order of
 * waking. Every task has memory at {@link #MEMORY}.
 */
public final class Lab {
    /** Where arguments and answers can be put. */
    public static final long MEMORY = 0x10000000000L;

    public static final int MEMORY_SIZE = 65536;
    private static final int PROT_READ_WRITE = 3;

    private final Kernel kernel;
    private final Execution execution;
    private final Witness witness;
    private final Deque<Integer> woken = new ArrayDeque<>();
    private final Set<Integer> exiting = new HashSet<>();

    /** Told, in order, of what tasks come to that did not make the call. */
    public interface Witness {
        /** A thread has begun to exit, and has let go of all it had. */
        void exited(int task);

        /** A thread is dead. Its row is still there. */
        void dead(int task);

        /** A call that was blocked has an answer. */
        void returned(int task, long result);
    }

    public Lab(KernelConfig config, Witness witness) {
        this.witness = witness;
        kernel = new Kernel(config);
        execution = new Execution(kernel, new Syscalls(CallTables.of(kernel), kernel.tasks()));
        kernel.wakeups().setDispatcher(new Dispatcher() {
            @Override
            public void activate(int task) {
                woken.add(task);
            }

            @Override
            public void activateNew(int task) {}

            @Override
            public void kick(int task) {
                woken.add(task);
            }
        });
        int mm = kernel.tasks().mm(kernel.initTask());
        kernel.addressSpaces().learnMapping(mm, MEMORY, MEMORY + MEMORY_SIZE, PROT_READ_WRITE);
    }

    public Kernel kernel() {
        return kernel;
    }

    public int init() {
        return kernel.initTask();
    }

    /** Makes a call; its result, or BLOCKED. */
    public long call(int task, int nr, long... args) {
        for (int i = 0; i < 6; i++) {
            execution.syscalls().setArg(task, i, i < args.length ? args[i] : 0);
        }
        long result = execution.enter(task, nr);
        if (result != Syscalls.BLOCKED) {
            leave(task, result);
        } else {
            look(task);
        }
        settle();
        return result;
    }

    private void settle() {
        while (!woken.isEmpty()) {
            int task = woken.remove();
            if (kernel.tasks().isLive(task) && !execution.isDead(task)) {
                goOn(task);
            }
        }
    }

    private void goOn(int task) {
        if (kernel.tasks().hasFlag(task, TaskTable.PF_EXITING)) {
            execution.resume(task);
            look(task);
        } else if (kernel.tasks().syscallNr(task) < 0) {
            leave(task, 0);
        } else {
            long result = execution.resume(task);
            if (result != Syscalls.BLOCKED) {
                witness.returned(task, result);
                leave(task, result);
            }
        }
    }

    /** The way back to user mode, on which signals are taken. */
    private void leave(int task, long result) {
        kernel.tasks().setSyscallNr(task, -1);
        if (!look(task)) {
            execution.toUser(task, result);
            look(task);
        }
    }

    /** Whether the task is dead; tells the witness how far it is. */
    private boolean look(int task) {
        if (kernel.tasks().hasFlag(task, TaskTable.PF_EXITING) && exiting.add(task)) {
            witness.exited(task);
        }
        if (!execution.isDead(task)) {
            return false;
        }
        exiting.remove(task);
        witness.dead(task);
        kernel.release().putTask(task);
        return true;
    }

    /** Writes bytes into a task's memory. */
    public void put(int task, long address, byte[] bytes) {
        int failed = kernel.userMemory().copyToUser(kernel.tasks().mm(task), address, bytes, 0, bytes.length);
        assert failed == 0 : "nothing is mapped at " + Long.toHexString(address);
    }

    /** Writes a text with its NUL. */
    public void put(int task, long address, String text) {
        put(task, address, (text + "\0").getBytes(StandardCharsets.UTF_8));
    }

    public void putLong(int task, long address, long value) {
        kernel.userMemory().putLong(kernel.tasks().mm(task), address, value);
    }

    public int intAt(int task, long address) {
        return kernel.userMemory().getInt(kernel.tasks().mm(task), address);
    }

    /** The text up to a NUL. */
    public String textAt(int task, long address) {
        StringBuilder text = new StringBuilder();
        for (long at = address; ; at++) {
            byte letter = kernel.userMemory().getByte(kernel.tasks().mm(task), at);
            if (letter == 0) {
                return text.toString();
            }
            text.append((char) letter);
        }
    }

    public String digest() {
        StateHash hash = new StateHash();
        kernel.digest(hash);
        return hash.hex();
    }
}
