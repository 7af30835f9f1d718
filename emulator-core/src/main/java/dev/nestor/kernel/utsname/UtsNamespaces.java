package dev.nestor.kernel.utsname;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.OwnedNamespaces;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.UcountType;

/** UTS namespaces and their names: kernel/utsname.c. */
public final class UtsNamespaces extends OwnedNamespaces {
    /** Fields of struct new_utsname. */
    public static final int SYSNAME = 0;

    public static final int NODENAME = 1;
    public static final int RELEASE = 2;
    public static final int VERSION = 3;
    public static final int MACHINE = 4;
    public static final int DOMAINNAME = 5;

    private final UtsNamespaceTable namespaces;

    public UtsNamespaces(UtsNamespaceTable namespaces, UserNamespaces userNamespaces, NsInums inums) {
        super(namespaces, userNamespaces, inums, UcountType.UTS_NAMESPACES);
        this.namespaces = namespaces;
    }

    /** init_uts_ns, with all names empty. */
    public int createRoot(int userNs) {
        return allocRoot(userNs, NsInums.UTS_NS_INIT_INO);
    }

    /** clone_uts_ns(): a copy of all six names, owned by userNs and counted as kuid's; NULL at the limit. */
    public int create(int from, int userNs, int kuid) {
        int ns = alloc(userNs, kuid);
        if (ns != NULL) {
            namespaces.copyName(from, ns);
        }
        return ns;
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
