package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.Netlink.Answer;
import dev.nestor.syscalls.transcripts.Netlink.Request;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Inotify;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** ip netns: nets that are kept by files in {@link #FOLDER}. */
final class IpNetns {
    private static final String FOLDER = "/run/netns";
    private static final int NETNSA_NSID = 1;
    private static final int NETNSA_FD = 3;
    private static final int HEADER = 1; // bytes of struct rtgenmsg
    private static final int LOCK_EX = 2;
    private static final int MS_BIND = 0x1000;
    private static final int MS_REC = 0x4000;
    private static final int MS_SLAVE = 0x80000;
    private static final int MS_SHARED = 0x100000;
    private static final int MNT_DETACH = 2;
    private static final int EVENTS = 4096; // bytes of them that are read at a time

    private final UserProcess process;

    IpNetns(UserProcess process) {
        this.process = process;
    }

    int run(List<String> words) {
        String command = words.isEmpty() ? "list" : words.getFirst();
        String name = words.size() > 1 ? words.get(1) : "";
        return switch (command) {
            case "list" -> list();
            case "list-id" -> listIds();
            case "add" -> add(name);
            case "del" -> delete(name);
            case "set" -> set(name, Integer.parseInt(words.get(2)));
            case "exec" -> exec(name, words.subList(2, words.size()));
            case "identify" -> identify(name.isEmpty() ? "self" : name);
            case "pids" -> pids(name);
            case "monitor" -> monitor();
            default -> throw new IllegalArgumentException(command);
        };
    }

    private static String path(String name) {
        return FOLDER + "/" + name;
    }

    private String why(long result) {
        return Errors.text((int) -result);
    }

    /** netns_get_fd(): of a net's name, or a negative errno. */
    static long open(UserProcess process, String name) {
        return process.open(path(name), Fcntl.O_RDONLY);
    }

    private static List<String> names(UserProcess process) {
        List<String> names = process.names(FOLDER);
        return names == null
                ? List.of()
                : names.stream().filter(name -> !name.matches("[.][.]?")).toList();
    }

    /** get_netnsid_from_name(): its number, or -1. */
    private static int idOf(UserProcess process, Netlink netlink, String name) {
        long fd = open(process, name);
        if (fd < 0) {
            return -1;
        }
        Request request = new Request().header(0).put(NETNSA_FD, (int) fd);
        Answer answer = netlink.get(Netlink.RTM_GETNSID, HEADER, request);
        process.close(fd);
        return answer == null ? -1 : answer.number(NETNSA_NSID);
    }

    /** get_name_from_nsid(): the name of the net with this number, or null. */
    static @Nullable String nameOf(UserProcess process, Netlink netlink, int id) {
        return names(process).stream()
                .filter(name -> idOf(process, netlink, name) == id)
                .findFirst()
                .orElse(null);
    }

    private int list() {
        Netlink netlink = new Netlink(process);
        for (String name : names(process)) {
            int id = idOf(process, netlink, name);
            process.out(name + (id < 0 ? "" : " (id: " + id + ")") + "\n");
        }
        netlink.close();
        return 0;
    }

    private int listIds() {
        Netlink netlink = new Netlink(process);
        for (Answer answer : netlink.dump(Netlink.RTM_GETNSID, HEADER, new Request().header(0))) {
            int id = answer.number(NETNSA_NSID);
            String name = nameOf(process, netlink, id);
            process.out("nsid " + id + " " + (name == null ? "" : "(iproute2 netns name: " + name + ")") + "\n");
        }
        netlink.close();
        return 0;
    }

    private int add(String name) {
        process.call(Nr.NR_mkdir, process.text(FOLDER), 0755);
        long lock = process.open(FOLDER, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_CLOEXEC);
        process.call(Nr.NR_flock, lock, LOCK_EX);
        if (!share()) {
            return 1;
        }
        process.close(lock);
        long fd = process.open(path(name), Fcntl.O_RDONLY | Fcntl.O_CREAT | Fcntl.O_EXCL);
        if (fd < 0) {
            return process.err("Cannot create namespace file \"" + path(name) + "\": " + why(fd));
        }
        process.close(fd);
        long result = process.call(Nr.NR_unshare, Sched.CLONE_NEWNET);
        if (result < 0) {
            process.err("Failed to create a new network namespace \"" + name + "\": " + why(result));
        } else {
            long own = process.text("/proc/self/ns/net");
            long none = process.text("none");
            result = process.call(Nr.NR_mount, own, process.text(path(name)), none, MS_BIND, 0);
            if (result >= 0) {
                return 0;
            }
            process.err("Bind /proc/self/ns/net -> " + path(name) + " failed: " + why(result));
        }
        delete(name);
        return 1;
    }

    /** Makes the folder a mount of its own whose copies share what is mounted in it, unless it is one. */
    private boolean share() {
        long none = process.text("none");
        for (boolean made = false; ; made = true) {
            long folder = process.text(FOLDER);
            long result = process.call(Nr.NR_mount, process.text(""), folder, none, MS_SHARED | MS_REC, 0);
            if (result == 0) {
                return true;
            }
            if (result != -Errno.EINVAL || made) {
                process.err("mount --make-shared " + FOLDER + " failed: " + why(result));
                return false;
            }
            result = process.call(Nr.NR_mount, folder, folder, none, MS_BIND | MS_REC, 0);
            if (result < 0) {
                process.err("mount --bind " + FOLDER + " " + FOLDER + " failed: " + why(result));
                return false;
            }
        }
    }

    private int delete(String name) {
        process.call(Nr.NR_umount2, process.text(path(name)), MNT_DETACH);
        long result = process.call(Nr.NR_unlink, process.text(path(name)));
        return result < 0 ? process.err("Cannot remove namespace file \"" + path(name) + "\": " + why(result)) : 0;
    }

    private int set(String name, int id) {
        long fd = open(process, name);
        if (fd < 0) {
            return cannotOpen(name, fd);
        }
        Netlink netlink = new Netlink(process);
        Request request = new Request().header(0).put(NETNSA_FD, (int) fd).put(NETNSA_NSID, id);
        boolean isDone = netlink.talk(Netlink.RTM_NEWNSID, 0, request);
        netlink.close();
        process.close(fd);
        return isDone ? 0 : 2;
    }

    private int cannotOpen(String name, long result) {
        return process.err("Cannot open network namespace \"" + name + "\": " + why(result));
    }

    /** netns_switch(), and then the program. */
    private int exec(String name, List<String> argv) {
        long fd = open(process, name);
        if (fd < 0) {
            return cannotOpen(name, fd);
        }
        long result = process.call(Nr.NR_setns, fd, Sched.CLONE_NEWNET);
        process.close(fd);
        if (result < 0) {
            return process.err("setting the network namespace \"" + name + "\" failed: " + why(result));
        }
        result = process.call(Nr.NR_unshare, Sched.CLONE_NEWNS);
        if (result < 0) {
            return process.err("unshare failed: " + why(result));
        }
        long root = process.text("/");
        long none = process.text("none");
        result = process.call(Nr.NR_mount, process.text(""), root, none, MS_SLAVE | MS_REC, 0);
        if (result < 0) {
            return process.err("\"mount --make-rslave /\" failed: " + why(result));
        }
        long sys = process.text("/sys");
        process.call(Nr.NR_umount2, sys, MNT_DETACH);
        result = process.call(Nr.NR_mount, process.text(name), sys, process.text("sysfs"), 0, 0);
        if (result < 0) {
            return process.err("mount of /sys failed: " + why(result));
        }
        int errno = process.exec(argv);
        return process.err("exec of \"" + argv.getFirst() + "\" failed: " + Errors.text(errno));
    }

    private static boolean isSame(FileStat one, @Nullable FileStat other) {
        return other != null && one.ino() == other.ino() && one.minor() == other.minor();
    }

    private int identify(String pid) {
        FileStat net = FileStat.of(process, "/proc/" + pid + "/ns/net", true);
        if (net == null) {
            return process.err("Could not stat netns: " + Errors.text(process.errno()));
        }
        for (String name : names(process)) {
            if (isSame(net, FileStat.of(process, path(name), true))) {
                process.out(name + "\n");
            }
        }
        return 0;
    }

    private int pids(String name) {
        FileStat net = FileStat.of(process, path(name), true);
        if (net == null) {
            return cannotOpen(name, -process.errno());
        }
        for (String pid : Objects.requireNonNull(process.names("/proc"))) {
            if (pid.matches("\\d+") && isSame(net, FileStat.of(process, "/proc/" + pid + "/ns/net", true))) {
                process.out(pid + "\n");
            }
        }
        return 0;
    }

    /** Tells of names that come and go, until it is ended. */
    private int monitor() {
        long fd = process.call(Nr.NR_inotify_init1, 0);
        process.check(fd);
        int mask = Inotify.IN_CREATE | Inotify.IN_DELETE;
        process.check(process.call(Nr.NR_inotify_add_watch, fd, process.text(FOLDER), mask));
        while (true) {
            long at = process.buffer();
            long length = process.call(Nr.NR_read, fd, at, EVENTS);
            if (length < 0) {
                return process.err("read failed: " + why(length));
            }
            StringBuilder text = new StringBuilder();
            for (long end = at + length; at < end; at += 16 + process.intAt(at + 12)) {
                boolean isNew = (process.intAt(at + 4) & Inotify.IN_CREATE) != 0;
                text.append(isNew ? "add " : "delete ")
                        .append(process.stringAt(at + 16, 256))
                        .append('\n');
            }
            process.out(text.toString());
        }
    }
}
