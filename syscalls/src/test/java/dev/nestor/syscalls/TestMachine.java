package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.cgroup.LegacyHierarchy;
import dev.nestor.kernel.sched.Dispatcher;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Wait;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A kernel without CPUs for tests of calls: a call is made by naming its task; woken tasks go on when the test says so.
 * Every task has a page of memory at {@link #PAGE} for arguments.
 */
public final class TestMachine {
    /** Where arguments can be put. */
    public static final long PAGE = 0x10000000000L;

    private static final long TASK_SIZE = 0x7ffffffff000L;
    private static final long PACKETS_GO_NS = 130_000_000_000L; // connections in TIME_WAIT too

    private final Kernel kernel;
    private final Execution execution;
    private final Deque<Integer> woken = new ArrayDeque<>();
    private final Map<Integer, Long> results = new HashMap<>();
    private final Map<Integer, Integer> handled = new HashMap<>();

    public TestMachine() {
        this(new KernelConfig());
    }

    public TestMachine(KernelConfig config) {
        kernel = new Kernel(config);
        MachineChecks.watch(this);
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
        kernel.addressSpaces().learnMapping(kernel.tasks().mm(kernel.initTask()), PAGE, PAGE + 65536, 3);
    }

    public Kernel kernel() {
        return kernel;
    }

    /** Makes a call; its result, or BLOCKED. Tasks that it wakes go on before this returns. */
    public long call(int task, int nr, long... args) {
        for (int i = 0; i < 6; i++) {
            execution.syscalls().setArg(task, i, i < args.length ? args[i] : 0);
        }
        long result = execution.enter(task, nr);
        if (result != Syscalls.BLOCKED) {
            finish(task, result);
        }
        kernel.eventLoop().runUntil(kernel.clock().now());
        settle();
        return result == Syscalls.BLOCKED && results.containsKey(task) ? results.remove(task) : result;
    }

    /** The result of a call that was blocked and has been finished since, or BLOCKED. */
    public long resultOf(int task) {
        Long result = results.remove(task);
        return result == null ? Syscalls.BLOCKED : result;
    }

    /** Puts a task into those cgroups of hierarchies of version 1 that the configuration names. */
    public void enterLegacyCgroups(int task) {
        List<LegacyHierarchy> hierarchies = kernel.cgroups().legacy();
        for (int i = 0; i < hierarchies.size(); i++) {
            kernel.fileSystems()
                    .legacyCgroupFs()
                    .place(task, i, hierarchies.get(i).path());
        }
    }

    /** The signal whose handler a task has been led into since this was last asked, or 0. */
    public int handledSignal(int task) {
        Integer sig = handled.remove(task);
        return sig == null ? 0 : sig;
    }

    /** Whether a task has ended, reaped or not, or is on its way out. */
    public boolean isGone(int task) {
        return !kernel.tasks().isLive(task)
                || execution.isDead(task)
                || kernel.tasks().hasFlag(task, TaskTable.PF_EXITING);
    }

    private void settle() {
        while (!woken.isEmpty()) {
            int task = woken.remove();
            if (!kernel.tasks().isLive(task) || kernel.tasks().state(task) != TaskTable.TASK_RUNNING) {
                continue;
            }
            boolean isExiting = kernel.tasks().hasFlag(task, TaskTable.PF_EXITING);
            if (!isExiting && kernel.tasks().syscallNr(task) < 0) {
                finish(task, 0);
                continue;
            }
            long result = execution.resume(task);
            if (result != Syscalls.BLOCKED) {
                results.put(task, result);
                finish(task, result);
            }
        }
    }

    private void finish(int task, long result) {
        if (!execution.isDead(task)) {
            if (execution.toUser(task, result) == Execution.HANDLER) {
                handled.put(task, execution.signal().info().signo());
            }
            kernel.tasks().setSyscallNr(task, -1);
        }
        if (execution.isDead(task)) {
            kernel.release().putTask(task);
        }
    }

    /** fork(2), or clone(2) with flags; the new task, not its number. */
    public int clone(int task, long flags) {
        long nr = call(task, Nr.NR_clone, flags | Signal.SIGCHLD);
        if (nr < 0) {
            return (int) nr;
        }
        return kernel.pids().findTaskByVpid(kernel.pids().activeNs(task), (int) nr);
    }

    public int fork(int task) {
        return clone(task, 0);
    }

    public int init() {
        return kernel.initTask();
    }

    public int newPidNs(int task) {
        return clone(task, Sched.CLONE_NEWPID);
    }

    /** Puts a string with its NUL at an address of the task's. */
    public long put(int task, long address, String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        kernel.userMemory().copyToUser(kernel.tasks().mm(task), address, bytes, 0, bytes.length);
        return address;
    }

    public int intAt(int task, long address) {
        return kernel.userMemory().getInt(kernel.tasks().mm(task), address);
    }

    /** Advances the clock, letting timers go off. */
    public void advance(long ns) {
        kernel.eventLoop().runUntil(kernel.clock().now() + kernel.timekeeping().nsToCycles(ns));
        settle();
    }

    /** Ends all tasks but the first one, closes what that one has open, and unmaps its memory. */
    void shutDown() {
        int init = init();
        TaskTable tasks = kernel.tasks();
        for (int row = 1; row < tasks.rows(); row++) {
            int task = tasks.handleInRow(row);
            if (task != NULL && task != init && !execution.isDead(task)) {
                kernel.signals().signals().sendSig(init, Signal.SIGKILL, task, true);
                settle();
            }
        }
        long reaped = 1;
        while (reaped > 0) {
            reaped = call(init, Nr.NR_wait4, -1, 0, Wait.WNOHANG | Wait.__WALL, 0);
        }
        call(init, Nr.NR_close_range, 0, 0xffffffffL, 0);
        advance(PACKETS_GO_NS);
        call(init, Nr.NR_munmap, 0, TASK_SIZE);
        kernel.processKeyrings()
                .freeUserNs(kernel.credTable().userNs(tasks.cred(init))); // those of users stay for ever
    }

    /** Advances the clock to the first event there is; false when there is none. */
    public boolean advanceToEvent() {
        if (kernel.eventLoop().queue().size() == 0) {
            return false;
        }
        kernel.eventLoop().step();
        settle();
        return true;
    }

    public String digest() {
        StateHash hash = new StateHash();
        kernel.digest(hash);
        return hash.hex();
    }
}
