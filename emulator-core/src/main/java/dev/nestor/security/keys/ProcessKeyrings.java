package dev.nestor.security.keys;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.CredKeys;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import java.nio.charset.StandardCharsets;

/**
 * The keyrings that a process has: its thread's, its own, its session's, and its user's; security/keys/process_keys.c,
 * persistent.c.
 */
public final class ProcessKeyrings implements CredKeys {
    /** KEY_SPEC_*: instead of a number. */
    public static final int THREAD = -1;

    public static final int PROCESS = -2;
    public static final int SESSION = -3;
    public static final int USER = -4;
    public static final int USER_SESSION = -5;
    private static final int GROUP = -6;
    private static final int REQKEY_AUTH = -7;
    private static final int REQUESTOR = -8;

    /** lookup_user_key() of a key that is about to be unlinked, or whose rights are asked for later. */
    public static final int NO_PERMISSION = 0;

    private static final int NEGATIVE_TIMEOUT = 60; // s
    private static final int REQKEY_DEFL_DEFAULT = 0;
    private static final int REQKEY_DEFL_THREAD = 1;
    private static final int REQKEY_DEFL_PROCESS = 2;
    private static final int REQKEY_DEFL_SESSION = 3;
    private static final int REQKEY_DEFL_USER = 4;
    private static final int REQKEY_DEFL_REQUESTOR = 7;
    private static final int POS_ALL = Keys.ALL << Keys.POSSESSOR;
    private static final int POS_BUT_SETATTR = (Keys.ALL & ~Keys.SETATTR) << Keys.POSSESSOR;
    private static final int SESSION_PERM = POS_ALL | (Keys.VIEW | Keys.READ) << Keys.USER;

    private final Keys keys;
    private final KeyTable table;
    private final Keyrings keyrings;
    private final TaskTable tasks;
    private final CredTable creds;
    private final Creds verbs;
    private final KeyDescription ownName = new KeyDescription();
    private boolean possessed; // what lookup has found, by who has looked

    public ProcessKeyrings(Keys keys, Keyrings keyrings, TaskTable tasks, CredTable creds, Creds verbs) {
        this.keys = keys;
        this.table = keys.table();
        this.keyrings = keyrings;
        this.tasks = tasks;
        this.creds = creds;
        this.verbs = verbs;
    }

    @Override
    public void get(int key) {
        keys.get(key);
    }

    @Override
    public void put(int key) {
        keys.put(key);
    }

    /** key_fsuid_changed(), key_fsgid_changed(). */
    @Override
    public void fsIdsChanged(int threadKeyring, int kuid, int kgid) {
        keys.table().setUid(threadKeyring, kuid);
        keys.table().setGid(threadKeyring, kgid);
    }

    /** key_free_user_ns(): the keyrings of the namespace's users go. */
    @Override
    public void freeUserNs(int userNs) {
        Chain register = table.register();
        while (!register.isEmpty(userNs)) {
            int keyring = register.first(userNs);
            register.remove(keyring);
            keys.put(keyring);
        }
        for (int row = 1; row < table.rows(); row++) {
            int key = table.handleInRow(row);
            if (key != NULL && table.nameNs(key) == userNs) {
                table.setNameNs(key, NULL);
            }
        }
    }

    private int alloc(String name, int uid, int gid, int perm) {
        return keys.alloc(KeyTable.TYPE_KEYRING, ownName.set(name), uid, gid, perm, true);
    }

    /** The keyring of a task's user in its user namespace, made when it is not there; or a negative errno. */
    private int ofUser(int task, int kind) {
        int cred = tasks.cred(task);
        return ofUser(creds.userNs(cred), creds.uid(cred), kind);
    }

    /** Looks a keyring up in the register of a user namespace. Kind is 0, FLAG_SESSION_OF_USER, or FLAG_PERSISTENT. */
    private int ofUser(int userNs, int kuid, int kind) {
        boolean persistent = kind == KeyTable.FLAG_PERSISTENT;
        String name = persistent ? "_persistent." : kind == 0 ? "_uid." : "_uid_ses.";
        name += keys.shownUid(userNs, kuid);
        int known = registered(userNs, name);
        if (known != NULL) {
            return known;
        }
        int rights = persistent ? (Keys.VIEW | Keys.READ) << Keys.USER : Keys.ALL << Keys.USER;
        int key = alloc(name, kuid, Keys.NO_GROUP, POS_BUT_SETATTR | rights);
        if (key < 0) {
            return key;
        }
        table.setFlag(key, kind);
        if (!persistent) {
            table.setFlag(key, KeyTable.FLAG_UID_KEYRING);
        }
        table.register().addLast(userNs, key);
        if (kind == KeyTable.FLAG_SESSION_OF_USER) {
            int user = ofUser(userNs, kuid, 0);
            return user < 0 ? user : linked(key, user);
        }
        return key;
    }

