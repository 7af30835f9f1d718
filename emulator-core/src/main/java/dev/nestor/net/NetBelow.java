package dev.nestor.net;

import dev.nestor.event.EventLoop;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import java.util.function.IntUnaryOperator;

/**
 * What the network stands on.
 *
 * @param netOf the net of a task
 */
public record NetBelow(
        Vfs vfs,
        Nets nets,
        HrTimers timers,
        Timekeeping timekeeping,
        EventLoop eventLoop,
        PidFds pidFds,
        IntUnaryOperator netOf) {}
