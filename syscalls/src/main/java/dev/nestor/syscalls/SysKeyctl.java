package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Outside;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.security.keys.KeyTable;
import dev.nestor.security.keys.Keyrings;
import dev.nestor.security.keys.Keys;
import dev.nestor.security.keys.ProcessKeyrings;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Keyctl;
import java.nio.charset.StandardCharsets;

/** keyctl(2): security/keys/keyctl.c. */
final class SysKeyctl {
    private static final int MAX_UPDATE = 4096; // bytes
    private static final int MAX_INSTANTIATE = 1024 * 1024 - 1; // bytes
    private static final int MAX_ERRNO = 4095;
    private static final int PERM_MASK = 0x3f3f3f3f;
    private static final int ERESTARTSYS = 512;
    private static final int ERESTART_RESTARTBLOCK = 516;
    private static final byte[] CAPABILITIES = {(byte) 0xeb, 3};
    private static final String[] TYPES = {"", "user", "logon", "keyring", "encrypted"};

    private final SysKeys calls;
    private final Keys keys;
    private final KeyTable table;
    private final Keyrings keyrings;
    private final ProcessKeyrings process;
    private final KeyOwners owners;
    private final byte[] text = new byte[4096 + 100];
    private int[] numbers = new int[64];

    SysKeyctl(SysKeys calls, KeyOwners owners, Keys keys, Keyrings keyrings, ProcessKeyrings process) {
        this.calls = calls;
        this.owners = owners;
        this.keys = keys;
        this.table = keys.table();
        this.keyrings = keyrings;
        this.process = process;
    }

    long keyctl(int task, SyscallArgs args) {
        int id = args.intAt(1);
        return switch (args.intAt(0)) {
            case Keyctl.KEYCTL_GET_KEYRING_ID -> calls.told(process.lookup(task, id, args.intAt(2) != 0, Keys.SEARCH));
            case Keyctl.KEYCTL_JOIN_SESSION_KEYRING -> join(task, args.get(1));
            case Keyctl.KEYCTL_UPDATE -> update(task, args);
            case Keyctl.KEYCTL_REVOKE -> revoke(task, id);
            case Keyctl.KEYCTL_CHOWN -> chown(task, id, args.intAt(2), args.intAt(3));
            case Keyctl.KEYCTL_SETPERM -> setPerm(task, id, args.intAt(2));
            case Keyctl.KEYCTL_DESCRIBE -> describe(task, id, args.get(2), args.get(3));
            case Keyctl.KEYCTL_CLEAR -> clear(task, id);
            case Keyctl.KEYCTL_LINK -> link(task, id, args.intAt(2));
            case Keyctl.KEYCTL_UNLINK -> unlink(task, id, args.intAt(2));
            case Keyctl.KEYCTL_SEARCH -> search(task, args);
            case Keyctl.KEYCTL_READ -> read(task, id, args.get(2), args.get(3));
            case Keyctl.KEYCTL_SET_REQKEY_KEYRING -> setReqkeyKeyring(task, id);
            case Keyctl.KEYCTL_SET_TIMEOUT -> setTimeout(task, id, args.intAt(2));
            case Keyctl.KEYCTL_INVALIDATE -> invalidate(task, id);
            case Keyctl.KEYCTL_GET_PERSISTENT -> getPersistent(task, id, args.intAt(2));
            case Keyctl.KEYCTL_MOVE -> move(task, args);
            default -> keyctlOfFew(task, args);
        };
    }

