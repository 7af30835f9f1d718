package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.FsContextTable;
import dev.nestor.fs.FsOptionRules;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.SuperBlockTable;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.anon.AnonInodes;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * File systems being set up, or set up anew: fs/fs_context.c, fs/fsopen.c. mount(2) goes this way too, with a context of its
 * own for the time of the call.
 */
public final class FsContexts implements FileOps {
    /** The flags of mount(2) that a file system can be given anew: RDONLY, SYNCHRONOUS, MANDLOCK, I_VERSION, LAZYTIME. */
    public static final int MS_RMT_MASK = 0x2800051;

    private static final int MAX_MESSAGES = 8; // of the log: older ones are lost

    private final Kernel kernel;
    private final FileSystems fileSystems;
    private final Vfs vfs;
    private final FsContextTable table;
    private final SuperBlockTable sbs;
    private final FileTable files;
    private final AnonInodes anonInodes;
    private final int kind;

    FsContexts(Kernel kernel, FileSystems fileSystems, AnonInodes anonInodes) {
        this.kernel = kernel;
        this.fileSystems = fileSystems;
        this.vfs = kernel.vfs();
        this.table = vfs.tables.fsContexts;
        this.sbs = vfs.tables.superBlocks;
        this.files = vfs.tables.files;
        this.anonInodes = anonInodes;
        this.kind = vfs.kinds.add(this);
    }

    public FsContextTable table() {
        return table;
    }

    /** fs_context_for_mount(): ENODEV for a file system that there is not, ENOMEM. */
    public int create(int task, byte[] name, int length) {
        int type = fileSystems.instances().type(name, length);
        if (type < 0) {
            return type;
        }
        int fc = table.alloc();
        if (fc == NULL) {
            return -Errno.ENOMEM;
        }
        table.setType(fc, type);
        int userNs = fileSystems.instances().userNsFor(task, typeName(fc));
        kernel.userNamespaces().hold(userNs);
        table.setUserNs(fc, userNs);
        return fc;
    }

    /** fs_context_for_reconfigure() of the instance that a root is of; ENOMEM. */
    public int createFor(int root) {
        int fc = table.alloc();
        if (fc == NULL) {
            return -Errno.ENOMEM;
        }
        int sb = vfs.tables.dentries.sb(root);
        table.setType(fc, sbs.type(sb));
        kernel.userNamespaces().hold(sbs.userNs(sb));
        table.setUserNs(fc, sbs.userNs(sb));
        setRoot(fc, root);
        table.setPhase(fc, FsContextTable.RECONF_PARAMS);
        return fc;
    }

    private void setRoot(int fc, int root) {
        vfs.superBlocks.get(vfs.tables.dentries.sb(root));
        table.setRoot(fc, vfs.dentries.get(root));
    }

    /** put_fs_context(). */
    public void free(int fc) {
        clean(fc);
        vfs.tables.names.put(table.log(fc));
        dropRoot(fc);
        int userNs = table.userNs(fc);
        table.free(fc);
        kernel.userNamespaces().put(userNs);
    }

    private void dropRoot(int fc) {
        int root = table.root(fc);
        if (root != NULL) {
            int sb = vfs.tables.dentries.sb(root);
            table.setRoot(fc, NULL);
            vfs.dentries.put(root);
            vfs.superBlocks.put(sb);
        }
    }

    /** vfs_clean_context() without its phase: options, source and flags are gone; which flags were named is not forgotten. */
    private void clean(int fc) {
        vfs.tables.names.put(table.source(fc));
        vfs.tables.names.put(table.options(fc));
        table.setSource(fc, NULL);
        table.setOptions(fc, NULL);
        table.setSbFlags(fc, 0);
        if (table.pidNs(fc) != NULL) {
            kernel.pidNamespaces().put(table.pidNs(fc));
            table.setPidNs(fc, NULL);
        }
    }

