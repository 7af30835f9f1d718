package dev.nestor.cli.rtapp;

import dev.nestor.cli.program.Program;
import dev.nestor.cli.program.WorkloadMemory;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Time;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One thread of a workload: how it is scheduled, its delay, then its phases again and again. */
final class RtAppThread extends Program {
    static final int PR_SET_NAME = 15;
    static final long NS_PER_SECOND = 1_000_000_000;
    private static final long NS_PER_US = 1000;
    private static final long LOOK_NS = 1_000_000;
    private static final long NONE = Long.MIN_VALUE;
    private static final long NO_DEVICE = Long.MIN_VALUE;
    private static final int SCHED_ATTR_SIZE = 48; // bytes, of the first version

    private static final int NAME = 0;
    private static final int GROUP = 1;
    private static final int AFFINITY = 2;
    private static final int POLICY = 3;
    private static final int BEGIN = 4;
    private static final int DELAY = 5;
    private static final int EVENTS = 6;
    private static final int EXIT = 7;

    private final Workload.ThreadSpec spec;
    private final Workload workload;
    private final int number; // from 1
    private final WorkloadMemory memory;
    private final Play play;
    private final SyncSteps steps;
    private final FileSteps files;
    private boolean isIdle; // nothing has been done since the phases began anew
    private int step = NAME;
    private long loop;
    private int phase;
    private int phaseLoop;
    private int event;
    private long device = NO_DEVICE; // descriptor, or the error of its opening
    private long written; // bytes of the IoRun event in progress
    private long runtimeEnd = NONE; // ns; of the Runtime event in progress
    private long firstNs; // when the events began

    RtAppThread(Workload.ThreadSpec spec, Workload workload, WorkloadMemory memory, Play play) {
        this.spec = spec;
        this.workload = workload;
        this.number = play.takeNumber();
        this.memory = memory;
        this.play = play;
        this.steps = new SyncSteps(spec.name(), play.objects(), play);
        this.files = new FileSteps(memory, number);
        memory.mapRoom(number);
        play.begins(this);
    }

    /** "NAME waits for ...", or null. */
    @Nullable
    String waiting() {
        String awaited = steps.awaited();
        return awaited == null ? null : spec.name() + " waits for " + awaited;
    }

    @Override
    protected Program child() {
        Workload.Fork fork = (Workload.Fork) spec.phases().get(phase).events().get(event - 1);
        return new RtAppThread(Objects.requireNonNull(workload.forked().get(fork.task())), workload, memory, play);
    }

    @Override
    protected void advance() {
        while (nr == NO_CALL && cycles == 0) {
            switch (step) {
                case NAME -> {
                    step = GROUP;
                    if (!spec.taskgroup().isEmpty()) {
                        files.write(CgroupSteps.threadsFile(spec.taskgroup()), "0");
                    }
                    call(Nr.NR_prctl, PR_SET_NAME, memory.putText(number, spec.name()));
                }
                case GROUP -> step = files.advance(this) ? GROUP : AFFINITY;
                case AFFINITY -> {
                    step = POLICY;
                    setAffinity();
                }
                case POLICY -> {
                    step = BEGIN;
                    setPolicy();
                }
                case BEGIN -> {
                    step = DELAY;
                    begin();
                }
                case DELAY -> {
                    step = EVENTS;
                    delay();
                }
                case EVENTS -> {
                    firstNs = firstNs == 0 ? play.startNs() + spec.delayMicros() * NS_PER_US : firstNs;
                    playEvent();
                }
                default -> {
                    play.ends(this, number);
                    call(Nr.NR_exit, 0);
                }
            }
        }
        isIdle = false;
    }

    private void setAffinity() {
        if (spec.cpus().isEmpty()) {
            return;
        }
        call(Nr.NR_sched_setaffinity, 0, WorkloadMemory.MASK_BYTES, memory.putMask(number, spec.cpus()));
    }

    private void setPolicy() {
        boolean isFair = spec.policy() == Sched.SCHED_NORMAL
                || spec.policy() == Sched.SCHED_BATCH
                || spec.policy() == Sched.SCHED_IDLE
                || spec.policy() == Sched.SCHED_DEADLINE;
        if (spec.policy() == Sched.SCHED_NORMAL && spec.priority() == 0) {
            return;
        }
        memory.putLong(number, 0, SCHED_ATTR_SIZE | (long) spec.policy() << 32);
        memory.putLong(number, 8, 0);
        memory.putLong(number, 16, isFair ? (long) spec.priority() & 0xffffffffL : (long) spec.priority() << 32);
        memory.putLong(number, 24, spec.dlRuntime() * NS_PER_US);
        memory.putLong(number, 32, spec.dlDeadline() * NS_PER_US);
        memory.putLong(number, 40, spec.dlPeriod() * NS_PER_US);
        call(Nr.NR_sched_setattr, 0, WorkloadMemory.at(number), 0);
    }

    /** pthread_barrier_wait() of all threads that rt-app has at its start. One that is forked later is late for it. */
    private void begin() {
        if (play.nowNs() < play.startNs()) {
            sleepUntil(play.startNs());
        }
    }

    private void delay() {
        if (spec.delayMicros() > 0) {
            sleepUntil(play.startNs() + spec.delayMicros() * NS_PER_US);
        }
    }

