package dev.nestor.cli.plugin;

import dev.nestor.cli.ExitCode;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.sched.Scheduler;
import java.io.Closeable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends the program when a callback of a user's scheduler does not return. One that goes round in circles through the kernel is
 * stopped there; one that calls nothing can't be stopped in a JVM, so its name is told and the run is given up.
 */
public final class CallbackGuard implements Closeable {
    /** Of host time. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int LOOKS = 10; // in that time

    private final PrintWriter err;
    private final Duration patience;
    private final IntConsumer exit;
    private final Thread thread = new Thread(this::watch, "callback guard");
    private volatile String phase = ""; // what of the scheduler's runs before there is a machine
    private volatile String className = "";
    private volatile @Nullable Scheduler scheduler;

    CallbackGuard(PrintWriter err, Duration patience, IntConsumer exit) {
        this.err = err;
        this.patience = patience;
        this.exit = exit;
        thread.setDaemon(true);
    }

    /** Nothing is watched before {@link #loading}. */
    public static CallbackGuard of(PrintWriter err) {
        return new CallbackGuard(err, PATIENCE, System::exit);
    }

    /** A scheduler's class begins to do something before there is a machine; nothing, if that is empty. */
    void loading(String name, String what) {
        className = name;
        phase = what;
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /** Watches a machine's scheduler, if it is the user's. */
    public void started(Kernel kernel) {
        if (kernel.config().schedExt() != null) {
            scheduler = kernel.scheduler();
            phase = "";
        }
    }

    private void watch() {
        long since = System.nanoTime();
        long seen = 0;
        String last = "";
        try {
            while (true) {
                Thread.sleep(Math.max(1, patience.toMillis() / LOOKS));
                Scheduler of = scheduler;
                long now = of == null ? 0 : of.extProgress();
                String where = of == null ? phase : of.extInProgress();
                if (now != seen || !where.equals(last) || where.isEmpty()) {
                    seen = now;
                    last = where;
                    since = System.nanoTime();
                } else if (System.nanoTime() - since > patience.toNanos()) {
                    err.println("nestor: the scheduler " + className + " was stopped: " + where
                            + ": does not return; the run is given up");
                    err.flush();
                    exit.accept(ExitCode.SCHEDULER_STOPPED);
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
