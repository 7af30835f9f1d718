package dev.nestor.fs.devices;

import dev.nestor.fs.FileOps;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Loop;

/** /dev/loop-control: loop_control_ioctl(). Whoever could open it may do all of this. */
final class LoopControl implements FileOps {
    private final LoopDevices loops;

    LoopControl(LoopDevices loops) {
        this.loops = loops;
    }

    @Override
    public boolean canRead() {
        return false;
    }

    @Override
    public boolean canWrite() {
        return false;
    }

    /** noop_llseek(). */
    @Override
    public long llseek(int task, int file, long offset, int whence) {
        return loops.files.pos(file);
    }

    @Override
    public boolean canPoll(int file) {
        return false;
    }

    /** The number of a device, or -ENOSYS for what it does not know. */
    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        return switch (cmd) {
            case Loop.LOOP_CTL_ADD -> loops.add((int) arg);
            case Loop.LOOP_CTL_REMOVE -> loops.remove((int) arg);
            case Loop.LOOP_CTL_GET_FREE -> loops.getFree();
            default -> -Errno.ENOSYS;
        };
    }
}
