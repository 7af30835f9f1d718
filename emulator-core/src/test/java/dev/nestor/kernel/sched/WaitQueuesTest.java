package dev.nestor.kernel.sched;

import static dev.nestor.kernel.sched.Wakeups.TASK_NORMAL;
import static dev.nestor.kernel.task.TaskTable.TASK_INTERRUPTIBLE;
import static dev.nestor.kernel.task.TaskTable.TASK_NEW;
import static dev.nestor.kernel.task.TaskTable.TASK_RUNNING;
import static dev.nestor.kernel.task.TaskTable.TASK_UNINTERRUPTIBLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nestor.kernel.task.TaskTable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitQueuesTest {
    private final TaskTable tasks = new TaskTable(10);
    private final Wakeups wakeups = new Wakeups(tasks);
    private final WaitEntryTable entries = new WaitEntryTable(100);
    private final WaitQueues queues = new WaitQueues(tasks, new WaitQueueTable(10), entries, wakeups);
    private final List<Integer> activated = new ArrayList<>();
    private final List<Integer> kicked = new ArrayList<>();
    private final int a = tasks.alloc();
    private final int b = tasks.alloc();
    private final int c = tasks.alloc();
    private final int queue = queues.alloc();

    WaitQueuesTest() {
        wakeups.setDispatcher(new Dispatcher() {
            @Override
            public void activate(int task) {
                activated.add(task);
            }

            @Override
            public void activateNew(int task) {
                activated.add(-task);
            }

            @Override
            public void kick(int task) {
                kicked.add(task);
            }
        });
    }

    @Test
    void wakeUp_wakesAllThatAreNotExclusive_latestFirst_andOneExclusive() {
        int d = tasks.alloc();
        queues.prepareToWaitExclusive(queue, a, TASK_INTERRUPTIBLE);
        queues.prepareToWait(queue, b, TASK_INTERRUPTIBLE);
        queues.prepareToWaitExclusive(queue, c, TASK_INTERRUPTIBLE);
        queues.prepareToWait(queue, d, TASK_INTERRUPTIBLE);
        queues.wakeUp(queue, TASK_NORMAL);
        assertThat(activated).containsExactly(d, b, a);
        assertThat(tasks.state(a)).isEqualTo(TASK_RUNNING);
        assertThat(queues.isWaiting(a)).as("waking leaves the entry").isTrue();
        queues.wakeUp(queue, TASK_NORMAL);
        assertThat(activated).as("the next, since the first is awake").containsExactly(d, b, a, c);
    }

    @Test
    void wakeUpAll_wakesEveryExclusiveOne() {
        queues.prepareToWaitExclusive(queue, a, TASK_INTERRUPTIBLE);
        queues.prepareToWaitExclusive(queue, b, TASK_INTERRUPTIBLE);
        queues.wakeUpAll(queue, TASK_NORMAL);
        assertThat(activated).containsExactly(a, b);
    }

    @Test
    void wakeUp_passesByOtherStates() {
        queues.prepareToWaitExclusive(queue, a, TASK_UNINTERRUPTIBLE);
        queues.prepareToWaitExclusive(queue, b, TASK_INTERRUPTIBLE);
        queues.wakeUp(queue, TASK_INTERRUPTIBLE);
        assertThat(activated).containsExactly(b);
    }

    @Test
    void prepareToWait_addsOneEntry_howeverOften() {
        queues.prepareToWait(queue, a, TASK_INTERRUPTIBLE);
        queues.prepareToWait(queue, a, TASK_UNINTERRUPTIBLE);
        assertThat(entries.size()).isEqualTo(1);
        assertThat(tasks.state(a)).isEqualTo(TASK_UNINTERRUPTIBLE);
    }

    @Test
    void finishWait_leavesAllQueues() {
        int other = queues.alloc();
        queues.prepareToWait(queue, a, TASK_INTERRUPTIBLE);
        queues.prepareToWait(other, a, TASK_INTERRUPTIBLE);
        queues.prepareToWait(other, b, TASK_INTERRUPTIBLE);
        queues.finishWait(a);
        assertThat(queues.isWaiting(a)).isFalse();
        assertThat(tasks.state(a)).isEqualTo(TASK_RUNNING);
        assertThat(queues.hasWaiters(queue)).isFalse();
        assertThat(queues.hasWaiters(other)).isTrue();
        queues.free(queue);
        assertThatThrownBy(() -> queues.free(other)).isInstanceOf(AssertionError.class);
    }

    @Test
    void tryToWakeUp_isFalse_ofARunningTask() {
        assertThat(wakeups.tryToWakeUp(a, TASK_NORMAL)).isFalse();
        assertThat(activated).isEmpty();
        wakeups.signalWakeUp(a, TASK_INTERRUPTIBLE);
        assertThat(kicked).containsExactly(a);
    }

    @Test
    void wakeUpNewTask_activatesIt() {
        tasks.setState(c, TASK_NEW);
        wakeups.wakeUpNewTask(c);
        assertThat(activated).containsExactly(-c);
        assertThat(tasks.state(c)).isEqualTo(TASK_RUNNING);
    }
}
