package dev.nestor.cli.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Two traces of one workload, task by task and in total. Tasks are the same that have the same name, in the order of their numbers. */
final class Comparison {
    /** A task of both, or all of them. */
    record Row(String task, Figures real, Figures simulated) {}

    private final List<Row> rows = new ArrayList<>();
    private final List<String> onlyReal = new ArrayList<>();
    private final List<String> onlySimulated = new ArrayList<>();

    Comparison(TraceTimes real, TraceTimes simulated) {
        Map<String, List<TaskTimes>> ofReal = byName(real);
        Map<String, List<TaskTimes>> ofSimulated = byName(simulated);
        List<TaskTimes> allReal = new ArrayList<>();
        List<TaskTimes> allSimulated = new ArrayList<>();
        List<String> names = new ArrayList<>();
        ofSimulated.forEach((name, tasks) -> {
            List<TaskTimes> others = ofReal.getOrDefault(name, List.of());
            int both = Math.min(tasks.size(), others.size());
            for (int i = 0; i < both; i++) {
                names.add(tasks.size() == 1 && others.size() == 1 ? name : name + "#" + (i + 1));
                allReal.add(others.get(i));
                allSimulated.add(tasks.get(i));
            }
            name(onlySimulated, name, tasks.size() - both);
            name(onlyReal, name, others.size() - both);
        });
        ofReal.forEach((name, tasks) -> name(onlyReal, name, ofSimulated.containsKey(name) ? 0 : tasks.size()));
        long realNs = window(allReal);
        long simulatedNs = window(allSimulated);
        for (int i = 0; i < names.size(); i++) {
            Figures one = Figures.of(List.of(allReal.get(i)), realNs, real.hasWakeups());
            Figures other = Figures.of(List.of(allSimulated.get(i)), simulatedNs, simulated.hasWakeups());
            rows.add(new Row(names.get(i), one, other));
        }
        if (names.size() > 1) {
            rows.add(new Row(
                    "all",
                    Figures.of(allReal, realNs, real.hasWakeups()),
                    Figures.of(allSimulated, simulatedNs, simulated.hasWakeups())));
        }
    }

    private static void name(List<String> list, String name, int count) {
        if (count > 0) {
            list.add(count == 1 ? name : name + " (" + count + ")");
        }
    }

    private static Map<String, List<TaskTimes>> byName(TraceTimes trace) {
        Map<String, List<TaskTimes>> byName = new LinkedHashMap<>();
        trace.tasks().stream()
                .filter(task -> task.lastNs() > 0)
                .sorted(Comparator.comparingInt(TaskTimes::pid))
                .forEach(task -> byName.computeIfAbsent(task.comm(), name -> new ArrayList<>())
                        .add(task));
        return byName;
    }

    private static long window(List<TaskTimes> tasks) {
        long first = tasks.stream().mapToLong(TaskTimes::firstNs).min().orElse(0);
        long last = tasks.stream().mapToLong(TaskTimes::lastNs).max().orElse(0);
        return Math.max(1, last - first);
    }

    /** The tasks in the order of the second trace; behind them, where there are several, all together. */
    List<Row> rows() {
        return rows;
    }

    /** Tasks of the first trace that the second has not. */
    List<String> onlyReal() {
        return onlyReal;
    }

    List<String> onlySimulated() {
        return onlySimulated;
    }

    /** How many figures are further apart than they may be. */
    int misses() {
        int misses = 0;
        for (Row row : rows) {
            for (Metric metric : Metric.values()) {
                misses += isMissed(row, metric) ? 1 : 0;
            }
        }
        return misses;
    }

    /** A figure that only one of the two can tell is not held against the other. */
    static boolean isMissed(Row row, Metric metric) {
        var real = metric.of(row.real());
        var simulated = metric.of(row.simulated());
        return metric.isHeld()
                && real.isPresent()
                && simulated.isPresent()
                && !metric.holds(real.getAsDouble(), simulated.getAsDouble());
    }
}
