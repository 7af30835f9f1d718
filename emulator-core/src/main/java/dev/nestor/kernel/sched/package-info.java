/**
 * Who runs where and when: wait queues, wake-ups, scheduling entities, run queues, classes and CPUs. May touch
 * {@code kernel.cgroup} and what is before it. Mirrors kernel/sched/.
 *
 * <p>The life of a task as seen from here:
 *
 * <pre>
 *             wakeUpNewTask              schedule
 *  TASK_NEW ----------------> runnable &lt;----------> on a CPU
 *                                ^                     |  |
 *                  tryToWakeUp   |     prepareToWait   |  | exit
 *                                +---- sleeping &lt;------+  +----> TASK_DEAD
 * </pre>
 */
@NullMarked
package dev.nestor.kernel.sched;

import org.jspecify.annotations.NullMarked;
