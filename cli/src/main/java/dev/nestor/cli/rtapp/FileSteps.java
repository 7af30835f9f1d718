package dev.nestor.cli.rtapp;

import dev.nestor.cli.program.Program;
import dev.nestor.cli.program.WorkloadMemory;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;

/** A text is written to a file by open, write and close. */
final class FileSteps {
    private static final int IDLE = 0;
    private static final int OPEN = 1;
    private static final int WRITE = 2;
    private static final int CLOSE = 3;

    private final WorkloadMemory memory;
    private final int room; // of the memory
    private String path = "";
    private String text = "";
    private int state = IDLE;
    private long fd;

    FileSteps(WorkloadMemory memory, int room) {
        this.memory = memory;
        this.room = room;
    }

    /** What is to be written next. */
    void write(String toPath, String what) {
        path = toPath;
        text = what;
        state = OPEN;
    }

    /** The next call, if one is to be made. */
    boolean advance(Program program) {
        switch (state) {
            case OPEN -> program.call(Nr.NR_open, memory.putText(room, path), Fcntl.O_WRONLY, 0);
            case WRITE -> program.call(Nr.NR_write, fd, memory.putText(room, text), text.length());
            case CLOSE -> program.call(Nr.NR_close, fd);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** A call of this has answered. */
    void returned(long answer) {
        if (state == OPEN) {
            fd = answer;
            state = answer < 0 ? IDLE : WRITE;
        } else if (state != IDLE) {
            state = state == WRITE ? CLOSE : IDLE;
        }
    }

    boolean isBusy() {
        return state != IDLE;
    }

    /** What is being written, for a complaint. */
    String path() {
        return path;
    }
}
