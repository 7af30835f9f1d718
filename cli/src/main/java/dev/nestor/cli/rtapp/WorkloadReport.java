package dev.nestor.cli.rtapp;

import dev.nestor.init.KernelConfig;
import java.util.List;

/**
 * What became of a workload. Times are cycles.
 *
 * @param complaints calls of threads that were refused
 * @param stopped why the user's scheduler was stopped; empty if it was not
 * @param ignored what of the file has no meaning here
 */
public record WorkloadReport(
        String file,
        KernelConfig config,
        long cycles,
        long events,
        List<Task> tasks,
        List<String> complaints,
        List<String> ignored,
        String stopped,
        String digest) {

    /** @param runs times that it came to a CPU */
    public record Task(
            int pid,
            String command,
            long user,
            long kernel,
            long queued,
            long runs,
            long voluntary,
            long involuntary,
            long migrations) {}
}
