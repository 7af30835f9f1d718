package dev.nestor.security.keys;

import dev.nestor.kernel.cred.UserNamespaceTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;

/** The struct key columns. */
public final class KeyTable extends Table {
    public static final int TYPE_USER = 1;
    public static final int TYPE_LOGON = 2;
    public static final int TYPE_KEYRING = 3;
    public static final int TYPE_ENCRYPTED = 4; // only where none could be made

    public static final int FLAG_REVOKED = 2;
    public static final int FLAG_IN_QUOTA = 4;
    public static final int FLAG_INVALIDATED = 0x80;
    public static final int FLAG_UID_KEYRING = 0x100;
    public static final int FLAG_SESSION_OF_USER = 0x200; // the user session keyring, not the user keyring
    public static final int FLAG_PERSISTENT = 0x400;
    public static final int FLAG_RESTRICTED = 0x800; // a keyring that takes no more links
    public static final int FLAG_NEGATIVE = 0x2000; // stands for a key that could not be made
    public static final int FLAG_TOLD = 0x1000; // a process has been told its number

    private int[] usage = new int[initialRows()]; // references
    private int[] serial = new int[initialRows()]; // number that processes know it by
    private int[] type = new int[initialRows()]; // TYPE_*
    private int[] user = new int[initialRows()]; // key_user
    private int[] uid = new int[initialRows()]; // kuid
    private int[] gid = new int[initialRows()]; // kgid, or -1
    private int[] perm = new int[initialRows()]; // KEY_POS_*, KEY_USR_*, KEY_GRP_*, KEY_OTH_*
    private int[] flags = new int[initialRows()]; // FLAG_*
    private long[] expiry = new long[initialRows()]; // s since 1970, or 0
    private int[] quotalen = new int[initialRows()]; // bytes counted against the quota
    private int[] datalen = new int[initialRows()]; // bytes of payload; of a keyring, what its links count
    private int[] description = new int[initialRows()]; // key_data
    private int[] descriptionLength = new int[initialRows()]; // bytes
    private int[] payload = new int[initialRows()]; // key_data; NULL for none
    private int[] nameNs = new int[initialRows()]; // user_namespace in which its name can be joined; NULL for none
    private final Chain register; // user keyrings and persistent ones of a user namespace

    /* Number to key: look up, never walk. */
    private final Int2IntOpenHashMap bySerial = new Int2IntOpenHashMap();

    public KeyTable(int limit, UserNamespaceTable namespaces) {
        super("key", 47, limit);
        register = new Chain(namespaces, this);
    }

    public Chain register() {
        return register;
    }

    /** The key of a number, or NULL. */
    int find(int number) {
        return bySerial.get(number);
    }

    void setSerial(int key, int number) {
        bySerial.remove(serial[row(key)]);
        serial[row(key)] = number;
        bySerial.put(number, key);
    }

    public boolean hasFlag(int key, int flag) {
        return (flags[row(key)] & flag) != 0;
    }

    void clearFlag(int key, int flag) {
        flags[row(key)] &= ~flag;
    }

    void setFlag(int key, int flag) {
        flags[row(key)] |= flag;
    }

    public int usage(int key) {
        return usage[row(key)];
    }

    void setUsage(int key, int value) {
        usage[row(key)] = value;
    }

    public int serial(int key) {
        return serial[row(key)];
    }

    public int type(int key) {
        return type[row(key)];
    }

    void setType(int key, int value) {
        type[row(key)] = value;
    }

    public int user(int key) {
        return user[row(key)];
    }

    void setUser(int key, int value) {
        user[row(key)] = value;
    }

    public int uid(int key) {
        return uid[row(key)];
    }

    void setUid(int key, int value) {
        uid[row(key)] = value;
    }

    public int gid(int key) {
        return gid[row(key)];
    }

    void setGid(int key, int value) {
        gid[row(key)] = value;
    }

    public int perm(int key) {
        return perm[row(key)];
    }

    void setPerm(int key, int value) {
        perm[row(key)] = value;
    }

    public int flags(int key) {
        return flags[row(key)];
    }

    void setFlags(int key, int value) {
        flags[row(key)] = value;
    }

    public long expiry(int key) {
        return expiry[row(key)];
    }

    void setExpiry(int key, long value) {
        expiry[row(key)] = value;
    }

    public int quotalen(int key) {
        return quotalen[row(key)];
    }

    void setQuotalen(int key, int value) {
        quotalen[row(key)] = value;
    }

    public int datalen(int key) {
        return datalen[row(key)];
    }

    void setDatalen(int key, int value) {
        datalen[row(key)] = value;
    }

    public int description(int key) {
        return description[row(key)];
    }

    void setDescription(int key, int value) {
        description[row(key)] = value;
    }

    public int descriptionLength(int key) {
        return descriptionLength[row(key)];
    }

    void setDescriptionLength(int key, int value) {
        descriptionLength[row(key)] = value;
    }

    public int payload(int key) {
        return payload[row(key)];
    }

    void setPayload(int key, int value) {
        payload[row(key)] = value;
    }

    public int nameNs(int key) {
        return nameNs[row(key)];
    }

    void setNameNs(int key, int value) {
        nameNs[row(key)] = value;
    }

    @Override
    protected void clearRow(int row) {
        bySerial.remove(serial[row]);
        usage[row] = 0;
        serial[row] = 0;
        type[row] = 0;
        user[row] = 0;
        uid[row] = 0;
        gid[row] = 0;
        perm[row] = 0;
        flags[row] = 0;
        expiry[row] = 0;
        quotalen[row] = 0;
        datalen[row] = 0;
        description[row] = 0;
        descriptionLength[row] = 0;
        payload[row] = 0;
        nameNs[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        usage = columns.ints(usage);
        serial = columns.ints(serial);
        type = columns.ints(type);
        user = columns.ints(user);
        uid = columns.ints(uid);
        gid = columns.ints(gid);
        perm = columns.ints(perm);
        flags = columns.ints(flags);
        expiry = columns.longs(expiry);
        quotalen = columns.ints(quotalen);
        datalen = columns.ints(datalen);
        description = columns.ints(description);
        descriptionLength = columns.ints(descriptionLength);
        payload = columns.ints(payload);
        nameNs = columns.ints(nameNs);
    }
}
