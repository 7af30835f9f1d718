package dev.nestor.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Supplier;

/** A line on the terminal that says how far things are, once they have taken two seconds. */
public final class Progress implements AutoCloseable {
    private static final long FIRST_MS = 2000;
    private static final long EVERY_MS = 500;
    private static final String ERASE = "\r\u001b[K";

    private final PrintStream out;
    private final Timer timer = new Timer("progress", true);
    private boolean shown;
    private boolean closed;

    private Progress(PrintStream out) {
        this.out = out;
    }

    /** Shows what the supplier says, on standard error when that is a terminal, until it is closed. */
    public static Progress start(Supplier<String> text) {
        return start(System.err, isTerminal(2), text);
    }

    static Progress start(PrintStream out, boolean isTerminal, Supplier<String> text) {
        Progress progress = new Progress(out);
        if (isTerminal) {
            progress.timer.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            progress.show(text.get());
                        }
                    },
                    FIRST_MS,
                    EVERY_MS);
        }
        return progress;
    }

    private synchronized void show(String text) {
        if (!closed) {
            out.print(ERASE + text);
            out.flush();
            shown = true;
        }
    }

    /** Makes room for other output: the line comes back by itself. */
    public synchronized void erase() {
        if (shown) {
            out.print(ERASE);
            out.flush();
            shown = false;
        }
    }

    @Override
    public void close() {
        timer.cancel();
        erase();
        synchronized (this) {
            closed = true;
        }
    }

    /** isatty(3), as far as Linux's /proc tells. */
    static boolean isTerminal(int fd) {
        try {
            String target =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