    /** What needs an authorisation that only a helper of request_key(2) gets, and what this kernel has not. */
    private long keyctlOfFew(int task, SyscallArgs args) {
        int id = args.intAt(1);
        return switch (args.intAt(0)) {
            case Keyctl.KEYCTL_INSTANTIATE ->
                Long.compareUnsigned(args.get(3), MAX_INSTANTIATE) > 0 ? -Errno.EINVAL : -Errno.EPERM;
            case Keyctl.KEYCTL_INSTANTIATE_IOV, Keyctl.KEYCTL_NEGATE -> -Errno.EPERM;
            case Keyctl.KEYCTL_REJECT -> isError(args.intAt(3)) ? -Errno.EPERM : -Errno.EINVAL;
            case Keyctl.KEYCTL_ASSUME_AUTHORITY -> id < 0 ? -Errno.EINVAL : id == 0 ? 0 : -Errno.ENOKEY;
            case Keyctl.KEYCTL_GET_SECURITY -> getSecurity(task, id, args.get(2), args.get(3));
            case Keyctl.KEYCTL_SESSION_TO_PARENT -> owners.sessionToParent(task, process);
            case Keyctl.KEYCTL_RESTRICT_KEYRING -> restrict(task, args);
            case Keyctl.KEYCTL_CAPABILITIES -> put(task, args.get(1), args.get(2), CAPABILITIES, CAPABILITIES.length);
            case Keyctl.KEYCTL_PKEY_QUERY,
                    Keyctl.KEYCTL_PKEY_ENCRYPT,
                    Keyctl.KEYCTL_PKEY_DECRYPT,
                    Keyctl.KEYCTL_PKEY_SIGN,
                    Keyctl.KEYCTL_PKEY_VERIFY -> -Outside.EOUTSIDE;
            default -> -Errno.EOPNOTSUPP;
        };
    }

    private static boolean isError(int error) {
        return error > 0 && error < MAX_ERRNO && (error < ERESTARTSYS || error > ERESTART_RESTARTBLOCK);
    }

    private int cred(int task) {
        return calls.tasks().cred(task);
    }

    private long join(int task, long address) {
        if (address == 0) {
            return calls.told(process.joinNew(task));
        }
        int length = calls.copyDescription(task, address);
        if (length < 0) {
            return length;
        }
        boolean hidden = length > 0 && calls.description().bytes[0] == '.';
        return hidden ? -Errno.EPERM : calls.told(process.join(task, calls.description()));
    }

    private long update(int task, SyscallArgs args) {
        int length = (int) Math.min(args.get(3) & Long.MAX_VALUE, Integer.MAX_VALUE);
        int failed = calls.copyPayload(task, args.get(2), args.get(3), MAX_UPDATE);
        if (failed < 0) {
            return failed;
        }
        int key = process.lookup(task, args.intAt(1), false, Keys.WRITE);
        if (key < 0) {
            return key;
        }
        if (table.type(key) == KeyTable.TYPE_KEYRING) {
            return -Errno.EOPNOTSUPP;
        }
        int invalid = Keys.checkPayload(table.type(key), args.get(2) != 0, length);
        return invalid < 0 ? invalid : keys.setPayload(key, calls.payload(), length);
    }

    private long revoke(int task, int id) {
        int key = process.lookup(task, id, false, Keys.WRITE);
        if (key == -Errno.EACCES) {
            key = process.lookup(task, id, false, Keys.SETATTR);
        }
        if (key < 0) {
            return key;
        }
        keys.revoke(key);
        return 0;
    }

    private long invalidate(int task, int id) {
        int key = process.lookup(task, id, false, Keys.SEARCH);
        if (key < 0) {
            return key;
        }
        keys.invalidate(key);
        return 0;
    }

    private long chown(int task, int id, int user, int group) {
        if (user == -1 && group == -1) {
            return 0;
        }
        int kuid = user == -1 ? UserNamespaces.INVALID_ID : owners.kuid(task, user);
        int kgid = group == -1 ? UserNamespaces.INVALID_ID : owners.kgid(task, group);
        if ((user != -1 && kuid == UserNamespaces.INVALID_ID) || (group != -1 && kgid == UserNamespaces.INVALID_ID)) {
            return -Errno.EINVAL;
        }
        int key = process.lookup(task, id, true, Keys.SETATTR);
        if (key < 0) {
            return key;
        }
        boolean gives = user != -1 && kuid != table.uid(key);
        boolean regroups = group != -1 && kgid != table.gid(key) && !owners.isInGroup(task, kgid);
        if ((gives || regroups) && !owners.isAdmin(task)) {
            return -Errno.EACCES;
        }
        int failed = user == -1 ? 0 : keys.setUid(key, kuid);
        if (failed == 0 && group != -1) {
            keys.setGid(key, kgid);
        }
        return failed;
    }

