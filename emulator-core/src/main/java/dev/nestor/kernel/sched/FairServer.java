package dev.nestor.kernel.sched;

import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Priority;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/** rq->fair_server: a deadline entity on each CPU that runs fair tasks for 50 ms when others have kept them from it for 950. */
final class FairServer {
    /*
     * What fair tasks run by themselves counts too: when they have had 50 ms, a new period begins and the server is not
     * needed in it. Its start is deferred to the last moment, deadline - runtime. When it has run 50 ms, up to the tick, it
     * begins a new period as well, so that a CPU full of real-time work shows bursts of fair work 950 ms apart.
     *
     * The timer is armed only while both kinds wait on the CPU: otherwise there is nothing that it could change.
     */
    private static final long RUNTIME_NS = 50_000_000;
    private static final long PERIOD_NS = 1_000_000_000;

    private final RqTable rqs;
    private final CfsRqTable cfsRqs;
    private final SchedDlEntityTable dls;
    private final DlQueues queues;
    private final RunQueues runQueues;
    private final Timekeeping time;
    private final EventLoop loop;
    private final int[] servers; // sched_dl_entity, by cpu
    private final int timerKind; // event kind

    FairServer(RunQueues runQueues, SchedTables tables, DlQueues queues, SchedMachine machine) {
        this.rqs = tables.rqs();
        this.cfsRqs = tables.cfsRqs();
        this.dls = queues.dls();
        this.queues = queues;
        this.runQueues = runQueues;
        this.time = machine.time();
        this.loop = machine.loop();
        this.timerKind = loop.register(this::expired);
        this.servers = new int[rqs.size()];
        for (int cpu = 0; cpu < servers.length; cpu++) {
            int dl = dls.alloc();
            servers[cpu] = dl;
            dls.setRq(dl, rqs.cpuRq(cpu));
            dls.setParams(dl, RUNTIME_NS, PERIOD_NS, PERIOD_NS);
            dls.setDlBw(dl, DlQueues.ratio(PERIOD_NS, RUNTIME_NS));
        }
    }

    private int server(int rq) {
        return servers[rqs.cpu(rq)];
    }

    /** A task has been queued: dl_server_start(), if there are fair tasks that others may starve. */
    @HotPath
    void enqueued(int rq) {
        int fair = cfsRqs.hNrQueued(rqs.cfs(rq));
        if (fair == 0 || rqs.nrRunning(rq) == fair) {
            return;
        }
        int dl = server(rq);
        if (dls.timer(dl) != EventQueue.NONE || queues.isQueued(dl)) {
            return;
        }
        if (start(dl) <= time.monotonicNs()) {
            queues.newPeriod(dl);
        }
        arm(rq, dl);
    }

    /** dl_server_update(): fair tasks have run. */
    @HotPath
    void charge(int rq, long deltaNs) {
        int dl = server(rq);
        dls.setRuntime(dl, dls.runtime(dl) - deltaNs);
        if (dls.runtime(dl) > 0) {
            return;
        }
        queues.newPeriod(dl);
        if (queues.isQueued(dl)) {
            queues.remove(dl);
            rqs.setNeedResched(rq, true);
            arm(rq, dl);
        }
    }

    /** When the server runs at the latest. */
    private long start(int dl) {
        return dls.deadline(dl) - dls.runtime(dl);
    }

    private void arm(int rq, int dl) {
        long at = Math.max(time.cyclesAt(start(dl)), loop.clock().now());
        dls.setTimer(dl, loop.schedule(at, Priority.TIMER, timerKind, rqs.cpu(rq), 0));
    }

    /** dl_server_timer(). */
    private void expired(int cpu, long datum) {
        int rq = rqs.cpuRq(cpu);
        int dl = servers[cpu];
        dls.setTimer(dl, EventQueue.NONE);
        int curr = rqs.curr(rq);
        boolean wasAsked = rqs.needResched(rq);
        if (curr != Table.NULL) {
            runQueues.classOf(curr).updateCurr(rq);
        }
        if (rqs.needResched(rq)) {
            runQueues.notify(rq, wasAsked);
        }
        int fair = cfsRqs.hNrQueued(rqs.cfs(rq));
        if (fair == 0 || rqs.nrRunning(rq) == fair) {
            return;
        }
        if (start(dl) > time.monotonicNs()) {
            arm(rq, dl);
            return;
        }
        queues.newPeriod(dl);
        queues.insert(rq, dl);
        wasAsked = rqs.needResched(rq);
        rqs.setNeedResched(rq, true);
        runQueues.notify(rq, wasAsked);
    }

    /** dl_server_stop(): no fair task is left for it. */
    void stop(int dl) {
        queues.remove(dl);
    }
}