    /** What fsmount(2) leaves behind: it is as if the instance had been picked. */
    public void mounted(int fc) {
        clean(fc);
        table.setPhase(fc, FsContextTable.AWAITING_RECONF);
    }

    /** finish_clean_context(). */
    public void begin(int fc) {
        if (table.phase(fc) == FsContextTable.AWAITING_RECONF) {
            table.setPhase(fc, FsContextTable.RECONF_PARAMS);
        }
    }

    private String typeName(int fc) {
        return vfs.types.get(table.type(fc)).name();
    }

    private boolean isReconfigured(int fc) {
        return table.root(fc) != NULL;
    }

    /** vfs_parse_fs_param() of a text or a mere word: EINVAL, EPERM, EBUSY, ENOENT. */
    public int parameter(int task, int fc, String key, @Nullable String value) {
        int flag = sbFlag(key);
        if (flag != 0) {
            boolean on = flag > 0;
            int bits = Math.abs(flag);
            table.setSbFlags(fc, on ? table.sbFlags(fc) | bits : table.sbFlags(fc) & ~bits);
            table.setSbFlagsMask(fc, table.sbFlagsMask(fc) | bits);
            return 0;
        }
        String type = typeName(fc);
        int result = isOpen(type) && !key.equals("source") ? 0 : FsOptionRules.check(type, key, value);
        if (result == FsOptionRules.NO_PARAM) {
            return source(fc, type, key, value);
        }
        if (result < 0) {
            boolean isUnexpected = FsOptionRules.isFlag(type, key);
            return fail(
                    fc, result, type + (isUnexpected ? ": Unexpected value for '" : ": Bad value for '") + key + "'\n");
        }
        result = special(task, fc, type, key, value);
        return result != 0 ? Math.min(result, 0) : take(fc, key, value);
    }

    /** A parameter that is no text: no file system here takes one. */
    public int otherParameter(int fc, String key) {
        String type = typeName(fc);
        if (key.equals("source")) {
            return fail(fc, -Errno.EINVAL, "Non-string source\n");
        }
        boolean known = FsOptionRules.check(type, key, "") != FsOptionRules.NO_PARAM;
        return fail(fc, -Errno.EINVAL, type + (known ? ": Bad value for '" : ": Unknown parameter '") + key + "'\n");
    }

    /** Whether the options of a file system are not known here. */
    private boolean isOpen(String type) {
        return fileSystems.instances().isOnDevice(type) || type.equals("cgroup") || type.equals("fuse");
    }

    /** vfs_parse_sb_flag(): SB_*, negative for one that is to be cleared, or 0. */
    private static int sbFlag(String key) {
        return switch (key) {
            case "ro" -> SuperBlockTable.SB_RDONLY;
            case "rw" -> -SuperBlockTable.SB_RDONLY;
            case "sync" -> SuperBlockTable.SB_SYNCHRONOUS;
            case "async" -> -SuperBlockTable.SB_SYNCHRONOUS;
            case "dirsync" -> SuperBlockTable.SB_DIRSYNC;
            case "lazytime" -> SuperBlockTable.SB_LAZYTIME;
            case "nolazytime" -> -SuperBlockTable.SB_LAZYTIME;
            case "mand" -> SuperBlockTable.SB_MANDLOCK;
            case "nomand" -> -SuperBlockTable.SB_MANDLOCK;
            default -> 0;
        };
    }

    /** vfs_parse_fs_param_source(). */
    private int source(int fc, String type, String key, @Nullable String value) {
        if (!key.equals("source")) {
            return fail(fc, -Errno.EINVAL, type + ": Unknown parameter '" + key + "'\n");
        }
        if (value == null) {
            return fail(fc, -Errno.EINVAL, "Non-string source\n");
        }
        if (table.source(fc) != NULL) {
            return fail(fc, -Errno.EINVAL, "Multiple sources\n");
        }
        table.setSource(fc, intern(value));
        return 0;
    }

    /** The source of mount(2): what it is, the file system says. */
    public void setSource(int fc, byte[] text, int length) {
        table.setSource(fc, vfs.tables.names.intern(text, 0, length));
    }