    private int linked(int keyring, int key) {
        int failed = keyrings.link(keyring, key);
        return failed < 0 ? failed : keyring;
    }

    /** keyctl_get_persistent(): the persistent keyring of a user in a user namespace. */
    public int persistent(int userNs, int kuid) {
        return ofUser(userNs, kuid, KeyTable.FLAG_PERSISTENT);
    }

    /** install_thread_keyring(): 0 or a negative errno. */
    public int installThread(int task) {
        if (creds.threadKeyring(tasks.cred(task)) != NULL) {
            return 0;
        }
        int cred = verbs.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        int keyring = alloc("_tid", creds.uid(cred), creds.gid(cred), POS_ALL | Keys.VIEW << Keys.USER);
        if (keyring < 0) {
            verbs.put(cred);
            return keyring;
        }
        creds.setThreadKeyring(cred, keyring);
        verbs.commit(task, cred);
        return 0;
    }

    /** install_process_keyring(): 0 or a negative errno. */
    public int installProcess(int task) {
        if (creds.processKeyring(tasks.cred(task)) != NULL) {
            return 0;
        }
        int cred = verbs.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        int keyring = alloc("_pid", creds.uid(cred), creds.gid(cred), POS_ALL | Keys.VIEW << Keys.USER);
        if (keyring < 0) {
            verbs.put(cred);
            return keyring;
        }
        creds.setProcessKeyring(cred, keyring);
        verbs.commit(task, cred);
        return 0;
    }

    /** install_session_keyring(): takes over a reference on the keyring. 0 or ENOMEM. */
    public int installSession(int task, int keyring) {
        int cred = verbs.prepare(task);
        if (cred == NULL) {
            keys.put(keyring);
            return -Errno.ENOMEM;
        }
        int old = creds.sessionKeyring(cred);
        creds.setSessionKeyring(cred, keyring);
        keys.put(old);
        verbs.commit(task, cred);
        return 0;
    }

    /** join_session_keyring() of a nameless one that is new: the keyring, or a negative errno. */
    public int joinNew(int task) {
        int cred = tasks.cred(task);
        int keyring = alloc("_ses", creds.uid(cred), creds.gid(cred), SESSION_PERM);
        int failed = keyring < 0 ? keyring : installSession(task, keyring);
        return failed < 0 ? failed : keyring;
    }

    /** join_session_keyring(): the one of that name that the task's user namespace knows and it may search, or a new one. */
    public int join(int task, KeyDescription name) {
        int cred = tasks.cred(task);
        int userNs = creds.userNs(cred);
        for (int row = 1; row < table.rows() && name.length > 0; row++) {
            int key = table.handleInRow(row);
            if (key != NULL
                    && table.nameNs(key) == userNs
                    && keys.isNamed(key, KeyTable.TYPE_KEYRING, name.bytes, name.length)
                    && keys.validate(key) == 0
                    && keys.permission(key, false, cred, Keys.SEARCH) == 0) {
                return key == creds.sessionKeyring(cred) ? key : joined(task, keys.get(key));
            }
        }
        int perm = POS_ALL | (Keys.VIEW | Keys.READ | Keys.LINK) << Keys.USER;
        int keyring = keys.alloc(KeyTable.TYPE_KEYRING, name, creds.uid(cred), creds.gid(cred), perm, false);
        if (keyring < 0) {
            return keyring;
        }
        publish(keyring, userNs);
        return joined(task, keyring);
    }

    private int joined(int task, int keyring) {
        int failed = installSession(task, keyring);
        return failed < 0 ? failed : keyring;
    }

    /** keyring_publish_name(). */
    void publish(int keyring, int userNs) {
        table.setNameNs(keyring, userNs);
    }

