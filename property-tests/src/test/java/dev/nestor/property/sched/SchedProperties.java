package dev.nestor.property.sched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.kernel.sched.SchedConfig;
import dev.nestor.property.Reproduction;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** What the scheduler is held to, whatever the machine and whoever runs on it: docs/decisions/0013. */
@AddLifecycleHook(Reproduction.class)
class SchedProperties {
    @Provide
    Arbitrary<SchedWorkload> fair() {
        return SchedWorkloads.fair(40, 300);
    }

    @Provide
    Arbitrary<SchedWorkload> longFair() {
        return SchedWorkloads.fair(40, 1_000);
    }

    @Provide
    Arbitrary<SchedWorkload> mixed() {
        return SchedWorkloads.mixed(40, 300);
    }

    @Provide
    Arbitrary<SchedWorkload> hogs() {
        return SchedWorkloads.hogs(12, 1_000, 100);
    }

    @Provide
    Arbitrary<SchedWorkload> longSlices() {
        return SchedWorkloads.hogs(12, 1_000, 1_000);
    }

    @Provide
    Arbitrary<SchedWorkload> deadlines() {
        return SchedWorkloads.deadlines(8, 3_000);
    }

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void queues_loseNobody_andCountRight(@ForAll("mixed") SchedWorkload workload) {
        new SchedTrial(workload, new QueueCheck()).run();
    }

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void pick_isTheEligibleEntityWithTheEarliestDeadline(@ForAll("mixed") SchedWorkload workload) {
        new SchedTrial(workload, new PickCheck()).run();
    }

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void lagTakenAlong_isBounded(@ForAll("fair") SchedWorkload workload) {
        new SchedTrial(workload, new LagCheck(false, SchedConfig.standard())).run();
    }

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void lagOfThoseThatStay_isBounded(@ForAll("longSlices") SchedWorkload workload) {
        SchedConfig oftenLookedAt = new SchedConfig(1_000, 3_000_000, 500_000);
        new SchedTrial(workload, oftenLookedAt, new LagCheck(true, oftenLookedAt)).run();
    }

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void shares_followTheWeights_withinASlice(@ForAll("hogs") SchedWorkload workload) {
        new SchedTrial(workload, new FairnessCheck()).run();
    }

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void noCpu_isIdleForLong_whileTasksWait(@ForAll("longFair") SchedWorkload workload) {
        new SchedTrial(workload, new WorkConservation()).run();
    }

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void nothingLessUrgent_runsBeforeRealTimeTasks(@ForAll("mixed") SchedWorkload workload) {
        new SchedTrial(workload, new PriorityCheck()).run();
    }

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void deadlineTasks_getTheirRuntimeInEachPeriod(@ForAll("deadlines") SchedWorkload workload) {
        new SchedTrial(workload, new DeadlineCheck()).run();
    }

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void averages_areWhatTheHistoryComesTo(@ForAll("fair") SchedWorkload workload) {
        new SchedTrial(workload, new PeltCheck()).run();
    }

    @Property(tries = 10, edgeCases = EdgeCasesMode.NONE)
    void twoRuns_endInTheSameState(@ForAll("mixed") SchedWorkload workload) {
        assertThat(new SchedTrial(workload).run()).isEqualTo(new SchedTrial(workload).run());
    }
}
