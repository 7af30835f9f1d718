package dev.nestor.property.model;

import org.jspecify.annotations.Nullable;

/** A user namespace. Its ids are those of the initial one, or none is mapped: nothing in between. */
public final class ModelUserNs {
    static final int MAX_LEVEL = 33;

    private final @Nullable ModelUserNs parent;
    private final int ownerUid; // of the initial namespace
    private boolean mapped;

    ModelUserNs(@Nullable ModelUserNs parent, int ownerUid) {
        this.parent = parent;
        this.ownerUid = ownerUid;
        this.mapped = parent == null;
    }

    public @Nullable ModelUserNs parent() {
        return parent;
    }

    public int level() {
        return parent == null ? 0 : parent.level() + 1;
    }

    /** init_user_ns. */
    ModelUserNs first() {
        return parent == null ? this : parent.first();
    }

    int ownerUid() {
        return ownerUid;
    }

    public boolean isMapped() {
        return mapped;
    }

    void map() {
        mapped = true;
    }

    boolean isSelfOrAncestorOf(ModelUserNs other) {
        for (ModelUserNs at = other; at != null; at = at.parent) {
            if (at == this) {
                return true;
            }
        }
        return false;
    }
}
