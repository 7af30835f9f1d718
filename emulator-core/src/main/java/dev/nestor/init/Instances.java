package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FsContextTable;
import dev.nestor.fs.FsOptionRules;
import dev.nestor.fs.FsType;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Outside;
import dev.nestor.fs.SuperBlockTable;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.devices.MemDevices;
import dev.nestor.fs.proc.HidePid;
import dev.nestor.fs.tmpfs.TmpFs;
import dev.nestor.fs.tmpfs.TmpFsOptions;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Stat;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What vfs_get_tree() makes of a context, for each file system that the reference machine's /proc/filesystems lists. */
final class Instances {
    /** Of the kernel's own objects, whose names are not known here: name, f_type. */
    private static final Object[][] SPECIAL = {
        {"devpts", 0x1cd1L},
        {"binfmt_misc", 0x42494e4dL},
        {"debugfs", 0x64626720L},
        {"tracefs", 0x74726163L},
        {"securityfs", 0x73636673L},
        {"bpf", 0xcafe4a11L},
        {"hugetlbfs", 0x958458f6L},
        {"fusectl", 0x65735543L},
        {"pstore", 0x6165676cL},
        {"overlay", 0x794c7630L},
        {"cpuset", 0x27e0ebL},
        {"autofs", 0x187L},
        {"fuse", 0x65735546L},
    };

    /** On block devices. */
    private static final String[] ON_DEVICES = {"ext2", "ext3", "squashfs", "fuseblk", "xfs", "erofs", "btrfs"};

    /** FS_USERNS_MOUNT, in the mounter's own user namespace. */
    private static final String OF_ANYBODY = ",tmpfs,ramfs,devpts,overlay,fuse,binfmt_misc,bpf,";

    private static final String SINGLE = ",debugfs,tracefs,securityfs,fusectl,pstore,";
    private static final String ALL =
            ",sysfs,tmpfs,proc,cgroup,cgroup2,cpuset,devtmpfs,binfmt_misc,debugfs,tracefs,securityfs,"
                    + "sockfs,bpf,pipefs,ramfs,hugetlbfs,devpts,ext3,ext2,ext4,squashfs,autofs,fuseblk,fuse,fusectl,overlay,xfs,erofs,"
                    + "mqueue,btrfs,pstore,";

    private static final long PAGE_SHIFT = 12;

    private final Kernel kernel;
    private final FileSystems fileSystems;
    private final Vfs vfs;
    private final SuperBlockTable sbs;
    private final TmpFs[] special;
    private final TmpFsOptions tmpfsOptions;

    Instances(Kernel kernel, FileSystems fileSystems, MemDevices devices) {
        this.kernel = kernel;
        this.fileSystems = fileSystems;
        this.vfs = kernel.vfs();
        this.sbs = vfs.tables.superBlocks;
        this.tmpfsOptions = new TmpFsOptions();
        this.special = new TmpFs[SPECIAL.length];
        for (int i = 0; i < SPECIAL.length; i++) {
            special[i] = TmpFs.special(vfs, devices, (String) SPECIAL[i][0], (Long) SPECIAL[i][1]);
        }
        for (String name : ON_DEVICES) {
            TmpFs.disk(vfs, devices, name, TmpFs.EXT4_SUPER_MAGIC);
        }
    }

    TmpFs special(String name) {
        for (TmpFs type : special) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        throw new IllegalArgumentException(name);
    }

    /** get_fs_type(): the FsType index, or ENODEV. */
    int type(byte[] name, int length) {
        int type = vfs.types.find(name, length);
        return type >= 0 && lists(ALL, vfs.types.get(type).name()) ? type : -Errno.ENODEV;
    }

    /** Whether a list has a name, with commas around. */
    private static boolean lists(String list, String name) {
        int at = list.indexOf(name);
        while (at >= 0) {
            if (list.charAt(at - 1) == ',' && list.charAt(at + name.length()) == ',') {
                return true;
            }
            at = list.indexOf(name, at + 1);
        }
        return false;
    }

    boolean isOnDevice(String name) {
        return name.equals("ext4") || lists(",ext2,ext3,squashfs,fuseblk,xfs,erofs,btrfs,", name);
    }

