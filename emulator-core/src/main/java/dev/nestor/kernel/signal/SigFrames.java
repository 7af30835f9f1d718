package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Signal;

/**
 * Handler frames, and the alternate stack they may stand on: arch/x86/kernel/signal.c, sigaltstack. A program that
 * leaves a handler by siglongjmp() never comes back for its frame, so a task keeps the innermost ones only.
 */
public final class SigFrames {
    private static final int MAX_DEPTH = 64;

    private final TaskTable tasks;
    private final SigFrameTable frames;
    private final SignalWakeups wakeups;

    public SigFrames(TaskTable tasks, SigFrameTable frames, SignalWakeups wakeups) {
        this.tasks = tasks;
        this.frames = frames;
        this.wakeups = wakeups;
    }

    /** setup_rt_frame() and signal_delivered(): keeps what is to come back, then blocks what the action says. */
    void push(int task, int sig, SigAction action) {
        int frame = frames.alloc();
        int depth = depth(task);
        if (frame == NULL || depth == MAX_DEPTH) {
            drop(frames.ofTask().first(task));
            frame = frame == NULL ? frames.alloc() : frame;
            depth--;
        }
        frames.setDepth(frame, depth + 1);
        frames.setNr(frame, -1);
        frames.setMask(frame, wakeups.sigmaskToSave(task));
        frames.setStack(frame, tasks.sasSsSp(task), tasks.sasSsSize(task), tasks.sasSsFlags(task));
        boolean switches = action.hasFlag(Signal.SA_ONSTACK) && tasks.sasSsSize(task) != 0;
        boolean autodisarm = (tasks.sasSsFlags(task) & Signal.SS_AUTODISARM) != 0;
        frames.setOnStack(frame, (switches || isOnAltStack(task)) && !autodisarm);
        frames.ofTask().addLast(task, frame);
        if (autodisarm) {
            setStack(task, 0, 0, Signal.SS_DISABLE);
        }
        tasks.setRestoreSigmask(task, false);
        long added = action.mask() | (action.hasFlag(Signal.SA_NODEFER) ? 0 : SigSets.mask(sig));
        wakeups.setCurrentBlocked(task, tasks.blocked(task) | added);
    }

    /**
     * What handle_signal() does to the registers of an interrupted call before it saves them: the frame of the innermost
     * handler keeps the call's arguments, and as rax its result or, if it is to be made again, its number.
     *
     * @param result of the call, one of the kernel's own perhaps
     * @param saFlags of the handler's action
     */
    public void saveInterrupted(int task, long result, long saFlags) {
        int frame = frames.ofTask().last(task);
        int nr = tasks.syscallNr(task);
        boolean again = Restart.afterHandler(result, saFlags) == Restart.AGAIN;
        frames.setResult(frame, Restart.savedResult(result, saFlags, nr));
        frames.setNr(frame, again ? nr : -1);
        for (int i = 0; i < 6; i++) {
            frames.setArgs(frame, i, tasks.args(task, i));
        }
    }

    /** The call that is to be made again when the innermost handler returns, with the arguments that come back; or -1. */
    public int nrToRestart(int task) {
        int frame = frames.ofTask().last(task);
        return frame == NULL ? -1 : frames.nr(frame);
    }

    public int depth(int task) {
        int top = frames.ofTask().last(task);
        return top == NULL ? 0 : frames.depth(top);
    }

    public boolean isEmpty(int task) {
        return frames.ofTask().isEmpty(task);
    }

    /** rt_sigreturn(2) of a task that has a frame: the mask, the stack and the arguments from before; gives the rax. */
    public long pop(int task) {
        int frame = frames.ofTask().last(task);
        long result = frames.result(frame);
        setStack(task, frames.stackSp(frame), frames.stackSize(frame), frames.stackFlags(frame));
        for (int i = 0; i < 6; i++) {
            tasks.setArgs(task, i, frames.args(frame, i));
        }
        long mask = frames.mask(frame);
        drop(frame);
        wakeups.setCurrentBlocked(task, mask);
        return result;
    }

    /** Whether the task runs on its alternate stack, SS_ONSTACK. */
    public boolean isOnAltStack(int task) {
        int top = frames.ofTask().last(task);
        return top != NULL && frames.onStack(top) && tasks.sasSsSize(task) != 0;
    }

    public void setStack(int task, long sp, long size, int flags) {
        tasks.setSasSsSp(task, sp);
        tasks.setSasSsSize(task, size);
        tasks.setSasSsFlags(task, flags);
    }

    /** A child has a copy of the stack, so of the frames on it. */
    void copy(int from, int to) {
        for (int at = frames.ofTask().first(from);
                at != NULL;
                at = frames.ofTask().next(at)) {
            int frame = frames.alloc();
            if (frame == NULL) {
                return;
            }
            frames.copy(at, frame);
            frames.ofTask().addLast(to, frame);
        }
    }

    void clear(int task) {
        while (!frames.ofTask().isEmpty(task)) {
            drop(frames.ofTask().first(task));
        }
    }

    private void drop(int frame) {
        frames.ofTask().remove(frame);
        frames.free(frame);
    }
}
