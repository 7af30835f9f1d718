package dev.nestor.cli.trace;

import dev.nestor.init.Kernel;
import dev.nestor.trace.Tracepoints;
import java.io.Closeable;
import java.io.IOException;

/** A file that what happens is written to. Closed without {@link #commit} it is thrown away. */
public interface TraceFile extends Tracepoints, Closeable {
    /** Once, before anything runs. */
    void setKernel(Kernel kernel);

    /** The run is over: puts the file in its place. */
    void commit() throws IOException;
}