    private int intern(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return vfs.tables.names.intern(bytes, 0, bytes.length);
    }

    /** Options that are more than a value: 1 when there is nothing left to do, 0, or a negative errno. */
    private int special(int task, int fc, String type, String key, @Nullable String value) {
        if (type.equals("proc") && key.equals("hidepid") && hidepid(value).isEmpty()) {
            return fail(fc, -Errno.EINVAL, "proc: unknown value of hidepid - " + value + "\n\n");
        }
        if (type.equals("proc") && key.equals("subset") && !"pid".equals(value)) {
            return fail(fc, -Errno.EINVAL, "proc: unsupported subset option - " + value + "\n\n");
        }
        if (type.equals("proc") && key.equals("pidns") && value != null) {
            return pidnsAt(task, fc, value);
        }
        if (type.equals("devpts") && key.equals("max") && value != null && value.startsWith("-")) {
            return fail(fc, -Errno.EINVAL, "max out of range\n");
        }
        boolean isLayer = type.equals("overlay") && (key.endsWith("dir") || key.endsWith("dir+"));
        return isLayer && value != null ? mayBeLayers(task, key, value) : 0;
    }

    /** What show_options() calls a value of hidepid=; "off" for none, "" for what is none. */
    static String hidepid(@Nullable String value) {
        return switch (value == null ? "0" : value) {
            case "0", "off" -> "off";
            case "1", "noaccess" -> "noaccess";
            case "2", "invisible" -> "invisible";
            case "4", "ptraceable" -> "ptraceable";
            default -> "";
        };
    }

    /** ovl_mount_dir(): the directories are there. */
    private int mayBeLayers(int task, String key, String value) {
        for (String path : key.equals("lowerdir") ? value.split("::?", -1) : new String[] {value}) {
            byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
            if (bytes.length == 0) {
                return -Errno.EINVAL;
            }
            Nameidata nd = vfs.namei.second().set(bytes, 0, bytes.length);
            int error = vfs.namei.lookup(nd, task, Fcntl.AT_FDCWD, LookupFlags.FOLLOW | LookupFlags.DIRECTORY);
            if (error != 0) {
                return error;
            }
            nd.release();
        }
        return 0;
    }

    private int pidnsAt(int task, int fc, String path) {
        if (isReconfigured(fc)) {
            return -Errno.EBUSY;
        }
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        Nameidata nd = vfs.namei.second().set(bytes, 0, bytes.length);
        int error = vfs.namei.lookup(nd, task, Fcntl.AT_FDCWD, LookupFlags.FOLLOW);
        if (error != 0) {
            return error;
        }
        int inode = vfs.tables.dentries.inode(nd.dentry());
        int ns = vfs.superBlocks.type(vfs.tables.inodes.sb(inode)).nsHeldBy(inode, NsTypes.PID);
        error = setPidns(task, fc, ns);
        nd.release();
        return error;
    }

    /** proc_parse_pidns_param() of an open file: EBADF, EINVAL for what is no PID namespace below the caller's, EPERM. */
    public int pidns(int task, int fc, int fd) {
        int file = vfs.files.fileOf(task, fd);
        if (file == NULL) {
            return -Errno.EBADF;
        }
        if (isReconfigured(fc)) {
            return -Errno.EBUSY;
        }
        int inode = files.inode(file);
        int ns = vfs.superBlocks.type(vfs.tables.inodes.sb(inode)).nsHeldBy(inode, NsTypes.PID);
        return Math.min(setPidns(task, fc, ns), 0);
    }

