package dev.nestor.cli.bench;

/** Sleeps so many seconds while others work. */
abstract class Sleep implements FutexCrew.Work {
    private final BenchProgram program;
    private final long room;
    private final int seconds;
    private boolean hasBegun;
    private boolean isOver;

    /** @param room of a struct timespec */
    Sleep(BenchProgram program, long room, int seconds) {
        this.program = program;
        this.room = room;
        this.seconds = seconds;
    }

    /** They have worked long enough. */
    abstract void over();

    @Override
    public boolean next() {
        if (!hasBegun) {
            hasBegun = true;
            program.sleep(room, seconds * BenchProgram.NS_PER_SECOND);
            return true;
        }
        if (!isOver) {
            isOver = true;
            over();
        }
        return false;
    }

    @Override
    public void returned(long answer) {}
}
