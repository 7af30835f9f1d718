package dev.nestor.cli.rtapp;

import java.util.List;
import java.util.Map;

/**
 * What rt-app is asked to play. Times are µs.
 *
 * @param durationSeconds after which every thread ends at its next event; -1 for none
 * @param threads that are there from the beginning
 * @param forked those that a fork event may name, by their names
 * @param barriers how many threads meet at each, by their names
 * @param ignored what of the file has no meaning here, as {@code FILE:LINE: key}
 * @param memBuffer bytes that mem and iorun go through at once: mem_buffer_size
 * @param ioDevice what iorun writes to: io_device
 */
public record Workload(
        long durationSeconds,
        List<ThreadSpec> threads,
        Map<String, ThreadSpec> forked,
        Map<String, Integer> barriers,
        List<String> ignored,
        long memBuffer,
        String ioDevice) {

    /** What a thread does at one step. */
    sealed interface Event {}

    /** So much work: CPU time of this thread. */
    record Run(long micros) implements Event {}

    /** runtime: works until so much time has passed, with or without the CPU. */
    record Spin(long micros) implements Event {}

    record Sleep(long micros) implements Event {}

    /**
     * Sleeps until the next multiple of a period.
     *
     * @param ref the timer: threads that name the same one share it
     * @param isUnique whether each thread has its own of that name
     * @param isAbsolute whether a time that has passed already counts as met
     */
    record Timer(String ref, boolean isUnique, long periodMicros, boolean isAbsolute) implements Event {}

    /** Goes through so many bytes of memory. */
    record Mem(long bytes) implements Event {}

    /** Writes so many bytes to the device. */
    record IoRun(long bytes) implements Event {}

    record Yield() implements Event {}

    record Lock(String mutex) implements Event {}

    record Unlock(String mutex) implements Event {}

    /**
     * wait, sync and sig_and_wait.
     *
     * @param signals whether a waiter is woken first
     * @param locks whether the mutex is taken before and let go of after
     */
    record Await(String cond, String mutex, boolean signals, boolean locks) implements Event {}

    /** @param all whether it is broad and not signal */
    record Signal(String cond, boolean all) implements Event {}

    record Suspend(String name) implements Event {}

    record Resume(String name) implements Event {}

    record Barrier(String name) implements Event {}

    record Fork(String task) implements Event {}

    /** Events that are played several times. */
    record Phase(int loops, List<Event> events) {}

    /**
     * A thread.
     *
     * @param loops how often its phases are played; -1 for ever
     * @param cpus that it may run on; empty for all
     * @param taskgroup cgroup that it is in, {@code /A/B}; empty for none
     * @param policy SCHED_*
     * @param priority nice value of the fair policies, priority of the real-time ones
     * @param dlRuntime of SCHED_DEADLINE, as its period and deadline
     */
    record ThreadSpec(
            int line,
            String name,
            long delayMicros,
            long loops,
            List<Integer> cpus,
            String taskgroup,
            int policy,
            int priority,
            long dlRuntime,
            long dlDeadline,
            long dlPeriod,
            List<Phase> phases) {}
}
