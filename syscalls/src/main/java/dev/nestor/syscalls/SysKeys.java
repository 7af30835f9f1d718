package dev.nestor.syscalls;

import dev.nestor.fs.Outside;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.security.keys.KeyDescription;
import dev.nestor.security.keys.KeyTable;
import dev.nestor.security.keys.Keyrings;
import dev.nestor.security.keys.Keys;
import dev.nestor.security.keys.ProcessKeyrings;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import java.nio.charset.StandardCharsets;

/** Keys: add_key(2), request_key(2); what is copied in for them and for keyctl(2); security/keys/keyctl.c. */
public final class SysKeys {
    private static final int TYPE_SIZE = 32; // bytes, the NUL included
    private static final int MAX_DESCRIPTION = 4096; // bytes, the NUL included
    private static final long MAX_PAYLOAD = 1024 * 1024 - 1; // bytes

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Keys keys;
    private final Keyrings keyrings;
    private final ProcessKeyrings processKeyrings;
    private final KeyOwners owners;
    private final boolean hasHelper;
    private final byte[] type = new byte[TYPE_SIZE];
    private final KeyDescription description = new KeyDescription();
    private byte[] payload = new byte[4096];

    public SysKeys(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.keys = kernel.keys();
        this.keyrings = kernel.keyrings();
        this.processKeyrings = kernel.processKeyrings();
        this.owners = new KeyOwners(kernel);
        this.hasHelper = kernel.config().requestKeyHelper();
    }

    public void register(SyscallTable.Builder calls) {
        calls.partial(
                        Nr.NR_add_key,
                        "add_key",
                        this::addKey,
                        "types user, logon and keyring; no encrypted key is made, asymmetric and dns_resolver are left to the driver")
                .partial(
                        Nr.NR_request_key,
                        "request_key",
                        this::requestKey,
                        "no helper is run, as where /sbin/request-key is missing")
                .partial(
                        Nr.NR_keyctl,
                        "keyctl",
                        new SysKeyctl(this, owners, keys, keyrings, processKeyrings)::keyctl,
                        "no public-key operations; revoked keys stay linked until they are unlinked");
    }

    int told(int key) {
        return key < 0 ? key : keys.tell(key);
    }

    TaskTable tasks() {
        return tasks;
    }

    UserMemory memory() {
        return memory;
    }

    KeyDescription description() {
        return description;
    }

    byte[] payload() {
        return payload;
    }

    /** strndup_user() of at most so many bytes: its length, EFAULT, or EINVAL when it is longer. */
    int copyString(int task, long address, byte[] into, int size) {
        int mm = tasks.mm(task);
        for (int i = 0; i < size; i++) {
            into[i] = memory.getByte(mm, address + i);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            if (into[i] == 0) {
                return i;
            }
        }
        return -Errno.EINVAL;
    }

    /** A description, into {@link #description}: its length, or a negative errno. */
    int copyDescription(int task, long address) {
        description.length = copyString(task, address, description.bytes, MAX_DESCRIPTION);
        return description.length;
    }

    /** key_get_type_from_user(): KeyTable.TYPE_*, ENODEV for a type that is not there; EFAULT, EINVAL, EPERM. */
    int copyType(int task, long address) {
        int length = copyString(task, address, type, TYPE_SIZE);
        if (length <= 0) {
            return length == 0 ? -Errno.EINVAL : length;
        }
        if (type[0] == '.') {
            return -Errno.EPERM;
        }
        return switch (new String(type, 0, length, StandardCharsets.ISO_8859_1)) {
            case "user" -> KeyTable.TYPE_USER;
            case "logon" -> KeyTable.TYPE_LOGON;
            case "keyring" -> KeyTable.TYPE_KEYRING;
            case "encrypted" -> KeyTable.TYPE_ENCRYPTED;
            case "asymmetric", "dns_resolver" -> -Outside.EOUTSIDE;
            default -> -Errno.ENODEV;
        };
    }

    /** Copies a payload in: 0, EFAULT, or EINVAL when it is longer than most bytes. */
    int copyPayload(int task, long address, long length, long most) {
        if (Long.compareUnsigned(length, most) > 0) {
            return -Errno.EINVAL;
        }
        if (length > payload.length) {
            payload = new byte[(int) length];
        }
        return length == 0 || memory.copyFromUser(tasks.mm(task), address, payload, 0, (int) length) >= 0
                ? 0
                : -Errno.EFAULT;
    }

