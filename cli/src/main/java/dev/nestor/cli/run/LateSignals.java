package dev.nestor.cli.run;

import dev.nestor.event.EventLoop;
import dev.nestor.event.Priority;

/** Signals from outside, which interrupt a call after the time that the log shows. */
final class LateSignals {
    private final Stage stage;
    private final Cast cast;
    private final EventLoop loop;
    private final int kind; // event kind

    LateSignals(Stage stage, Cast cast) {
        this.stage = stage;
        this.cast = cast;
        this.loop = stage.kernel().eventLoop();
        this.kind = loop.register(this::fire);
    }

    /** The signal that the program waits for is to come at a time, unless the wait is over then. */
    void at(LogProgram program, long time) {
        loop.schedule(Math.max(time, stage.now()), Priority.ARRIVAL, kind, program.task(), program.waitNumber());
    }

    private void fire(int task, long wait) {
        LogProgram program = cast.of(task);
        if (program != null && program.waitNumber() == wait) {
            program.setOverdue(true);
            stage.wake(task);
        }
    }
}