    /**
     * lookup_user_key(): the key of a number or of KEY_SPEC_*, that is valid and that the task has a right to; or a negative
     * errno. Afterwards {@link #possessed} tells whether the task possesses it.
     *
     * @param create whether a keyring of the task's that is not there yet is made
     * @param need Keys.VIEW and so on, or NO_PERMISSION
     */
    public int lookup(int task, int id, boolean create, int need) {
        possessed = false;
        int key = id > 0 ? byNumber(task, id) : special(task, id, create);
        if (key < 0 || need == NO_PERMISSION) {
            return key;
        }
        int failed = keys.validate(key);
        boolean needsWhole = need != Keys.VIEW && need != Keys.SETATTR;
        if (failed == 0 && needsWhole && table.hasFlag(key, KeyTable.FLAG_NEGATIVE)) {
            failed = -Errno.ENOKEY;
        }
        if (failed == 0) {
            failed = keys.permission(key, possessed, tasks.cred(task), need);
        }
        return failed < 0 ? failed : key;
    }

    public boolean possessed() {
        return possessed;
    }

    private int byNumber(int task, int number) {
        int key = table.find(number);
        if (key == NULL || table.hasFlag(key, KeyTable.FLAG_INVALIDATED)) {
            return -Errno.ENOKEY;
        }
        possessed = isPossessed(task, key);
        return key;
    }

    /** is_key_possessed(): whether the task finds it in its keyrings. */
    private boolean isPossessed(int task, int key) {
        int cred = tasks.cred(task);
        for (int which = THREAD; which >= SESSION; which--) {
            int keyring = ownKeyring(cred, which);
            if (keyring > NULL && keyrings.holds(keyring, cred, key)) {
                return true;
            }
        }
        return false;
    }

    /** A keyring that searches go through, or NULL; the user's session keyring where there is no session. */
    private int ownKeyring(int cred, int which) {
        return switch (which) {
            case THREAD -> creds.threadKeyring(cred);
            case PROCESS -> creds.processKeyring(cred);
            default -> {
                int session = creds.sessionKeyring(cred);
                int userNs = creds.userNs(cred);
                yield session != NULL
                        ? session
                        : registered(userNs, "_uid_ses." + keys.shownUid(userNs, creds.uid(cred)));
            }
        };
    }

    /** The keyring of that name in the register of a user namespace, or NULL. */
    private int registered(int userNs, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        Chain register = table.register();
        for (int key = register.first(userNs); key != NULL; key = register.next(key)) {
            if (keys.isNamed(key, KeyTable.TYPE_KEYRING, bytes, bytes.length)) {
                return key;
            }
        }
        return NULL;
    }

    private int special(int task, int id, boolean create) {
        possessed = id >= USER_SESSION;
        return switch (id) {
            case THREAD -> {
                int failed = create ? installThread(task) : 0;
                yield failed < 0 ? failed : orNoKey(creds.threadKeyring(tasks.cred(task)));
            }
            case PROCESS -> {
                int failed = create ? installProcess(task) : 0;
                yield failed < 0 ? failed : orNoKey(creds.processKeyring(tasks.cred(task)));
            }
            case SESSION -> session(task, create);
            case USER -> ofUser(task, 0);
            case USER_SESSION -> ofUser(task, KeyTable.FLAG_SESSION_OF_USER);
            case REQKEY_AUTH, REQUESTOR -> -Errno.ENOKEY;
            case GROUP -> -Errno.EINVAL;
            default -> -Errno.EINVAL;
        };
    }

    private static int orNoKey(int key) {
        return key == NULL ? -Errno.ENOKEY : key;
    }

    private int session(int task, boolean create) {
        int session = creds.sessionKeyring(tasks.cred(task));
        if (session != NULL && !(create && table.hasFlag(session, KeyTable.FLAG_UID_KEYRING))) {
            return session;
        }
        if (create) {
            return joinNew(task);
        }
        int user = ofUser(task, KeyTable.FLAG_SESSION_OF_USER);
        int failed = user < 0 ? user : installSession(task, keys.get(user));
        return failed < 0 ? failed : creds.sessionKeyring(tasks.cred(task));
    }

    /** search_process_keyrings(): a key that the task possesses, or EAGAIN, or why one that was found is of no use. */
    public int search(int task, int type, byte[] description, int length) {
        int cred = tasks.cred(task);
        int error = -Errno.EAGAIN;
        for (int which = THREAD; which >= SESSION; which--) {
            int keyring = ownKeyring(cred, which);
            int found =
                    keyring == NULL ? -Errno.EAGAIN : keyrings.search(keyring, true, cred, type, description, length);
            if (found > 0) {
                return found;
            }
            error = found == -Errno.EAGAIN ? error : found;
        }
        return error;
    }