    private long setPerm(int task, int id, int perm) {
        if ((perm & ~PERM_MASK) != 0) {
            return -Errno.EINVAL;
        }
        int key = process.lookup(task, id, true, Keys.SETATTR);
        if (key < 0) {
            return key;
        }
        if (!owners.isOwner(task, table.uid(key)) && !owners.isAdmin(task)) {
            return -Errno.EACCES;
        }
        keys.setPerm(key, perm);
        return 0;
    }

    private long setTimeout(int task, int id, int seconds) {
        int key = process.lookup(task, id, true, Keys.SETATTR);
        if (key < 0) {
            return key;
        }
        keys.setTimeout(key, seconds);
        return 0;
    }

    /** type;uid;gid;perm;description and a NUL. */
    private long describe(int task, int id, long buffer, long size) {
        int key = process.lookup(task, id, false, Keys.VIEW);
        if (key < 0) {
            return key;
        }
        String head = TYPES[table.type(key)]
                + ';'
                + Integer.toUnsignedString(owners.shownUid(task, table.uid(key)))
                + ';'
                + Integer.toUnsignedString(owners.shownGid(task, table.gid(key)))
                + ';'
                + String.format(java.util.Locale.ROOT, "%08x", table.perm(key))
                + ';';
        byte[] start = head.getBytes(StandardCharsets.US_ASCII);
        int length = keys.readDescription(key, text);
        System.arraycopy(text, 0, text, start.length, length);
        System.arraycopy(start, 0, text, 0, start.length);
        length += start.length;
        text[length++] = 0;
        return put(task, buffer, size, text, length);
    }

    /** The length; the bytes are copied out if there is room for all of them. */
    private long put(int task, long buffer, long size, byte[] bytes, int length) {
        if (buffer == 0 || Long.compareUnsigned(size, length) < 0) {
            return length;
        }
        int mm = calls.tasks().mm(task);
        return calls.memory().copyToUser(mm, buffer, bytes, 0, length) < 0 ? -Errno.EFAULT : length;
    }

    private long clear(int task, int id) {
        int keyring = process.lookup(task, id, true, Keys.WRITE);
        return keyring < 0 ? keyring : keyrings.clear(keyring);
    }

    private long link(int task, int id, int ring) {
        int keyring = process.lookup(task, ring, true, Keys.WRITE);
        int key = keyring < 0 ? keyring : process.lookup(task, id, true, Keys.LINK);
        return key < 0 ? key : keyrings.link(keyring, key);
    }

    private long unlink(int task, int id, int ring) {
        int keyring = process.lookup(task, ring, false, Keys.WRITE);
        int key = keyring < 0 ? keyring : process.lookup(task, id, false, ProcessKeyrings.NO_PERMISSION);
        return key < 0 ? key : keyrings.unlink(keyring, key);
    }

    private long move(int task, SyscallArgs args) {
        int flags = args.intAt(4);
        if ((flags & ~Keyctl.KEYCTL_MOVE_EXCL) != 0) {
            return -Errno.EINVAL;
        }
        int key = process.lookup(task, args.intAt(1), true, Keys.LINK);
        int from = key < 0 ? key : process.lookup(task, args.intAt(2), false, Keys.WRITE);
        int to = from < 0 ? from : process.lookup(task, args.intAt(3), true, Keys.WRITE);
        return to < 0 ? to : keyrings.move(key, from, to, (flags & Keyctl.KEYCTL_MOVE_EXCL) != 0);
    }

