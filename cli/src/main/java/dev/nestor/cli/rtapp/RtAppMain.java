package dev.nestor.cli.rtapp;

import dev.nestor.cli.program.Noise;
import dev.nestor.cli.program.NoiseThread;
import dev.nestor.cli.program.Program;
import dev.nestor.cli.program.WorkloadMemory;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Time;

/** rt-app's first thread: makes the others, and ends them when the duration is over. */
final class RtAppMain extends Program {
    static final long THREAD = Sched.CLONE_VM
            | Sched.CLONE_FS
            | Sched.CLONE_FILES
            | Sched.CLONE_SIGHAND
            | Sched.CLONE_THREAD
            | Sched.CLONE_SYSVSEM;

    private final Workload workload;
    private final CgroupSteps cgroups;
    private final WorkloadMemory memory;
    private final Play play;
    private final SyncSteps steps;
    private final Noise noise;
    private final int noisy; // CPUs that are disturbed
    private int made;
    private int told; // condition variables
    private boolean isNamed;
    private boolean isGrouping; // the call in progress makes a cgroup
    private boolean hasSlept;

    RtAppMain(Workload workload, CgroupSteps cgroups, Noise noise, int cpus, WorkloadMemory memory, Play play) {
        this.cgroups = cgroups;
        this.noise = noise;
        this.noisy = noise.isOn() ? cpus : 0;
        this.workload = workload;
        this.memory = memory;
        this.play = play;
        this.steps = new SyncSteps("rt-app", play.objects(), play);
    }

    @Override
    protected void advance() {
        if (!isNamed) {
            isNamed = true;
            play.begin(workload.threads().size());
            call(Nr.NR_prctl, RtAppThread.PR_SET_NAME, memory.putText(0, "rt-app"));
        } else if (cgroups.advance(this)) {
            isGrouping = true;
        } else if (made < noisy + workload.threads().size()) {
            call(Nr.NR_clone, THREAD);
        } else if (workload.durationSeconds() >= 0 && !hasSlept) {
            hasSlept = true;
            long end = play.startNs() + workload.durationSeconds() * RtAppThread.NS_PER_SECOND;
            call(Nr.NR_clock_nanosleep, Time.CLOCK_MONOTONIC, Time.TIMER_ABSTIME, memory.putTime(0, end), 0);
        } else {
            end();
        }
    }

    /** Whoever waits for a signal is woken when the time is over. */
    private void end() {
        if (hasSlept && !play.isOver()) {
            play.end();
        }
        while (hasSlept) {
            if (steps.advance(this)) {
                return;
            }
            if (told == play.objects().conds().size()) {
                break;
            }
            steps.broadcast(play.objects().conds().get(told++));
        }
        call(Nr.NR_exit, 0);
    }

    @Override
    protected void returned(long answer) {
        if (isGrouping) {
            isGrouping = false;
            String refused = cgroups.returned(answer);
            if (!refused.isEmpty()) {
                play.complain(refused, answer);
            }
        }
        if (nr == Nr.NR_clone && answer < 0) {
            play.complain(workload.threads().get(Math.max(0, made - noisy - 1)), "clone", answer);
        }
    }

    @Override
    protected Program child() {
        int index = made;
        made++;
        return index < noisy
                ? new NoiseThread(noise, index, play.takeNumber(), memory, play.time(), play::isOver)
                : new RtAppThread(workload.threads().get(index - noisy), workload, memory, play);
    }
}
