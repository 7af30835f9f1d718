package dev.nestor.init;

import dev.nestor.fs.MntNamespaceTable;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.nsproxy.Namespaces;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.task.TaskTable;

/** Mount namespaces as nsproxy, nsfs and setns handle them. */
final class MountNamespaces implements Namespaces.MountNamespaces {
    private final Vfs vfs;
    private final MntNamespaceTable table;
    private final TaskTable tasks;
    private final NsProxyTable proxies;

    MountNamespaces(Vfs vfs, TaskTable tasks, NsProxyTable proxies) {
        this.vfs = vfs;
        this.table = vfs.tables.mntNamespaces;
        this.tasks = tasks;
        this.proxies = proxies;
    }

    @Override
    public int copyMntNs(int ns, int userNs, int kuid, int fs) {
        return vfs.mntNamespaces.copy(ns, userNs, kuid, fs, vfs.fsStructs);
    }

    @Override
    public void enter(int ns, int fs) {
        int top = vfs.mounts.topOf(vfs.mntNamespaces.root(ns));
        int dentry = vfs.mounts.rootOf(top);
        vfs.fsStructs.setRoot(fs, top, dentry);
        vfs.fsStructs.setPwd(fs, top, dentry);
    }

    @Override
    public int get(int task) {
        int proxy = tasks.nsproxy(task);
        if (proxy == 0) {
            return 0;
        }
        return vfs.mntNamespaces.hold(proxies.mntNs(proxy));
    }

    @Override
    public void hold(int ns) {
        vfs.mntNamespaces.hold(ns);
    }

    @Override
    public void put(int ns) {
        vfs.mntNamespaces.put(ns);
    }

    @Override
    public int inum(int ns) {
        return table.inum(ns);
    }

    @Override
    public int owner(int ns) {
        return table.userNs(ns);
    }

    @Override
    public int parent(int ns) {
        return 0;
    }
}