    /** fc->user_ns: whose administrator may mount it. Where it is not marked FS_USERNS_MOUNT it is the initial one. */
    int userNsFor(int task, String type) {
        if (lists(OF_ANYBODY, type)) {
            return kernel.credTable().userNs(kernel.tasks().cred(task));
        }
        NsProxyTable proxies = kernel.nsProxyTable();
        int proxy = kernel.tasks().nsproxy(task);
        return switch (type) {
            case "proc" -> kernel.pidNamespaceTable().userNs(kernel.pids().activeNs(task));
            case "sysfs" -> kernel.nets().owner(proxies.netNs(proxy));
            case "mqueue" -> kernel.ipcNamespaces().owner(proxies.ipcNs(proxy));
            case "cgroup", "cgroup2" -> kernel.cgroupNamespaces().owner(proxies.cgroupNs(proxy));
            default -> sbs.userNs(fileSystems.rootSb());
        };
    }

    /** vfs_get_tree(): an instance with a reference for the context; a negative errno, EOUTSIDE for what is on a device. */
    int make(int task, int fc) {
        FsContextTable contexts = vfs.tables.fsContexts;
        String type = vfs.types.get(contexts.type(fc)).name();
        String options = text(contexts.options(fc));
        int sb =
                switch (type) {
                    case "tmpfs" -> makeTmpfs(task, contexts.userNs(fc), options);
                    case "proc" -> makeProc(task, fc, options);
                    case "mqueue" ->
                        fileSystems
                                .mqueueFs()
                                .instance(kernel.nsProxyTable()
                                        .ipcNs(kernel.tasks().nsproxy(task)));
                    case "ramfs" -> makeRamfs(task, contexts.userNs(fc), options);
                    case "cgroup2", "cgroup", "cpuset" -> makeCgroup(task, type, options);
                    case "devtmpfs" -> vfs.superBlocks.get(fileSystems.devtmpfsSb());
                    case "autofs", "fuse" -> -Errno.EINVAL;
                    case "sockfs", "pipefs" -> -Outside.EOUTSIDE;
                    default ->
                        isOnDevice(type) ? onDevice(task, contexts.source(fc)) : makeSpecial(task, type, fc, options);
                };
        if (sb == NULL) {
            return -Errno.ENOMEM;
        }
        if (sb > 0 && sbs.count(sb) == 1) {
            sbs.setFlags(sb, contexts.sbFlags(fc));
        }
        return sb;
    }