    private long search(int task, SyscallArgs args) {
        int kind = calls.copyType(task, args.get(2));
        if (kind < 0 && kind != -Errno.ENODEV && kind != -Outside.EOUTSIDE) {
            return kind;
        }
        int length = calls.copyDescription(task, args.get(3));
        if (length < 0) {
            return length;
        }
        int keyring = process.lookup(task, args.intAt(1), false, Keys.SEARCH);
        boolean possessed = process.possessed();
        int to = args.intAt(4);
        int dest = keyring < 0 || to == 0 ? NULL : process.lookup(task, to, true, Keys.WRITE);
        if (keyring < 0 || dest < 0 || kind < 0) {
            return keyring < 0 ? keyring : dest < 0 ? dest : kind == -Errno.ENODEV ? -Errno.ENOKEY : kind;
        }
        int key = keyrings.search(keyring, possessed, cred(task), kind, calls.description().bytes, length);
        if (key < 0) {
            return key == -Errno.EAGAIN ? -Errno.ENOKEY : key;
        }
        if (dest != NULL) {
            int failed = keys.permission(key, possessed, cred(task), Keys.LINK);
            failed = failed < 0 ? failed : keyrings.link(dest, key);
            if (failed < 0) {
                return failed;
            }
        }
        return calls.told(key);
    }

    /** A key can be read by those with the right to, and by those who can find it in their keyrings. */
    private long read(int task, int id, long buffer, long size) {
        int key = process.lookup(task, id, false, ProcessKeyrings.NO_PERMISSION);
        if (key < 0) {
            return -Errno.ENOKEY;
        }
        if (table.hasFlag(key, KeyTable.FLAG_NEGATIVE)) {
            return -Errno.ENOKEY;
        }
        boolean may = process.possessed() || keys.permission(key, false, cred(task), Keys.READ) == 0;
        if (!may) {
            return -Errno.EACCES;
        }
        if (table.type(key) == KeyTable.TYPE_LOGON) {
            return -Errno.EOPNOTSUPP;
        }
        int invalid = keys.validate(key);
        if (invalid < 0) {
            return invalid;
        }
        if (table.type(key) == KeyTable.TYPE_KEYRING) {
            return readKeyring(task, key, buffer, size);
        }
        byte[] bytes = new byte[table.datalen(key)];
        return put(task, buffer, size, bytes, keys.readPayload(key, bytes));
    }

    private long readKeyring(int task, int keyring, long buffer, long size) {
        int count = keyrings.read(keyring, numbers);
        if (count > numbers.length) {
            numbers = new int[count];
            keyrings.read(keyring, numbers);
        }
        if (buffer == 0 || Long.compareUnsigned(size, 4L * count) < 0) {
            return 4L * count;
        }
        for (int i = 0; i < count; i++) {
            if (calls.memory().putInt(calls.tasks().mm(task), buffer + 4L * i, numbers[i]) < 0) {
                return -Errno.EFAULT;
            }
        }
        return 4L * count;
    }

    private long getSecurity(int task, int id, long buffer, long size) {
        int key = process.lookup(task, id, false, Keys.VIEW);
        if (key < 0) {
            return key == -Errno.EACCES ? -Errno.ENOKEY : key;
        }
        text[0] = 0;
        return put(task, buffer, size, text, 1);
    }

    private long setReqkeyKeyring(int task, int which) {
        return owners.setReqkeyKeyring(task, which, process);
    }

    private long getPersistent(int task, int user, int dest) {
        int kuid = owners.persistentUid(task, user);
        if (kuid < 0) {
            return kuid;
        }
        int keyring = process.lookup(task, dest, true, Keys.WRITE);
        if (keyring < 0) {
            return keyring;
        }
        if (table.type(keyring) != KeyTable.TYPE_KEYRING) {
            return -Errno.ENOTDIR;
        }
        int persistent = process.persistent(owners.userNs(task), kuid);
        int failed = persistent < 0 ? persistent : keyrings.link(keyring, persistent);
        return failed < 0 ? failed : calls.told(persistent);
    }

    private long restrict(int task, SyscallArgs args) {
        int keyring = process.lookup(task, args.intAt(1), false, Keys.SETATTR);
        if (keyring < 0) {
            return keyring;
        }
        if (args.get(2) != 0) {
            int kind = calls.copyType(task, args.get(2));
            return kind < 0 && kind != -Errno.ENODEV ? kind : -Errno.ENOENT;
        }
        return args.get(3) != 0 ? -Errno.EINVAL : keyrings.restrict(keyring);
    }
}