    private long addKey(int task, SyscallArgs args) {
        long length = args.get(3);
        if (Long.compareUnsigned(length, MAX_PAYLOAD) > 0) {
            return -Errno.EINVAL;
        }
        int kind = copyType(task, args.get(0));
        if (kind < 0 && kind != -Errno.ENODEV && kind != -Outside.EOUTSIDE) {
            return kind;
        }
        description.length = 0;
        if (args.get(1) != 0 && copyDescription(task, args.get(1)) < 0) {
            return description.length;
        }
        boolean hidden = description.length > 0 && description.bytes[0] == '.';
        if (hidden && kind == KeyTable.TYPE_KEYRING) {
            return -Errno.EPERM;
        }
        int failed = copyPayload(task, args.get(2), length, MAX_PAYLOAD);
        if (failed < 0) {
            return failed;
        }
        int keyring = processKeyrings.lookup(task, args.intAt(4), true, Keys.WRITE);
        if (keyring < 0 || kind < 0) {
            return keyring < 0 ? keyring : kind;
        }
        if (keys.table().type(keyring) != KeyTable.TYPE_KEYRING) {
            return -Errno.ENOTDIR;
        }
        if (kind == KeyTable.TYPE_ENCRYPTED) {
            return addEncrypted(keyring, (int) length);
        }
        int invalid = Keys.checkPayload(kind, args.get(2) != 0, (int) length);
        if (invalid < 0 || description.length == 0) {
            return -Errno.EINVAL;
        }
        return told(processKeyrings.createOrUpdate(task, keyring, kind, description, payload, (int) length));
    }

    /** encrypted_instantiate(), without making any: a key is not made by an update of none. */
    private long addEncrypted(int keyring, int length) {
        String blob = new String(payload, 0, length, StandardCharsets.ISO_8859_1);
        if (blob.startsWith("new ") || blob.startsWith("load ")) {
            return -Outside.EOUTSIDE;
        }
        boolean negative = processKeyrings.isNegative(keyring, KeyTable.TYPE_ENCRYPTED, description);
        return negative && blob.startsWith("update ") ? -Errno.ENOKEY : -Errno.EINVAL;
    }

    private long requestKey(int task, SyscallArgs args) {
        int kind = copyType(task, args.get(0));
        if (kind < 0 && kind != -Errno.ENODEV && kind != -Outside.EOUTSIDE) {
            return kind;
        }
        if (copyDescription(task, args.get(1)) < 0) {
            return description.length;
        }
        boolean callout = args.get(2) != 0;
        if (callout) {
            int length = copyString(task, args.get(2), payload, 4096);
            if (length < 0) {
                return length;
            }
        }
        int keyring = args.intAt(3) == 0 ? 0 : processKeyrings.lookup(task, args.intAt(3), true, Keys.WRITE);
        if (keyring < 0 || kind < 0) {
            return keyring < 0 ? keyring : kind == -Errno.ENODEV ? -Errno.ENOKEY : kind;
        }
        return find(task, kind, keyring, callout);
    }

    /** request_key_and_link(). */
    private long find(int task, int kind, int keyring, boolean callout) {
        int key = processKeyrings.search(task, kind, description.bytes, description.length);
        if (key == -Errno.EAGAIN) {
            return callout ? construct(task, kind, keyring) : -Errno.ENOKEY;
        }
        if (key > 0 && keyring != 0) {
            int failed = keys.permission(key, true, tasks.cred(task), Keys.LINK);
            failed = failed < 0 ? failed : keyrings.link(keyring, key);
            return failed < 0 ? failed : told(key);
        }
        return told(key);
    }

    /** construct_key_and_link(), whose helper makes nothing or can't be run: EPERM for a keyring, which none makes. */
    private long construct(int task, int kind, int keyring) {
        if (kind == KeyTable.TYPE_KEYRING) {
            return -Errno.EPERM;
        }
        int failed = processKeyrings.negate(task, kind, description, keyring);
        return failed == -Errno.ENOENT && hasHelper ? -Errno.ENOKEY : failed;
    }
}
