package dev.nestor.property.model;

import java.util.HashMap;
import java.util.Map;

/** What has one number in a namespace and one in each of its ancestors. */
public final class ModelPid {
    private final ModelPidNs ns;
    final Map<ModelPidNs, Integer> numbers = new HashMap<>();

    ModelPid(ModelPidNs ns) {
        this.ns = ns;
    }

    public ModelPidNs ns() {
        return ns;
    }

    /** 0 where it can't be seen. */
    public int nrIn(ModelPidNs viewer) {
        return numbers.getOrDefault(viewer, 0);
    }

    int nr() {
        return nrIn(ns);
    }
}
