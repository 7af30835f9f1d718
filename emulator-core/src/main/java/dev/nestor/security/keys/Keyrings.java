package dev.nestor.security.keys;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;

/** Links between keyrings and keys, and the search through them: security/keys/keyring.c. */
public final class Keyrings {
    private static final int MAX_DEPTH = 6; // KEYRING_SEARCH_MAX_DEPTH

    private final Keys keys;
    private final KeyTable table;
    private final KeyLinkTable links;
    private final Chain chain;

    /** What is looked for, and by whom. One object, filled anew for each search. */
    private static final class Wanted {
        int key; // or NULL, and the rest counts
        int type;
        byte[] description = new byte[0];
        int length;
        int cred;
        boolean possessed;
        int error; // of what was found and is of no use
    }

    private final Wanted wanted = new Wanted();

    public Keyrings(Keys keys) {
        this.keys = keys;
        this.table = keys.table();
        this.links = keys.links();
        this.chain = links.links();
    }

    private boolean isKeyring(int key) {
        return table.type(key) == KeyTable.TYPE_KEYRING;
    }

    /** The link of a key of that type and description in a keyring, or NULL. */
    private int findLink(int keyring, int type, byte[] description, int length) {
        for (int link = chain.first(keyring); link != NULL; link = chain.next(link)) {
            if (keys.isNamed(links.key(link), type, description, length)) {
                return link;
            }
        }
        return NULL;
    }

    /** find_key_to_update(): the key itself, or NULL. */
    public int find(int keyring, int type, byte[] description, int length) {
        int link = findLink(keyring, type, description, length);
        return link == NULL ? NULL : links.key(link);
    }

    /**
     * key_link(): the keyring holds the key, in the place of one of the same type and description. 0, ENOTDIR, EKEYREVOKED,
     * EPERM for a keyring that takes no more, EDEADLK for a circle, ELOOP for too deep a one, or EDQUOT.
     */
    public int link(int keyring, int key) {
        if (!isKeyring(keyring)) {
            return -Errno.ENOTDIR;
        }
        int failed = keys.validate(keyring);
        if (failed == 0 && table.hasFlag(keyring, KeyTable.FLAG_RESTRICTED)) {
            failed = -Errno.EPERM;
        }
        if (failed == 0 && isKeyring(key)) {
            failed = detectCycle(key, keyring, 0);
        }
        return failed < 0 ? failed : replace(keyring, key);
    }

    private int replace(int keyring, int key) {
        byte[] description = new byte[table.descriptionLength(key)];
        keys.readDescription(key, description);
        int link = findLink(keyring, table.type(key), description, description.length);
        if (link != NULL) {
            int displaced = links.key(link);
            links.setKey(link, keys.get(key));
            keys.put(displaced);
            return 0;
        }
        int failed = keys.reserveLink(keyring);
        if (failed < 0) {
            return failed;
        }
        link = links.alloc();
        if (link == NULL) {
            keys.releaseLink(keyring);
            return -Errno.ENOMEM;
        }
        links.setKey(link, keys.get(key));
        chain.addLast(keyring, link);
        return 0;
    }

    /** keyring_detect_cycle(): whether the inner one holds the outer one. */
    private int detectCycle(int inner, int outer, int depth) {
        if (inner == outer) {
            return -Errno.EDEADLK;
        }
        if (depth > MAX_DEPTH) {
            return -Errno.ELOOP;
        }
        int failed = 0;
        for (int link = chain.first(inner); link != NULL && failed == 0; link = chain.next(link)) {
            if (isKeyring(links.key(link))) {
                failed = detectCycle(links.key(link), outer, depth + 1);
            }
        }
        return failed;
    }

    /** key_unlink(): 0, ENOTDIR or ENOENT. */
    public int unlink(int keyring, int key) {
        if (!isKeyring(keyring)) {
            return -Errno.ENOTDIR;
        }
        for (int link = chain.first(keyring); link != NULL; link = chain.next(link)) {
            if (links.key(link) == key) {
                chain.remove(link);
                links.free(link);
                keys.releaseLink(keyring);
                keys.put(key);
                return 0;
            }
        }
        return -Errno.ENOENT;
    }