    String text(int name) {
        if (name == NULL) {
            return "";
        }
        byte[] bytes = new byte[vfs.tables.names.length(name)];
        vfs.tables.names.copy(name, bytes, 0);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    void setText(int sb, String options) {
        vfs.tables.names.put(sbs.options(sb));
        if (options.isEmpty()) {
            sbs.setOptions(sb, NULL);
            return;
        }
        byte[] bytes = options.getBytes(StandardCharsets.ISO_8859_1);
        sbs.setOptions(sb, vfs.tables.names.intern(bytes, 0, bytes.length));
    }

    /** get_tree_bdev(): no source, no such path, no block device; what is on one is outside. */
    private int onDevice(int task, int source) {
        if (source == NULL) {
            return -Errno.EINVAL;
        }
        byte[] path = text(source).getBytes(StandardCharsets.ISO_8859_1);
        Nameidata nd = vfs.namei.second().set(path, 0, path.length);
        int error = path.length == 0 ? -Errno.EINVAL : vfs.namei.lookup(nd, task, Fcntl.AT_FDCWD, LookupFlags.FOLLOW);
        if (error != 0) {
            return error;
        }
        int inode = vfs.tables.dentries.inode(nd.dentry());
        boolean isBlock = (vfs.tables.inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFBLK;
        nd.release();
        return isBlock ? -Outside.EOUTSIDE : -Errno.ENOTBLK;
    }

    private int makeSpecial(int task, String type, int fc, String options) {
        int userNs = vfs.tables.fsContexts.userNs(fc);
        int netNs = kernel.nsProxyTable().netNs(kernel.tasks().nsproxy(task));
        boolean isSingle = lists(SINGLE, type);
        boolean isKeyed = type.equals("sysfs") || type.equals("binfmt_misc");
        boolean isFirstNet = netNs == kernel.nsProxyTable().netNs(kernel.tasks().nsproxy(kernel.initTask()));
        int key = type.equals("sysfs") && !isFirstNet ? netNs : type.equals("binfmt_misc") ? userNs : NULL;
        if (isSingle || isKeyed) {
            int found = find(vfs.types.find(type), key);
            if (found != NULL) {
                return vfs.superBlocks.get(found);
            }
        }
        int error = type.equals("overlay") ? mayOverlay(options) : 0;
        if (error != 0) {
            return error;
        }
        int sb = type.equals("sysfs")
                ? fileSystems.newSysfs(userNs)
                : fileSystems.newSpecial(special(type), userNs, 0755);
        if (sb != NULL) {
            sbs.setKey(sb, key);
            setText(sb, shown(type, options));
        }
        return sb;
    }

    /** sget_fc(): an instance that is there already. */
    private int find(int type, int key) {
        for (int row = 1; row < sbs.rows(); row++) {
            int sb = sbs.handleInRow(row);
            if (sb != NULL && sbs.type(sb) == type && sbs.key(sb) == key) {
                return sb;
            }
        }
        return NULL;
    }

    /** What ovl_fill_super() asks for; that the layers are there has been seen with their options. */
    private static int mayOverlay(String options) {
        String lower = FsOptionRules.valueOf(options, "lowerdir");
        boolean hasAdded = FsOptionRules.valueOf(options, "lowerdir+") != null;
        boolean upper = FsOptionRules.valueOf(options, "upperdir") != null;
        boolean work = FsOptionRules.valueOf(options, "workdir") != null;
        boolean isEnough = upper || hasAdded || (lower != null && lower.contains(":"));
        return (lower != null || hasAdded) && isEnough && upper == work ? 0 : -Errno.EINVAL;
    }

    /** s_op->show_options(). */
    static String shown(String type, String options) {
        return switch (type) {
            case "devpts" -> devptsShown(options);
            case "hugetlbfs" -> "pagesize=2M";
            case "overlay" -> options;
            case "proc" -> procShown(options);
            default -> "";
        };
    }

    private static String devptsShown(String options) {
        StringBuilder text = new StringBuilder();
        for (String key : new String[] {"uid", "gid"}) {
            String value = FsOptionRules.valueOf(options, key);
            text.append(value == null ? "" : key + "=" + value + ",");
        }
        String mode = FsOptionRules.valueOf(options, "mode");
        String ptmx = FsOptionRules.valueOf(options, "ptmxmode");
        String max = FsOptionRules.valueOf(options, "max");
        text.append("mode=").append(octal(mode, 0600)).append(",ptmxmode=").append(octal(ptmx, 0));
        return text.append(max == null ? "" : ",max=" + max).toString();
    }

    private static String octal(@Nullable String value, int otherwise) {
        long mode = value == null ? otherwise : FsOptionRules.number(value, 8) & 07777;
        String digits = Long.toOctalString(mode);
        return "000".substring(Math.min(3, digits.length())) + digits;
    }

    private static String procShown(String options) {
        StringBuilder text = new StringBuilder();
        String gid = FsOptionRules.valueOf(options, "gid");
        text.append(gid == null || gid.equals("0") ? "" : ",gid=" + gid);
        String hidepid = FsContexts.hidepid(FsOptionRules.valueOf(options, "hidepid"));
        text.append(hidepid.equals("off") ? "" : ",hidepid=" + hidepid);
        text.append(FsOptionRules.has(options, "subset") ? ",subset=pid" : "");
        return text.isEmpty() ? "" : text.substring(1);
    }

    private int makeProc(int task, int fc, String options) {
        FsContextTable contexts = vfs.tables.fsContexts;
        int pidNs =
                contexts.pidNs(fc) != NULL ? contexts.pidNs(fc) : kernel.pids().activeNs(task);
        int sb = fileSystems
                .procFs()
                .create(contexts.userNs(fc), kernel.pidNamespaces().get(pidNs));
        if (sb != NULL) {
            setProcOptions(sb, options, true);
        }
        return sb;
    }

    /** proc_apply_options(): what is not said stays, or is as it is at first. */
    private void setProcOptions(int sb, String options, boolean isNew) {
        setText(sb, procShown(options));
        String gid = FsOptionRules.valueOf(options, "gid");
        if (gid != null || isNew) {
            int id = gid == null ? 0 : (int) FsOptionRules.number(gid, 0);
            sbs.setPidGid(sb, kernel.userNamespaces().makeKgid(sbs.userNs(sb), id));
        }
        int level =
                switch (FsContexts.hidepid(FsOptionRules.valueOf(options, "hidepid"))) {
                    case "noaccess" -> HidePid.NO_ACCESS;
                    case "invisible" -> HidePid.INVISIBLE;
                    case "ptraceable" -> HidePid.NOT_PTRACEABLE;
                    default -> 0;
                };
        sbs.setHidepid(sb, level | (FsOptionRules.has(options, "subset") ? HidePid.PIDONLY : 0));
    }

    private int makeRamfs(int task, int userNs, String options) {
        String mode = FsOptionRules.valueOf(options, "mode");
        int bits = mode == null ? 0755 : (int) FsOptionRules.number(mode, 8) & 07777;
        int sb = fileSystems.ramfs().create(userNs, bits, fsuid(task), fsgid(task));
        if (sb != NULL && bits != 0755) {
            setText(sb, "mode=" + Integer.toOctalString(bits));
        }
        return sb;
    }

    private int makeCgroup(int task, String type, String options) {
        byte[] data = options.getBytes(StandardCharsets.ISO_8859_1);
        if (type.equals("cgroup2")) {
            int error = fileSystems.cgroupFs().setOptions(task, data, data.length);
            return error != 0 ? error : fileSystems.cgroupFs().instance();
        }
        byte[] asked = type.equals("cpuset") ? "cpuset".getBytes(StandardCharsets.ISO_8859_1) : data;
        int place = fileSystems.legacyCgroupFs().find(task, asked, asked.length);
        return place < 0 ? place : fileSystems.legacyCgroupFs().instance(place);
    }

    private int fsuid(int task) {
        return kernel.credTable().fsuid(kernel.tasks().cred(task));
    }

    private int fsgid(int task) {
        return kernel.credTable().fsgid(kernel.tasks().cred(task));
    }

    private int makeTmpfs(int task, int userNs, String options) {
        long half = kernel.config().memoryBytes() >>> (PAGE_SHIFT + 1);
        tmpfsOptions.parse(options, half);
        int uid = tmpfsOptions.uid() < 0 ? fsuid(task) : kernel.userNamespaces().makeKuid(userNs, tmpfsOptions.uid());
        int gid = tmpfsOptions.gid() < 0 ? fsgid(task) : kernel.userNamespaces().makeKgid(userNs, tmpfsOptions.gid());
        if (uid == -1 || gid == -1) {
            return -Errno.EINVAL;
        }
        int sb = fileSystems.tmpfs().create(userNs, tmpfsOptions.mode(), uid, gid);
        if (sb != NULL) {
            sbs.setMaxBlocks(sb, tmpfsOptions.blocks());
            sbs.setMaxInodes(sb, tmpfsOptions.inodes());
            tmpfsOptions.setOwner(uid, gid);
            setText(sb, tmpfsOptions.shown());
        }
        return sb;
    }

    /** fc->ops->reconfigure(): EINVAL when less is asked for than is in use, or a limit where there was none. */
    int reconfigure(int fc, int sb) {
        FsType type = vfs.superBlocks.type(sb);
        String options = text(vfs.tables.fsContexts.options(fc));
        boolean endsSwap = FsOptionRules.has(options, "noswap") && !FsOptionRules.has(text(sbs.options(sb)), "noswap");
        if (type.name().equals("tmpfs") && endsSwap) {
            return -Errno.EINVAL;
        }
        if (options.isEmpty()) {
            return 0;
        }
        if (type.name().equals("tmpfs")) {
            return reconfigureTmpfs(sb, options);
        }
        if (type.name().equals("proc")) {
            setProcOptions(sb, text(sbs.options(sb)) + "," + options, false);
        }
        if (type.name().equals("devpts")) {
            setText(sb, shown(type.name(), text(sbs.options(sb)) + "," + options));
        }
        return 0;
    }

    private int reconfigureTmpfs(int sb, String options) {
        long half = kernel.config().memoryBytes() >>> (PAGE_SHIFT + 1);
        tmpfsOptions.change(text(sbs.options(sb)), options, half);
        boolean limitsBlocks = FsOptionRules.has(options, "size") || FsOptionRules.has(options, "nr_blocks");
        boolean limitsInodes = FsOptionRules.has(options, "nr_inodes");
        boolean fits = (!limitsBlocks || tmpfsOptions.blocks() == 0 || sbs.blocks(sb) <= tmpfsOptions.blocks())
                && (!limitsInodes || tmpfsOptions.inodes() == 0 || sbs.inodes(sb) <= tmpfsOptions.inodes());
        boolean isNewLimit = (limitsBlocks && tmpfsOptions.blocks() > 0 && isUnlimited(sb, "size"))
                || (limitsInodes && tmpfsOptions.inodes() > 0 && isUnlimited(sb, "nr_inodes"));
        if (!fits || isNewLimit) {
            return -Errno.EINVAL;
        }
        sbs.setMaxBlocks(sb, tmpfsOptions.blocks());
        sbs.setMaxInodes(sb, tmpfsOptions.inodes());
        setText(sb, tmpfsOptions.shown());
        return 0;
    }

    /** A tmpfs that was mounted with size=0 or nr_inodes=0 can't be limited any more. */
    private boolean isUnlimited(int sb, String key) {
        return "0".equals(FsOptionRules.valueOf(text(sbs.options(sb)), key));
    }
}
