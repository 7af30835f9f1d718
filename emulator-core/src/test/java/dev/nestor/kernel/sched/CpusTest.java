package dev.nestor.kernel.sched;

import static dev.nestor.kernel.sched.SmallScheduler.MS;
import static dev.nestor.kernel.sched.SmallScheduler.US;
import static dev.nestor.kernel.task.TaskTable.TASK_INTERRUPTIBLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nestor.event.Clock;
import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Random;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimerTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.CostModel;
import dev.nestor.machine.Topology;
import dev.nestor.machine.Work;
import org.junit.jupiter.api.Test;

class CpusTest {
    private final EventLoop loop = new EventLoop(new Clock(), new EventQueue());
    private final TaskTable tasks = new TaskTable(100);
    private final Wakeups wakeups = new Wakeups(tasks);
    private final Work work = new Work();
    private final WaitQueues queues = new WaitQueues(tasks, new WaitQueueTable(10), new WaitEntryTable(100), wakeups);
    private final HrTimers timers = new HrTimers(loop, tasks, new HrTimerTable(10));
    private final SwitchLog log = new SwitchLog();
    private final Scheduler scheduler = new Scheduler(
            new SchedMachine(
                    loop,
                    new Timekeeping(loop.clock(), Timekeeping.DEFAULT_FREQUENCY, 0),
                    Topology.plain(2),
                    CostModel.standard(),
                    work,
                    log,
                    new Random(1)),
            SchedConfig.standard(),
            tasks,
            100);
    private final StringBuilder calls = new StringBuilder();
    private final int queue = queues.alloc();
    private boolean condition;
    private long userSpan = 10 * US;
    private long gap;
    private long writtenAt;
    private long readLatency;

    CpusTest() {
        wakeups.setDispatcher(scheduler.cpus());
        timers.register(HrTimers.SLEEP, wakeups::timerExpired);
    }

    @Test
    void blockedCall_isEnteredAgain_untilItsConditionHolds() {
        scheduler.cpus().setUserMode(new Waiter());
        int task = start(0);
        loop.runUntil(1 * MS);
        assertThat(calls).hasToString("leave span enter ");
        queues.wakeUp(queue, Wakeups.TASK_NORMAL);
        loop.runUntil(2 * MS);
        assertThat(calls).as("woken for nothing").hasToString("leave span enter resume ");
        condition = true;
        queues.wakeUp(queue, Wakeups.TASK_NORMAL);
        loop.runUntil(3 * MS);
        assertThat(calls).hasToString("leave span enter resume resume leave span enter dead ");
        assertThat(tasks.isLive(task)).isFalse();
    }

    @Test
    void kick_interruptsTheSpan_andLeaveGetsWhatIsLeft() {
        scheduler.cpus().setUserMode(new Waiter() {
            @Override
            public void leave(int task, long remaining) {
                calls.append("leave(").append(remaining / MS).append(") ");
                tasks.setSigpending(task, false);
                userSpan = remaining == 0 ? 50 * MS : remaining;
            }
        });
        int task = start(0);
        loop.runUntil(10 * MS);
        tasks.setSigpending(task, true);
        wakeups.signalWakeUp(task, TASK_INTERRUPTIBLE);
        loop.runUntil(20 * MS);
        assertThat(calls).hasToString("leave(0) span leave(40) span ");
        loop.runUntil(70 * MS);
        assertThat(calls).hasToString("leave(0) span leave(40) span enter ");
        assertThat(tasks.utime(task)).isCloseTo(50 * MS, within(1L));
    }

    /** costs.csv, wake_latency: a write to a pipe whose reader waits on an idle CPU, to the reader's return. */
    @Test
    void wakeLatency_growsWithIdleness() {
        long[][] measured = {{20, 13_424}, {200, 15_828}, {2_000, 22_350}, {10_000, 40_010}};
        scheduler.cpus().setUserMode(new Pipe());
        start(1);
        start(0);
        for (long[] row : measured) {
            gap = row[0] * US;
            loop.runUntil(loop.clock().now() + 100 * MS);
            assertThat(readLatency).as("after " + row[0] + " us").isCloseTo(row[1], within(row[1] / 7));
        }
    }

    private int start(int cpu) {
        int task = tasks.alloc();
        scheduler.tasks().init(task);
        scheduler.tasks().setCpusAllowed(task, new long[] {1L << cpu});
        tasks.setMm(task, tasks.rowOf(task));
        wakeups.wakeUpNewTask(task);
        return task;
    }

    /** Waits for the condition in its first call, and dies in its next. */
    private class Waiter implements UserMode {
        @Override
        public long nextSpan(int task) {
            calls.append("span ");
            return userSpan;
        }

        @Override
        public void enter(int task) {
            calls.append("enter ");
            work.add(Work.SYSCALL_ENTRY);
            if (condition) {
                tasks.setState(task, TaskTable.TASK_DEAD);
            } else {
                queues.prepareToWait(queue, task, TASK_INTERRUPTIBLE);
            }
        }

        @Override
        public void resume(int task) {
            calls.append("resume ");
            queues.finishWait(task);
            if (!condition) {
                queues.prepareToWait(queue, task, TASK_INTERRUPTIBLE);
            }
        }

        @Override
        public void leave(int task, long remaining) {
            calls.append("leave ");
        }

        @Override
        public void dead(int task) {
            calls.append("dead ");
            scheduler.tasks().release(task);
            tasks.free(task);
        }
    }

    /** The task on CPU 0 computes for the gap and writes; the one on CPU 1 reads. */
    private final class Pipe implements UserMode {
        @Override
        public long nextSpan(int task) {
            if (tasks.cpu(task) == 0) {
                return gap;
            }
            readLatency = loop.clock().now() - writtenAt;
            return 1;
        }

        @Override
        public void enter(int task) {
            work.add(Work.SYSCALL_ENTRY);
            work.add(Work.FILE_IO);
            work.add(Work.LOCK);
            if (tasks.cpu(task) == 0) {
                writtenAt = loop.clock().now();
                work.add(Work.USER_COPY);
                queues.wakeUp(queue, Wakeups.TASK_NORMAL);
            } else {
                work.add(Work.WAIT);
                queues.prepareToWaitExclusive(queue, task, TASK_INTERRUPTIBLE);
            }
        }

        @Override
        public void resume(int task) {
            queues.finishWait(task);
            work.add(Work.LOCK);
            work.add(Work.USER_COPY);
        }

        @Override
        public void leave(int task, long remaining) {
            // no signals here
        }

        @Override
        public void dead(int task) {
            throw new IllegalStateException();
        }
    }
}
