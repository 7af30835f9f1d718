package dev.nestor.security.keys;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.Random;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.table.Chain;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import java.util.function.LongSupplier;

/** The life of keys, their quotas, payloads and rights: security/keys/key.c, permission.c, user_defined.c. */
public final class Keys {
    /** key_perm_t: what a possessor, the owner, its group and others may; the rights of each are in a byte. */
    public static final int VIEW = 1;

    public static final int READ = 2;
    public static final int WRITE = 4;
    public static final int SEARCH = 8;
    public static final int LINK = 16;
    public static final int SETATTR = 32;
    public static final int ALL = 0x3f;
    public static final int POSSESSOR = 24; // bits to shift by
    public static final int USER = 16;
    public static final int GROUP = 8;

    /** Keys of whom nobody is the group. */
    static final int NO_GROUP = -1;

    private static final int MAX_PAYLOAD = 32767; // bytes
    private static final int LINK_BYTES = 4; // KEYQUOTA_LINK_BYTES

    private final KeyTable keys;
    private final KeyUserTable users;
    private final KeyDataTable data;
    private final KeyLinkTable links;
    private final CredTable credTable;
    private final Creds creds;
    private final UserNamespaces namespaces;
    private final Random random;
    private final LongSupplier realtimeNs;
    private int maxkeys = 200; // keys, of a user
    private int maxbytes = 20_000; // bytes, of a user
    private int rootMaxkeys = 1_000_000;
    private int rootMaxbytes = 25_000_000;
    private int wish; // number for the next key that a process is told of and that no one knows yet; or 0

    /** The tables of this room. */
    public record Tables(KeyTable keys, KeyUserTable users, KeyDataTable data, KeyLinkTable links) {}

    public Keys(
            Tables tables,
            CredTable credTable,
            Creds creds,
            UserNamespaces namespaces,
            Random random,
            LongSupplier realtimeNs) {
        this.keys = tables.keys;
        this.users = tables.users;
        this.data = tables.data;
        this.links = tables.links;
        this.credTable = credTable;
        this.creds = creds;
        this.namespaces = namespaces;
        this.random = random;
        this.realtimeNs = realtimeNs;
    }

    public KeyTable table() {
        return keys;
    }

    KeyLinkTable links() {
        return links;
    }

    KeyDataTable data() {
        return data;
    }

    /** Quotas: kernel.keys.maxkeys, maxbytes, root_maxkeys, root_maxbytes, in this order. */
    public int quota(int which) {
        return switch (which) {
            case 0 -> maxkeys;
            case 1 -> maxbytes;
            case 2 -> rootMaxkeys;
            default -> rootMaxbytes;
        };
    }

    public void setQuota(int which, int value) {
        switch (which) {
            case 0 -> maxkeys = value;
            case 1 -> maxbytes = value;
            case 2 -> rootMaxkeys = value;
            default -> rootMaxbytes = value;
        }
    }

    /** Adds the quotas that have been set. */
    public void digest(StateHash hash) {
        for (int i = 0; i < 4; i++) {
            hash.add(quota(i));
        }
    }

    private int bytesOf(int user) {
        return users.uid(user) == 0 ? rootMaxbytes : maxbytes;
    }

    private int keysOf(int user) {
        return users.uid(user) == 0 ? rootMaxkeys : maxkeys;
    }

    /**
     * key_alloc(): a key without payload, held once by the caller. EDQUOT beyond the user's quota, EINVAL for an empty
     * description, ENOMEM at a limit.
     *
     * @param overrun whether the quota is counted, but does not limit
     */
    int alloc(int type, KeyDescription description, int uid, int gid, int perm, boolean overrun) {
        int length = description.length;
        if (length == 0 || (type == KeyTable.TYPE_LOGON && !isQualified(description))) {
            return -Errno.EINVAL;
        }
        int user = users.lookup(uid);
        if (user == NULL) {
            return -Errno.ENOMEM;
        }
        int quotalen = length + 1;
        boolean full = users.qnkeys(user) + 1 > keysOf(user) || users.qnbytes(user) + quotalen > bytesOf(user);
        int key = full && !overrun ? NULL : keys.alloc();
        int stored = key == NULL ? NULL : data.store(description.bytes, length);
        if (stored == NULL) {
            if (key != NULL) {
                keys.free(key);
            }
            dropIfIdle(user);
            return full && !overrun ? -Errno.EDQUOT : -Errno.ENOMEM;
        }
        users.setNkeys(user, users.nkeys(user) + 1);
        users.setQnkeys(user, users.qnkeys(user) + 1);
        users.setQnbytes(user, users.qnbytes(user) + quotalen);
        keys.setUsage(key, 1);
        keys.setType(key, type);
        keys.setUser(key, user);
        keys.setUid(key, uid);
        keys.setGid(key, gid);
        keys.setPerm(key, perm);
        keys.setQuotalen(key, quotalen);
        keys.setDescription(key, stored);
        keys.setDescriptionLength(key, length);
        keys.setFlag(key, KeyTable.FLAG_IN_QUOTA);
        keys.setSerial(key, freeSerial());
        return key;
    }

