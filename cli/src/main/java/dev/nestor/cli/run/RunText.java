package dev.nestor.cli.run;

import java.io.PrintWriter;
import java.util.Arrays;

final class RunText {
    private final PrintWriter out;
    private final boolean all;

    RunText(PrintWriter out, boolean all) {
        this.out = out;
        this.all = all;
    }

    void print(String log, RunReport r) {
        out.println("cycles " + r.totals());
        for (TaskAccount t : r.tasks()) {
            out.println(Arrays.toString(t.numbers()) + " " + t.command() + " user " + t.user() + " kernel " + t.kernel()
                    + " delay " + t.runDelay() + " blocked " + t.blocked() + " v" + t.voluntary() + " i"
                    + t.involuntary()
                    + " m" + t.migrations() + (t.isAlive() ? " alive" : ""));
        }
        for (CallAccount c : r.calls().all()) {
            out.println(c.name() + " " + c.count() + " p50 " + c.percentile(50) + " p99 " + c.percentile(99) + " err "
                    + c.errors() + " C" + c.count(CallAccount.Source.COMPUTED) + " T"
                    + c.count(CallAccount.Source.TAKEN)
                    + " F" + c.count(CallAccount.Source.FORCED));
        }
        out.println("digest " + r.digest());
        out.flush();
    }
}
