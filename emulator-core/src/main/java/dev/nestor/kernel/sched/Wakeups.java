package dev.nestor.kernel.sched;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.HotPath;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Making tasks runnable: try_to_wake_up() and its kind, of kernel/sched/core.c. */
public final class Wakeups {
    public static final int TASK_NORMAL = TaskTable.TASK_INTERRUPTIBLE | TaskTable.TASK_UNINTERRUPTIBLE;

    private final TaskTable tasks;
    private @Nullable Dispatcher dispatcher;

    public Wakeups(TaskTable tasks) {
        this.tasks = tasks;
    }

    /** Once, before the first task runs. */
    public void setDispatcher(Dispatcher dispatcher) {
        assert this.dispatcher == null : "there is a dispatcher already";
        this.dispatcher = dispatcher;
    }

    /** try_to_wake_up(): false if the task's state is none of the mask's. */
    @HotPath
    public boolean tryToWakeUp(int task, int stateMask) {
        if ((tasks.state(task) & stateMask) == 0) {
            return false;
        }
        tasks.setState(task, TaskTable.TASK_RUNNING);
        dispatcher().activate(task);
        return true;
    }

    /** wake_up_process(). */
    public boolean wakeUpProcess(int task) {
        return tryToWakeUp(task, TASK_NORMAL);
    }

    /** wake_up_new_task(). */
    public void wakeUpNewTask(int task) {
        assert tasks.state(task) == TaskTable.TASK_NEW : tasks.state(task);
        tasks.setState(task, TaskTable.TASK_RUNNING);
        dispatcher().activateNew(task);
    }

    /** signal_wake_up_state(): the task sleeps and is woken, or runs and is made to look. */
    public void signalWakeUp(int task, int stateMask) {
        if (!tryToWakeUp(task, stateMask)) {
            dispatcher().kick(task);
        }
    }

    /** hrtimer_wakeup(): the function of {@code HrTimers.SLEEP}. */
    public void timerExpired(int timer, int task) {
        wakeUpProcess(task);
    }

    private Dispatcher dispatcher() {
        return Objects.requireNonNull(dispatcher, "no dispatcher");
    }
}
