package dev.nestor.kernel.utsname;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;

/** UTS namespaces and their names: kernel/utsname.c. */
public final class UtsNamespaces {
    /** Fields of struct new_utsname. */
    public static final int SYSNAME = 0;

    public static final int NODENAME = 1;
    public static final int RELEASE = 2;
    public static final int VERSION = 3;
    public static final int MACHINE = 4;
    public static final int DOMAINNAME = 5;

    private final UtsNamespaceTable namespaces;
    private final UserNamespaces userNamespaces;
    private final NsInums inums;

    public UtsNamespaces(UtsNamespaceTable namespaces, UserNamespaces userNamespaces, NsInums inums) {
        this.namespaces = namespaces;
        this.userNamespaces = userNamespaces;
        this.inums = inums;
    }

    /** init_uts_ns, with all names empty. */
    public int createRoot(int userNs) {
        return fill(namespaces.alloc(), userNs, NsInums.UTS_NS_INIT_INO);
    }

    /** clone_uts_ns(): a copy of all six names, owned by userNs; NULL at the limit. */
    public int create(int from, int userNs) {
        int ns = namespaces.alloc();
        if (ns == NULL) {
            return NULL;
        }
        namespaces.copyName(from, ns);
        return fill(ns, userNs, inums.alloc());
    }

    private int fill(int ns, int userNs, int inum) {
        namespaces.setCount(ns, 1);
        userNamespaces.hold(userNs);
        namespaces.setUserNs(ns, userNs);
        namespaces.setInum(ns, inum);
        return ns;
    }

    public void hold(int ns) {
        namespaces.setCount(ns, namespaces.count(ns) + 1);
    }

    public void put(int ns) {
        int count = namespaces.count(ns) - 1;
        namespaces.setCount(ns, count);
        if (count == 0) {
            int userNs = namespaces.userNs(ns);
            inums.free(namespaces.inum(ns));
            namespaces.free(ns);
            userNamespaces.put(userNs);
        }
    }

    /** sethostname(2) and its kind: the bytes, then zeroes to the end of the field. At most 64. */
    public void setName(int ns, int field, byte[] name, int length) {
        namespaces.clearField(ns, field);
        namespaces.write(ns, field, name, length);
    }

    /** proc_do_uts_string(): the bytes and a NUL; what the field held beyond it stays and is seen by uname(2). */
    public void writeSysctl(int ns, int field, byte[] name, int length) {
        name[length] = 0;
        namespaces.write(ns, field, name, length + 1);
    }
}
