package dev.nestor.kernel.cred;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;

/** Writing uid_map, gid_map, projid_map and setgroups of a user namespace: map_write() of kernel/user_namespace.c. */
public final class IdMaps {
    private static final int UID_GID_MAP_MAX_EXTENTS = 340;
    private static final int PAGE_SIZE = 4096;

    private final UserNamespaceTable namespaces;
    private final UserNamespaces verbs;
    private final CredTable creds;
    private final Capabilities capabilities;
    private final int[] first = new int[UID_GID_MAP_MAX_EXTENTS];
    private final int[] lower = new int[UID_GID_MAP_MAX_EXTENTS];
    private final int[] length = new int[UID_GID_MAP_MAX_EXTENTS];
    private int count; // extents parsed
    private int at; // place in the text

    public IdMaps(UserNamespaceTable namespaces, UserNamespaces verbs, CredTable creds, Capabilities capabilities) {
        this.namespaces = namespaces;
        this.verbs = verbs;
        this.creds = creds;
        this.capabilities = capabilities;
    }

    /**
     * map_write(): the number of bytes, or a negative errno. A map is written once and whole; EINVAL for a
     * write elsewhere than at the beginning of the file is the file's to give.
     *
     * @param kind UserNamespaces.UID and so on
     * @param writer cred of the task that writes
     * @param opener cred that the file was opened with
     */
    public int write(int ns, int kind, int writer, int opener, byte[] text, int size) {
        if (size >= PAGE_SIZE) {
            return -Errno.EINVAL;
        }
        if (verbs.extentCount(ns, kind) != 0) {
            return -Errno.EPERM;
        }
        int cap = kind == UserNamespaces.UID ? Capability.CAP_SETUID : Capability.CAP_SETGID;
        if (kind != UserNamespaces.PROJID && !capabilities.capCapable(writer, ns, Capability.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        int invalid = parse(text, size);
        if (invalid < 0) {
            return invalid;
        }
        if (!isPermitted(ns, kind, cap, writer, opener)) {
            return -Errno.EPERM;
        }
        return store(ns, kind, size);
    }

    /** Lines of three decimal numbers: first inside, first in the parent, how many. */
    private int parse(byte[] text, int size) {
        count = 0;
        at = 0;
        while (at < size && text[at] != 0) {
            if (count == UID_GID_MAP_MAX_EXTENTS) {
                return -Errno.EINVAL;
            }
            long inside = number(text, size);
            long parent = number(text, size);
            long ids = number(text, size);
            if (inside < 0 || parent < 0 || ids <= 0 || !endOfLine(text, size)) {
                return -Errno.EINVAL;
            }
            if (inside == 0xffffffffL
                    || parent == 0xffffffffL
                    || inside + ids > 0xffffffffL
                    || parent + ids > 0xffffffffL) {
                return -Errno.EINVAL;
            }
            if (overlaps(inside, parent, ids)) {
                return -Errno.EINVAL;
            }
            first[count] = (int) inside;
            lower[count] = (int) parent;
            length[count] = (int) ids;
            count++;
        }
        return count == 0 ? -Errno.EINVAL : 0;
    }

    private long number(byte[] text, int size) {
        while (at < size && isSpace(text[at])) {
            at++;
        }
        int start = at;
        long value = 0;
        while (at < size && text[at] >= '0' && text[at] <= '9' && value <= 0xffffffffL) {
            value = value * 10 + text[at] - '0';
            at++;
        }
        boolean ended = at == size || text[at] == 0 || text[at] == '\n' || isSpace(text[at]);
        return at == start || !ended || value > 0xffffffffL ? -1 : value;
    }

    private boolean endOfLine(byte[] text, int size) {
        while (at < size && isSpace(text[at])) {
            at++;
        }
        if (at < size && text[at] == '\n') {
            at++;
            return true;
        }
        return at == size || text[at] == 0;
    }

    private static boolean isSpace(byte letter) {
        return letter == ' ' || letter == '\t' || letter == '\r' || letter == 0x0b || letter == '\f';
    }

    /** mappings_overlap(), on either side. */
    private boolean overlaps(long inside, long parent, long ids) {
        for (int i = 0; i < count; i++) {
            long otherInside = Integer.toUnsignedLong(first[i]);
            long otherParent = Integer.toUnsignedLong(lower[i]);
            long others = Integer.toUnsignedLong(length[i]);
            if (inside < otherInside + others && otherInside < inside + ids) {
                return true;
            }
            if (parent < otherParent + others && otherParent < parent + ids) {
                return true;
            }
        }
        return false;
    }

    /** new_idmap_permitted(). */
    private boolean isPermitted(int ns, int kind, int cap, int writer, int opener) {
        int parent = namespaces.parent(ns);
        if (kind == UserNamespaces.UID && !mayMapRoot(ns, parent, opener)) {
            return false;
        }
        boolean single = count == 1 && length[0] == 1;
        if (single && creds.euid(writer) == namespaces.owner(ns)) {
            if (kind == UserNamespaces.UID && verbs.makeKuid(parent, lower[0]) == creds.euid(writer)) {
                return true;
            }
            if (kind == UserNamespaces.GID
                    && !namespaces.setgroupsAllowed(ns)
                    && verbs.makeKgid(parent, lower[0]) == creds.egid(writer)) {
                return true;
            }
        }
        if (kind == UserNamespaces.PROJID) {
            return true;
        }
        return parent != NULL
                && capabilities.capCapable(writer, parent, cap)
                && capabilities.capCapable(opener, parent, cap);
    }

    /** verify_root_map(): who maps uid 0 of the parent has to have had, or has, CAP_SETFCAP there. */
    private boolean mayMapRoot(int ns, int parent, int opener) {
        boolean mapsRoot = false;
        for (int i = 0; i < count; i++) {
            mapsRoot |= lower[i] == 0;
        }
        if (!mapsRoot) {
            return true;
        }
        return creds.userNs(opener) == ns
                ? namespaces.parentCouldSetfcap(ns)
                : capabilities.capCapable(opener, parent, Capability.CAP_SETFCAP);
    }

    /** The parent's ids become those of the initial namespace; each extent has to lie whole in one of the parent's. */
    private int store(int ns, int kind, int size) {
        int parent = namespaces.parent(ns);
        for (int i = 0; i < count; i++) {
            int kid = verbs.makeKid(parent, kind, lower[i]);
            int last = verbs.makeKid(parent, kind, lower[i] + length[i] - 1);
            if (kid == UserNamespaces.INVALID_ID || last != kid + length[i] - 1) {
                return -Errno.EPERM;
            }
            lower[i] = kid;
        }
        return verbs.setMap(ns, kind, count, first, lower, length) ? size : -Errno.ENOMEM;
    }

    /** proc_setgroups_write(): "allow" or "deny"; the bytes, or a negative errno. */
    public int writeSetgroups(int ns, byte[] text, int size, long position) {
        if (position != 0 || size >= 8) {
            return -Errno.EINVAL;
        }
        boolean allow = startsWith(text, size, "allow");
        boolean deny = startsWith(text, size, "deny");
        int end = allow ? 5 : 4;
        while (end < size && (isSpace(text[end]) || text[end] == '\n')) {
            end++;
        }
        if ((!allow && !deny) || (end < size && text[end] != 0)) {
            return -Errno.EINVAL;
        }
        if (allow) {
            return namespaces.setgroupsAllowed(ns) ? size : -Errno.EPERM;
        }
        if (verbs.extentCount(ns, UserNamespaces.GID) != 0) {
            return -Errno.EPERM;
        }
        namespaces.setSetgroupsAllowed(ns, false);
        return size;
    }

    private static boolean startsWith(byte[] text, int size, String word) {
        if (size < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (text[i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
