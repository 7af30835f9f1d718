package dev.nestor.fs.proc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One entry of /proc: proc_dir_entry, pid_entry, ctl_table. Made at boot, and the same for all instances. */
final class ProcEntry {
    /** A directory of fixed entries. */
    static final int DIR = 0;

    /** A text that is made when reading begins and kept while the file is open: single_open(). */
    static final int SEQ = 1;

    /** The same, of records that a read takes whole: seq_open(). Each ends in a newline. */
    static final int RECORDS = 2;

    /** A text that is made for each read: simple_read_from_buffer(). */
    static final int SIMPLE = 3;

    /** A sysctl: a read anywhere but at the beginning is at the end. */
    static final int SYSCTL = 4;

    /** One whose text is not known here. */
    static final int OUTSIDE = 5;

    static final int ROOT = 6;
    static final int SELF = 7;
    static final int THREAD_SELF = 8;
    static final int PID_DIR = 9;
    static final int TASK_DIR = 10;
    static final int TID_DIR = 11;
    static final int FD_DIR = 12;
    static final int FD_LINK = 13;
    static final int FDINFO_DIR = 14;
    static final int FDINFO = 15;
    static final int NS_DIR = 16;
    static final int NS_LINK = 17;
    static final int CWD = 18;
    static final int ROOT_LINK = 19;
    static final int EXE = 20;

    /** A directory whose names are looked up each time: {@link #names}. */
    static final int NAMES = 22;

    /** A link with a fixed text. */
    static final int LINK = 21;

    final int index;
    final byte[] name;
    final int kind;
    final int mode; // S_IF* and permission bits
    final List<ProcEntry> children = new ArrayList<>();
    boolean isSysctl;
    boolean isWhole; // a directory of sysctls that has all that it has on the reference machine
    int writeCapability = -1; // CAP_*: who opens it for writing has it in that namespace; -1 for none
    boolean bindsUserNs; // shows the user namespace that the process had when it was opened
    boolean bindsIpcNs; // shows the IPC namespace that its opener had, in the numbers of its opener's PID namespace
    boolean isNet; // of /proc/PID/net: owned by the root of the net's user namespace, and never opened for writing
    boolean isText; // a sysctl that can be read in parts

    boolean isNamed; // a directory that such a name leads to

    @Nullable
    ProcNames names;

    @Nullable
    ProcEntry template; // what each of the names that are not fixed leads to

    @Nullable
    ProcShow show;

    @Nullable
    ProcStore store;

    @Nullable
    ProcMode rights;

    String target = "";
    long size; // bytes that stat(2) shows, of a file that has a size

    ProcEntry(int index, String name, int kind, int mode) {
        this.index = index;
        this.name = name.getBytes(StandardCharsets.US_ASCII);
        this.kind = kind;
        this.mode = mode;
    }

    @Nullable
    ProcEntry child(String wanted) {
        byte[] bytes = wanted.getBytes(StandardCharsets.US_ASCII);
        return child(bytes, bytes.length);
    }

    @Nullable
    ProcEntry child(byte[] wanted, int length) {
        for (int i = 0; i < children.size(); i++) {
            ProcEntry entry = children.get(i);
            if (entry.name.length == length && startsWith(entry.name, wanted, length)) {
                return entry;
            }
        }
        return null;
    }

    private static boolean startsWith(byte[] name, byte[] wanted, int length) {
        for (int i = 0; i < length; i++) {
            if (name[i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }
}
