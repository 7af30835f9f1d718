package dev.nestor.cli.run;

import dev.nestor.cli.run.CallAccount.Source;
import it.unimi.dsi.fastutil.ints.Int2ObjectRBTreeMap;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** What is counted of calls, by their number. */
final class CallAccounts {
    private final Int2ObjectRBTreeMap<CallAccount> byNr = new Int2ObjectRBTreeMap<>();
    private final Map<String, Long> reasons = new TreeMap<>();
    private final IntFunction<String> names;

    CallAccounts(IntFunction<String> names) {
        this.names = names;
    }

    void add(int nr, Source source, boolean failed, long cycles) {
        CallAccount account = byNr.get(nr);
        if (account == null) {
            account = new CallAccount(names.apply(nr));
            byNr.put(nr, account);
        }
        account.add(source, failed, cycles);
    }

    /** Why the answer of a call was taken from the log. */
    void addReason(String reason) {
        reasons.merge(reason, 1L, Long::sum);
    }

    /** How many answers were taken from the log, by the reason. */
    Map<String, Long> reasons() {
        return reasons;
    }

    /** By number. */
    Collection<CallAccount> all() {
        return byNr.values();
    }

    long count(Source source) {
        long sum = 0;
        for (CallAccount account : byNr.values()) {
            sum += account.count(source);
        }
        return sum;
    }
}
