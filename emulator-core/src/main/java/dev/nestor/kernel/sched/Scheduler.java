package dev.nestor.kernel.sched;

import dev.nestor.kernel.sched.ext.SchedExtOps;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.StateHash;
import dev.nestor.table.Table;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The scheduler of one machine, put together: its tables, its classes, its CPUs. */
public final class Scheduler {
    private final SchedTables tables;
    private final SchedTasks schedTasks;
    private final Cpus cpus;
    private final Pelt pelt;
    private final TaskGroups groups;
    private final FairEntities entities;
    private final LoadBalance loadBalance;
    private final RtTables rt;
    private final DlQueues deadlines;
    private final SchedPolicy policy;
    private final SchedInvariants invariants;
    private final SchedMachine machine;
    private final RunQueues runQueues;
    private final ScxTables scx;
    private @Nullable ExtClass ext;

    /** @param entityLimit the most tasks and groups */
    public Scheduler(SchedMachine machine, SchedConfig config, TaskTable tasks, int entityLimit) {
        int count = machine.topology().cpus();
        int words = machine.topology().words();
        int groupLimit = Math.min(entityLimit, Table.MAX_ROWS / count);
        int queues = count + groupLimit * count;
        RqTable rqs = new RqTable(count);
        tables = new SchedTables(
                tasks,
                new SchedEntityTable(entityLimit + queues, words),
                new SchedAvgTable(entityLimit + 2 * queues),
                new CfsRqTable(queues),
                rqs,
                new TaskGroupTable(1 + groupLimit, count),
                new CpumaskTable(entityLimit, words));
        int rootGroup = TaskGroups.createRoot(tables);
        this.machine = machine;
        scx = ScxTables.of(count, entityLimit);
        runQueues = new RunQueues(tasks, tables.ses(), rqs, machine.loop().clock(), machine.trace());
        pelt = new Pelt(tables, machine.time());
        CfsBandwidth bandwidth = new CfsBandwidth(runQueues, tables, machine);
        entities = config.isCfs()
                ? new Cfs(tables, pelt, bandwidth, machine.time(), config)
                : new Eevdf(tables, pelt, bandwidth, machine.time(), config);
        WakePlacement placement =
                new WakePlacement(runQueues, tables, pelt.groupLoad(), machine.topology(), machine.time());
        loadBalance = new LoadBalance(runQueues, tables, pelt, entities.cfsTasks(), machine, config);
        rt = RtTables.of(count, tables.ses());
        RtClass rtClass = new RtClass(runQueues, tables, rt, machine.time(), config);
        FairClass fairClass = new FairClass(tables, entities, pelt, bandwidth, placement, loadBalance);
        deadlines = new DlQueues(new SchedDlEntityTable(entityLimit + count), rqs, machine.time());
        FairServer server = new FairServer(runQueues, tables, deadlines, machine);
        DeadlineClass deadline = new DeadlineClass(runQueues, tables, deadlines, server, fairClass, machine);
        runQueues.setClasses(deadline, rtClass, fairClass);
        runQueues.setFairServer(server);
        entities.setFairServer(server);
        groups = new TaskGroups(runQueues, tables, entities, pelt, bandwidth, rootGroup);
        runQueues.setGroups(groups);
        schedTasks = new SchedTasks(runQueues, tables, groups, bandwidth, words, se -> {
            deadline.release(se);
            releaseExt(se);
        });
        policy = new SchedPolicy(runQueues, tables, entities, deadline, deadlines, config);
        invariants = new SchedInvariants(tables, runQueues, rt, deadlines);
        HrTick hrTick = new HrTick(tables, deadlines, machine, config);
        cpus = new Cpus(new Cpus.Parts(runQueues, schedTasks, loadBalance, hrTick), tables, machine, config);
    }

