package dev.nestor.property;

import dev.nestor.init.Census;
import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.init.KernelInvariants;
import dev.nestor.property.model.Model;
import dev.nestor.property.model.ModelExit;
import dev.nestor.property.model.ModelTask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A program run on the emulator and on the model, which have to agree after every step: on the answer, on all that can be
 * seen, and the emulator with itself. At the end all tasks are killed, and nothing may be left.
 */
public final class Duel implements Lab.Witness {
    /** As {@link Operation#who}: the one born last. */
    static final int LATEST = -1;

    private static final int MAX_TASKS = 2000;
    private static final int PID_MAX = 32_768;
    private static final int STORY_LENGTH = 60;
    private static final String NODENAME = "vm";

    private final Program program;
    private final Lab lab;
    private final Kernel kernel;
    private final Model model = new Model(PID_MAX, NODENAME);
    private final ModelExit exits = new ModelExit(model);
    private final Calls calls;
    private final Agreement agreement;
    private final Map<ModelTask, Integer> handles = new HashMap<>();
    private final Map<Integer, ModelTask> byHandle = new HashMap<>();
    private final List<String> history = new ArrayList<>();
    private final Census census;
    private int exitStatus; // of the caller, if it exits

    public Duel(Program program) {
        this.program = program;
        KernelConfig config = new KernelConfig()
                .maxTasks(MAX_TASKS)
                .pidMax(PID_MAX)
                .names(NODENAME, "6.18", "#1")
                .seed(program.seed());
        lab = new Lab(config, this);
        kernel = lab.kernel();
        census = Census.of(kernel);
        bind(model.init(), lab.init());
        agreement = new Agreement(model, kernel, this::handle);
        calls = new Calls(this, model, exits);
        startNumbersAt(new Seeds(program.seed() ^ 0x5eed));
    }

    /** One program in four begins with numbers that will soon wrap around. */
    private void startNumbersAt(Seeds random) {
        if (random.oneIn(4)) {
            int last = PID_MAX - 1 - random.nextInt(20);
            kernel.pidNamespaces().setLastPid(kernel.pids().activeNs(lab.init()), last);
            model.init().ns().setLastNr(last);
        }
    }

    /** Runs it all, and gives the digest of the machine's state at the end. Disagreement is an AssertionError. */
    public String run() {
        try {
            for (Operation operation : program.operations()) {
                step(operation);
            }
            end();
            return lab.digest();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(e.getMessage() + "\nof seed " + program.seedText() + " after" + story(), e);
        }
    }

    /** The last steps, and what came of them. */
    private String story() {
        List<String> last = history.subList(Math.max(0, history.size() - STORY_LENGTH), history.size());
        return "\n  " + String.join("\n  ", last);
    }

    private void step(Operation operation) {
        List<ModelTask> free = model.tasks().stream().filter(ModelTask::isFree).toList();
        ModelTask task = operation.who() == LATEST ? free.getLast() : free.get(operation.who() % free.size());
        ModelTask target = model.tasks().get(operation.target() % model.tasks().size());
        history.add(operation.kind() + " by " + task + ", target " + target + ", flags 0x"
                + Long.toHexString(operation.flags()) + ", number " + operation.number());
        calls.perform(operation, task, target);
        check();
    }

    private void check() {
        ModelTask overslept = calls.overslept();
        if (overslept != null) {
            throw new AssertionError(overslept + " could go on, and was not woken");
        }
        agreement.check();
        KernelInvariants.check(kernel);
    }

    /** Everybody but the first is killed from outside; the first reaps at once. */
    private void end() {
        while (model.tasks().stream()
                .anyMatch(task -> task.process() != model.init().process())) {
            ModelTask victim = model.tasks().stream()
                    .filter(task -> task.process() != model.init().process() && isAlive(task))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("only the dead are left: " + model.tasks()));
            history.add("end of " + victim);
            calls.killAtTheEnd(victim);
            check();
        }
        for (ModelTask thread : List.copyOf(model.tasks())) {
            if (thread != model.init()) {
                calls.exitAtTheEnd(thread);
            }
        }
        calls.unshareUndoList(model.init());
        check();
        census.checkNothingLeft(kernel);
    }

    private static boolean isAlive(ModelTask task) {
        return task.life() == ModelTask.Life.ALIVE;
    }

    Lab lab() {
        return lab;
    }

    int handle(ModelTask task) {
        return Objects.requireNonNull(handles.get(task), () -> task + " has no handle");
    }

    void bind(ModelTask task, int handle) {
        handles.put(task, handle);
        byHandle.put(handle, task);
    }

    void setExitStatus(int status) {
        exitStatus = status;
    }

    private ModelTask taskOf(int handle) {
        return Objects.requireNonNull(byHandle.get(handle), () -> "unknown task " + Integer.toHexString(handle));
    }

    @Override
    public void exited(int task) {
        history.add("  " + taskOf(task) + " exits");
        exits.exited(taskOf(task), exitStatus);
    }

    @Override
    public void dead(int task) {
        history.add("  " + taskOf(task) + " is dead");
        exits.dead(taskOf(task));
    }

    @Override
    public void returned(int handle, long result) {
        ModelTask task = taskOf(handle);
        history.add("  " + task + " is answered " + result);
        calls.returned(task, result);
    }
}
