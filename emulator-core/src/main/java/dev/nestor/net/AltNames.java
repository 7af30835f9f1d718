package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.NameTable;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;

/** Other names that devices are known by, of up to 127 bytes: netdev_name_node of net/core/dev.c. */
final class AltNames {
    /** ALTIFNAMSIZ, with the NUL. */
    static final int ALTIFNAMSIZ = 128;

    private final AltNameTable table;
    private final NameTable names;
    private final NetDevices devices;

    AltNames(int limit, NetDevices devices, NameTable names) {
        this.table = new AltNameTable(limit, devices.table());
        this.names = names;
        this.devices = devices;
    }

    int first(int dev) {
        return table.names().first(dev);
    }

    int next(int node) {
        return table.names().next(node);
    }

    int name(int node) {
        return table.name(node);
    }

    String text(int node) {
        return names.text(table.name(node));
    }

    /** netdev_name_node_alt_create(): EEXIST, ENOMEM. */
    int add(int dev, byte[] text, int at, int length) {
        int net = devices.devNet(dev);
        int found = names.find(text, at, length);
        if (found != NULL && devices.byName(net, found) != NULL) {
            return -Errno.EEXIST;
        }
        int name = names.intern(text, at, length);
        int node = name == NULL ? NULL : table.alloc();
        if (node == NULL) {
            if (name != NULL) {
                names.put(name);
            }
            return -Errno.ENOMEM;
        }
        table.setDev(node, dev);
        table.setName(node, name);
        table.names().addLast(dev, node);
        devices.hash(net, name, dev);
        return 0;
    }

    /** netdev_name_node_alt_destroy(): ENOENT, EINVAL for the name itself. */
    int remove(int dev, byte[] text, int at, int length) {
        int name = names.find(text, at, length);
        int found = name == NULL ? NULL : devices.byName(devices.devNet(dev), name);
        if (found == NULL) {
            return -Errno.ENOENT;
        }
        for (int node = first(dev); node != NULL; node = next(node)) {
            if (table.name(node) == name) {
                drop(dev, node);
                return 0;
            }
        }
        return -Errno.EINVAL;
    }

    private void drop(int dev, int node) {
        devices.unhash(devices.devNet(dev), table.name(node));
        table.names().remove(node);
        names.put(table.name(node));
        table.free(node);
    }

    void forget(int dev) {
        int node = first(dev);
        while (node != NULL) {
            drop(dev, node);
            node = first(dev);
        }
    }

    void digest(StateHash hash) {
        table.digest(hash);
    }
}
