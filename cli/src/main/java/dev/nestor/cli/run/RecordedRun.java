package dev.nestor.cli.run;

import dev.nestor.cli.replay.RecordedReplay;
import dev.nestor.cli.replay.ReplayListener;
import dev.nestor.cli.replay.ReplayReport;
import dev.nestor.cli.replay.ReplayedTask;
import dev.nestor.cli.replay.abi.Signatures;
import dev.nestor.cli.run.CallAccount.Source;
import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.LogLimits;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.TraceSpool;
import dev.nestor.init.Kernel;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Nr;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A log in recorded order, with as much of a run's report as there is without CPUs. */
final class RecordedRun implements ReplayListener {
    private final TraceSpool spool;
    private final RunOptions options;
    private final CallAccounts calls = new CallAccounts(Signatures.load()::name);
    private final List<TaskAccount> accounts = new ArrayList<>();
    private final @Nullable TaskAccount[] byNumber; // in the spool
    private @Nullable Kernel kernel;
    private @Nullable PidTree tree;

    RecordedRun(TraceSpool spool, RunOptions options) {
        this.spool = spool;
        this.options = options;
        this.byNumber = new TaskAccount[spool.tasks()];
    }

    /** @param progress is given the number of lines played, every now and then */
    RunReport run(LogLimits limits, LongConsumer progress) throws LogException {
        ReplayReport replayed = RecordedReplay.of(spool, limits, options.replay(), this, progress);
        Kernel of = kernel();
        StateHash hash = new StateHash();
        of.digest(hash);
        RunReport.Totals totals = new RunReport.Totals(
                of.clock().now(),
                of.eventLoop().fired(),
                spool.calls(),
                replayed.badLines(),
                spool.tasks() - accounts.size());
        return new RunReport(
                spool.file(),
                false,
                of.config(),
                totals,
                accounts,
                calls,
                replayed.total().equal(),
                "",
                List.of(),
                tree().root(),
                hash.hex());
    }

    private Kernel kernel() {
        return Objects.requireNonNull(kernel, "no kernel yet");
    }

    private PidTree tree() {
        return Objects.requireNonNull(tree, "no kernel yet");
    }

    @Override
    public void began(Kernel booted) {
        kernel = booted;
        tree = PidTree.of(booted);
    }

    @Override
    public void born(ReplayedTask member) {
        TaskAccount account = new TaskAccount(
                PidTree.numbers(kernel(), member.task()), kernel().clock().now());
        byNumber[member.number()] = account;
        accounts.add(account);
        tree().add(member.task(), account);
        account.rename(PidTree.command(kernel(), member.task()));
    }

    @Override
    public void called(ReplayedTask member, TraceCall call) {
        TaskAccount account = byNumber[member.number()];
        Source source = member.taken().isEmpty() ? Source.COMPUTED : Source.TAKEN;
        long result =
                source == Source.COMPUTED ? member.result() : call.result().value();
        calls.add(call.nr(), source, CallSteps.isFailure(call, result), 0);
        if (source == Source.TAKEN) {
            calls.addReason(member.taken());
        }
        if (account == null) {
            return;
        }
        account.addCall();
        boolean mayRename = call.nr() == Nr.NR_execve || call.nr() == Nr.NR_execveat || call.nr() == Nr.NR_prctl;
        if (mayRename && member.isAlive()) {
            account.rename(PidTree.command(kernel(), member.task()));
        }
    }

    @Override
    public void ended(ReplayedTask member) {
        TaskAccount account = byNumber[member.number()];
        if (account != null) {
            account.end(kernel().clock().now());
        }
    }
}