    /** key_move(): 0 or a negative errno, EEXIST with KEYCTL_MOVE_EXCL for a key that would be displaced. */
    public int move(int key, int from, int to, boolean exclusive) {
        if (from == to) {
            return 0;
        }
        if (!isKeyring(from) || !isKeyring(to)) {
            return -Errno.ENOTDIR;
        }
        byte[] description = new byte[table.descriptionLength(key)];
        keys.readDescription(key, description);
        boolean held = false;
        for (int link = chain.first(from); link != NULL; link = chain.next(link)) {
            held |= links.key(link) == key;
        }
        if (!held) {
            return -Errno.ENOENT;
        }
        if (exclusive && find(to, table.type(key), description, description.length) != NULL) {
            return -Errno.EEXIST;
        }
        int failed = link(to, key);
        return failed < 0 ? failed : unlink(from, key);
    }

    /** keyring_clear(): 0 or ENOTDIR. */
    public int clear(int keyring) {
        if (!isKeyring(keyring)) {
            return -Errno.ENOTDIR;
        }
        keys.clear(keyring);
        keys.reserve(keyring, 0);
        return 0;
    }

    /** keyring_read(): the numbers of the keys; how many there are. */
    public int read(int keyring, int[] into) {
        int count = 0;
        for (int link = chain.first(keyring); link != NULL; link = chain.next(link)) {
            if (count < into.length) {
                into[count] = table.serial(links.key(link));
                table.setFlag(links.key(link), KeyTable.FLAG_TOLD);
            }
            count++;
        }
        return count;
    }

    /** key_set_restriction() with no rule: nothing more is linked. 0, ENOTDIR or EEXIST. */
    public int restrict(int keyring) {
        if (!isKeyring(keyring)) {
            return -Errno.ENOTDIR;
        }
        if (table.hasFlag(keyring, KeyTable.FLAG_RESTRICTED)) {
            return -Errno.EEXIST;
        }
        table.setFlag(keyring, KeyTable.FLAG_RESTRICTED);
        return 0;
    }

    /**
     * keyring_search(): the key of that type and description in a keyring, or in those that it holds, that can be searched.
     * A key, or EAGAIN for none, or why one that was found is of no use.
     */
    public int search(int keyring, boolean possessed, int cred, int type, byte[] description, int length) {
        wanted.key = NULL;
        wanted.type = type;
        wanted.description = description;
        wanted.length = length;
        return start(keyring, possessed, cred);
    }

    /** Whether a key is in a keyring, or in one that it holds, so that its possessor may search for it. */
    boolean holds(int keyring, int cred, int key) {
        wanted.key = key;
        return start(keyring, true, cred) == key;
    }

    private int start(int keyring, boolean possessed, int cred) {
        wanted.cred = cred;
        wanted.possessed = possessed;
        wanted.error = -Errno.EAGAIN;
        if (!isKeyring(keyring)) {
            return -Errno.ENOTDIR;
        }
        int failed = keys.permission(keyring, possessed, cred, Keys.SEARCH);
        if (failed < 0) {
            return failed;
        }
        int found = isWanted(keyring) ? use(keyring) : NULL;
        found = found != NULL ? found : searchIn(keyring, 0);
        return found != NULL ? found : wanted.error;
    }

    private boolean isWanted(int key) {
        return wanted.key != NULL
                ? key == wanted.key
                : keys.isNamed(key, wanted.type, wanted.description, wanted.length);
    }

    /** keyring_search_iterator(): the key, or NULL when it is not to be used. */
    private int use(int key) {
        int invalid = wanted.key != NULL ? 0 : keys.validate(key);
        if (invalid == -Errno.ENOKEY) {
            invalid = -Errno.EKEYREVOKED;
        }
        int failed = invalid < 0 ? invalid : keys.permission(key, wanted.possessed, wanted.cred, Keys.SEARCH);
        if (failed == 0 && wanted.key == NULL && table.hasFlag(key, KeyTable.FLAG_NEGATIVE)) {
            failed = -Errno.ENOKEY;
        }
        wanted.error = failed < 0 ? failed : wanted.error;
        return failed < 0 ? NULL : key;
    }

    private int searchIn(int keyring, int depth) {
        if (table.hasFlag(keyring, KeyTable.FLAG_REVOKED)) {
            return NULL;
        }
        for (int link = chain.first(keyring); link != NULL; link = chain.next(link)) {
            int key = links.key(link);
            int found = isWanted(key) ? use(key) : NULL;
            if (found != NULL) {
                return found;
            }
        }
        for (int link = chain.first(keyring); link != NULL && depth < MAX_DEPTH; link = chain.next(link)) {
            int key = links.key(link);
            boolean open = isKeyring(key) && keys.permission(key, wanted.possessed, wanted.cred, Keys.SEARCH) == 0;
            int found = open ? searchIn(key, depth + 1) : NULL;
            if (found != NULL) {
                return found;
            }
        }
        return NULL;
    }
}