    private void sleepUntil(long ns) {
        call(Nr.NR_clock_nanosleep, Time.CLOCK_MONOTONIC, Time.TIMER_ABSTIME, memory.putTime(number, ns), 0);
    }

    /** The next event, or the end. Who holds a mutex at the end goes on in its phase, only to let go of it. */
    private void playEvent() {
        if (steps.advance(this)) {
            return;
        }
        boolean isOver = play.isOver();
        if ((isOver && !steps.holds()) || (spec.loops() >= 0 && loop >= spec.loops())) {
            step = EXIT;
            return;
        }
        if (phase == spec.phases().size()) {
            phase = 0;
            loop++;
            cycles = isIdle ? 1 : 0; // lest time stand still
            isIdle = true;
            return;
        }
        Workload.Phase at = spec.phases().get(phase);
        if (phaseLoop >= at.loops()) {
            phaseLoop = 0;
            phase++;
        } else if (event == at.events().size()) {
            event = 0;
            phaseLoop++;
            step = isOver ? EXIT : step;
        } else if (isOver) {
            playLocks(at.events().get(event));
        } else {
            play(at.events().get(event));
        }
    }

    private void playLocks(Workload.Event what) {
        if (what instanceof Workload.Lock || what instanceof Workload.Unlock) {
            play(what);
        } else {
            event++;
        }
    }

    private void play(Workload.Event what) {
        event++;
        switch (what) {
            case Workload.Run run -> cycles = play.cycles(run.micros());
            case Workload.Spin spin -> work(spin);
            case Workload.Sleep sleep ->
                call(
                        Nr.NR_clock_nanosleep,
                        Time.CLOCK_MONOTONIC,
                        0,
                        memory.putTime(number, sleep.micros() * NS_PER_US),
                        0);
            case Workload.Timer timer -> await(timer);
            case Workload.Mem mem -> cycles = play.cyclesOfBytes(mem.bytes());
            case Workload.IoRun io -> writeOut(io);
            case Workload.Yield yield -> call(Nr.NR_sched_yield);
            case Workload.Lock lock -> steps.lock(lock.mutex());
            case Workload.Unlock unlock -> steps.unlock(unlock.mutex());
            case Workload.Await await -> steps.await(await.cond(), await.mutex(), await.signals(), await.locks());
            case Workload.Signal signal -> steps.signal(signal.cond(), signal.all());
            case Workload.Suspend suspend -> steps.suspend(suspend.name());
            case Workload.Resume resume -> steps.resume(resume.name());
            case Workload.Barrier barrier -> steps.meet(barrier.name());
            case Workload.Fork fork -> call(Nr.NR_clone, RtAppMain.THREAD, 0, 0, 0, 0, 0);
        }
    }

    /** Works until its time has passed, and looks at the clock every now and then, for it may have been off its CPU meanwhile. */
    private void work(Workload.Spin spin) {
        long now = play.nowNs();
        if (runtimeEnd == NONE) {
            runtimeEnd = now + spin.micros() * NS_PER_US;
        }
        if (now >= runtimeEnd) {
            runtimeEnd = NONE;
            return;
        }
        event--;
        cycles = Math.max(1, play.cyclesOfNs(Math.min(runtimeEnd - now, LOOK_NS)));
    }

    /** Opens the device once, and writes a buffer again and again; what it refuses ends the event. */
    private void writeOut(Workload.IoRun io) {
        if (device == NO_DEVICE) {
            event--;
            call(Nr.NR_open, memory.putText(number, workload.ioDevice()), Fcntl.O_WRONLY, 0);
            return;
        }
        long left = io.bytes() - written;
        if (device < 0 || left <= 0) {
            written = 0;
            return;
        }
        event--;
        call(Nr.NR_write, device, WorkloadMemory.BUFFER, Math.min(left, workload.memBuffer()));
    }

    private void await(Workload.Timer timer) {
        String name = timer.isUnique() ? timer.ref() + " of " + number : timer.ref();
        long now = play.nowNs();
        long due = play.advance(name, firstNs, timer.periodMicros() * NS_PER_US);
        if (now < due) {
            sleepUntil(due);
        } else if (!timer.isAbsolute()) {
            play.set(name, now);
        }
    }

    @Override
    protected void returned(long answer) {
        if (step == GROUP && nr != Nr.NR_prctl) {
            files.returned(answer);
        }
        if (step == EVENTS && nr == Nr.NR_open) {
            device = answer;
        } else if (step == EVENTS && nr == Nr.NR_write) {
            written = answer <= 0 ? Long.MAX_VALUE : written + answer;
        }
        if (answer < 0 && step <= EVENTS && nr != Nr.NR_futex) {
            play.complain(spec, name(), answer);
        }
    }

    private String name() {
        return switch (nr) {
            case Nr.NR_sched_setaffinity -> "sched_setaffinity";
            case Nr.NR_sched_setattr -> "sched_setattr";
            case Nr.NR_clock_nanosleep -> "clock_nanosleep";
            case Nr.NR_clone -> "clone";
            case Nr.NR_open, Nr.NR_write -> step == EVENTS ? workload.ioDevice() : "joining its taskgroup";
            default -> "call " + nr;
        };
    }
}
