package dev.nestor.cli.run;

import dev.nestor.cli.ftrace.FtraceWriter;
import dev.nestor.cli.trace.ChromeWriter;
import dev.nestor.cli.trace.PerfettoWriter;
import dev.nestor.cli.trace.TraceFile;
import java.io.IOException;
import java.nio.file.Path;

/** Which form a trace has, by its file's name. */
public final class TraceFiles {
    private TraceFiles() {}

    /** Perfetto's for .perfetto-trace and .pftrace, Chrome's for .json, else ftrace's, compressed for .gz. */
    public static TraceFile open(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".perfetto-trace") || name.endsWith(".pftrace")) {
            return PerfettoWriter.open(file);
        }
        return name.endsWith(".json") ? ChromeWriter.open(file) : FtraceWriter.open(file);
    }
}
