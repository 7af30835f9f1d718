package dev.nestor.cli.run;

import dev.nestor.init.KernelConfig;
import java.util.List;

/** All that is known after a run in scheduled order. */
record RunReport(
        RunOptions options,
        KernelConfig config,
        Totals totals,
        List<TaskAccount> tasks,
        CallAccounts calls,
        List<Cpu> cpus,
        PidTree.Node pidNamespaces,
        String digest) {

    /**
     * Of the whole run.
     *
     * @param cycles simulated
     * @param records of the log that were played
     * @param badLines left out
     * @param neverBegan tasks of the log that never began
     */
    record Totals(long cycles, long events, long records, long badLines, int neverBegan) {}

    /** Of one CPU. */
    record Cpu(long busyCycles, long switches) {}
}
