package dev.nestor.kernel.cred;

/** Keyrings as credentials hold them; keys are in a room above. */
public interface CredKeys {
    /** key_get(); NULL is none. */
    void get(int key);

    /** key_put(); NULL is none. */
    void put(int key);

    /** key_fsuid_changed(), key_fsgid_changed(): a thread keyring belongs to its thread's file system ids. */
    void fsIdsChanged(int threadKeyring, int kuid, int kgid);

    /** key_free_user_ns(): a user namespace dies. */
    void freeUserNs(int userNs);
}
