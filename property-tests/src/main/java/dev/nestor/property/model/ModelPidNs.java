package dev.nestor.property.model;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A PID namespace: numbers, and who they stand for. */
public final class ModelPidNs {
    static final int MAX_LEVEL = 32;
    static final int RESERVED_PIDS = 300;

    private final @Nullable ModelPidNs parent;
    private final ModelUserNs owner;
    private final int pidMax;
    final Map<Integer, ModelPid> numbers = new HashMap<>();

    @Nullable
    ModelTask reaper;

    boolean dying;
    private int cursor = 1;

    ModelPidNs(@Nullable ModelPidNs parent, ModelUserNs owner, int pidMax) {
        this.parent = parent;
        this.owner = owner;
        this.pidMax = pidMax;
    }

    public @Nullable ModelPidNs parent() {
        return parent;
    }

    public ModelUserNs owner() {
        return owner;
    }

    public int level() {
        return parent == null ? 0 : parent.level() + 1;
    }

    public Map<Integer, ModelPid> numbers() {
        return numbers;
    }

    public @Nullable ModelTask reaper() {
        return reaper;
    }

    public boolean isDying() {
        return dying;
    }

    /** The number given out last. */
    public int lastNr() {
        return cursor - 1;
    }

    /** Writes ns_last_pid. */
    public void setLastNr(int nr) {
        cursor = nr + 1;
    }

    boolean isSelfOrAncestorOf(ModelPidNs other) {
        for (ModelPidNs at = other; at != null; at = at.parent) {
            if (at == this) {
                return true;
            }
        }
        return false;
    }

    /** The next free number, upwards from the last one; 0 when there is none. After the highest, those below 300 rest. */
    int nextNumber() {
        int least = cursor > RESERVED_PIDS ? RESERVED_PIDS : 1;
        for (int nr = Math.max(cursor, least); nr < pidMax; nr++) {
            if (!numbers.containsKey(nr)) {
                cursor = nr + 1;
                return nr;
            }
        }
        for (int nr = least; nr < pidMax; nr++) {
            if (!numbers.containsKey(nr)) {
                cursor = nr + 1;
                return nr;
            }
        }
        return 0;
    }

    void resetCursor() {
        cursor = 0;
    }
}
