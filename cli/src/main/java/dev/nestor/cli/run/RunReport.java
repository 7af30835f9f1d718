package dev.nestor.cli.run;

import dev.nestor.init.KernelConfig;
import java.util.List;

/**
 * All that is known after a run.
 *
 * @param isScheduled whether there were CPUs; if not, nothing is known of cycles and waits
 * @param equal calls that were computed and came out as in the log; known in recorded order only
 * @param stopped why the user's scheduler was stopped; empty if it was not
 * @param cpus by number
 */
record RunReport(
        String log,
        boolean isScheduled,
        KernelConfig config,
        Totals totals,
        List<TaskAccount> tasks,
        CallAccounts calls,
        long equal,
        String stopped,
        List<Cpu> cpus,
        PidTree.Node pidNamespaces,
        String digest) {

    /**
     * Of the whole run.
     *
     * @param cycles simulated
     * @param logCalls that the log has
     * @param badLines left out
     * @param neverBegan tasks of the log that never began
     */
    record Totals(long cycles, long events, long logCalls, long badLines, int neverBegan) {}

    /** Of one CPU. */
    record Cpu(long busyCycles, long switches) {}
}