    private int setPidns(int task, int fc, int ns) {
        if (ns == NULL) {
            return fail(fc, -Errno.EINVAL, "proc: pidns argument is not a valid namespace\n");
        }
        int owner = kernel.pidNamespaceTable().userNs(ns);
        if (!kernel.capabilities().nsCapable(task, owner, Capability.CAP_SYS_ADMIN)) {
            return fail(fc, -Errno.EPERM, "proc: insufficient permissions to set pidns\n");
        }
        if (!kernel.pidNamespaces().isAncestorOrSelf(kernel.pids().activeNs(task), ns)) {
            return fail(fc, -Errno.EINVAL, "proc: cannot set pidns to non-descendant pidns\n");
        }
        int old = table.pidNs(fc);
        table.setPidNs(fc, kernel.pidNamespaces().get(ns));
        if (old != NULL) {
            kernel.pidNamespaces().put(old);
        }
        return 1;
    }

    /** Keeps an option, instead of an older one of the same name. */
    private int take(int fc, String key, @Nullable String value) {
        StringBuilder text = new StringBuilder();
        boolean adds = key.endsWith("+");
        for (String option : fileSystems.instances().text(table.options(fc)).split(",", -1)) {
            boolean isSame = !adds && (option.equals(key) || option.startsWith(key + "="));
            if (!option.isEmpty() && !isSame) {
                text.append(text.isEmpty() ? "" : ",").append(option);
            }
        }
        text.append(text.isEmpty() ? "" : ",").append(key).append(value == null ? "" : "=" + value);
        int name = intern(text.toString());
        if (name == NULL) {
            return -Errno.ENOMEM;
        }
        vfs.tables.names.put(table.options(fc));
        table.setOptions(fc, name);
        return 0;
    }

    /** parse_monolithic_mount_data(), generic_parse_monolithic(): key=value,key… of mount(2). */
    public int monolithic(int task, int fc, byte[] data, int length) {
        if (length == 0) {
            return 0;
        }
        String text = new String(data, 0, length, StandardCharsets.ISO_8859_1);
        for (String option : text.split(",", -1)) {
            int equals = option.indexOf('=');
            int error = 0;
            if (!option.isEmpty() && equals != 0) {
                error = parameter(
                        task,
                        fc,
                        equals < 0 ? option : option.substring(0, equals),
                        equals < 0 ? null : option.substring(equals + 1));
            }
            if (error != 0) {
                return error;
            }
        }
        return 0;
    }

    /** mount_capable(). */
    public boolean isCapable(int task, int fc) {
        return kernel.capabilities().nsCapable(task, table.userNs(fc), Capability.CAP_SYS_ADMIN);
    }

    /** vfs_get_tree(): finds or makes the instance, whose root the context has then; EINVAL, ENOENT, EOUTSIDE, ENOMEM. */
    public int getTree(int task, int fc) {
        int sb = fileSystems.instances().make(task, fc);
        if (sb < 0) {
            if (sb == -Errno.EINVAL
                    && table.source(fc) == NULL
                    && fileSystems.instances().isOnDevice(typeName(fc))) {
                return fail(fc, sb, "No source specified\n");
            }
            return sb;
        }
        int root = fileSystems.mountRoot(task, sb);
        if (root > 0) {
            setRoot(fc, root);
        }
        vfs.superBlocks.put(sb);
        return Math.min(root, 0);
    }

    /** vfs_cmd_create(): FSCONFIG_CMD_CREATE, and _EXCL, which wants an instance that is new: EBUSY. */
    public int commandCreate(int task, int fc, boolean exclusive) {
        if (table.phase(fc) != FsContextTable.CREATE_PARAMS) {
            return -Errno.EBUSY;
        }
        if (!isCapable(task, fc)) {
            return -Errno.EPERM;
        }
        int error = getTree(task, fc);
        if (error == 0 && exclusive && vfs.tables.superBlocks.count(vfs.tables.dentries.sb(table.root(fc))) > 1) {
            dropRoot(fc);
            error = warn(fc, -Errno.EBUSY, typeName(fc) + ": reusing existing filesystem not allowed\n");
        }
        table.setPhase(fc, error == 0 ? FsContextTable.AWAITING_MOUNT : FsContextTable.FAILED);
        return error;
    }