    /**
     * Loads a scheduling class of one's own, before there are tasks.
     *
     * @param pidOf the number of a task that reports tell
     */
    public void loadExt(SchedExtOps ops, IntUnaryOperator pidOf) {
        assert ext == null && tables.ses().size() == 0 : "too late";
        ExtCalls calls = new ExtCalls(ops, tables.tasks(), machine, pidOf, this::unloadExt);
        ExtClass loaded = new ExtClass(runQueues, tables, scx, machine, calls);
        ext = loaded;
        runQueues.switchToExt(loaded);
        calls.init();
    }

    /** scx_disable_workfn(): every task goes to its policy's class. */
    private void unloadExt() {
        runQueues.switchToFair();
        for (int row = 1; row < tables.ses().rows(); row++) {
            int se = tables.ses().handleInRow(row);
            if (se != Table.NULL && tables.ses().schedClass(se) == SchedClass.EXT) {
                policy.reclass(tables.ses().task(se));
            }
        }
        Objects.requireNonNull(ext).disable();
    }

    private void releaseExt(int se) {
        if (ext != null) {
            ext.release(tables.ses().task(se));
        }
    }

    /** Why the class of one's own was stopped, and the fair class went on; null if it was not, or there is none. */
    public @Nullable ExtExit extExit() {
        return ext == null ? null : ext.calls().exit();
    }

    /** The callback of a class of one's own that is in progress; empty if none is. For a thread that watches. */
    public String extInProgress() {
        return ext == null || !ExtCalls.isInCallback(extProgress())
                ? ""
                : ext.calls().inProgress();
    }

    /** Changes whenever a callback of a class of one's own begins or ends. For a thread that watches. */
    public long extProgress() {
        return ext == null ? 0 : ext.calls().progress();
    }

    public SchedTasks tasks() {
        return schedTasks;
    }

    /** The emulated CPUs, for {@link Wakeups#setDispatcher} and {@link Cpus#setUserMode}. */
    public Cpus cpus() {
        return cpus;
    }

    public SchedEntityTable entities() {
        return tables.ses();
    }

    public CfsRqTable cfsRqs() {
        return tables.cfsRqs();
    }

    public RqTable rqs() {
        return tables.rqs();
    }

    /** Averages of entities and queues: see {@link SchedEntityTable#avg}. */
    public SchedAvgTable avgs() {
        return tables.avgs();
    }

    /** Once, at boot: sessions are groups. */
    public void setSignals(SignalStructTable signals) {
        schedTasks.setAutogroups(new Autogroups(tables, signals, groups));
    }

    /** The groups of the cpu controller. */
    public TaskGroups groups() {
        return groups;
    }

    Pelt pelt() {
        return pelt;
    }

    /** The tables of the real-time class. */
    public RtTables rt() {
        return rt;
    }

    /** The deadline entities of tasks and of the fair servers: see {@link SchedEntityTable#dl}. */
    public SchedDlEntityTable dls() {
        return deadlines.dls();
    }

    /** The tables of a class of one's own. */
    public ScxTables scx() {
        return scx;
    }

    /** sched_setattr(2) and its kind. */
    public SchedPolicy policy() {
        return policy;
    }

    /** Throws an AssertionError if queues and counters disagree. */
    public void check() {
        invariants.check();
        if (ext != null) {
            new ExtInvariants(tables, scx, ext.queues()).check();
        }
    }

    /** Of a machine whose fair class is that of 6.18. */
    Eevdf eevdf() {
        return (Eevdf) entities;
    }

    public void digest(StateHash hash) {
        tables.ses().digest(hash);
        tables.avgs().digest(hash);
        tables.cfsRqs().digest(hash);
        tables.rqs().digest(hash);
        tables.groups().digest(hash);
        tables.cpumasks().digest(hash);
        loadBalance.digest(hash);
        rt.rtRqs().digest(hash);
        rt.queues().digest(hash);
        deadlines.dls().digest(hash);
        scx.scxs().digest(hash);
        scx.dsqs().digest(hash);
        scx.scxRqs().digest(hash);
    }
}
