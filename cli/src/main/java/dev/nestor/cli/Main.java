package dev.nestor.cli;

import dev.nestor.cli.bench.BenchCommand;
import dev.nestor.cli.calls.SyscallsCommand;
import dev.nestor.cli.compare.CompareCommand;
import dev.nestor.cli.conform.ConformCommand;
import dev.nestor.cli.image.ImageCommand;
import dev.nestor.cli.run.RunCommand;
import dev.nestor.cli.sched.SchedCommand;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code nestor}. */
@Command(
        name = "nestor",
        description = "A deterministic emulator of a Linux 6.18 x86-64 machine that runs recorded system calls.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            ConformCommand.class,
            CompareCommand.class,
            SchedCommand.class,
            BenchCommand.class,
            SyscallsCommand.class,
            ImageCommand.class,
            CommandLine.HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done; conform: every computed call is equal",
            "1:conform: some computed call is not equal",
            "2:wrong usage",
            "3..8:bad input: see docs/exit-codes.md",
            "70:a bug of Nestor",
            "73:a result could not be written"
        })
public final class Main implements Runnable {
    /** Set to show where an internal error came from. */
    private static final String STACK_TRACES = "nestor.stacktraces";

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command line, for tests too. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler(Main::internalError)
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), "Which command?");
    }

    private static int internalError(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
        return internalError(line.getErr(), e);
    }

    /** Reports a bug of ours on one line. */
    public static int internalError(PrintWriter err, Throwable e) {
        err.println("nestor: internal error: " + describe(e));
        showStack(err, e);
        return ExitCode.INTERNAL;
    }

    /** Where an internal error came from, for a developer who asked. */
    public static void showStack(PrintWriter err, Throwable e) {
        if (Boolean.getBoolean(STACK_TRACES)) {
            e.printStackTrace(err);
        }
        err.flush();
    }

    /** An exception and the place it came from, on one line. */
    public static String describe(Throwable e) {
        StackTraceElement[] trace = e.getStackTrace();
        String place = trace.length == 0 ? "" : " at " + trace[0].getFileName() + ":" + trace[0].getLineNumber();
        return e.toString().replaceAll("[^ -~]", "?") + place;
    }

    /** The version in the jar's manifest, which the build puts there. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"nestor " + (version == null ? "(development)" : version)};
        }
    }
}
