package dev.nestor.cli.bench;

import dev.nestor.cli.program.Program;
import dev.nestor.uapi.Nr;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nestor bench syscall}: perf's system call benchmarks. */
@Command(
        name = "syscall",
        description = "System call benchmarks, of perf bench.",
        synopsisSubcommandLabel = "BENCHMARK",
        subcommands = SyscallBenches.BasicCommand.class)
final class SyscallBenches extends BenchGroup {
    /** {@code syscall basic}. */
    @Command(name = "basic", description = "getppid(2), again and again.")
    static final class BasicCommand extends One {
        @Option(
                names = {"-l", "--loop"},
                paramLabel = "N",
                defaultValue = "10000000",
                description = "Number of loops (default: ${DEFAULT-VALUE}).")
        private int loops;

        @Override
        Benchmark benchmark(CommandLine line, BenchCommand bench) {
            Counts.check(line, "--loop", loops);
            return new Basic(loops, bench.isSimple());
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
