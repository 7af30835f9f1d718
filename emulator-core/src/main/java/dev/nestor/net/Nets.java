package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.OwnedNamespaces;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.UcountType;

/** Network namespaces: net/core/net_namespace.c. */
public final class Nets extends OwnedNamespaces {
    private static final int SOMAXCONN = 4096;
    private static final int MAX_DGRAM_QLEN = 10;

    /** What a net has from its birth, and loses at its death: pernet_operations. */
    public interface Contents {
        default void initNet(int net) {}

        default void exitNet(int net) {}
    }

    private final NetTable table;
    private Contents contents = new Contents() {};
    private long lastCookie;

    public Nets(NetTable namespaces, UserNamespaces userNamespaces, NsInums inums) {
        super(namespaces, userNamespaces, inums, UcountType.NET_NAMESPACES);
        this.table = namespaces;
    }

    /** The initial one. */
    public int createRoot(int userNs) {
        return setup(allocRoot(userNs, NsInums.NET_NS_INIT_INO));
    }

    /** copy_net_ns(): a new one owned by userNs and counted as kuid's; NULL at the limit. */
    public int create(int userNs, int kuid) {
        int net = alloc(userNs, kuid);
        return net == NULL ? NULL : setup(net);
    }

    private int setup(int net) {
        table.setSomaxconn(net, SOMAXCONN);
        table.setMaxDgramQlen(net, MAX_DGRAM_QLEN);
        table.setPingRange(net, 1, 0);
        table.setCookie(net, ++lastCookie);
        contents.initNet(net);
        return net;
    }

    /** cleanup_net(). */
    @Override
    protected void destroy(int ns) {
        contents.exitNet(ns);
    }

    /** register_pernet_subsys(): the namespaces that there are already are the caller's to fill. */
    void setContents(Contents wanted) {
        contents = wanted;
    }

    /** The net columns. */
    public NetTable table() {
        return table;
    }

    long cookie(int net) {
        return table.cookie(net);
    }
}
