package dev.nestor.cli.bench;

import dev.nestor.cli.program.Program;
import dev.nestor.uapi.Nr;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code nestor bench syscall}: perf's system call benchmarks. */
@Command(
        name = "syscall",
        description = "System call benchmarks, of perf bench.",
        synopsisSubcommandLabel = "BENCHMARK",
        subcommands = SyscallBenches.BasicCommand.class)
final class SyscallBenches implements Runnable {
    @ParentCommand
    private @Nullable BenchCommand bench;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    BenchCommand bench() {
        return Objects.requireNonNull(bench, "picocli sets it");
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), "Which benchmark?");
    }

    /** {@code syscall basic}. */
    @Command(name = "basic", description = "getppid(2), again and again.")
    static final class BasicCommand implements Callable<Integer> {
        @ParentCommand
        private @Nullable SyscallBenches parent;

        @CommandLine.Spec
        private CommandLine.Model.@Nullable CommandSpec spec;

        @Mixin
        private final BenchOptions options = new BenchOptions();

        @Option(
                names = {"-l", "--loop"},
                paramLabel = "N",
                defaultValue = "10000000",
                description = "Number of loops (default: ${DEFAULT-VALUE}).")
        private int loops;

        @Override
        public Integer call() {
            CommandLine line = Objects.requireNonNull(spec).commandLine();
            options.check(line);
            Counts.check(line, "--loop", loops);
            BenchCommand bench = Objects.requireNonNull(parent).bench();
            Benchmark benchmark = new Basic(loops, bench.isSimple());
            bench.announce(line, benchmark.name());
            return options.run(line, benchmark);
        }
    }

    /** One process that calls getppid(2). */
    private static final class Basic implements Benchmark {
        private static final String NAME = "syscall/basic";

        private final int loops;
        private final boolean isSimple;
        private final Elapsed elapsed = new Elapsed();
        private int calls;

        Basic(int loops, boolean isSimple) {
            this.loops = loops;
            this.isSimple = isSimple;
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Program main(Stage stage) {
            return new BenchProgram(stage, NAME) {
                @Override
                protected void advance() {
                    if (calls == 0) {
                        elapsed.begin(stage.nowNs());
                    }
                    if (calls < loops) {
                        call3(Nr.NR_getppid, 0, 0, 0);
                    } else {
                        elapsed.end(stage.nowNs());
                        exitGroup();
                    }
                }

                @Override
                protected void returned(long answer) {
                    done("getppid", answer);
                    calls++;
                }
            };
        }

        @Override
        public void print(PrintWriter out) {
            if (isSimple) {
                out.println(elapsed.text());
                return;
            }
            out.printf("# Executed %d getppid() calls%n", loops);
            out.println(elapsed.total());
            out.println();
            out.println(elapsed.rate(loops));
        }

        @Override
        public Map<String, Number> figures() {
            Map<String, Number> figures = new LinkedHashMap<>();
            figures.put("seconds", elapsed.seconds());
            figures.put("calls", calls);
            return figures;
        }
    }
}
