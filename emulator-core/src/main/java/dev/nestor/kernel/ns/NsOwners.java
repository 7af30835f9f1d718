package dev.nestor.kernel.ns;

/** User namespaces as the namespaces that they own see them; they are in a room above. */
public interface NsOwners {
    /** Takes one more reference on a user namespace. */
    void hold(int userNs);

    /** Gives one back. */
    void put(int userNs);

    /** in_userns(): whether a user namespace is the other one or lies below it. */
    boolean isAncestorOrSelf(int ancestor, int userNs);

    /**
     * inc_ucount(): counts one more object of a user's, in the namespace and all its ancestors.
     *
     * @param type UcountType
     * @return the ucounts, held, or NULL when the user has as many as one of the namespaces allows
     */
    int incUcount(int userNs, int kuid, int type);

    /** dec_ucount(): counts one less, and gives back the reference. */
    void decUcount(int ucounts, int type);
}