    /** logon_vet_description(): a service, a colon, and a name. */
    private static boolean isQualified(KeyDescription description) {
        for (int i = 0; i < description.length; i++) {
            if (description.bytes[i] == ':') {
                return i > 0;
            }
        }
        return false;
    }

    /** key_alloc_serial(): random, from 3 on. */
    private int freeSerial() {
        int serial;
        do {
            serial = random.nextInt() >>> 2;
        } while (serial < 3 || keys.find(serial) != NULL);
        return serial;
    }

    /** Numbers are random: a driver may wish for the next one that a process is told, if it is free; 0 for none. */
    public void wishFor(int number) {
        wish = number;
    }

    /** The number of a key, which a process is told now. */
    public int tell(int key) {
        if (wish > 2 && !keys.hasFlag(key, KeyTable.FLAG_TOLD) && keys.find(wish) == NULL) {
            keys.setSerial(key, wish);
        }
        wish = 0;
        keys.setFlag(key, KeyTable.FLAG_TOLD);
        return keys.serial(key);
    }

    private void dropIfIdle(int user) {
        if (users.nkeys(user) == 0) {
            users.free(user);
        }
    }

    /** key_get(). */
    public int get(int key) {
        if (key != NULL) {
            keys.setUsage(key, keys.usage(key) + 1);
        }
        return key;
    }

    /** key_put(): with the last reference the key goes, and all that hangs on it. */
    public void put(int key) {
        if (key == NULL) {
            return;
        }
        int usage = keys.usage(key) - 1;
        keys.setUsage(key, usage);
        if (usage > 0) {
            return;
        }
        clear(key);
        int user = keys.user(key);
        data.freeAll(keys.description(key));
        data.freeAll(keys.payload(key));
        users.setNkeys(user, users.nkeys(user) - 1);
        if (keys.hasFlag(key, KeyTable.FLAG_IN_QUOTA)) {
            users.setQnkeys(user, users.qnkeys(user) - 1);
            users.setQnbytes(user, users.qnbytes(user) - keys.quotalen(key));
        }
        keys.free(key);
        dropIfIdle(user);
    }

    /** Takes all links of a keyring away. */
    void clear(int keyring) {
        Chain chain = links.links();
        while (!chain.isEmpty(keyring)) {
            int link = chain.first(keyring);
            int key = links.key(link);
            chain.remove(link);
            links.free(link);
            put(key);
        }
    }

    /** key_payload_reserve(): the payload's size changes; 0, or EDQUOT. */
    int reserve(int key, int datalen) {
        int delta = datalen - keys.datalen(key);
        int user = keys.user(key);
        if (delta > 0 && keys.hasFlag(key, KeyTable.FLAG_IN_QUOTA) && users.qnbytes(user) + delta > bytesOf(user)) {
            return -Errno.EDQUOT;
        }
        if (keys.hasFlag(key, KeyTable.FLAG_IN_QUOTA)) {
            users.setQnbytes(user, users.qnbytes(user) + delta);
            keys.setQuotalen(key, keys.quotalen(key) + delta);
        }
        keys.setDatalen(key, datalen);
        return 0;
    }

    int reserveLink(int keyring) {
        return reserve(keyring, keys.datalen(keyring) + LINK_BYTES);
    }

    void releaseLink(int keyring) {
        reserve(keyring, keys.datalen(keyring) - LINK_BYTES);
    }

    /** preparse(): whether a payload is one of the type's: 0, or EINVAL. */
    public static int checkPayload(int type, boolean given, int length) {
        if (type == KeyTable.TYPE_KEYRING) {
            return length == 0 ? 0 : -Errno.EINVAL;
        }
        return given && length > 0 && length <= MAX_PAYLOAD ? 0 : -Errno.EINVAL;
    }

    /** user_update(): 0 or a negative errno. */
    public int setPayload(int key, byte[] payload, int length) {
        int before = keys.datalen(key);
        int failed = reserve(key, length);
        if (failed < 0) {
            return failed;
        }
        int stored = data.store(payload, length);
        if (stored == NULL) {
            reserve(key, before);
            return -Errno.ENOMEM;
        }
        data.freeAll(keys.payload(key));
        keys.setPayload(key, stored);
        return 0;
    }

