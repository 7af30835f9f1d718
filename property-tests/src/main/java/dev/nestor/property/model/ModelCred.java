package dev.nestor.property.model;

/** Credentials: one user id for all purposes, and all capabilities or none. */
public record ModelCred(ModelUserNs ns, int uid, boolean capable) {
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