    /** key_create_or_update(): a key in a keyring that the task may write to, new or with a new payload; or an errno. */
    public int createOrUpdate(int task, int keyring, int type, KeyDescription name, byte[] payload, int length) {
        boolean mayWrite = possessed;
        int cred = tasks.cred(task);
        if (table.hasFlag(keyring, KeyTable.FLAG_RESTRICTED)) {
            return -Errno.EPERM;
        }
        int old = type == KeyTable.TYPE_KEYRING ? NULL : keyrings.find(keyring, type, name.bytes, name.length);
        if (old != NULL && keys.validate(old) == 0) {
            int failed = keys.permission(old, mayWrite, cred, Keys.WRITE);
            failed = failed < 0 ? failed : keys.setPayload(old, payload, length);
            if (failed == 0 && table.hasFlag(old, KeyTable.FLAG_NEGATIVE)) {
                table.clearFlag(old, KeyTable.FLAG_NEGATIVE);
                keys.setTimeout(old, 0);
            }
            return failed < 0 ? failed : old;
        }
        int key = allocFor(cred, type, name);
        if (key < 0) {
            return key;
        }
        int failed = type == KeyTable.TYPE_KEYRING ? 0 : keys.setPayload(key, payload, length);
        if (type == KeyTable.TYPE_KEYRING) {
            publish(key, creds.userNs(cred));
        }
        failed = failed < 0 ? failed : keyrings.link(keyring, key);
        keys.put(key);
        return failed < 0 ? failed : key;
    }

    private int allocFor(int cred, int type, KeyDescription name) {
        int rights = Keys.VIEW | Keys.SEARCH | Keys.LINK | Keys.SETATTR | Keys.WRITE;
        rights |= type == KeyTable.TYPE_LOGON ? 0 : Keys.READ;
        int perm = rights << Keys.POSSESSOR | Keys.VIEW << Keys.USER;
        return keys.alloc(type, name, creds.fsuid(cred), creds.fsgid(cred), perm, false);
    }

    /** Whether a keyring has a key of that name that could not be made. */
    public boolean isNegative(int keyring, int type, KeyDescription name) {
        int key = keyrings.find(keyring, type, name.bytes, name.length);
        return key != NULL && table.hasFlag(key, KeyTable.FLAG_NEGATIVE) && keys.validate(key) == 0;
    }

    /**
     * construct_key_and_link(): a key that nobody can make stands in a keyring for a minute and says so. ENOENT, that of
     * /sbin/request-key; or why not even that.
     *
     * @param dest keyring, or NULL for the one that the task has chosen for new keys
     */
    public int negate(int task, int type, KeyDescription name, int dest) {
        int keyring = dest != NULL ? dest : defaultDestination(task);
        int key = keyring < 0 ? keyring : allocFor(tasks.cred(task), type, name);
        if (key < 0) {
            return key;
        }
        table.setFlag(key, KeyTable.FLAG_NEGATIVE);
        keys.setTimeout(key, NEGATIVE_TIMEOUT);
        int failed = keyrings.link(keyring, key);
        keys.put(key);
        return failed < 0 ? failed : -Errno.ENOENT;
    }

    /** construct_get_dest_keyring(): by the KEY_REQKEY_DEFL_* of the task. */
    private int defaultDestination(int task) {
        int cred = tasks.cred(task);
        int which = creds.jitKeyring(cred);
        if (which == REQKEY_DEFL_USER) {
            return ofUser(task, 0);
        }
        boolean any = which == REQKEY_DEFL_DEFAULT || which == REQKEY_DEFL_REQUESTOR;
        if ((any || which <= REQKEY_DEFL_THREAD) && creds.threadKeyring(cred) != NULL) {
            return creds.threadKeyring(cred);
        }
        if ((any || which <= REQKEY_DEFL_PROCESS) && creds.processKeyring(cred) != NULL) {
            return creds.processKeyring(cred);
        }
        if ((any || which <= REQKEY_DEFL_SESSION) && creds.sessionKeyring(cred) != NULL) {
            return creds.sessionKeyring(cred);
        }
        return ofUser(task, KeyTable.FLAG_SESSION_OF_USER);
    }
}
