package dev.nestor.property.model;

/** Credentials: one user id for all purposes, and all capabilities or none. */
public record ModelCred(ModelUserNs ns, int uid, boolean capable) {
    /** cred_cap_issubset(): whether nobody gains by taking these instead of {@code old}. */
    boolean isWithin(ModelCred old) {
        if (ns == old.ns) {
            return old.capable || !capable;
        }
        for (ModelUserNs at = ns; at.parent() != null; at = at.parent()) {
            if (at.parent() == old.ns && at.ownerUid() == old.uid) {
                return true;
            }
        }
        return false;
    }

    /** cap_capable(), of any capability. */
    public boolean isCapableOver(ModelUserNs target) {
        if (target == ns) {
            return capable;
        }
        ModelUserNs parent = target.parent();
        if (parent == null || !ns.isSelfOrAncestorOf(target)) {
            return false;
        }
        return (parent == ns && target.ownerUid() == uid) || isCapableOver(parent);
    }
}
