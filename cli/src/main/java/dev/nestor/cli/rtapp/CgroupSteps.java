package dev.nestor.cli.rtapp;

import dev.nestor.cli.program.Program;
import dev.nestor.cli.program.WorkloadMemory;
import dev.nestor.uapi.Nr;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The cgroups of a workload are made: threaded ones, since its tasks are threads of one process, with the cpu controller. */
final class CgroupSteps {
    private static final String MOUNT = "/cgroup";

    private record Step(int nr, String path, String text) {}

    private final WorkloadMemory memory;
    private final FileSteps files;
    private final List<Step> steps = new ArrayList<>();
    private int at;

    CgroupSteps(Workload workload, List<CgroupSetting> settings, WorkloadMemory memory) {
        this.memory = memory;
        this.files = new FileSteps(memory, 0);
        Set<String> groups = new LinkedHashSet<>();
        workload.forked().values().forEach(spec -> addWithParents(groups, spec.taskgroup()));
        settings.forEach(setting -> addWithParents(groups, setting.group()));
        if (groups.isEmpty()) {
            return;
        }
        steps.add(new Step(Nr.NR_mkdir, MOUNT, ""));
        steps.add(new Step(Nr.NR_mount, MOUNT, "cgroup2"));
        steps.add(new Step(Nr.NR_write, MOUNT + "/cgroup.subtree_control", "+cpu"));
        for (String group : groups) {
            steps.add(new Step(Nr.NR_mkdir, MOUNT + group, ""));
            steps.add(new Step(Nr.NR_write, MOUNT + group + "/cgroup.type", "threaded"));
            steps.add(new Step(Nr.NR_write, MOUNT + group + "/cgroup.subtree_control", "+cpu"));
        }
        for (CgroupSetting setting : settings) {
            steps.add(new Step(Nr.NR_write, MOUNT + setting.group() + "/" + setting.file(), setting.value()));
        }
    }

    private static void addWithParents(Set<String> groups, String path) {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            groups.add(path.substring(0, slash));
        }
        if (path.length() > 1) {
            groups.add(path);
        }
    }

    /** Where a thread is to write its number to be in a group. */
    static String threadsFile(String group) {
        return MOUNT + group + "/cgroup.threads";
    }

    /** The next call, if there is one. */
    boolean advance(Program program) {
        if (files.advance(program)) {
            return true;
        }
        if (at == steps.size()) {
            return false;
        }
        Step step = steps.get(at++);
        switch (step.nr()) {
            case Nr.NR_mkdir -> program.call(Nr.NR_mkdir, memory.putText(0, step.path()), 0755);
            case Nr.NR_mount -> mount(program, step);
            default -> {
                files.write(step.path(), step.text());
                files.advance(program);
            }
        }
        return true;
    }

    private void mount(Program program, Step step) {
        long path = memory.putText(0, step.path() + "\0" + step.text());
        long type = path + step.path().length() + 1;
        program.call(Nr.NR_mount, type, path, type, 0, 0);
    }

    /** A call of this has answered: what was refused, or an empty text. */
    String returned(long answer) {
        boolean isFile = files.isBusy();
        files.returned(answer);
        if (answer >= 0 || at == 0) {
            return "";
        }
        return isFile ? files.path() : steps.get(at - 1).path();
    }
}
