package dev.nestor.kernel.sched;

import dev.nestor.trace.Tracepoints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Slices, wake-up latencies and migrations, from the tracepoints. */
final class SwitchLog implements Tracepoints {
    private final Map<Integer, List<Long>> slices = new HashMap<>(); // cycles, by task
    private final Map<Integer, List<Long>> latencies = new HashMap<>(); // cycles, by task
    private final Map<Integer, Integer> preempted = new HashMap<>();
    private final Map<Integer, Long> since = new HashMap<>();
    private final Map<Integer, Long> woken = new HashMap<>();
    private int switches;
    private int migrations;

    @Override
    public void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {
        switches++;
        Long began = since.get(prevTask);
        if (prevTask != IDLE && began != null) {
            slices(prevTask).add(now - began);
            preempted.merge(prevTask, prevState == 0 ? 1 : 0, Integer::sum);
        }
        since.put(nextTask, now);
        Long at = woken.remove(nextTask);
        if (at != null) {
            latencies(nextTask).add(now - at);
        }
    }

    @Override
    public void schedWakeup(long now, int cpu, int task, int targetCpu) {
        woken.put(task, now);
    }

    @Override
    public void schedMigrateTask(long now, int task, int fromCpu, int toCpu) {
        migrations++;
    }

    List<Long> slices(int task) {
        return slices.computeIfAbsent(task, t -> new ArrayList<>());
    }

    /** From sched_wakeup to sched_switch. */
    List<Long> latencies(int task) {
        return latencies.computeIfAbsent(task, t -> new ArrayList<>());
    }

    int preempted(int task) {
        return preempted.getOrDefault(task, 0);
    }

    int switches() {
        return switches;
    }

    int migrations() {
        return migrations;
    }

    static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