    /** The payload of a key that is no keyring. */
    public int readPayload(int key, byte[] into) {
        data.load(keys.payload(key), into, keys.datalen(key));
        return keys.datalen(key);
    }

    public int readDescription(int key, byte[] into) {
        data.load(keys.description(key), into, keys.descriptionLength(key));
        return keys.descriptionLength(key);
    }

    boolean isNamed(int key, int type, byte[] description, int length) {
        return keys.type(key) == type
                && keys.descriptionLength(key) == length
                && data.equals(keys.description(key), description, length);
    }

    /** key_revoke(): the number stays, and what it stood for goes. */
    public void revoke(int key) {
        if (keys.hasFlag(key, KeyTable.FLAG_REVOKED)) {
            return;
        }
        keys.setFlag(key, KeyTable.FLAG_REVOKED);
        clear(key);
        data.freeAll(keys.payload(key));
        keys.setPayload(key, NULL);
        reserve(key, 0);
    }

    /** key_invalidate(), and the work of the collector: the key leaves all keyrings and can't be found any more. */
    public void invalidate(int key) {
        keys.setFlag(key, KeyTable.FLAG_INVALIDATED);
        get(key);
        Chain chain = links.links();
        for (int row = 1; row < links.rows(); row++) {
            int link = links.handleInRow(row);
            if (link != NULL && links.key(link) == key) {
                int keyring = chain.owner(link);
                chain.remove(link);
                links.free(link);
                releaseLink(keyring);
                put(key);
            }
        }
        put(key);
    }

    /** key_validate(): 0, ENOKEY, EKEYREVOKED or EKEYEXPIRED. */
    public int validate(int key) {
        if (keys.hasFlag(key, KeyTable.FLAG_INVALIDATED)) {
            return -Errno.ENOKEY;
        }
        if (keys.hasFlag(key, KeyTable.FLAG_REVOKED)) {
            return -Errno.EKEYREVOKED;
        }
        long expiry = keys.expiry(key);
        return expiry != 0 && now() >= expiry ? -Errno.EKEYEXPIRED : 0;
    }

    private long now() {
        return realtimeNs.getAsLong() / 1_000_000_000L;
    }

    /** key_set_timeout(): in so many seconds; 0 is never. */
    public void setTimeout(int key, int seconds) {
        keys.setExpiry(key, seconds == 0 ? 0 : now() + Integer.toUnsignedLong(seconds));
    }

    /** key_task_permission(): 0, or EACCES. */
    public int permission(int key, boolean possessed, int cred, int need) {
        int perm = keys.perm(key);
        int rights;
        if (keys.uid(key) == credTable.fsuid(cred)) {
            rights = perm >> USER;
        } else if (keys.gid(key) != NO_GROUP && (perm & ALL << GROUP) != 0 && creds.isInGroup(cred, keys.gid(key))) {
            rights = perm >> GROUP;
        } else {
            rights = perm;
        }
        rights |= possessed ? perm >> POSSESSOR : 0;
        return (rights & need) == need ? 0 : -Errno.EACCES;
    }

    public void setPerm(int key, int perm) {
        keys.setPerm(key, perm);
    }

    public void setGid(int key, int kgid) {
        keys.setGid(key, kgid);
    }

    /** keyctl_chown_key(): the key counts as another user's; 0, or EDQUOT. */
    public int setUid(int key, int kuid) {
        if (keys.uid(key) == kuid) {
            return 0;
        }
        int to = users.lookup(kuid);
        if (to == NULL) {
            return -Errno.ENOMEM;
        }
        int from = keys.user(key);
        if (keys.hasFlag(key, KeyTable.FLAG_IN_QUOTA)) {
            if (users.qnkeys(to) + 1 > keysOf(to) || users.qnbytes(to) + keys.quotalen(key) > bytesOf(to)) {
                dropIfIdle(to);
                return -Errno.EDQUOT;
            }
            users.setQnkeys(to, users.qnkeys(to) + 1);
            users.setQnbytes(to, users.qnbytes(to) + keys.quotalen(key));
            users.setQnkeys(from, users.qnkeys(from) - 1);
            users.setQnbytes(from, users.qnbytes(from) - keys.quotalen(key));
        }
        users.setNkeys(to, users.nkeys(to) + 1);
        users.setNkeys(from, users.nkeys(from) - 1);
        keys.setUser(key, to);
        keys.setUid(key, kuid);
        dropIfIdle(from);
        return 0;
    }

    /** The number that a cred's user namespace has for a kuid, in a name. */
    long shownUid(int userNs, int kuid) {
        return Integer.toUnsignedLong(namespaces.fromKid(userNs, UserNamespaces.UID, kuid));
    }
}
