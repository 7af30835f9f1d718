package dev.nestor.cli.calls;

import dev.nestor.cli.ExitCode;
import dev.nestor.cli.TextTable;
import dev.nestor.cli.replay.abi.Signatures;
import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.syscalls.CallTables;
import dev.nestor.syscalls.SyscallOptions;
import dev.nestor.syscalls.SyscallTable;
import dev.nestor.syscalls.SyscallTable.Level;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nestor syscalls}. */
@Command(
        name = "syscalls",
        description = "Lists the system calls of x86-64 Linux 6.18, and how much of each the emulator does.",
        mixinStandardHelpOptions = true)
public final class SyscallsCommand implements Callable<Integer> {
    @Option(names = "--markdown", description = "As the page docs/syscalls.md.")
    private boolean markdown;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    private final SyscallTable table = CallTables.of(new Kernel(new KernelConfig()));
    private final Signatures signatures = Signatures.load();

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (markdown) {
            page(out);
        } else {
            TextTable text = new TextTable("rlll", "nr", "call", "level", "what is missing");
            calls().forEach(nr -> text.add(Integer.toString(nr), signatures.name(nr), level(nr), table.missing(nr)));
            text.print(out);
        }
        out.flush();
        return ExitCode.OK;
    }

    /** The numbers that have a name, ascending. */
    private IntStream calls() {
        return IntStream.range(0, SyscallTable.SIZE).filter(nr -> signatures.nr(signatures.name(nr)) == nr);
    }

    private String level(int nr) {
        return label(table.level(nr));
    }

    private static String label(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private long count(Level level) {
        return calls().filter(nr -> table.level(nr) == level).count();
    }

    private void page(PrintWriter out) {
        out.printf("""
                # System calls

                Made by `./nestor syscalls --markdown`; a test holds this page to it. Of the calls of x86-64 Linux 6.18, %d are
                there in full, %d in part, %d not yet, and %d are absent from the reference kernel too. *Full* is all that Linux does as far as the emulator has the objects
                concerned; of a *partial* call it is said what is missing; *none* answers ENOSYS to a program, and counts as not
                computed when a log is replayed; *absent* answers ENOSYS as Linux 6.18 does, built as it is there.

                | nr | call | level | what is missing |
                |---:|---|---|---|
                """, count(Level.FULL), count(Level.PARTIAL), count(Level.NONE), count(Level.ABSENT));
        calls().forEach(nr ->
                row(out, Integer.toString(nr), '`' + signatures.name(nr) + '`', level(nr), table.missing(nr)));
        options(out, SyscallOptions.load());
    }

    private static void options(PrintWriter out, List<SyscallOptions.Option> options) {
        out.print("\n# Flags, options and commands\n");
        String call = "";
        for (SyscallOptions.Option option : options) {
            if (!option.call().equals(call)) {
                call = option.call();
                out.printf("%n## %s%n%n| | level | |%n|---|---|---|%n", call);
            }
            row(out, '`' + option.name() + '`', label(option.level()), option.note());
        }
    }

    private static void row(PrintWriter out, String... cells) {
        out.println(("| " + String.join(" | ", cells) + " |").replaceAll(" +\\|", " |"));
    }
}
