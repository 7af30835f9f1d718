package dev.nestor.property.model;

import java.util.ArrayList;
import java.util.List;

/** Threads that are one process. */
public final class ModelProcess {
    final ModelTask leader;
    final List<ModelTask> threads = new ArrayList<>(); // not yet released, the leader first
    ModelPid group;
    ModelPid session;
    boolean sessionLeader;
    boolean subreaper;
    boolean groupExit;
    int groupStatus; // wait(2) status, once groupExit is set
    boolean unkillable; // number 1 of its namespace

    ModelProcess(ModelTask leader, ModelPid group, ModelPid session) {
        this.leader = leader;
        this.group = group;
        this.session = session;
    }

    public ModelTask leader() {
        return leader;
    }

    public ModelPid group() {
        return group;
    }

    public ModelPid session() {
        return session;
    }

    public List<ModelTask> threads() {
        return threads;
    }

    /** Status that wait(2) tells once it is a zombie. */
    int status() {
        return groupExit ? groupStatus : leader.exitStatus;
    }
}