    /** vfs_cmd_reconfigure(): FSCONFIG_CMD_RECONFIGURE. */
    public int commandReconfigure(int task, int fc) {
        if (table.phase(fc) != FsContextTable.RECONF_PARAMS) {
            return -Errno.EBUSY;
        }
        int sb = vfs.tables.dentries.sb(table.root(fc));
        int error = kernel.capabilities().nsCapable(task, sbs.userNs(sb), Capability.CAP_SYS_ADMIN)
                ? reconfigure(fc)
                : -Errno.EPERM;
        clean(fc);
        table.setPhase(fc, error == 0 ? FsContextTable.AWAITING_RECONF : FsContextTable.FAILED);
        return error;
    }

    /** reconfigure_super(): the flags that have been named, and the options. EBUSY, EINVAL. */
    public int reconfigure(int fc) {
        int sb = vfs.tables.dentries.sb(table.root(fc));
        int mask = table.sbFlagsMask(fc);
        if ((mask & ~MS_RMT_MASK) != 0) {
            return -Errno.EINVAL;
        }
        int wanted = table.sbFlags(fc);
        boolean wasReadOnly = sbs.readOnly(sb);
        int error = 0;
        if ((mask & SuperBlockTable.SB_RDONLY) != 0) {
            error = vfs.superBlocks.remountReadOnly(sb, (wanted & SuperBlockTable.SB_RDONLY) != 0);
        }
        if (error == 0) {
            error = fileSystems.instances().reconfigure(fc, sb);
        }
        if (error != 0) {
            sbs.setReadOnly(sb, wasReadOnly);
            return error;
        }
        sbs.setFlags(sb, (sbs.flags(sb) & ~mask) | (wanted & mask));
        return 0;
    }

    /** fscontext_create_fd(): takes over the context; EMFILE, ENFILE. */
    public int open(int task, int fc, boolean cloexec) {
        int fd = anonInodes.open(task, "[fscontext]", kind, Fcntl.O_RDWR | (cloexec ? Fcntl.O_CLOEXEC : 0), fc);
        if (fd < 0) {
            free(fc);
        }
        return fd;
    }

    /** The context of a file, or NULL. */
    public int contextOf(int file) {
        return files.kind(file) == kind ? files.handle(file) : NULL;
    }

    @Override
    public void release(int file) {
        free(files.handle(file));
    }

    @Override
    public boolean canSeek() {
        return false;
    }

    @Override
    public boolean canWrite() {
        return false;
    }

    /** fscontext_read(): the oldest message, whole; ENODATA, EMSGSIZE. */
    @Override
    public long read(int task, int file, IovIter to, long pos) {
        int fc = files.handle(file);
        String text = fileSystems.instances().text(table.log(fc));
        int end = text.indexOf('\0');
        if (end < 0) {
            return -Errno.ENODATA;
        }
        if (end > to.remaining()) {
            return -Errno.EMSGSIZE;
        }
        setLog(fc, text.substring(end + 1));
        byte[] message = text.substring(0, end).getBytes(StandardCharsets.ISO_8859_1);
        int copied = to.copyTo(message, 0, message.length);
        return copied == 0 && end > 0 ? -Errno.EFAULT : message.length;
    }

    /** errorfc(): a message for who reads the context. */
    private int fail(int fc, int error, String message) {
        return log(fc, error, "e " + message);
    }

    /** warnfc(). */
    private int warn(int fc, int error, String message) {
        return log(fc, error, "w " + message);
    }

    private int log(int fc, int error, String message) {
        String text = fileSystems.instances().text(table.log(fc));
        if (text.chars().filter(c -> c == 0).count() == MAX_MESSAGES) {
            text = text.substring(text.indexOf('\0') + 1);
        }
        setLog(fc, text + message + '\0');
        return error;
    }

    private void setLog(int fc, String text) {
        vfs.tables.names.put(table.log(fc));
        table.setLog(fc, text.isEmpty() ? NULL : intern(text));
    }
}
