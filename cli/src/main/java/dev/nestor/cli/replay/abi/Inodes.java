package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** Which inode numbers of a log mean more than that there is a file. */
final class Inodes {

    private static final long NSFS_DEVICE = 4; // makedev(0, 4)
    private static final long LOWEST_NSFS = 4026531832L; // PROC_IPC_INIT_INO and its neighbours

    private Inodes() {}

    /** Whether two inode numbers of stat(2) may stand for each other; what differs is reported. */
    static boolean match(View view, long recorded, long emulated) {
        if (!isNamed(view.frame(), recorded) || view.renaming().matches(recorded, emulated)) {
            return true;
        }
        return view.differ(Long.toString(recorded), emulated + ", which stands for another");
    }

    /** Whether it is the number by which programs know a namespace, a pipe or a socket. */
    private static boolean isNamed(CallFrame frame, long recorded) {
        for (int i = 0; i < frame.signature().arity(); i++) {
            Value value = frame.arg(i);
            if (value instanceof Value.Fd fd && number(fd.target()) == recorded) {
                return true;
            }
            if (recorded >= LOWEST_NSFS && value instanceof Value.Struct stat && isNsfs(stat)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNsfs(Value.Struct stat) {
        Value device = stat.field("st_dev");
        if (device != null) {
            return device.isNumber() && device.number() == NSFS_DEVICE;
        }
        return is(stat.field("stx_dev_major"), 0) && is(stat.field("stx_dev_minor"), NSFS_DEVICE);
    }

    private static boolean is(@Nullable Value value, long number) {
        return value != null && value.isNumber() && value.number() == number;
    }

    /** The number in {@code pid:[4026531836]} or {@code pipe:[148282]}, or -1 when the text has another form. */
    static long number(String text) {
        int open = text.lastIndexOf(":[");
        if (open <= 0 || text.charAt(text.length() - 1) != ']' || text.length() - open > 22) {
            return -1;
        }
        long number = 0;
        for (int i = open + 2; i < text.length() - 1; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return open + 3 == text.length() ? -1 : number;
    }
}
