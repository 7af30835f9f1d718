package dev.nestor.kernel.sched;

import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Priority;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/** scx_watchdog_workfn(): whether a runnable task waits for longer than the scheduler said that any would. */
final class ExtWatchdog {
    /* Looks twice in the time that a task may wait, as the kernel does, and only while any waits at all. */
    private final ScxEntityTable scxs;
    private final ExtCalls calls;
    private final Timekeeping time;
    private final EventLoop loop;
    private final int kind; // event kind
    private long event; // or NONE
    private int watched; // tasks

    ExtWatchdog(ScxEntityTable scxs, ExtCalls calls, SchedMachine machine) {
        this.scxs = scxs;
        this.calls = calls;
        this.time = machine.time();
        this.loop = machine.loop();
        this.kind = loop.register((target, datum) -> look());
    }

    /** set_task_runnable(): the task begins to wait, or goes on with it after it was changed. */
    @HotPath
    void watch(int scx) {
        if (scxs.watched(scx)) {
            return;
        }
        if (scxs.runnableAt(scx) == 0) {
            scxs.setRunnableAt(scx, time.monotonicNs());
        }
        scxs.setWatched(scx, true);
        watched++;
        if (event == EventQueue.NONE) {
            arm();
        }
    }

    /** clr_task_runnable(): the task runs, or is taken off its queue for a while. */
    @HotPath
    void unwatch(int scx, boolean runs) {
        if (scxs.watched(scx)) {
            scxs.setWatched(scx, false);
            watched--;
        }
        if (runs) {
            scxs.setRunnableAt(scx, 0);
        }
    }

    private void arm() {
        long at = time.cyclesAt(time.monotonicNs() + calls.timeoutNs() / 2);
        event = loop.schedule(Math.max(at, loop.clock().now()), Priority.TIMER, kind, 0, 0);
    }

    /** check_rq_for_timeouts(), of the task that has waited longest. */
    private void look() {
        event = EventQueue.NONE;
        if (watched == 0 || calls.isStopped()) {
            return;
        }
        int oldest = Table.NULL;
        for (int row = 1; row < scxs.rows(); row++) {
            int scx = scxs.handleInRow(row);
            if (scx != Table.NULL
                    && scxs.watched(scx)
                    && (oldest == Table.NULL || scxs.runnableAt(scx) < scxs.runnableAt(oldest))) {
                oldest = scx;
            }
        }
        long waitedMs = (time.monotonicNs() - scxs.runnableAt(oldest)) / 1_000_000;
        if (waitedMs * 1_000_000 > calls.timeoutNs()) {
            long rest = waitedMs % 1000;
            String padded = (rest < 100 ? "0" : "") + (rest < 10 ? "0" : "") + rest;
            calls.stop(calls.nameOf(scxs.task(oldest)) + " failed to run for " + waitedMs / 1000 + "." + padded + "s");
        } else {
            arm();
        }
    }

    /** Nobody waits for this class any more. */
    void disarm() {
        if (event != EventQueue.NONE) {
            loop.cancel(event);
            event = EventQueue.NONE;
        }
    }
}
