package dev.nestor.cli.bench;

import dev.nestor.cli.program.Program;
import java.io.PrintWriter;
import java.util.Map;

/** One benchmark with its options. It is played once. */
interface Benchmark {
    /** As perf calls it: {@code sched/pipe}. */
    String name();

    /** What its first process does. */
    Program main(Stage stage);

    /** Prints what the original prints, once it is over. */
    void print(PrintWriter out);

    /** Its figures, by their names, in the order in which they are told. */
    Map<String, Number> figures();
}
